"""Whether two prints are of the same film or picture, and how one was made from the other.

First the landmarks of frames that are thought alike are laid over each other (`media.overlay`).
Then the thumbnails are compared under that map: at one offset and one speed, what changes in one
must change in the other, at most times and in most places. Two stretches from one fixed camera
share every landmark of its background and fail there, and so does a film that merely stands behind
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from reelwright.media.aligning import LEAST_STEPS, Pace, align, changes, longest_run, paired
from reelwright.media.laying import STEP, Laid, lay_over
from reelwright.media.overlay import Affine, fit_map
from reelwright.media.prints import Print

Floats = npt.NDArray[np.float32]

_WINDOW = 12
_HOP = 3
_MOVES = 0.012
_STRONG = 12
_COVERED = 0.25

# What a pair must reach. Measured on edits of thirteen clips against stretches of the same
# recordings: copies reach 0.81 at the least and 0.9 mostly; two people who did the same before one
# camera reached 0.77, at speeds far from 1; everything else stays under 0.55.
_SAME = 0.68
_SAME_PACED = 0.79
_PACED = 0.03
_WINDOW_SAME = 0.55
_STILL = 0.85
_PLACES = 0.75
_CELL = 0.45
_PICTURE_SAME = 0.7
_PICTURE_PLACES = 0.6
_NEARBY = 7
_NEARBY_SAME = 0.6
_EVEN = 0.002


@dataclass(frozen=True)
class Match:
    """That one print (the other) shows what another one (this) shows."""

    inliers: int
    """Pairs of points that agree on the map."""
    likeness: float
    """How alike they are where they are the same, 0 to 1."""
    places: float
    """In how much of what both show they are alike, 0 to 1."""
    mirrored: bool
    affine: tuple[float, ...]
    """Where a point of this (after mirroring, if so) is in the other, both in shares of the
    picture: x' = a·x + b·y + c, y' = d·x + e·y + f."""
    speed: float = 1.0
    """Seconds of this that go by in one second of the other."""
    start: float = 0.0
    """Seconds into this where what they share begins; 0 for pictures."""
    end: float = 0.0
    other_start: float = 0.0
    other_end: float = 0.0

    @property
    def seconds(self) -> float:
        """How much of this they share."""
        return self.end - self.start


def match_pictures(this: Print, other: Print) -> Match | None:
    """Whether two pictures are copies of the same; None when they are not."""
    best: Match | None = None
    for mirrored in (False, True):
        side = this.mirrored() if mirrored else this
        frames = [(side.frame(n), other.frame(n)) for n in range(len(this.times))]
        found = fit_map(frames, this.shape, other.shape)
        if found is None or (best and best.inliers >= found[1]):
            continue
        affine, inliers = found
        laid = lay_over(side, other, affine)
        if laid is None:
            continue
        alike, places = _compare_nearby(laid)
        if alike >= _PICTURE_SAME and places >= _PICTURE_PLACES:
            best = Match(inliers, alike, places, mirrored, _values(affine))
    return best


def match_films(
    this: Print, other: Print, pairs: Sequence[tuple[int, int]], *, mirrored: bool
) -> Match | None:
    """Whether one film shows what another one shows.

    Args:
        this: a film.
        other: another film.
        pairs: numbers of frames of `this` and `other` that are thought alike, some rightly.
        mirrored: whether they are alike only when this is mirrored.

    Returns:
        What they share, of any length; None when it is nothing.
    """
    side = this.mirrored() if mirrored else this
    frames = [(side.frame(a), other.frame(b)) for a, b in pairs]
    found = fit_map(frames, this.shape, other.shape)
    if found is None:
        return None
    affine, inliers = found
    laid = lay_over(side, other, affine)
    pace = align(laid) if laid else None
    if laid is None or pace is None:
        return None
    match = _judge(laid, pace)
    if match is None:
        return None
    return replace(match, inliers=inliers, mirrored=mirrored, affine=_values(affine))


def _values(affine: Affine) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in affine.ravel())


def _judge(laid: Laid, pace: Pace) -> Match | None:
    """Whether, and where, two films laid over each other show the same at this pace."""
    here, there, first = paired(laid.fine_here, laid.fine_there, pace)
    if len(here) < LEAST_STEPS:
        return None
    moved_here, moved_there = changes(here), changes(there)
    starts = list(range(0, max(1, len(moved_here) - _WINDOW + _HOP), _HOP))
    parts = [(moved_here[at : at + _WINDOW], moved_there[at : at + _WINDOW]) for at in starts]
    moving = np.array([max(_energy(a), _energy(b)) > _MOVES for a, b in parts])
    alike = np.array([_compare(a, b)[0] for a, b in parts])
    low, high = longest_run(moving, alike, _WINDOW_SAME)
    begin = starts[low]
    finish = len(here) if high == len(starts) else min(len(here), starts[high - 1] + _WINDOW + 1)
    part = moving[low:high]
    if part.any():
        places = _compare(moved_here[begin:finish], moved_there[begin:finish])[1]
        sure = float(np.median(alike[low:high][part]))
        least = _SAME if abs(pace.speed - 1) <= _PACED else _SAME_PACED
    elif moving.any() or finish - begin < 0.9 * min(len(laid.here), len(laid.there)):
        # A still moment is no proof while there are others that move.
        return None
    else:
        sure, places = _compare(here[begin:finish], there[begin:finish])
        least = _STILL
    if sure < least or places < _PLACES:
        return None
    return Match(
        0, round(sure, 3), round(places, 3), False, (),
        speed=round(pace.speed, 4),
        start=max(0.0, (pace.shift + pace.speed * (first + begin)) * STEP),
        end=(pace.shift + pace.speed * (first + finish)) * STEP,
        other_start=(first + begin) * STEP,
        other_end=(first + finish) * STEP,
    )  # fmt: skip


def _compare_nearby(laid: Laid) -> tuple[float, float]:
    """How alike two pictures are around each place, at the median; in how much of them they are.

    Each neighbourhood is compared by itself, so that a caption or a logo says nothing of the rest.
    """
    import cv2

    def around(values: Floats) -> Floats:
        whole = np.zeros(laid.shared.shape, np.float32)
        whole[laid.shared] = values
        box = cv2.boxFilter(whole, -1, (_NEARBY, _NEARBY), borderType=cv2.BORDER_CONSTANT)
        return np.asarray(box, np.float32)[laid.shared]

    here, there = laid.here[0], laid.there[0]
    count = np.maximum(around(np.ones_like(here)), 1e-6)
    a, b = around(here) / count, around(there) / count
    spread_here = np.maximum(around(here * here) / count - a * a, 0)
    spread_there = np.maximum(around(there * there) / count - b * b, 0)
    both = around(here * there) / count - a * b
    near = both / np.maximum(np.sqrt(spread_here * spread_there), _EVEN)
    # What is even in both says nothing; what is even in one only, that they differ.
    worth = (np.maximum(spread_here, spread_there) >= _EVEN).astype(np.float32)
    whole = float(worth.sum())
    if whole < 1e-3:
        return 0.0, 0.0
    order = np.argsort(near, kind="stable")
    middle = order[np.searchsorted(np.cumsum(worth[order]), whole / 2)]
    return float(near[middle]), float(worth[near > _NEARBY_SAME].sum()) / whole


def _energy(moved: Floats) -> float:
    """How much changes where most changes."""
    return float(np.sort((moved**2).mean(0))[-_STRONG:].mean())


def _compare(here: Floats, there: Floats) -> tuple[float, float]:
    """How alike values of two are without the quarter that agrees least; in how many places.

    That quarter may be covered by a caption, a logo, a sticker.
    """
    both = (here * there).sum(0)
    a, b = (here**2).sum(0), (there**2).sum(0)
    total = a + b
    whole = max(1e-6, float(total.sum()))
    agree = both > _CELL * np.sqrt(a * b)
    places = float(total[agree & (both > 0)].sum()) / whole
    order = np.argsort(-(total - 2 * both), kind="stable")
    kept = order[np.cumsum(total[order]) > _COVERED * whole]
    return likeness_of(both[kept], a[kept], b[kept]), places


def likeness_of(both: Floats, a: Floats, b: Floats) -> float:
    """Likeness from sums of products and of squares, place by place."""
    size = float(np.sqrt(a.sum() * b.sum()))
    return float(both.sum()) / size if size > 1e-6 else 0.0
