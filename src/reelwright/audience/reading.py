"""Events read back: all of them as arrays, for who learns; a viewer's newest, for who serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reelwright.audience.interactions import Floats, Interactions, Ints, Times
from reelwright.audience.tables import KINDS, EventRow, ItemRow, ViewerRow
from reelwright.core.nouns import Event

WORTH: dict[str, float] = {
    "impression": 0.0,
    "progress": 0.0,
    "completion": 1.0,
    "rewatch": 1.0,
    "skip": -1.0,
    "like": 2.0,
    "unlike": -2.0,
    "comment": 2.0,
    "share": 3.0,
    "follow": 3.0,
    "not_interested": -5.0,
}
"""What each kind of event says of whether a viewer liked a video."""
MOST_WORTH = 10.0
"""Of all that one viewer did with one video together."""
_CHUNK = 100_000
_CURSOR = {"sqlite": (), "postgresql": ("reelwright",)}


@dataclass(frozen=True)
class Log:
    """Events in the order in which they came in.

    Attributes:
        users, items: indexes into the names, which are all that the feed knows, by age.
        kinds: places in `tables.KINDS`.
        times: seconds since 1970.
        values: seconds watched, of progress, completion, rewatch and skip; of others how often.
        last: number of the newest event; `read_events` goes on from there.
    """

    users: Ints
    items: Ints
    kinds: NDArray[np.int8]
    times: Times
    values: Floats
    user_names: Sequence[str]
    item_names: Sequence[str]
    last: int

    def __len__(self) -> int:
        return len(self.users)


def read_events(session: Session, since: float | None = None, after: int = 0) -> Log:
    """All events, or those from a time on, or those that came in after the one of a number.

    Args:
        session: one to read with.
        since: seconds since 1970.
        after: `Log.last` of an earlier reading; by numbers nothing is missed, whatever clocks did.
    """
    users, user_names = _names(session, ViewerRow.number, ViewerRow.name)
    items, item_names = _names(session, ItemRow.number, ItemRow.id)
    row = EventRow
    query = select(row.number, row.viewer, row.item, row.kind, row.time, row.value)
    query = query.where(row.number > after).order_by(row.number)
    if since is not None:
        query = query.where(row.time >= since)
    numbers, viewer, item, kind, times, values = _columns(session, query, "i8 i8 i8 i1 f8 f4")
    return Log(
        users[viewer],
        items[item],
        kind,
        times,
        values,
        user_names,
        item_names,
        int(numbers[-1]) if len(numbers) else after,
    )


def read_interactions(session: Session, since: float | None = None) -> Interactions:
    """What viewers made of videos, for recommenders: a row a viewer and video.

    Its value is the sum of `WORTH` over what the viewer did with the video (each kind as often as
    it came, within ±`MOST_WORTH`), its time that of the last event. A video that merely came into
    view has 0: seen, not liked. Seconds watched are no part of it: they tell more of a video's
    length than of its worth (see `read_events` for them).

    Args:
        session: one to read with.
        since: seconds since 1970; what viewers did before is left out.
    """
    return fold(read_events(session, since))


def fold(log: Log) -> Interactions:
    """A row a viewer and video from single events; see `read_interactions`."""
    worth = np.array([WORTH[kind] for kind in KINDS], np.float32)[log.kinds]
    pairs = log.users.astype(np.int64) * max(1, len(log.item_names)) + log.items
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    if not len(firsts):
        sums, times = worth, log.times
    else:
        sums = np.add.reduceat(worth[order], firsts)
        times = np.maximum.reduceat(log.times[order], firsts)
    rows = order[firsts]
    by_time = np.argsort(times, kind="stable")
    return Interactions(
        log.users[rows][by_time],
        log.items[rows][by_time],
        times[by_time],
        np.clip(sums, -MOST_WORTH, MOST_WORTH).astype(np.float32)[by_time],
        log.user_names,
        log.item_names,
    )


def history(session: Session, user: str, n: int = 200) -> list[Event]:
    """The newest `n` events of a viewer, oldest first; none of one who is not known."""
    facts, item = EventRow, ItemRow.id
    query = (
        select(facts.time, item, facts.kind, facts.value)
        .join(ItemRow, ItemRow.number == facts.item)
        .join(ViewerRow, ViewerRow.number == facts.viewer)
        .where(ViewerRow.name == user)
        .order_by(facts.time.desc(), facts.item, facts.kind)
        .limit(n)
    )
    return [
        Event.model_validate(
            {"user": user, "item": name, "kind": KINDS[kind], "time": at, "value": value}
        )
        for at, name, kind, value in reversed(session.execute(query).all())
    ]


def _names(session: Session, number: Any, name: Any) -> tuple[Ints, list[str]]:
    """Index by number (−1 where there is none), and names by index."""
    numbers, names = _columns(session, select(number, name).order_by(number), "i8 O")
    index = np.full(int(numbers[-1]) + 1 if len(numbers) else 1, -1, np.int32)
    index[numbers] = np.arange(len(numbers), dtype=np.int32)
    return index, names.tolist()


def _columns(session: Session, query: Select[*tuple[Any, ...]], kinds: str) -> list[NDArray[Any]]:
    """The columns of a query as arrays of these kinds.

    They are read from the driver's own cursor, some at a time: a third of the time that rows of
    SQLAlchemy take, and of ten million rows that is half a minute.
    """
    shape = np.dtype([(f"c{place}", kind) for place, kind in enumerate(kinds.split())])
    parts = [np.array(rows, shape) for rows in _rows(session, query)]
    parts = parts or [np.empty(0, shape)]
    return [np.concatenate([part[name] for part in parts]) for name in shape.names or ()]


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    connection = session.connection()
    dialect = connection.dialect
    said = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    try:
        # A named cursor leaves the rows with PostgreSQL's server until they are asked for.
        with closing(driver.cursor(*_CURSOR[dialect.name])) as cursor:
            cursor.execute(said)
            while rows := cursor.fetchmany(_CHUNK):
                yield rows
    except dialect.loaded_dbapi.Error as error:
        raise OperationalError(said, None, error) from error
