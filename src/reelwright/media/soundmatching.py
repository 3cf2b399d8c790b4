"""Whether two sound prints are of the same recording: from when to when, and at which speed.

Stretches of the one are looked for all over the other, at every speed, with tones as they are and
raised as the speed does; the likeliest place is then refined until the whole of what both share
lies over each other, and judged piece by piece. What two pieces of music by the same players share
(a beat, a chord, a timbre) is much less alike than two copies of one recording are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from reelwright.media.aligning import (
    FASTEST,
    SLOWEST,
    Pace,
    climb,
    likeness,
    longest_run,
    paired,
)
from reelwright.media.laying import at_places
from reelwright.media.soundprints import OCTAVE, STEPS, SoundPrint, shapes, shifted

Floats = npt.NDArray[np.float32]

_SPEEDS = np.round(np.arange(SLOWEST, FASTEST + 0.005, 0.01), 2)
_PIECE = 16 * STEPS
_PIECES = 3
_SHADOWS = 32
_LEAST = 4 * STEPS
_WINDOW = 2 * STEPS
_HOP = STEPS
# What a pair must reach. Measured on eighteen edits of six pieces of music and two speeches:
# copies reach 0.83 at the least, over all that they share. Different pieces by the same players, in
# the same mood, reach 0.89 over five seconds, 0.65 over eight and 0.59 over twelve.
_SAME = 0.72
_SAME_SHORT = 0.93
_SHORT = 10
_WINDOW_SAME = 0.4
_LEAST_HEARD = 3
_HEARD = 0.5


@dataclass(frozen=True)
class SoundMatch:
    """That two recordings share something."""

    likeness: float
    """How alike they are where they are the same, 0 to 1."""
    speed: float
    """Seconds of this that go by in one second of the other."""
    raised: bool
    """Whether the tones were raised or lowered with the speed."""
    start: float
    """Seconds into this where what they share begins."""
    end: float
    other_start: float
    other_end: float

    @property
    def seconds(self) -> float:
        """How much of this they share."""
        return self.end - self.start


@dataclass(frozen=True)
class _Place:
    score: float
    speed: float
    shift: float
    raised: bool


def match_sounds(this: SoundPrint, other: SoundPrint) -> SoundMatch | None:
    """Whether two sounds are copies of one recording, at 0.88 to 1.14 of its speed.

    Returns:
        What they share, at least four seconds that are not silent; None when it is less.
    """
    if min(len(this.levels), len(other.levels)) < _LEAST:
        return None
    if len(this.levels) < len(other.levels):
        found = match_sounds(other, this)
        return None if found is None else _turned(found)
    here = shapes(this.levels)
    found = _look_for(here, other)
    if found is None:
        return None
    there = shapes(_unraised(other.levels, found.speed) if found.raised else other.levels)
    return _judge(here, there, _refine(here, there, found), found.raised)


def _turned(match: SoundMatch) -> SoundMatch:
    return SoundMatch(
        match.likeness, round(1 / match.speed, 4), match.raised,
        match.other_start, match.other_end, match.start, match.end,
    )  # fmt: skip


def _look_for(here: Floats, other: SoundPrint) -> _Place | None:
    """Where, and at which speed, a piece of the other sound is heard in this one.

    Inner products are taken of random projections, which keep them (Johnson and Lindenstrauss,
    1984), by fast Fourier transform.
    """
    shadow = np.random.default_rng(7).standard_normal((here.shape[1], _SHADOWS))
    shadow = shadow.astype(np.float32) / np.float32(np.sqrt(_SHADOWS))
    size = 1 << int(np.ceil(np.log2(len(here) + 2 * _PIECE)))
    spectrum = np.fft.rfft(here @ shadow, size, axis=0)
    energy = np.concatenate([[0.0], np.cumsum((here**2).sum(1, dtype=np.float64))])
    length = min(_PIECE, len(other.levels))
    best: _Place | None = None
    for first in _pieces(shapes(other.levels), length):
        part = other.levels[first : first + length]
        for speed in _SPEEDS:
            for raised in (False, True) if speed != 1.0 else (False,):
                moved = _unraised(part, float(speed)) if raised else part
                places = np.arange(0, length - 1 + 1e-6, 1 / speed)
                piece = at_places(shapes(moved), places)
                found = _locate(piece, shadow, spectrum, energy, size)
                if best is None or found[0] > best.score + 1e-3:
                    best = _Place(found[0], float(speed), found[1] - first * speed, raised)
    return best if best and best.score > 0 else None


def _unraised(levels: npt.NDArray[np.uint8], speed: float) -> Floats:
    """The levels of what was played so many times as fast, its tones put back."""
    return shifted(levels, -OCTAVE * log2(speed))


def _pieces(there: Floats, length: int) -> list[int]:
    """Where pieces begin in which much happens, spread over the whole."""
    left = len(there) - length
    apart = 4 * (_PIECES + 1)
    starts = [left * number // apart for number in range(apart + 1)]
    chosen: list[int] = []
    for number in range(_PIECES):
        options = starts[4 * number : 4 * number + 9 : 2]
        chosen.append(max(options, key=lambda at: float(np.abs(there[at : at + length]).sum())))
    return sorted(set(chosen))


def _locate(
    piece: Floats,
    shadow: Floats,
    spectrum: npt.NDArray[np.complexfloating],
    energy: npt.NDArray[np.float64],
    size: int,
) -> tuple[float, float]:
    """How alike a piece and this sound are at most, and where (in moments)."""
    mine = float((piece**2).sum())
    if mine <= 0:
        return 0.0, 0.0
    product = np.fft.irfft(
        (spectrum * np.conj(np.fft.rfft(piece @ shadow, size, axis=0))).sum(1), size
    )
    count = len(energy) - 1
    lags = np.arange(min(0, -(len(piece) // 2)), max(1, count - len(piece) // 2))
    low, high = np.clip(lags, 0, count), np.clip(lags + len(piece), 0, count)
    # Where the piece hangs over an end, or most of this is silent there, little counts for little.
    theirs = np.maximum(energy[high] - energy[low], 0.25 * mine)
    score = product[lags % size] / np.sqrt(theirs * mine)
    top = int(np.argmax(score))
    return float(score[top]), float(lags[top])


def _refine(here: Floats, there: Floats, found: _Place) -> Pace:
    """The pace that lays most over each other, from a piece to ever longer stretches."""
    middle = (len(here) / 2 - found.shift) / found.speed
    middle = min(max(middle, len(there) * 0.25), len(there) * 0.75)
    speed, centre = found.speed, found.shift + found.speed * middle
    quick, span = 0.005, float(_PIECE)
    while True:
        low = int(max(0, middle - span / 2))
        part = there[low : int(middle + span / 2)]

        def at(speed: float, centre: float, low: int = low, part: Floats = part) -> float:
            a, b, _ = paired(here, part, Pace(speed, centre + speed * (low - middle)))
            return likeness(a, b) * min(1.0, len(a) / len(part)) ** 0.25 if len(a) > 8 else -1.0

        speed, centre = climb(at, speed, centre, quick=quick)
        if span >= 2 * len(there):
            return Pace(speed, centre - speed * middle)
        span, quick = span * 2, quick / 2


def _judge(here: Floats, there: Floats, pace: Pace, raised: bool) -> SoundMatch | None:
    """Whether, and where, two sounds are the same at this pace."""
    a, b, first = paired(here, there, pace)
    if len(a) < _LEAST:
        return None
    starts = list(range(0, max(1, len(a) - _WINDOW + 1), _HOP))
    parts = [(a[at : at + _WINDOW], b[at : at + _WINDOW]) for at in starts]
    alike = np.array([likeness(x, y) for x, y in parts])
    heard = np.array([max(np.abs(x).mean(), np.abs(y).mean()) > _HEARD for x, y in parts])
    low, high = longest_run(heard, alike, _WINDOW_SAME)
    begin, finish = starts[low], min(len(a), starts[high - 1] + _WINDOW)
    if high == len(starts):
        finish = len(a)
    part = heard[low:high]
    if part.sum() < _LEAST_HEARD or finish - begin < _LEAST:
        return None
    sure = float(np.median(alike[low:high][part]))
    if sure < (_SAME if part.sum() >= _SHORT else _SAME_SHORT):
        return None
    return SoundMatch(
        round(sure, 3), round(float(pace.speed), 4), raised,
        start=max(0.0, float(pace.shift + pace.speed * (first + begin)) / STEPS),
        end=float(pace.shift + pace.speed * (first + finish)) / STEPS,
        other_start=(first + begin) / STEPS,
        other_end=(first + finish) / STEPS,
    )  # fmt: skip
