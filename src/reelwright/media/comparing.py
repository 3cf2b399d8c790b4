"""How unlike two small pictures are, once what moved between them is found again.

Each block of one picture is looked for around its place in the other (full search, normalised
cross-correlation). Neighbouring frames of a shot find nearly all their blocks, however the camera
moves; frames of two shots find next to none. What is found but has another colour or contrast
counts as half lost, since smooth patches look alike anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from reelwright.media.patches import Frame, ahead_means, grey, most_alike, resized, widened

LONG = 64
"""Pixels of the longer side of the pictures that are compared."""
_SHORTEST = 32
_BLOCK = 12
_REACH = 7
"""How far a block may have moved, in pixels of the small picture: a tenth of its width."""
_PLAIN = 2.5
"""Spread of light (0 to 255) under which a block has nothing to be found by."""
_HELD = 64
"""Prepared pictures that are held at a time, a tenth of a megabyte each."""
_FLASH = 0.5
"""Seconds within which a picture comes back after a flash."""
_BACK = 0.42
"""How unlike the picture that comes back may be."""
_COLOUR = 40.0
"""Difference of colour that makes a match worth about a third."""


@dataclass(frozen=True)
class Seen:
    """A small picture, ready to be compared."""

    light: Frame
    padded: Frame
    """The light with its edges continued by the reach of the search."""
    means: npt.NDArray[np.float32]
    """Mean colour of the block that starts at each place."""
    spreads: npt.NDArray[np.float32]
    """Spread of light of the block that starts at each place."""


def shrink(frames: Frame) -> Frame:
    """Frames (n × height × width × 3) at the size that is compared, whatever their own."""
    high, wide = frames.shape[1:3]
    scale = LONG / max(high, wide)
    size = (max(_SHORTEST, round(wide * scale)), max(_SHORTEST, round(high * scale)))
    if size == (wide, high):
        return frames
    return np.stack([resized(frame, size) for frame in frames])


def see(frame: Frame) -> Seen:
    """Make a small picture ready (height × width × 3, RGB, as `shrink` gives it)."""
    light = grey(frame)
    values = light.astype(np.float32)
    mean = ahead_means(values, _BLOCK)
    spreads = np.sqrt(np.maximum(ahead_means(values * values, _BLOCK) - mean * mean, 0))
    return Seen(light, widened(light, _REACH), ahead_means(frame, _BLOCK), spreads)


def unlike(a: Seen, b: Seen, *, light_counts: bool = True, least: float = 0.0) -> float:
    """How much of two pictures is not found again in the other: 0 the same, 1 nothing.

    Args:
        a: one picture.
        b: another of the same size.
        light_counts: whether another colour or contrast makes pictures less alike. Without it the
            same things under another light (a flash, a cloud) are the same, and what is plain
            says nothing.
        least: what less than that it is does not matter: then one direction may be enough to tell.
    """
    there = _lost(a, b, light_counts)
    if there + 1 < 2 * least:
        return (there + 1) / 2
    return (there + _lost(b, a, light_counts)) / 2


def _lost(a: Seen, b: Seen, light_counts: bool) -> float:
    high, wide = a.light.shape
    lost, counted = 0.0, 0
    rows, columns = _starts(high), _starts(wide)
    window = _BLOCK + 2 * _REACH
    for y in rows:
        for x in columns:
            spread = float(a.spreads[y, x])
            if spread < _PLAIN and not light_counts:
                continue
            found_y, found_x, alike = y, x, 1.0
            if spread >= _PLAIN:
                field = b.padded[y : y + window, x : x + window]
                block = a.light[y : y + _BLOCK, x : x + _BLOCK]
                alike, down, right = most_alike(field, block)
                found_y = min(max(y + down - _REACH, 0), high - _BLOCK)
                found_x = min(max(x + right - _REACH, 0), wide - _BLOCK)
            there = float(b.spreads[found_y, found_x])
            low, most = sorted((max(spread, _PLAIN), max(there, _PLAIN)))
            if light_counts:
                one, other = a.means[y, x], b.means[found_y, found_x]
                apart = sum(abs(float(one[n]) - float(other[n])) for n in range(3)) / 3
                alike *= exp(-apart / _COLOUR) * min(1.0, 0.3 + low / most)
            elif most > 4 * low:
                alike *= 4 * low / most
            lost += 1 - alike
            counted += 1
    return lost / counted if counted else 1.0


def _starts(side: int) -> list[int]:
    """Where blocks start, so that they cover a side evenly."""
    count = max(2, round(side / _BLOCK))
    return [round(n * (side - _BLOCK) / (count - 1)) for n in range(count)]


class Comparer:
    """Compares frames of one film by their numbers; nothing is worked out twice in a row."""

    def __init__(self, frames: Frame) -> None:
        self._frames = frames
        self._seen: dict[int, Seen] = {}
        self._known: dict[tuple[int, int, bool], float] = {}

    def unlike(self, a: int, b: int, *, light_counts: bool = True, least: float = 0.0) -> float:
        """`unlike` of two frames; a number outside the film stands for its first or last frame."""
        a, b = (min(max(index, 0), len(self._frames) - 1) for index in (a, b))
        key = (min(a, b), max(a, b), light_counts)
        if key in self._known:
            return self._known[key]
        found = unlike(self._at(a), self._at(b), light_counts=light_counts, least=least)
        if found >= least:
            self._known[key] = found
        return found

    def shifted(self, a: int, b: int) -> float:
        """How well the middle of one frame is found anywhere in the other, 0 to 1: whip pans."""
        one, other = self._at(a).light, self._at(b).light
        high, wide = one.shape
        rows, columns = slice(high // 4, high - high // 4), slice(wide // 4, wide - wide // 4)
        if min(float(one[rows, columns].std()), float(other[rows, columns].std())) < 2 * _PLAIN:
            return 0.0
        there = most_alike(other, one[rows, columns])[0]
        return max(there, most_alike(one, other[rows, columns])[0])

    def _at(self, index: int) -> Seen:
        if index not in self._seen:
            if len(self._seen) >= _HELD:
                del self._seen[next(iter(self._seen))]
            self._seen[index] = see(self._frames[index])
        return self._seen[index]


def comes_back(look: Comparer, before: int, after: int, rate: float, count: int) -> bool:
    """Whether the picture before a moment is there again at most half a second after it."""
    steps = [n for n in range(max(3, round(_FLASH * rate)) + 1) if n <= 4 or n % 3 == 0]
    return any(
        (after + n < count and look.unlike(before, after + n) < _BACK)
        or (before - n >= 0 and look.unlike(before - n, after) < _BACK)
        for n in steps
    )
