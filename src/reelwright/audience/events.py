"""What viewers did, taken in: checked, each once, kept for good when `append_events` is committed.

What cannot be an event is refused (`bad_name`, `bad_number`). What can be one but does not count,
or not yet, is kept apart (`unknown_item`, `future`, `absurd`; see `audience.waiting`). Viewers need
not be known: a viewer is whoever an event names.

The same event again changes nothing: it is the same when its facts are (viewer, item, kind, time to
the millisecond, value), or the client's own id for it. A batch under an idempotency key again gets
the answer it got then.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience import waiting
from reelwright.audience.answers import (
    OTHER,
    Accepted,
    Batch,
    Notice,
    answers_by_key,
    body_of,
    forget_answers,
    keep_answer,
)
from reelwright.audience.checks import AHEAD, REASONS, facts_of, is_absurd, unfit
from reelwright.audience.pages import pages_of
from reelwright.audience.tables import KIND_CODES, EventRow, ItemRow, ViewerRow, table
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Event
from reelwright.store.database import Database, insert_tuples, select_named

_LOCK = 0x46454544
_COLUMNS = (
    *("viewer", "item", "kind", "time", "value"),
    *("name", "request", "rank", "model", "propensity"),
)


def append_events(
    session: Session, events: Sequence[Event], key: str = "", now: float | None = None
) -> Accepted:
    """Take in events. They are durable once the session's block (`Database.writing`) is over.

    Args:
        session: one to write with.
        events: in any order.
        key: idempotency key; put whose it is into it, so that clients cannot meet.
        now: seconds since 1970; None asks the clock.

    Raises:
        FeedError: the key came with other events before, or is too long.
    """
    answer = append_batches(session, [Batch(events, key)], now)[0]
    if isinstance(answer, FeedError):
        raise answer
    return answer


def append_batches(
    session: Session, batches: Sequence[Batch], now: float | None = None
) -> list[Accepted | FeedError]:
    """`append_events` for batches of several callers at once: one answer or error each."""
    now = time.time() if now is None else now
    if session.get_bind().dialect.name == "postgresql":
        # One writer at a time, as in SQLite: numbers then become visible in their order, and who
        # reads from the last number on misses nothing.
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    answers, fresh = answers_by_key(session, batches)
    sorted_out = {place: _Sorted(batches[place].events, now) for place in fresh}
    _look_up(session, sorted_out.values())
    for place, one in sorted_out.items():
        answer = one.write(session, now)
        answers[place] = answer
        if key := batches[place].key:
            keep_answer(session, key, batches[place].events, answer, now)
    # The same key twice in one group: the second gets the first one's answer.
    for place, answer in enumerate(answers):
        if isinstance(answer, int):
            first = answers[answer]
            same = body_of(batches[place].events) == body_of(batches[answer].events)
            assert isinstance(first, Accepted)
            answers[place] = replace(first, repeated=True) if same else OTHER
    return [answer for answer in answers if isinstance(answer, Accepted | FeedError)]


class _Sorted:
    """A batch, sorted into what goes in, what is kept apart and what is refused."""

    def __init__(self, events: Sequence[Event], now: float) -> None:
        self.good: list[tuple[int, Event]] = []
        self.apart: list[tuple[int, Event, str]] = []
        self.refused: list[Notice] = []
        self.rows: list[tuple[Any, ...]] = []
        for index, event in enumerate(events):
            reason = unfit(event)
            if reason:
                self.refused.append(Notice(index, reason))
            elif event.time > now + AHEAD:
                self.apart.append((index, event, "future"))
            else:
                self.good.append((index, event))

    def write(self, session: Session, now: float) -> Accepted:
        new = insert_tuples(session, table(EventRow), _COLUMNS, self.rows)
        kept = waiting.keep(session, [(event, reason) for _, event, reason in self.apart], now)
        for index, _, _ in self.apart[kept:]:
            self.refused.append(Notice(index, "full"))
        apart = sorted((Notice(index, why) for index, _, why in self.apart[:kept]), key=_index)
        refused = tuple(sorted(self.refused, key=_index))
        return Accepted(new, len(self.rows) - new, tuple(apart), refused)


def _index(notice: Notice) -> int:
    return notice.index


def _look_up(session: Session, sorted_out: Iterable[_Sorted]) -> None:
    """Replace names by numbers: good events become rows; those of unknown videos go apart."""
    sorted_out = list(sorted_out)
    events = [event for one in sorted_out for _, event in one.good]
    items = items_of(session, {event.item for event in events})
    wanted: set[str] = set()
    for one in sorted_out:
        still: list[tuple[int, Event]] = []
        for index, event in one.good:
            known = items.get(event.item)
            if known is None:
                one.apart.append((index, event, "unknown_item"))
            elif is_absurd(event, known[1]):
                one.apart.append((index, event, "absurd"))
            else:
                still.append((index, event))
                wanted.add(event.user)
        one.good = still
    viewers = _viewers(session, wanted)
    pages = pages_of(session, {event.request for event in events if event.request})
    for one in sorted_out:
        for _, event in one.good:
            at, value = facts_of(event)
            viewer, item = viewers[event.user], items[event.item][0]
            cause = (event.request, event.rank, event.model, event.propensity)
            if event.request and (page := pages.get(event.request)):
                cause = page.provenance(viewer, event.item, event.request)
            kind = KIND_CODES[event.kind]
            one.rows.append((viewer, item, kind, at, value, event.id, *cause))


def items_of(session: Session, ids: Iterable[str]) -> dict[str, tuple[int, float]]:
    """Number and length in seconds (0: unknown) of the videos with these ids that are known."""
    rows = select_named(session, table(ItemRow), "id", ("number", "seconds"), ids)
    return {name: (number, seconds) for name, number, seconds in rows}


def _viewers(session: Session, names: set[str]) -> dict[str, int]:
    """The numbers of viewers; who is new gets one."""
    rows = table(ViewerRow)
    found: dict[str, int] = dict(select_named(session, rows, "name", ("number",), names))
    missing = sorted(names - found.keys())
    if missing:
        insert_tuples(session, rows, ("name",), [(name,) for name in missing])
        found |= dict(select_named(session, rows, "name", ("number",), missing))
    return found


def settle(database: Database, now: float | None = None) -> int:
    """Take in what was kept apart and counts by now; drop idempotency keys that are old.

    Returns how many events left the waiting room.
    """
    now = time.time() if now is None else now
    moved = 0
    while True:
        with database.writing() as session:
            keys, events = waiting.ripe(session, now + AHEAD)
            # Out first: an event may be put apart again, for another reason.
            waiting.drop(session, keys)
            append_events(session, events, now=now)
            if not keys:
                forget_answers(session, now)
                return moved
        moved += len(keys)


def as_plain(answer: Accepted) -> dict[str, Any]:
    """An answer as what JSON can hold, with what is said of each event that did not go in."""
    values = asdict(answer)
    for name in ("apart", "refused"):
        for one in values[name]:
            one["message"] = REASONS[one["reason"]]
    return values
