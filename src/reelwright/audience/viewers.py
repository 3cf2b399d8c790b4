"""What a viewer may ask for: all that is known of them, and that it be forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reelwright.audience.profile import Profile, read_profile
from reelwright.audience.tables import (
    KINDS,
    ApartRow,
    CommentRow,
    EventRow,
    ItemRow,
    RequestRow,
    ViewerRow,
)
from reelwright.store import atomic
from reelwright.store.database import Database

_TOGETHER = 20_000
"""Events deleted in one transaction: others come in between."""


@dataclass(frozen=True)
class Forgotten:
    """What was erased: events, pages of the feed, events that were kept apart, comments."""

    events: int = 0
    pages: int = 0
    apart: int = 0
    comments: int = 0


def export_viewer(database: Database, user: str, out: Path, half_life: float = 14.0) -> Profile:
    """Write all that is kept of a viewer as one JSON object: profile, events, pages, comments …

    Args:
        database: the feed's.
        user: the viewer's id.
        out: the file, written whole or not at all.
        half_life: of the profile, see `profile.read_profile`.

    Raises:
        FeedError: nothing is known of them.
        StoreError: the file cannot be written.
    """
    with database.reading() as session, atomic.replacing(out) as temporary:
        profile = read_profile(session, user, half_life)
        with temporary.open("w", encoding="utf-8") as file:
            for text in _told(session, profile):
                file.write(text)
    return profile


def _told(session: Session, profile: Profile) -> Iterator[str]:
    yield f'{{"user": {_json(profile.user)},\n"profile": {_json(profile.as_plain())}'
    for name, values in (
        ("events", events_of(session, profile.user)),
        ("pages", _pages_of(session, profile.user)),
        ("comments", _comments_of(session, profile.user)),
        ("apart", _apart_of(session, profile.user)),
    ):
        yield f',\n"{name}": ['
        for place, value in enumerate(values):
            yield (",\n" if place else "\n") + _json(value)
        yield "]"
    yield "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def events_of(session: Session, user: str) -> Iterator[dict[str, Any]]:
    """All events of a viewer, oldest first, as `core.nouns.Event` has them; what is empty is left
    out. They may be many: they are read a few at a time."""
    row = EventRow
    columns = (
        *(ItemRow.id, row.kind, row.time, row.value, row.name),
        *(row.request, row.rank, row.model, row.propensity),
    )
    query = select(*columns).join(ItemRow, ItemRow.number == row.item)
    query = query.join(ViewerRow, ViewerRow.number == row.viewer).where(ViewerRow.name == user)
    query = query.order_by(row.time, row.item, row.kind, row.value)
    names = ("item", "kind", "time", "value", "id", "request", "rank", "model", "propensity")
    for values in session.execute(query.execution_options(yield_per=1000)):
        event = {"user": user, **dict(zip(names, values, strict=True))}
        event["kind"] = KINDS[event["kind"]]
        yield {name: value for name, value in event.items() if value is not None}


def _pages_of(session: Session, user: str) -> Iterator[dict[str, Any]]:
    row = RequestRow
    names = ("id", "time", "model", "arm", "items", "propensities")
    query = select(*(getattr(row, name) for name in names))
    query = query.join(ViewerRow, ViewerRow.number == row.viewer).where(ViewerRow.name == user)
    for values in session.execute(query.order_by(row.time, row.id)):
        yield dict(zip(names, values, strict=True))


def _comments_of(session: Session, user: str) -> Iterator[dict[str, Any]]:
    row = CommentRow
    query = select(ItemRow.id, row.time, row.text).join(ItemRow, ItemRow.number == row.item)
    query = query.join(ViewerRow, ViewerRow.number == row.viewer).where(ViewerRow.name == user)
    for values in session.execute(query.order_by(row.number)):
        yield dict(zip(("item", "time", "text"), values, strict=True))


def _apart_of(session: Session, user: str) -> Iterator[dict[str, Any]]:
    query = select(ApartRow.reason, ApartRow.event).where(ApartRow.viewer == user)
    for reason, event in session.execute(query.order_by(ApartRow.due, ApartRow.key)):
        yield {"reason": reason, **event}


def forget_viewer(database: Database, user: str) -> Forgotten:
    """Erase a viewer: events, pages, comments, what is kept apart, and the name itself. For good.

    Profiles are told from events and kept nowhere; models know viewers, if at all, by numbers that
    are given to nobody else. What an SQLite file held is overwritten with zeros, also in its log as
    soon as no other run reads it; a server's own copies and backups are its keeper's matter.

    Returns what there was; nothing of a viewer nobody knows.
    """
    events = 0
    while True:
        with database.writing() as session:
            if database.is_sqlite:
                session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
            number = session.scalar(select(ViewerRow.number).where(ViewerRow.name == user))
            some = select(EventRow.number).where(EventRow.viewer == number).limit(_TOGETHER)
            gone = _count(session, delete(EventRow).where(EventRow.number.in_(some)))
            events += gone
            if gone < _TOGETHER:
                pages = _count(session, delete(RequestRow).where(RequestRow.viewer == number))
                apart = _count(session, delete(ApartRow).where(ApartRow.viewer == user))
                written = delete(CommentRow).where(CommentRow.viewer == number)
                comments = _count(session, written)
                session.execute(delete(ViewerRow).where(ViewerRow.number == number))
                break
    if database.is_sqlite:
        # Outside of any transaction, so not by a session.
        raw = database.engine.raw_connection()
        try:
            # Where somebody reads, the log is emptied by a later one: no waiting for them.
            raw.cursor().execute("PRAGMA busy_timeout=500")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.invalidate()  # a fresh connection has our own time-out again
            raw.close()
    return Forgotten(events, pages, apart, comments)


def _count(session: Session, statement: Any) -> int:
    options = {"synchronize_session": False}
    return int(getattr(session.execute(statement, execution_options=options), "rowcount", 0))
