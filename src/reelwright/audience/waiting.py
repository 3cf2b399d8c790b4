"""Events kept apart: of videos nobody knows yet, of times yet to come, and absurd ones.

The first two go in by `settle`, once the video is added or the time has come. Absurd ones stay, to
be looked at. There is room for `MOST`: a client gone wild fills no disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from reelwright.audience.tables import ApartRow, ItemRow, table
from reelwright.core.nouns import Event
from reelwright.store.database import insert_new

MOST = 200_000
"""Events kept apart, at most."""
_FEW = 2000


def keep(session: Session, events: Sequence[tuple[Event, str]], now: float) -> int:
    """Keep events apart, each with its reason; returns how many of them, the first ones, are kept.

    One that is there already is kept, and stays one.
    """
    if not events:
        return 0
    room = MOST - int(session.scalar(select(func.count()).select_from(ApartRow)) or 0)
    rows: list[dict[str, Any]] = []
    for event, reason in events[: max(0, room)]:
        text = event.model_dump_json(exclude_none=True)
        rows.append(
            {
                "key": hashlib.blake2b(text.encode(), digest_size=20).hexdigest(),
                "reason": reason,
                "viewer": event.user,
                "item": event.item,
                "due": event.time,
                "event": event.model_dump(exclude_none=True),
                "at": now,
            }
        )
    insert_new(session, table(ApartRow), rows)
    return len(rows)


def ripe(session: Session, until: float) -> tuple[list[str], list[Event]]:
    """Events that count by now, some at a time: the keys to `drop` them by, and the events.

    Args:
        until: events of this time (seconds since 1970) and before lie in the future no more.
    """
    known = select(ItemRow.id).where(ItemRow.id == ApartRow.item).exists()
    due = ApartRow.due <= until
    query = select(ApartRow.key, ApartRow.event).where(
        or_(
            and_(ApartRow.reason == "unknown_item", known),
            and_(ApartRow.reason == "future", due),
        )
    )
    rows = session.execute(query.limit(_FEW)).all()
    return [key for key, _ in rows], [Event.model_validate(values) for _, values in rows]


def drop(session: Session, keys: Sequence[str]) -> None:
    """Take events out of here."""
    for first in range(0, len(keys), 500):
        part = keys[first : first + 500]
        session.execute(delete(ApartRow).where(ApartRow.key.in_(part)))


def counts(session: Session) -> dict[str, int]:
    """How many events are kept apart, by reason."""
    query = select(ApartRow.reason, func.count()).group_by(ApartRow.reason)
    return dict(session.execute(query.order_by(ApartRow.reason)).all())
