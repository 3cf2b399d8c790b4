"""What is told of videos on pages, kept as JSON: of a page, most was told a moment ago."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import orjson

from reelwright.audience.feed import Place
from reelwright.store.database import Database
from reelwright.web.describing import describe, read_told

_MOST = 50_000
"""Videos kept, about a kilobyte each."""


class Cards:
    """Videos as JSON objects. Any thread may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._cards: OrderedDict[str, bytes] = OrderedDict()
        self._version = -1

    def of(self, ids: Sequence[str], version: int) -> dict[str, bytes]:
        """Objects without their closing brace, of the videos that are in the feed.

        Args:
            version: of the catalogue; what was told at another one is told anew.
        """
        with self._lock:
            if version != self._version:
                self._cards.clear()
                self._version = version
            found = {name: self._cards[name] for name in ids if name in self._cards}
        missing = [name for name in ids if name not in found]
        if missing:
            with self._database.reading() as session:
                rows = read_told(session, missing)
            made = {name: orjson.dumps(describe(row))[:-1] for name, row in rows.items()}
            found |= made
            with self._lock:
                if version == self._version:
                    self._cards |= made
                while len(self._cards) > _MOST:
                    self._cards.popitem(last=False)
        return found

    def page(self, places: Sequence[Place], version: int, *, explain: bool) -> list[bytes]:
        """The objects of a page's videos, in their order, with why each is there."""
        found = self.of([place.item for place in places], version)
        made: list[bytes] = []
        for rank, place in enumerate(places):
            card = found.get(place.item)
            if card is not None:
                told = {"rank": rank, "source": place.source, "propensity": place.propensity}
                if explain:
                    rule = place.rule or None
                    told |= {"score": place.score, "scores": place.scores, "rule": rule}
                made.append(card + b"," + orjson.dumps(told)[1:])
        return made
