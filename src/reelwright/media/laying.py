"""Thumbnails of two prints laid over each other: what both show in the places that both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.media.overlay import Affine
from reelwright.media.prints import THUMBS, Print

Floats = npt.NDArray[np.float32]

STEP = 1 / THUMBS
"""Seconds from one row of laid values to the next."""

_LEAST_CELLS = 20
_FLOOR = 4.0
_AROUND = 1.0
_SUBPOINTS = 3


@dataclass(frozen=True)
class Laid:
    """What two prints show in the places that both have, at even steps of time.

    Values are levelled: each moment's mean over the places is 0 and their spread 1, so that light
    and contrast do not matter.
    """

    here: Floats
    """Steps × places, of the one print."""
    there: Floats
    """Steps × places, of the other."""
    fine_here: Floats
    """The same without what changes slowly across the picture: edges and detail."""
    fine_there: Floats
    shared: npt.NDArray[np.bool_]
    """Side × side: the cells that the places are."""


def lay_over(this: Print, other: Print, affine: Affine) -> Laid | None:
    """What two prints show in the places that both have; None when those are too few.

    Args:
        this: a print, mirrored where need be.
        other: another one.
        affine: where a point of `this` is in `other`, in shares of the picture.
    """
    # On the cells of the one that has fewer for what both show; of the other, each value is the
    # mean of what falls into such a cell.
    swap = abs(np.linalg.det(affine[:, :2])) < 1
    coarse, fine = (other, this) if swap else (this, other)
    forth = np.vstack([affine, [0.0, 0.0, 1.0]])
    onto = (np.linalg.inv(forth) if swap else forth)[:2]
    side = coarse.thumbs.shape[1]
    mapped = _points(side) @ onto[:, :2].T + onto[:, 2]
    shared = ((mapped > 0) & (mapped < 1)).all(axis=(1, 2))
    if int(shared.sum()) < _LEAST_CELLS:
        return None
    weights = _weigh(mapped[shared], fine.thumbs.shape[1])
    at_fine = fine.thumbs.reshape(len(fine.thumbs), -1).astype(np.float32) @ weights.T
    at_coarse = coarse.thumbs.reshape(len(coarse.thumbs), -1)[:, shared].astype(np.float32)
    first = _level(_even(at_coarse, coarse.moments))
    second = _level(_even(at_fine, fine.moments))
    sharp = [_sharpen(values, shared.reshape(side, side)) for values in (first, second)]
    if swap:
        return Laid(second, first, sharp[1], sharp[0], shared.reshape(side, side))
    return Laid(first, second, sharp[0], sharp[1], shared.reshape(side, side))


def at_places(values: Floats, places: npt.NDArray[np.float64]) -> Floats:
    """Rows of values at places between them."""
    low = np.clip(places.astype(np.int64), 0, max(0, len(values) - 2))
    part = np.clip(places - low, 0, 1).astype(np.float32)[:, None]
    high = np.minimum(low + 1, len(values) - 1)
    return np.asarray(values[low] * (1 - part) + values[high] * part, np.float32)


def _points(side: int) -> npt.NDArray[np.float64]:
    """Points spread over each cell of a square of cells: cells × points × 2."""
    place = (np.arange(side * _SUBPOINTS, dtype=np.float64) + 0.5) / (side * _SUBPOINTS)
    grid = np.empty((len(place), len(place), 2))
    grid[..., 0], grid[..., 1] = place[None, :], place[:, None]
    cells = grid.reshape(side, _SUBPOINTS, side, _SUBPOINTS, 2).transpose(0, 2, 1, 3, 4)
    return cells.reshape(side * side, _SUBPOINTS * _SUBPOINTS, 2)


def _weigh(points: npt.NDArray[np.float64], side: int) -> Floats:
    """What each cell of a thumbnail counts for the mean over points (cells × points × 2)."""
    place = np.clip(points * side - 0.5, 0, side - 1)
    low = np.minimum(place.astype(np.int64), side - 2)
    part = place - low
    weights = np.zeros((len(points), side * side), np.float32)
    rows = np.repeat(np.arange(len(points)), points.shape[1])
    for dx in (0, 1):
        for dy in (0, 1):
            share = np.abs(1 - dx - part[..., 0]) * np.abs(1 - dy - part[..., 1])
            cell = (low[..., 1] + dy) * side + low[..., 0] + dx
            np.add.at(weights, (rows, cell.ravel()), share.ravel() / points.shape[1])
    return weights


def _even(values: Floats, moments: Floats) -> Floats:
    """Values at even steps of time from zero on, between the moments they were taken at."""
    if len(values) < 2:
        return values
    wanted = np.arange(0, float(moments[-1]) + STEP / 2, STEP)
    return at_places(values, np.interp(wanted, moments, np.arange(len(moments))))


def _level(values: Floats) -> Floats:
    middle = values - values.mean(axis=1, keepdims=True)
    spread = values.std(axis=1, keepdims=True)
    return (middle / np.maximum(spread, _FLOOR)).astype(np.float32)


def _sharpen(values: Floats, shared: npt.NDArray[np.bool_]) -> Floats:
    """Values less the mean around each place, as far as places are shared (side × side)."""
    import cv2

    shape = shared.shape
    weight = _blur(shared.astype(np.float32), cv2)
    weight = np.maximum(weight, 1e-3)[shared]
    sharp = np.empty_like(values)
    whole = np.zeros(shape, np.float32)
    for row, one in enumerate(values):
        whole[shared] = one
        sharp[row] = one - _blur(whole, cv2)[shared] / weight
    return sharp


def _blur(picture: Floats, cv2: Any) -> Floats:
    return cv2.GaussianBlur(picture, (0, 0), _AROUND, borderType=cv2.BORDER_CONSTANT)
