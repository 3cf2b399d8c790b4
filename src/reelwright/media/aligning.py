"""At which offset and speed two films show the same, told by what changes in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.media.laying import Laid, at_places

Floats = npt.NDArray[np.float32]

LAG = 5
"""Steps within which a change is looked for."""
LEAST_STEPS = 8
"""What is shorter is not compared."""
SLOWEST, FASTEST = 0.88, 1.14
"""Speeds within which copies are looked for."""
_SPEEDS = np.round(np.concatenate([[1.0], np.arange(SLOWEST, FASTEST, 0.01)]), 2)
_SHADOWS = 48
_STARTS = 5
_FAINT = 0.06
_BEST_CELLS = 240
_LEAST_SHARE = 0.3
_BAD = 1.5


@dataclass(frozen=True)
class Pace:
    """Step k of the other film is step speed · k + shift of this one."""

    speed: float
    shift: float


def changes(values: Floats) -> Floats:
    """What changes within `LAG` steps; what is as small as noise is none."""
    change = values[LAG:] - values[:-LAG]
    return np.where(np.abs(change) < _FAINT, 0, change).astype(np.float32)


def paired(laid_here: Floats, laid_there: Floats, pace: Pace) -> tuple[Floats, Floats, int]:
    """Rows of both at one pace, and the number of the first of those there."""
    steps = np.arange(len(laid_there))
    places = np.asarray(pace.speed * steps + pace.shift, np.float64)
    # Half a step beyond the ends is as good as the end.
    inside = (places >= -0.5) & (places <= len(laid_here) - 0.5)
    if not inside.any():
        return laid_here[:0], laid_there[:0], 0
    kept = np.asarray(np.clip(places[inside], 0, len(laid_here) - 1), np.float64)
    return at_places(laid_here, kept), laid_there[inside], int(steps[inside][0])


def align(laid: Laid) -> Pace | None:
    """The pace at which what changes is most alike; None when one film is too short.

    All offsets are tried at speeds of 0.88 to 1.14, on random projections that keep inner products
    (Johnson and Lindenstrauss, 1984), by fast Fourier transform; the best few are then refined on
    the changes of fine detail.
    """
    if min(len(laid.here), len(laid.there)) < LEAST_STEPS:
        return None
    best: tuple[float, Pace] | None = None
    strong = _strongest(laid)
    here, there = laid.fine_here[:, strong], laid.fine_there[:, strong]
    for start in _search(laid.here, laid.there):
        score, pace = _refine(here, there, start)
        if best is None or score > best[0]:
            best = (score, pace)
    return best[1] if best else None


def _strongest(laid: Laid) -> npt.NDArray[np.int64]:
    """The places in which detail changes most."""
    energy = np.sqrt((changes(laid.fine_here) ** 2).sum(0) * (changes(laid.fine_there) ** 2).sum(0))
    return np.argsort(-energy, kind="stable")[:_BEST_CELLS]


def _search(here: Floats, there: Floats) -> list[Pace]:
    """The paces that promise most, none like another."""
    dims = min(here.shape[1], _SHADOWS)
    shadow = np.random.default_rng(5).standard_normal((here.shape[1], dims)).astype(np.float32)
    moved = changes(there)
    b = moved @ shadow
    energy_b = np.concatenate([[0.0], np.cumsum((moved**2).sum(1))])
    found: list[tuple[float, float, float]] = []
    for speed in _SPEEDS:
        paced = at_places(here, np.arange(0, len(here) - 1 + 1e-6, speed))
        if len(paced) < LEAST_STEPS:
            continue
        moved = changes(paced)
        a = moved @ shadow
        size = 1 << int(np.ceil(np.log2(len(a) + len(b))))
        spectrum = (np.fft.rfft(a, size, axis=0) * np.conj(np.fft.rfft(b, size, axis=0))).sum(1)
        product = np.fft.irfft(spectrum, size)
        energy_a = np.concatenate([[0.0], np.cumsum((moved**2).sum(1))])
        lags = np.arange(1 - len(b), len(a))
        first, last = np.maximum(0, -lags), np.minimum(len(b), len(a) - lags)
        norm = np.sqrt(
            (energy_a[last + lags] - energy_a[first + lags]) * (energy_b[last] - energy_b[first])
        )
        share = (last - first) / min(len(a), len(b))
        score = np.where(
            (share >= _LEAST_SHARE) & (last - first >= 3),
            product[lags % size] / np.maximum(norm * dims, 1e-3) * np.sqrt(np.minimum(1, share)),
            -1.0,
        )
        for top in np.argsort(-score, kind="stable")[:3]:
            found.append((float(score[top]), float(speed), float(lags[top] * speed)))
    found.sort(key=lambda one: (-one[0], one[1] != 1.0, one[1], one[2]))
    # Where nothing changes, all are alike: then both begin together.
    chosen = [Pace(1.0, 0.0)]
    for _, speed, shift in found:
        if all(abs(speed - p.speed) > 0.03 or abs(shift - p.shift) > 3 for p in chosen):
            chosen.append(Pace(speed, shift))
        if len(chosen) == _STARTS:
            break
    return chosen


def _refine(here: Floats, there: Floats, start: Pace) -> tuple[float, Pace]:
    """The best pace near one, and how alike the changes are there."""
    middle = len(there) / 2

    def at(speed: float, centre: float) -> float:
        a, b, _ = paired(here, there, Pace(speed, centre - speed * middle))
        if len(a) < LEAST_STEPS or len(a) < _LEAST_SHARE * min(len(here), len(there)):
            return -1.0
        share = min(1.0, len(a) / min(len(there), len(here) / speed))
        return likeness(changes(a), changes(b)) * share**0.25

    speed, centre = climb(at, start.speed, start.shift + start.speed * middle, quick=0.02)
    return at(speed, centre), Pace(speed, centre - speed * middle)


def climb(
    score: Callable[[float, float], float], speed: float, centre: float, *, quick: float
) -> tuple[float, float]:
    """The speed and the place of the middle, near those given, that score best.

    Args:
        score: of a speed and a place (in steps), the more the better.
        speed: where to begin.
        centre: likewise.
        quick: how far from it speeds are tried at first; places, a step.
    """
    best, wide = score(speed, centre), 1.0
    while wide > 0.1:
        options = [
            (score(s, c), s, c)
            for s in (speed - quick, speed, speed + quick)
            for c in (centre - wide, centre, centre + wide)
            if (s, c) != (speed, centre) and SLOWEST <= s <= FASTEST
        ]
        top = max(options, key=lambda one: one[0])
        if top[0] > best + 1e-4:
            best, speed, centre = top
        else:
            quick, wide = quick / 2, wide / 2
    return speed, centre


def longest_run(
    moving: npt.NDArray[np.bool_], alike: npt.NDArray[np.float64], least: float
) -> tuple[int, int]:
    """The run of windows (first, last + 1) in which two are the same, a few strays allowed.

    Args:
        moving: in which of them something happens.
        alike: how alike the two are in each.
        least: from where on they may be the same.
    """
    # The greatest sum of a run (Kadane): still windows count little, so that they join a run.
    worth = np.where(moving, np.where(alike >= least, 1.0, -_BAD), 0.01)
    best, low, high = 0.0, 0, 1
    total, since = 0.0, 0
    for number, value in enumerate(worth):
        if total <= 0:
            total, since = 0.0, number
        total += float(value)
        if total > best:
            best, low, high = total, since, number + 1
    return low, high


def likeness(here: Floats, there: Floats) -> float:
    """How alike two sets of changes are: −1 to 1, 0 when one has none."""
    size = float(np.sqrt((here**2).sum() * (there**2).sum()))
    return float((here * there).sum()) / size if size > 1e-6 else 0.0
