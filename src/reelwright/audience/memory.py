"""What viewers did, kept in memory while they watch: their next page follows from it at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.catalogue import Catalogue
from reelwright.audience.interactions import Floats
from reelwright.audience.reading import MOST_WORTH, WORTH
from reelwright.audience.tables import KINDS, EventRow, ViewerRow
from reelwright.store.database import ask

NEWEST = 5_000
"""Events of a viewer that tell their taste, at most."""
MOST = 20_000
"""Viewers kept in memory; who was not there for longest is read again when they come back."""
_WORTH = tuple(WORTH[kind] for kind in KINDS)
_NUMBER = f"SELECT number FROM {ViewerRow.__tablename__} WHERE name = ?"
_NEWEST = (
    f"SELECT item, kind, time FROM {EventRow.__tablename__} WHERE viewer = ? "
    "ORDER BY time DESC LIMIT ?"
)


@dataclass
class Viewer:
    """A viewer. Videos are named by their numbers in the database.

    Attributes:
        number: the viewer's; None of one who has done nothing yet.
        seen: all videos they ever did anything with.
        worth: what the newest ones were worth to them and when, the last one last.
        given: videos on pages they were just given, and when that was.
        counts: events of each kind, by its place in `tables.KINDS`; of the newest alone.
    """

    number: int | None = None
    seen: set[int] = field(default_factory=set[int])
    worth: OrderedDict[int, tuple[float, float]] = field(default_factory=OrderedDict)
    given: dict[int, float] = field(default_factory=dict[int, float])
    counts: list[int] = field(default_factory=lambda: [0] * len(KINDS))

    def places_seen(self, catalogue: Catalogue) -> NDArray[np.int64]:
        """Places of all videos they did anything with."""
        found = catalogue.places_of(self.seen)
        return found[found >= 0]

    def history(
        self, catalogue: Catalogue, n: int
    ) -> tuple[NDArray[np.int64], Floats, NDArray[np.float64]]:
        """Places of the newest `n` videos, the oldest first, what they were worth, and when."""
        newest = list(islice(reversed(self.worth.items()), n))[::-1]
        places = catalogue.places_of([item for item, _ in newest])
        known = places >= 0
        values = np.array([worth for _, (worth, _) in newest], np.float32)
        times = np.array([at for _, (_, at) in newest], np.float64)
        return places[known], values[known], times[known]

    def add(self, item: int, kind: int, time: float) -> None:
        """Count an event: `kind` is its place in `tables.KINDS`."""
        self.seen.add(item)
        self.counts[kind] += 1
        worth, last = self.worth.pop(item, (0.0, time))
        worth = max(-MOST_WORTH, min(MOST_WORTH, worth + _WORTH[kind]))
        self.worth[item] = (worth, max(last, time))


class Memory:
    """The viewers who are watching. Not for several threads at once."""

    def __init__(self) -> None:
        self._viewers: OrderedDict[str, Viewer] = OrderedDict()
        self._by_number: dict[int, Viewer] = {}

    def viewer(self, session: Session, name: str) -> Viewer:
        """The viewer of this name, read if they are not in memory, or were forgotten since."""
        known = self._viewers.get(name)
        found = ask(session, _NUMBER, name)
        number = found[0][0] if found else None
        if known is None or known.number != number:
            if known is not None and known.number is not None:
                self._by_number.pop(known.number, None)
            given = known.given if known and known.number is None else {}
            known = self._viewers[name] = read_viewer(session, number)
            known.given = given
            if number is not None:
                self._by_number[number] = known
        self._viewers.move_to_end(name)
        while len(self._viewers) > MOST:
            _, gone = self._viewers.popitem(last=False)
            if gone.number is not None:
                self._by_number.pop(gone.number, None)
        return known

    def add(self, events: Iterable[tuple[int, int, int, float]]) -> None:
        """Tell of new events: number of the viewer, number of the video, kind, time.

        Viewers who are not in memory are read whole when they come.
        """
        for viewer, item, kind, time in events:
            if known := self._by_number.get(viewer):
                known.add(item, kind, time)


def read_viewer(session: Session, number: int | None) -> Viewer:
    """A viewer's state, from the events in the database."""
    viewer = Viewer(number)
    if number is None:
        return viewer
    newest = ask(session, _NEWEST, number, NEWEST)
    for item, kind, time in reversed(newest):
        viewer.add(item, kind, time)
    if len(newest) == NEWEST:
        items = select(EventRow.item).where(EventRow.viewer == number).distinct()
        viewer.seen.update(session.scalars(items))
    return viewer
