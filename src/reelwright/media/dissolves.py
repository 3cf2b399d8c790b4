"""Dissolves: one shot turns into another without a cut.

A dissolve shows, for a while, `(1 - a) A + a B` with `a` rising from 0 to 1. So a frame in its
middle lies on the line between a frame before it and a frame after it, however far apart these are
within it; things that move, and cameras that pan, leave that line. It is looked for at several
distances, on pictures so small that what moves little in A and B matters little.
"""

from __future__ import annotations

import numpy as np

from reelwright.media.comparing import Comparer, comes_back
from reelwright.media.fades import Ramp
from reelwright.media.patches import (
    Floats,
    Frame,
    blurred,
    differences,
    grey,
    light_and_contrast,
    resized,
    widened,
)

_CELLS = (20, 12)
_LONGEST = 2.2
"""Seconds that one side of a fade, or half a dissolve, takes at most."""
_REACHES = (0.067, 0.133, 0.2, 0.3, 0.45, 0.65, 0.95)
"""Seconds before and after a frame at which the ends of a dissolve are looked for."""
_STRAY = 0.16
"""Share of the change between the ends that a mixed frame may leave unexplained."""
_APART = 9.0
"""Root mean square (0 to 255) by which the ends of a dissolve differ at least."""
_FINE = 0.28
"""The same share, for pictures with all their detail."""
_DETAIL = 1.12
"""Fine detail of the middle by that of the ends, at most: mixing takes it away."""
_CLEAN, _THIN = 0.06, 0.9
"""What these two are at most in a dissolve between shots in which little moves."""
_SHAPE = 0.25
"""How unlike (0 to 1) the ends are at least, light aside: a cloud over the sun is no dissolve."""
_LESS = 0.33
"""Share of the other end's contrast under which an end is faint."""
_COMING = 0.93
"""Correlation of the middle with the other end, from which on a faint end adds nothing."""
_ONE = 0.85
"""Correlation from which on two pictures are one, under another light."""
_STEP = 0.008
"""How much the share of the new shot rises from a frame to the next at least."""
_FAINT = 3.0
"""Spread of light (0 to 255) of a picture that shows something; a flat one fades."""
_STILL = 0.14
"""Share of the change in the middle of a dissolve that moving blocks do not explain."""
_LEAST = 0.6
"""How unlike (0 to 1) the ends of a dissolve are at least."""


