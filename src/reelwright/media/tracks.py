"""Things seen at instants linked to tracks over time: who is who from frame to frame.

A detector sees each frame by itself: it misses a face now and then and now and then sees one where
there is none. Linking boxes that lie where a face is expected (its last place and speed) bridges
the former and makes the latter stand alone, so that it can be dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import hypot, log

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Box

FindFaces = Callable[[Sequence[npt.NDArray[np.uint8]]], Sequence[Sequence[Box]]]
"""Faces in frames, as `reelwright.core.ports.FaceFinder.find` gives them: handed in by whoever may
know providers."""

Sighting = tuple[float, Sequence[Box]]
"""An instant in seconds, and what was seen then."""

GAP = 1.5
"""Seconds for which something may go unseen and still be the same."""
_REACH = 1.5
"""How far from where it is expected it may be, in its own sizes, besides `_DRIFT`: whoever sets off
running goes that far in a sixth of a second."""
_DRIFT = 3.0
"""Sizes a second that it may have strayed while it was not seen."""
_FARTHEST = 3.0
"""Sizes that it may have strayed in all."""
_GROWTH = 0.7
"""Natural logarithm of the most that its size may have changed."""
_SURE = 0.6
"""Score from which something seen only once is believed."""


@dataclass(frozen=True)
class Track:
    """One thing over time: where it was at the instants at which it was seen."""

    times: tuple[float, ...]
    boxes: tuple[Box, ...]

    @property
    def size(self) -> float:
        """The middle one of its areas, as a share of the picture."""
        areas = sorted(box.width * box.height for box in self.boxes)
        return areas[len(areas) // 2]

    @property
    def score(self) -> float:
        """How surely it was there: the mean of its boxes' scores."""
        return sum(box.score for box in self.boxes) / len(self.boxes)

    def at(self, time: float, hold: float = GAP) -> Box | None:
        """Where it is at an instant, evenly between sightings; held still for a while before the
        first and after the last; None beyond."""
        if time < self.times[0] - hold or time > self.times[-1] + hold:
            return None
        place = bisect_left(self.times, time)
        if place == 0 or place == len(self.times):
            return self.boxes[min(place, len(self.boxes) - 1)]
        before, after = self.boxes[place - 1], self.boxes[place]
        share = (time - self.times[place - 1]) / (self.times[place] - self.times[place - 1])

        def between(a: float, b: float) -> float:
            return a + (b - a) * share

        return Box(
            left=between(before.left, after.left),
            top=between(before.top, after.top),
            width=between(before.width, after.width),
            height=between(before.height, after.height),
            score=between(before.score, after.score),
        )


@dataclass
class _Open:
    times: list[float] = field(default_factory=list[float])
    boxes: list[Box] = field(default_factory=list[Box])

    def expected(self, time: float) -> tuple[float, float]:
        """Where its middle should be, going on as it went between its last two sightings."""
        x, y = self.boxes[-1].centre
        if len(self.times) < 2:
            return x, y
        before = self.boxes[-2].centre
        # Nobody goes on for long as they were going.
        ahead = min(time - self.times[-1], 0.5) / (self.times[-1] - self.times[-2])
        return x + (x - before[0]) * ahead, y + (y - before[1]) * ahead


def link(sightings: Sequence[Sighting], *, gap: float = GAP) -> tuple[Track, ...]:
    """The tracks of what was seen, those seen longest first (of equals, the larger).

    Pairs of tracks and boxes are joined nearest first. What was seen only once and not surely,
    among several instants, is left out.

    Args:
        sightings: in order of time, of one shot: nothing is the same after a cut.
        gap: seconds for which something may go unseen.
    """
    running: list[_Open] = []
    ended: list[_Open] = []
    for time, boxes in sightings:
        ended += [track for track in running if time - track.times[-1] > gap]
        running = [track for track in running if time - track.times[-1] <= gap]
        pairs = sorted(
            (cost, t, b)
            for t, track in enumerate(running)
            for b, box in enumerate(boxes)
            if (cost := _cost(track, time, box)) is not None
        )
        taken: set[int] = set()
        met: set[int] = set()
        for _, t, b in pairs:
            if t not in met and b not in taken:
                met.add(t)
                taken.add(b)
                running[t].times.append(time)
                running[t].boxes.append(boxes[b])
        running += [_Open([time], [box]) for b, box in enumerate(boxes) if b not in taken]
    tracks = [Track(tuple(t.times), tuple(t.boxes)) for t in (*ended, *running)]
    if len(sightings) >= 3:
        tracks = [t for t in tracks if len(t.times) > 1 or t.score >= _SURE]
    return tuple(sorted(tracks, key=lambda t: (-len(t.times), -t.size, t.times, t.boxes[0].left)))


def _cost(track: _Open, time: float, box: Box) -> float | None:
    """How unlikely it is that a box goes on a track; None where it cannot."""
    last = track.boxes[-1]
    wide, high = (last.width + box.width) / 2, (last.height + box.height) / 2
    if not wide or not high or not last.width or not box.width:
        return None
    growth = abs(log(box.width / last.width))
    reach = min(_FARTHEST, _REACH + _DRIFT * (time - track.times[-1]))
    x, y = track.expected(time)
    strays = [(box.centre[0] - x, box.centre[1] - y)]
    # Who turns round does not go on as before.
    strays.append((box.centre[0] - last.centre[0], box.centre[1] - last.centre[1]))
    away = min(hypot(across / wide, down / high) for across, down in strays)
    return away / reach + growth if away <= reach and growth <= _GROWTH else None
