"""What viewers did, taken in: checked, each once, kept for good when `append_events` is committed.

What cannot be an event is refused (`bad_name`, `bad_number`). What can be one but does not count,
or not yet, is kept apart (`unknown_item`, `future`, `absurd`; see `audience.waiting`). Viewers need
not be known: a viewer is whoever an event names.

The same event again changes nothing: it is the same when its facts are (viewer, item, kind, time to
the millisecond, value), or the client's own id for it. A batch under an idempotency key again gets
the answer it got then.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reelwright.audience import waiting
from reelwright.audience.checks import AHEAD, REASONS, facts_of, is_absurd, unfit
from reelwright.audience.checks import TIMED as TIMED
from reelwright.audience.pages import pages_of
from reelwright.audience.tables import (
    KIND_CODES,
    LONGEST_NAME,
    EventRow,
    ItemRow,
    KeyRow,
    ViewerRow,
    table,
)
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Event
from reelwright.store.database import Database, insert_new

KEPT = 7 * 86_400.0
"""Seconds an idempotency key is remembered for; after that, facts and ids still tell twice."""
_FIELDS = attrgetter(*Event.model_fields)
_LOCK = 0x46454544
_FEW = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """An event that did not go in: its place in the batch, and why (a key of `REASONS`)."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a batch.

    Attributes:
        new: events that went in.
        known: events that were there already.
        apart: what is kept apart.
        refused: what is not kept at all.
        repeated: whether the answer is that of an earlier batch with the same key.
    """

    new: int
    known: int
    apart: tuple[Notice, ...] = ()
    refused: tuple[Notice, ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class Batch:
    """Events that come together, under an idempotency key or none."""

    events: Sequence[Event]
    key: str = ""


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
    answers, fresh = _by_key(session, batches)
    sorted_out = {place: _Sorted(batches[place].events, now) for place in fresh}
    _look_up(session, sorted_out.values())
    for place, one in sorted_out.items():
        answer = one.write(session, now)
        answers[place] = answer
        if key := batches[place].key:
            _keep_answer(session, key, batches[place].events, answer, now)
    # The same key twice in one group: the second gets the first one's answer.
    for place, answer in enumerate(answers):
        if isinstance(answer, int):
            first = answers[answer]
            same = _body(batches[place].events) == _body(batches[answer].events)
            assert isinstance(first, Accepted)
            answers[place] = replace(first, repeated=True) if same else _OTHER
    return [answer for answer in answers if isinstance(answer, Accepted | FeedError)]


_OTHER = FeedError(
    "the idempotency key came with other events before",
    hint="give every batch a key of its own, and the same key only to the same batch",
)


def _by_key(
    session: Session, batches: Sequence[Batch]
) -> tuple[list[Accepted | FeedError | int | None], list[int]]:
    """Answers for batches whose key is known, and the places of those that are new.

    A number instead of an answer says in whose answer's place to look: an earlier batch's.
    """
    answers: list[Accepted | FeedError | int | None] = [None] * len(batches)
    keys = [_hash(batch.key) if batch.key else "" for batch in batches]
    known: dict[str, KeyRow] = {}
    for part in _parts([key for key in keys if key]):
        known |= {
            row.key: row for row in session.scalars(select(KeyRow).where(KeyRow.key.in_(part)))
        }
    first: dict[str, int] = {}
    fresh: list[int] = []
    for place, key in enumerate(keys):
        if len(batches[place].key) > LONGEST_NAME:
            answers[place] = FeedError(
                f"an idempotency key has {LONGEST_NAME} characters at most", hint="a UUID will do"
            )
        elif key in known:
            same = known[key].body == _body(batches[place].events)
            answers[place] = _answer(known[key].answer) if same else _OTHER
        elif key and key in first:
            answers[place] = first[key]
        else:
            fresh.append(place)
            first[key] = place
    return answers, fresh


def _answer(kept: Mapping[str, Any]) -> Accepted:
    apart, refused = (tuple(Notice(*pair) for pair in kept[name]) for name in ("apart", "refused"))
    return Accepted(kept["new"], kept["known"], apart, refused, repeated=True)


def _keep_answer(
    session: Session, key: str, events: Sequence[Event], answer: Accepted, now: float
) -> None:
    values: dict[str, Any] = {"new": answer.new, "known": answer.known}
    values["apart"] = [[one.index, one.reason] for one in answer.apart]
    values["refused"] = [[one.index, one.reason] for one in answer.refused]
    row = {"key": _hash(key), "body": _body(events), "answer": values, "at": now}
    insert_new(session, table(KeyRow), [row])


def _body(events: Iterable[Event]) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for event in events:
        digest.update(repr(_FIELDS(event)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class _Sorted:
    """A batch, sorted into what goes in, what is kept apart and what is refused."""

    def __init__(self, events: Sequence[Event], now: float) -> None:
        self.good: list[tuple[int, Event]] = []
        self.apart: list[tuple[int, Event, str]] = []
        self.refused: list[Notice] = []
        self.rows: list[dict[str, Any]] = []
        for index, event in enumerate(events):
            reason = unfit(event)
            if reason:
                self.refused.append(Notice(index, reason))
            elif event.time > now + AHEAD:
                self.apart.append((index, event, "future"))
            else:
                self.good.append((index, event))

    def write(self, session: Session, now: float) -> Accepted:
        new = insert_new(session, table(EventRow), self.rows)
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
            row: dict[str, Any] = {
                "viewer": viewers[event.user],
                "item": items[event.item][0],
                "kind": KIND_CODES[event.kind],
                "time": at,
                "value": value,
                "name": event.id,
                "request": event.request,
                "rank": event.rank,
                "model": event.model,
                "propensity": event.propensity,
            }
            if event.request and (page := pages.get(event.request)):
                row |= page.provenance(viewers[event.user], event.item)
            one.rows.append(row)


def items_of(session: Session, ids: Iterable[str]) -> dict[str, tuple[int, float]]:
    """Number and length in seconds (0: unknown) of the videos with these ids that are known."""
    found: dict[str, tuple[int, float]] = {}
    columns = select(ItemRow.id, ItemRow.number, ItemRow.seconds)
    for part in _parts(sorted(ids)):
        rows = session.execute(columns.where(ItemRow.id.in_(part)))
        found |= {name: (number, seconds) for name, number, seconds in rows}
    return found


def _viewers(session: Session, names: set[str]) -> dict[str, int]:
    """The numbers of viewers; who is new gets one."""
    found: dict[str, int] = {}
    columns = select(ViewerRow.name, ViewerRow.number)

    def look(wanted: Iterable[str]) -> None:
        for part in _parts(sorted(wanted)):
            rows = session.execute(columns.where(ViewerRow.name.in_(part)))
            found.update(dict(rows.all()))

    look(names)
    missing = sorted(names - found.keys())
    insert_new(session, table(ViewerRow), [{"name": name} for name in missing])
    look(missing)
    return found


def settle(database: Database, now: float | None = None) -> int:
    """Take in what was kept apart and counts by now; drop idempotency keys that are `KEPT` old.

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
                session.execute(delete(KeyRow).where(KeyRow.at < now - KEPT))
                return moved
        moved += len(keys)


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for first in range(0, len(values), _FEW):
        yield values[first : first + _FEW]


def as_plain(answer: Accepted) -> dict[str, Any]:
    """An answer as what JSON can hold, with what is said of each event that did not go in."""
    values = asdict(answer)
    for name in ("apart", "refused"):
        for one in values[name]:
            one["message"] = REASONS[one["reason"]]
    return values