def find_dissolves(frames: Frame, first: int, last: int, rate: float, look: Comparer) -> list[Ramp]:
    """Dissolves between `first` and before `last`, a stretch without cuts and fades, in order.

    Args:
        frames: n × height × width × 3, RGB, small.
        first: where the stretch begins.
        last: the frame after its end.
        rate: frames a second.
        look: compares these frames.
    """
    if last - first < 5:
        return []
    cells = _cells(frames[first:last])
    best = np.full(len(cells), np.inf)
    reach = np.zeros(len(cells), np.int64)
    reaches = sorted({max(2, round(seconds * rate)) for seconds in _REACHES})
    for k in reaches:
        if 2 * k >= len(cells):
            break
        share, stray, apart = _mixed(cells, k)
        good = (stray < _STRAY) & (share > 0.3) & (share < 0.7) & (apart > _APART)
        # The further the ends are apart in looks, the surer.
        rank = np.where(good, stray - apart / 500, np.inf)
        here = best[k:-k]
        better = rank < here
        here[better] = rank[better]
        reach[k:-k][better] = k
    found: list[Ramp] = []
    order = np.argsort(best, kind="stable")
    taken, found_before = np.zeros(len(cells), bool), np.zeros(len(cells), bool)
    for at in order[: np.isfinite(best).sum()]:
        if taken[at]:
            continue
        ramp = next(
            (r for k in (int(reach[at]), *reaches) if (r := _ramp(cells, int(at), k, rate))), None
        )
        if ramp is None:
            taken[max(0, int(at) - 1) : int(at) + 2] = True
            continue
        if found_before[ramp[0] : ramp[1] + 1].any():
            continue
        low, high = first + ramp[0] - 1, first + ramp[1] + 1
        sure = _two_shots(frames, low, high, rate, look, (first, last))
        # Where the best guess is no dissolve, the next best ones of the same place are none either.
        taken[(ramp[0] + int(at)) // 2 : (ramp[1] + int(at)) // 2 + 1] = True
        if sure:
            taken[max(0, ramp[0] - 2) : ramp[1] + 3] = True
            found_before[ramp[0] : ramp[1] + 1] = True
            found.append((first + ramp[0], first + ramp[1], sure))
    return sorted(found)


def _cells(frames: Frame) -> Floats:
    """Frames as rows of numbers: their colours in a coarse grid. The median of each with its
    neighbours, which takes away flashes of a frame or two and leaves ramps as they are."""
    small = np.stack([resized(frame, _CELLS) for frame in frames])
    rows = small.reshape(len(frames), -1)
    padded = np.concatenate([rows[:1], rows[:1], rows, rows[-1:], rows[-1:]])
    around = np.stack([padded[n : n + len(rows)] for n in range(5)])
    return np.partition(around, 2, axis=0)[2].astype(np.float32)


def _mixed(cells: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """How each frame from `k` on mixes the ones `k` before and after it.

    Returns:
        For each frame: the share of the later one (least squares); the share of the change between
        the two that is left unexplained; the root mean square of that change.
    """
    before, here, after = cells[: -2 * k], cells[k:-k], cells[2 * k :]
    change, step = after - before, here - before
    size = np.maximum((change * change).sum(1), 1e-6)
    share = (change * step).sum(1) / size
    rest = np.maximum((step * step).sum(1) - share * share * size, 0)
    return share, rest / size, np.sqrt(size / cells.shape[1])


def _ramp(cells: Floats, at: int, k: int, rate: float) -> tuple[int, int] | None:
    """The first and last mixed frame of the dissolve around a frame, if the mix rises evenly."""
    far = max(3, round(_LONGEST * rate))
    low, high = max(0, at - k), min(len(cells) - 1, at + k)
    for _ in range(3):
        # Shares along the line between the ends, for what lies around them too.
        begin, end = max(0, low - far // 2), min(len(cells) - 1, high + far // 2)
        change = cells[high] - cells[low]
        size = float(change @ change)
        if size < 1e-6:
            return None
        share = (cells[begin : end + 1] - cells[low]) @ change / size
        new_low, new_high = _limits(share, at - begin)
        new_low, new_high = new_low + begin, new_high + begin
        if (new_low, new_high) == (low, high) or new_high - new_low < 2:
            break
        low, high = new_low, new_high
    if high - low < 2 or high - low > 2 * far:
        return None
    change = cells[high] - cells[low]
    size = float(change @ change)
    inside = cells[low : high + 1]
    share = (inside - cells[low]) @ change / max(size, 1e-6)
    steps = np.diff(share)
    even = np.linspace(0, 1, len(share))
    stray = ((inside - cells[low] - share[:, None] * change) ** 2).sum(1) / max(size, 1e-6)
    if steps.max() > max(0.6, 1.8 / len(steps)) and len(steps) > 3:
        return None
    if np.abs(share - even).max() > 0.3 or (steps < -0.12).any():
        return None
    if float(stray.max()) > 2 * _STRAY or np.sqrt(size / cells.shape[1]) < _APART:
        return None
    return low + 1, high - 1


def _limits(share: Floats, at: int) -> tuple[int, int]:
    """Where a rising share leaves its lower level before `at` and meets its upper one after it."""
    low, high = at, at
    near = share[max(0, at - 3) : at + 4]
    # Three frames on, since a hand that shakes lets the share step back for a frame.
    step = max(2 * _STEP, (near.max() - near.min()) / max(1, len(near) - 1))
    while low > 0 and share[max(0, low - 3) : low].min() < share[low] - step:
        low -= 1
    while high < len(share) - 1 and share[high + 1 : high + 4].max() > share[high] + step:
        high += 1
    return low, high


def _two_shots(
    frames: Frame, low: int, high: int, rate: float, look: Comparer, edges: tuple[int, int]
) -> float:
    """How surely two frames and what lies between are a dissolve, 0 to 1; 0 if they are none."""
    if min(light_and_contrast(grey(frames[n]))[1] for n in (low, high)) < _FAINT:
        return 0.0
    change = frames[high].astype(np.float32) - frames[low]
    size = max(float((change * change).sum()), 1e-6)
    stray = 0.0
    for part in (0.25, 0.5, 0.75):
        step = frames[round(low + part * (high - low))].astype(np.float32) - frames[low]
        share = float((change * step).sum()) / size
        stray = max(stray, float(((step - share * change) ** 2).sum()) / size)
    middle = (low + high) // 2
    detail = _detail(frames[middle]) / max((_detail(frames[low]) + _detail(frames[high])) / 2, 0.1)
    if stray > _FINE or detail > _DETAIL:
        return 0.0
    if _related(frames[low], frames[high]) > _ONE or _lights_up(frames, low, high):
        return 0.0
    if _moves(frames, low, high) < _STILL:
        return 0.0
    # Two people before one wall are much alike; a clean mix of them is no less a dissolve.
    clean = stray < _CLEAN and detail < _THIN
    least, least_shape = (_LEAST - 0.1, _SHAPE / 2) if clean else (_LEAST, _SHAPE)
    apart = look.unlike(low, high, least=least)
    if apart < least or look.unlike(low, high, light_counts=False, least=least_shape) < least_shape:
        return 0.0
    first, last = edges
    if comes_back(look, max(low, first), min(high, last - 1), rate, last):
        return 0.0
    return apart


def _moves(frames: Frame, low: int, high: int) -> float:
    """How much of what changes in the middle is left when blocks may move: 0 all was motion."""
    half = max(1, min((high - low) // 4, 6))
    middle = (low + high) // 2
    one, other = grey(frames[middle - half]), grey(frames[middle + half])
    block, reach = 10, 6
    wide = widened(other, reach)
    plain = left = 0.0
    for y in range(0, one.shape[0] - block + 1, block):
        for x in range(0, one.shape[1] - block + 1, block):
            field = wide[y : y + block + 2 * reach, x : x + block + 2 * reach]
            found = differences(field, one[y : y + block, x : x + block])
            plain += float(found[reach, reach])
            left += max(float(found.min()), 0.0)
    return left / max(plain, 1e-6)


def _lights_up(frames: Frame, low: int, high: int) -> bool:
    """Whether one end is so faint that all that happens is the other one coming or going."""
    contrasts = [light_and_contrast(grey(frames[n]))[1] for n in (low, high)]
    if min(contrasts) > _LESS * max(contrasts):
        return False
    full = high if contrasts[1] > contrasts[0] else low
    return _related(frames[(low + high) // 2], frames[full]) > _COMING


def _related(a: Frame, b: Frame) -> float:
    """Correlation of the light of two pictures, place by place: one that gets light keeps it."""
    one, other = (grey(frame).astype(np.float64) for frame in (a, b))
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).mean() / max(float(one.std() * other.std()), 1e-6))


def _detail(frame: Frame) -> float:
    """How much fine detail a picture shows. Two that are mixed have less than either alone."""
    light = grey(frame).astype(np.float32)
    return float(np.abs(light - blurred(light, 5)).mean())
