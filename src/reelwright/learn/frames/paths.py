"""Which moment of the clip each new frame takes its detail from (video textures, Schödl et al.
2000).

Mostly the next one; now and then the path jumps to where the clip looks as if it went on from here.
What is best over all new frames together is found by dynamic programming: jumps that cannot be seen
and moments that look as the imagined code says. What was used often is then made dearer and the
path found again, so that no stretch comes back more than it must.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

_ROUNDS = 6
_STARTS = 6
_JUMP = 0.6
"""What a jump costs beyond what can be seen of it, by what is seen of a good one."""
_AGAIN = 0.25
"""What jumping again to where it jumped once costs, in each round."""
_WEAR = 0.15
"""What using a moment once more than the mean costs, in each round."""


@dataclass(frozen=True)
class Path:
    """Moments of the clip.

    Attributes:
        moments: for each new frame, a frame of the clip.
        jumps: the new frames before which it jumps; 0 is among them where a loop closes by a jump.
    """

    moments: Whole
    jumps: Whole


@dataclass(frozen=True)
class Costs:
    """What decides a path.

    Attributes:
        going_over: T × T, what can be seen of going over from one moment to another.
        codes: T × K, of the clip.
        fade: frames over which a jump is hidden: so far from the clip's ends it stays, and two
            jumps are so far apart.
    """

    going_over: Floats
    codes: Floats
    fade: int


def find_path(costs: Costs, wanted: Floats, loop: bool) -> Path:
    """The moments for some new frames.

    Args:
        wanted: N × K, the imagined codes.
        loop: whether the end goes over into the beginning.
    """
    count = len(costs.codes)
    half = costs.fade // 2
    jump = jump_costs(costs.going_over, costs.fade)
    jump = (jump / max(good_jump(jump), 1e-6) + _JUMP).astype(np.float32)
    # The first numbers of a code are most of the picture.
    weight = np.exp(-np.arange(wanted.shape[1]) / 4.0)
    weight /= weight.sum()
    apart = wanted[:, None] - costs.codes[None]
    track = (np.square(apart) @ weight).astype(np.float32) * 0.15
    track[:, :half] = np.inf
    track[:, count - half :] = np.inf
    wear = np.zeros(count, np.float32)
    again = np.zeros_like(jump)
    best: Path | None = None
    for _ in range(_ROUNDS):
        last = count - half - costs.fade - 2
        starts = np.linspace(half, last, _STARTS).astype(int) if loop else [-1]
        found = [_search(track + wear, jump + again, costs.fade, int(s)) for s in starts]
        best = min(found, key=lambda pair: pair[0])[1]
        used = np.bincount(best.moments, minlength=count) / max(1.0, len(wanted) / count)
        wear += _WEAR * np.maximum(used - 1, 0).astype(np.float32)
        for at in best.jumps:
            there = int(best.moments[at])
            again[:, max(0, there - half) : there + half] += _AGAIN
    assert best is not None
    return best


def going_over(cells: Floats, fade: int) -> Floats:
    """What can be seen of going over from one moment to another, over so many frames: T × T.

    Each place goes over when the two stretches are most alike there, so that is what counts; by
    what usually changes from frame to frame.

    Args:
        cells: T × h × w, small frames.
    """
    import cv2

    count = len(cells)
    rows = np.stack([cv2.resize(each, (16, 9), interpolation=cv2.INTER_AREA) for each in cells])
    rows = rows.reshape(count, -1)
    apart = np.abs(rows[:, None] - rows[None])
    # Only where something moves can a jump be seen.
    moves = rows.std(0)
    moves /= max(float(moves.sum()), 1e-6)
    usual = float((np.abs(np.diff(rows, axis=0)) @ moves).mean())
    least = apart.copy()
    half = fade // 2
    for shift in range(1, half + 1):
        np.minimum(least[shift:, shift:], apart[:-shift, :-shift], out=least[shift:, shift:])
        np.minimum(least[:-shift, :-shift], apart[shift:, shift:], out=least[:-shift, :-shift])
    return (least @ moves) / np.float32(max(usual, 1e-6))


def jump_costs(seen: Floats, fade: int) -> Floats:
    """What can be seen of showing j after i; infinite where there is no time to hide it, or where
    it goes nowhere.

    Args:
        seen: as `going_over` gives it.
    """
    count, half = len(seen), fade // 2
    jump = np.full((count, count), np.inf, np.float32)
    jump[:-1] = seen[1:]
    away = np.abs(np.arange(count)[:, None] + 1 - np.arange(count)[None])
    jump[away < min(fade, count // 4)] = np.inf
    jump[count - half :] = np.inf
    jump[:, :half] = np.inf
    return jump


def good_jump(jumps: Floats) -> float:
    """What is seen of a good jump: one of twenty is as good; infinite where there is none."""
    seen = jumps[np.isfinite(jumps)]
    return float(np.quantile(seen, 0.05)) if seen.size else float("inf")


def _search(track: Floats, jump: Floats, fade: int, start: int) -> tuple[float, Path]:
    """The cheapest path; with a start ≥ 0, one that begins there and comes back there."""
    number, count = track.shape
    run = min(fade, number)
    cost = np.full((number, count), np.inf, np.float32)
    came = np.full((number, count), -1, np.int32)
    """−1: from the moment before; else the moment from which it jumped, `run` frames ago."""
    cost[0] = track[0]
    if start >= 0:
        cost[0] = np.inf
        cost[0, start] = track[0, start]
    for now in range(number - 1):
        plain = cost[now, :-1] + track[now + 1, 1:]
        better = plain < cost[now + 1, 1:]
        cost[now + 1, 1:][better] = plain[better]
        came[now + 1, 1:][better] = -1
        last = now + run
        # A loop's own seam is hidden over its first frames.
        if last >= number or (start >= 0 and now < run):
            continue
        whole = cost[now][:, None] + jump
        before = whole.argmin(0)
        value = whole[before, np.arange(count)]
        # The frames after a jump are fixed: those that hide it.
        for step in range(run):
            value[: count - step] += track[now + 1 + step, step:]
        landed = value[: count - run + 1]
        there = cost[last, run - 1 :]
        better = landed < there
        there[better] = landed[better]
        came[last, run - 1 :][better] = before[: count - run + 1][better]
    end = cost[-1].copy()
    if start >= 0:
        close = jump[:, start].copy()
        close[start - 1] = 0.0
        end += close
    at = int(end.argmin())
    total = float(end[at])
    moments = np.empty(number, np.int64)
    jumps: list[int] = []
    now = number - 1
    while now >= 0:
        if came[now, at] < 0 or now == 0:
            moments[now] = at
            now, at = now - 1, at - 1
            continue
        moments[now - run + 1 : now + 1] = np.arange(at - run + 1, at + 1)
        jumps.append(now - run + 1)
        now, at = now - run, int(came[now, at])
    if start >= 0 and moments[-1] + 1 != moments[0]:
        jumps.append(0)
    return total, Path(moments, np.array(sorted(jumps), np.int64))
