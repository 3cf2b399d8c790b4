"""How often each video was shown, and what came of it: counts that every new event adds to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.checks import TIMED
from reelwright.audience.reading import WORTH
from reelwright.audience.tables import KIND_CODES, KINDS

HALF_LIFE = 7 * 86_400.0
"""Seconds after which a like counts half for what is popular."""
_MANY = 50_000
_ENDS = [KIND_CODES[kind] for kind in ("completion", "skip")]
_TIMED = np.array([kind in TIMED for kind in KINDS])
_WORTH = np.array([max(0.0, WORTH[kind]) for kind in KINDS])


@dataclass
class Tallies:
    """Sums over all events, by video (its place in the catalogue).

    Attributes:
        counts: float64 (kinds, videos): events of each kind.
        watched, watches: float64 (videos): seconds watched, and of how many events that tell them.
        fame: float64 (videos): what viewers liked, halved with age; of no meaning but the order.
        start: the time at which one like adds 1 to fame, in seconds since 1970.
    """

    counts: NDArray[np.float64]
    watched: NDArray[np.float64]
    watches: NDArray[np.float64]
    fame: NDArray[np.float64]
    start: float

    @staticmethod
    def empty(videos: int, start: float) -> Tallies:
        """No events yet."""
        counts = np.zeros((len(KINDS), videos))
        return Tallies(counts, np.zeros(videos), np.zeros(videos), np.zeros(videos), start)

    def grow(self, videos: int) -> None:
        """Make room for videos that came since."""
        more = videos - len(self.fame)
        if more > 0:
            self.counts = np.pad(self.counts, ((0, 0), (0, more)))
            for name in ("watched", "watches", "fame"):
                setattr(self, name, np.pad(getattr(self, name), (0, more)))

    def add(
        self,
        items: NDArray[np.integer],
        kinds: NDArray[np.integer],
        times: NDArray[np.float64],
        values: NDArray[np.floating],
    ) -> None:
        """Count events, a row each; `items` are places."""
        n = len(self.fame)
        if len(items) > _MANY:
            for kind in range(len(KINDS)):
                self.counts[kind] += np.bincount(items[kinds == kind], minlength=n)
        else:
            np.add.at(self.counts, (kinds, items), 1)
        # A progress report is no watch of its own: only what ends one counts.
        ended = _TIMED[kinds] & (kinds != KIND_CODES["progress"])
        _add(self.watched, items[ended], values[ended])
        _add(self.watches, items[ended], 1.0)
        worth = _WORTH[kinds]
        liked = worth > 0
        power = ((times[liked] - self.start) / HALF_LIFE).clip(-100, 1000)
        _add(self.fame, items[liked], worth[liked] * np.exp2(power))

    def shown(self, items: NDArray[np.integer] | slice = slice(None)) -> NDArray[np.float64]:
        """How often videos were shown; of a log without impressions, how often they ended."""
        ended = self.counts[_ENDS[0], items] + self.counts[_ENDS[1], items]
        return np.maximum(self.counts[KIND_CODES["impression"], items], ended)


def _add(
    sums: NDArray[np.float64], items: NDArray[np.integer], values: NDArray[np.floating] | float
) -> None:
    """Add values where they belong; of many, a sum for each first."""
    if len(items) > _MANY:
        weights = np.broadcast_to(values, len(items))
        sums += np.bincount(items, weights, len(sums))
    else:
        np.add.at(sums, items, values)
