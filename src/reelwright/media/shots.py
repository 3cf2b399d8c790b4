"""Where one shot becomes another: cuts, fades and dissolves; flashes are none of these.

Works on small frames, so that one decoding pass feeds this beside other consumers. A stretch of
film is looked at as a whole, three times:

1. **Fades** (`fades.find_fades`): the picture loses its contrast until it is flat, and another
   comes.
2. **Cuts** (`jumps.find_cuts`): a frame that differs from the one before much more than its
   neighbours do is looked at closely. It begins a new shot if nothing of what was there before is
   found in it, or in any of the frames soon after: when the picture comes back, that was a flash.
3. **Dissolves** (`dissolves.find_dissolves`), between these: for a while each frame is a mix of a
   frame before and a frame after, and these two have nothing in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from reelwright.media.comparing import Comparer, shrink
from reelwright.media.patches import Frame

Kind = Literal["cut", "fade", "dissolve"]

_CORE = 20.0
"""Seconds that are looked at together, and how much of what comes before and after is seen too."""
_MARGIN = 4.0


@dataclass(frozen=True)
class Change:
    """One shot becomes another."""

    kind: Kind
    first: int
    """Of a cut: the first frame of the new shot. Else the first frame that is not the old shot
    alone."""
    last: int
    """Of a cut: the same as `first`. Else the last frame that is not the new shot alone."""
    sure: float
    """0 to 1."""

    @property
    def middle(self) -> int:
        """The frame at which the new shot is best taken to begin."""
        return (self.first + self.last + 1) // 2


def find_shots(blocks: Iterable[Frame], rate: float) -> tuple[Change, ...]:
    """The changes in a film, in order.

    Args:
        blocks: all its frames, in blocks of any length (n × height × width × 3, RGB, any size; 160
            pixels in width are enough).
        rate: frames a second.
    """
    finder = ShotFinder(rate)
    for block in blocks:
        finder.add(block)
    return finder.finish()


class ShotFinder:
    """Finds changes in a film that is told block by block; holds half a minute of it at most."""

    def __init__(self, rate: float) -> None:
        self._rate = min(max(rate, 1.0), 240.0)
        self._core = max(1, round(_CORE * self._rate))
        self._margin = max(8, round(_MARGIN * self._rate))
        self._held: list[Frame] = []
        self._first = 0
        """Number of the first frame that is held."""
        self._done = 0
        """Number of the first frame that no change was looked for at."""
        self._changes: list[Change] = []

    def add(self, frames: Frame) -> None:
        """The next frames of the film (n × height × width × 3)."""
        if len(frames):
            self._held.extend(shrink(frames))
        while self._first + len(self._held) >= self._done + self._core + self._margin:
            self._look(self._done + self._core)

    def finish(self) -> tuple[Change, ...]:
        """All changes, once every frame was added."""
        self._look(self._first + len(self._held))
        return tuple(self._changes)

    def _look(self, until: int) -> None:
        """Decide about the frames from where it stopped last to `until`."""
        if until <= self._done:
            return
        enough = self._held[: until + self._margin - self._first]
        for change in find_changes(np.stack(enough), self._rate):
            first, last = change.first + self._first, change.last + self._first
            known = self._changes[-1].last if self._changes else -9
            # What is near the edge of two stretches may be seen a frame apart from either.
            if first > known + 2 and self._done - 2 <= (first + last) // 2 < until + 2:
                self._changes.append(replace(change, first=first, last=last))
        self._done = until
        drop = max(0, until - self._margin - self._first)
        del self._held[:drop]
        self._first += drop


def find_changes(frames: Frame, rate: float) -> list[Change]:
    """The changes in a stretch of film that is held as a whole.

    Args:
        frames: n × height × width × 3, RGB, as `comparing.shrink` gives them.
        rate: frames a second.
    """
    from reelwright.media.dissolves import find_dissolves
    from reelwright.media.fades import find_fades
    from reelwright.media.jumps import find_cuts

    if len(frames) < 3:
        return []
    look = Comparer(frames)
    fades = [Change("fade", *found) for found in find_fades(frames, rate, look)]
    cuts: list[Change] = []
    for first, last in _between(fades, len(frames)):
        cuts += [
            Change("cut", at, at, sure) for at, sure in find_cuts(frames, first, last, rate, look)
        ]
    dissolves: list[Change] = []
    for first, last in _between([*fades, *cuts], len(frames)):
        dissolves += [
            Change("dissolve", *found) for found in find_dissolves(frames, first, last, rate, look)
        ]
    return sorted([*fades, *cuts, *dissolves], key=lambda change: change.first)


def _between(changes: Sequence[Change], count: int) -> list[tuple[int, int]]:
    """The stretches (first frame, frame after the last) that lie between changes."""
    ordered = sorted(changes, key=lambda change: change.first)
    starts = [0, *(c.first if c.kind == "cut" else c.last + 1 for c in ordered)]
    ends = [*(c.first for c in ordered), count]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if b - a >= 2]
