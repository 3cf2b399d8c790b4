"""Where a crop looks from frame to frame: keys, and the smooth way between them.

Between two keys each value follows a cubic whose slopes at the keys are the weighted harmonic
means of the slopes beside them (Fritsch and Butland 1984): it passes through every key, never
overshoots one, rests where two keys are alike, and keeps its speed where it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Key = tuple[int, float, float, float]
"""A frame, the point looked at (shares of the picture's width and height, 0 to 1), and the zoom: 1
shows as much as filling the frame allows, 2 half as much of each side."""
Piece = tuple[int, int, tuple[float, float, float, float]]
"""From a frame to another a value is ``a + b t + c t² + d t³``, t in frames since the first."""


def pieces(keys: Sequence[Key], channel: int) -> tuple[Piece, ...]:
    """How one value of a path goes: 1 is x, 2 is y, 3 is the zoom.

    What comes before the first key is as at it, what comes after the last as at that.

    Args:
        keys: at least one, in order of frames, no two at the same one.
    """
    points = [(key[0], key[channel]) for key in keys]
    slopes = [(b - a) / (then - first) for (first, a), (then, b) in pairwise(points)]
    lengths = [then - first for (first, _), (then, _) in pairwise(points)]
    # At rest at both ends: a path that begins in motion begins with a jolt.
    tangents = [0.0, *(_tangent(*pair) for pair in _beside(slopes, lengths)), 0.0]
    found: list[Piece] = []
    for index, ((first, a), (then, _)) in enumerate(pairwise(points)):
        long, slope = lengths[index], slopes[index]
        begin, end = tangents[index], tangents[index + 1]
        c = (3 * slope - 2 * begin - end) / long
        d = (begin + end - 2 * slope) / long**2
        found.append((first, then, (a, begin, c, d)))
    return tuple(found)


def look(keys: Sequence[Key], frame: float) -> tuple[float, float, float]:
    """Where a path looks at a frame: x, y and zoom. The middle, unzoomed, without keys."""
    if not keys:
        return 0.5, 0.5, 1.0
    if frame <= keys[0][0] or len(keys) == 1:
        return keys[0][1:]
    if frame >= keys[-1][0]:
        return keys[-1][1:]
    x, y, zoom = (_value(pieces(keys, channel), frame) for channel in (1, 2, 3))
    return x, y, zoom


def halfway(keys: Sequence[Key]) -> tuple[float, float]:
    """The point that a path looks at halfway: for those who cannot move a crop."""
    x, y, _ = look(keys, (keys[0][0] + keys[-1][0]) / 2 if keys else 0)
    return x, y


def _value(found: Sequence[Piece], frame: float) -> float:
    for first, then, (a, b, c, d) in found:
        if frame <= then:
            t = frame - first
            return a + t * (b + t * (c + t * d))
    raise AssertionError("a frame after the last key")


def _beside(slopes: Sequence[float], lengths: Sequence[int]) -> list[tuple[float, float, int, int]]:
    return [
        (a, b, long, then)
        for (a, b), (long, then) in zip(pairwise(slopes), pairwise(lengths), strict=True)
    ]


def _tangent(before: float, after: float, long: int, then: int) -> float:
    if before * after <= 0:
        return 0.0
    share = (long + 2 * then) / (3 * (long + then))
    return before * after / (share * after + (1 - share) * before)
