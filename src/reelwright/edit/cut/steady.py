"""A calm way for a camera: as still as what it must show allows, and smooth where it moves.

For every instant there is a tube: how far left and right the middle of the crop may be with the
subject still well inside. The calmest way through a tube is the shortest: a taut string (as in the
"taut string" of Davies and Kovac 2001, found by the funnel of Lee and Preparata 1984). It rests
where it can and moves evenly where it must. Its bends are then rounded by a smooth kernel, which
bounds the acceleration; the tube is narrower than what is visible by as much as that takes up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ROUNDINGS = (1.6, 1.2, 0.9, 0.6, 0.35)
"""Seconds over which a bend is rounded: the longest for which the subject stays in sight."""
_INSIDE = 0.997
"""Share of the instants for which it must."""


def steady(
    low: Floats, high: Floats, want: Floats, hard: tuple[Floats, Floats], rate: float
) -> Floats:
    """Where the middle of a crop is at each instant.

    Args:
        low: the tube's lower side at even steps of time (shares of the picture's side).
        high: its upper side, nowhere below `low`.
        want: where it would be best, looked at only where there is a choice.
        hard: what the tube may at most be: the sides beyond which the subject is cut.
        rate: steps a second.
    """
    if not len(low):
        return np.zeros(0)
    inside = float(low.max()), float(high.min())
    if inside[0] <= inside[1]:
        # One place will do for all of it.
        return np.full(len(low), min(max(float(np.median(want)), inside[0]), inside[1]))
    string = _taut(low, high, _start(low, high, want), _start(low[::-1], high[::-1], want[::-1]))
    best, kept = string, -1.0
    for seconds in ROUNDINGS:
        way = _rounded(string, seconds * rate)
        share = float(((way >= hard[0] - 1e-9) & (way <= hard[1] + 1e-9)).mean())
        if share > kept + 1e-9:
            best, kept = way, share
        if share >= _INSIDE:
            return way
    return best


def _start(low: Floats, high: Floats, want: Floats) -> float:
    """Where a way begins: at a place that will do for as long as any does."""
    floor, ceiling = np.maximum.accumulate(low), np.minimum.accumulate(high)
    lasts = int(np.argmax(floor > ceiling)) or len(low)
    best = float(np.median(want[:lasts]))
    return min(max(best, float(floor[lasts - 1])), float(ceiling[lasts - 1]))


def _taut(low: Floats, high: Floats, first: float, last: float) -> Floats:
    """The shortest way through a tube, from a place at its beginning to one at its end."""
    low, high = low.copy(), high.copy()
    low[0] = high[0] = first
    low[-1] = high[-1] = last
    count = len(low)
    knots: list[tuple[int, float]] = [(0, first)]
    while knots[-1][0] < count - 1:
        knots.append(_next_knot(low, high, *knots[-1]))
    places, values = zip(*knots, strict=True)
    return np.interp(np.arange(count), places, values)


def _next_knot(low: Floats, high: Floats, at: int, value: float) -> tuple[int, float]:
    """How far a string goes straight from a knot: to where it bends next."""
    steps = np.arange(1, len(low) - at)
    down, up = (low[at + 1 :] - value) / steps, (high[at + 1 :] - value) / steps
    steepest, flattest = np.maximum.accumulate(down), np.minimum.accumulate(up)
    crossed = np.nonzero(steepest > flattest + 1e-12)[0]
    if not len(crossed):
        return len(low) - 1, float(low[-1])
    stop = int(crossed[0])
    # The side that closes the funnel is passed beyond; the string leans on the other.
    if down[stop] >= steepest[stop] - 1e-15:
        corner = int(np.nonzero(up[:stop] <= flattest[stop] + 1e-15)[0][-1]) if stop else 0
        return at + 1 + corner, float(high[at + 1 + corner])
    corner = int(np.nonzero(down[:stop] >= steepest[stop] - 1e-15)[0][-1]) if stop else 0
    return at + 1 + corner, float(low[at + 1 + corner])


def _rounded(way: Floats, steps: float) -> Floats:
    """A way under a kernel of this many steps (Hann's window), at rest beyond its ends."""
    reach = max(1, round(steps / 2))
    weights = 1 + np.cos(np.pi * np.arange(-reach, reach + 1) / (reach + 1))
    padded = np.pad(way, reach, mode="edge")
    return np.asarray(np.convolve(padded, weights / weights.sum(), mode="valid"), np.float64)


def thin(way: Sequence[Floats], tolerance: float = 2e-4) -> list[int]:
    """The steps of a way (its values side by side) that say all of it, within a tolerance.

    Every third step while it moves, and both ends of every rest: between these a smooth
    interpolation passes as the way does.
    """
    count = len(way[0]) if len(way) else 0
    if count < 3:
        return list(range(count))
    values = np.stack(way)
    moves = np.abs(np.diff(values, axis=1)).max(0) > tolerance / 10
    kept = [0]
    for step in range(1, count - 1):
        begins, ends = not moves[step - 1] and moves[step], moves[step - 1] and not moves[step]
        if begins or ends or (moves[step] and step - kept[-1] >= 3):
            kept.append(step)
    kept.append(count - 1)
    return kept
