"""The way a camera went, frame by frame, and the smooth one that it is moved onto.

The steps between frames (`media.movement`) add up to a way for each of right, down and roll. The
smooth way is the one of least bending (mean square of the second difference, as in Whittaker's
smoother, 1923) that stays so near to the real one that the crop never leaves the frame: a quadratic
problem with bounds, solved by alternating directions (Boyd et al. 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import MediaFacts
from reelwright.media.movement import Step, measure, to_gray
from reelwright.media.sweep import sweep

Floats = npt.NDArray[np.float64]

WIDTH = 480
"""Pixels across of the frames that are compared."""
_SURE = 0.25
"""Share of the corners that must agree for a step to be believed."""
_MEANT = 0.8
"""Hertz: movement slower than this may be meant, faster is shaking."""
CALM = (0.2, 0.35, 0.6, 1.0)
"""Hertz that ways may be smoothed at; which is best depends on how far the camera goes."""
_ROUNDS = 150


@dataclass(frozen=True)
class Way:
    """Where the camera was at each frame of a shot."""

    times: Floats
    """Seconds."""
    places: Floats
    """n × 3: right and down in picture widths, roll in radians; the first is zero."""

    @property
    def rate(self) -> float:
        """Frames a second, on average."""
        lasts = float(self.times[-1] - self.times[0]) if len(self.times) > 1 else 0.0
        return (len(self.times) - 1) / lasts if lasts else 25.0


def follow(path: Path, facts: MediaFacts, changes: Sequence[float]) -> list[Way]:
    """The way of the camera in each shot that has frames, in order.

    Args:
        path: the video.
        facts: what probing says of it.
        changes: seconds at which new shots begin.

    Raises FootageError when it cannot be read.
    """
    times: list[float] = []
    steps: list[Step] = []
    last = None
    for block in sweep(path, facts, width=WIDTH):
        for at, frame in zip(block.times.tolist(), block.frames, strict=True):
            gray = to_gray(frame)
            if last is not None:
                steps.append(measure(last, gray, at, at - times[-1]))
            times.append(at)
            last = gray
    return ways_of(times, steps, changes)


def ways_of(times: Sequence[float], steps: Sequence[Step], changes: Sequence[float]) -> list[Way]:
    """Steps added up, shot by shot; one that cannot be believed is taken from its neighbours."""
    moves = np.array([[s.right, s.down, s.turn] for s in steps]).reshape(-1, 3)
    sure = np.array([s.sure >= _SURE for s in steps], bool)
    if sure.any():
        # Where nothing could be followed the camera hardly stopped.
        known = np.flatnonzero(sure)
        for n in range(3):
            moves[:, n] = np.interp(np.arange(len(moves)), known, moves[known, n])
    edges = np.searchsorted(times, np.asarray(changes) - 1e-4)
    found: list[Way] = []
    for first, last in zip([0, *edges], [*edges, len(times)], strict=True):
        if last > first:
            inside = np.vstack([np.zeros((1, 3)), moves[first : last - 1]])
            found.append(Way(np.asarray(times[first:last], float), np.cumsum(inside, axis=0)))
    return found


def shaking(way: Way) -> float:
    """How much a camera shakes: the root mean square of what of its movement from frame to frame
    differs from that of a third of a second around, in picture widths."""
    speed = np.diff(way.places[:, :2], axis=0)
    half = max(1, round(way.rate / 6))
    if len(speed) <= 2 * half:
        return 0.0
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    padded = np.pad(speed, ((half, half), (0, 0)), mode="edge")
    meant = np.column_stack([np.convolve(padded[:, n], kernel, "valid") for n in (0, 1)])
    return float(np.sqrt(((speed - meant) ** 2).sum(axis=1).mean()))


def swaying(way: Way) -> float:
    """How far a camera is off the way that it may mean to go: the root mean square of what of its
    way changes faster than that, in picture widths."""
    if len(way.times) < 5:
        return 0.0
    places = way.places[:, :2]
    fast = places - np.column_stack([_smooth(places[:, n], way.rate, _MEANT) for n in (0, 1)])
    return float(np.sqrt((fast**2).sum(axis=1).mean()))


def smooth(way: Way, bounds: tuple[float, float, float], hertz: float) -> Floats:
    """The calm way beside a shaking one (n × 3).

    Args:
        way: the camera's.
        bounds: picture widths right and down, and radians, that it may differ by.
        hertz: what is faster than this is smoothed.
    """
    every = enumerate(bounds)
    return np.column_stack([_smooth(way.places[:, n], way.rate, hertz, b) for n, b in every])


def _smooth(values: Floats, rate: float, hertz: float, bound: float | None = None) -> Floats:
    from scipy.linalg import cho_solve_banded, cholesky_banded

    count = len(values)
    if count < 5:
        return values.copy()
    bend = (2 * np.sin(np.pi * min(hertz / rate, 0.25))) ** -4
    bands = np.zeros((3, count))
    bands[2] = 6
    bands[2, [0, -1]], bands[2, [1, -2]] = 1, 5
    bands[1, 1:] = -4
    bands[1, [1, -1]] = -2
    bands[0, 2:] = 1
    bands *= bend
    if bound is None:
        bands[2] += 1
        return np.asarray(cho_solve_banded((cholesky_banded(bands), False), values))
    # q bends least, z stays within the bound, u is what they still disagree by.
    weight = bend * 0.02
    bands[2] += 1 + weight
    factor = cholesky_banded(bands), False
    kept, owed = values.copy(), np.zeros(count)
    calm = values
    for _ in range(_ROUNDS):
        calm = np.asarray(cho_solve_banded(factor, values + weight * (kept - owed)))
        kept = np.clip(calm + owed, values - bound, values + bound)
        owed += calm - kept
    return np.clip(calm, values - bound, values + bound)
