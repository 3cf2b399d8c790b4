"""Landmarks of two pictures laid over each other: the one map that most of them agree on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.media.landmarks import Codes, Landmarks

Affine = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

NEAR = 24
"""Codes of the same point differ in at most so many of their 128 bits; those of others seldom."""
INLIERS = 10
"""Pairs of alike points that must agree on one map."""

_TOLERANCE = 0.014
_ROUNDS = 3000
_LEAST_SCALE, _MOST_SCALE = 1 / 5, 5.0
_SQUEEZE = 2.6
_SPOTS = 24
_LEAST_SPOTS = 6


def fit_map(
    frames: Sequence[tuple[Landmarks, Landmarks]], this_shape: float, other_shape: float
) -> tuple[Affine, int] | None:
    """The affine map that carries points of one film onto another's.

    Args:
        frames: pairs of frames that are thought alike, some rightly.
        this_shape: width to height of the first ones' pictures.
        other_shape: of the second ones'.

    Returns:
        The map (2 × 3, of shares of the picture) and how many different points agree on it; None
        when none stands out or it could be no edit: beyond five times in size, or torn askew.
    """
    import cv2

    estimate: Any = cv2.estimateAffine2D
    pairs = [_pair_points(a, b) for a, b in frames]
    here = np.concatenate([np.zeros((0, 2), np.float32), *(a for a, _ in pairs)])
    there = np.concatenate([np.zeros((0, 2), np.float32), *(b for _, b in pairs)])
    if len(here) < INLIERS:
        return None
    found, agree = estimate(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE,
        maxIters=_ROUNDS, confidence=0.999, refineIters=10,
    )  # fmt: skip
    if found is None:
        return None
    inside = agree.ravel() > 0
    affine = np.asarray(found, np.float64)
    if int(inside.sum()) < INLIERS or not _is_edit(affine, this_shape, other_shape):
        return None
    # A thing that stands still is found in every frame; it agrees with itself only once.
    spots = {tuple(spot) for spot in (here[inside] * _SPOTS).astype(int).tolist()}
    twins = {tuple(spot) for spot in (there[inside] * _SPOTS).astype(int).tolist()}
    if min(len(spots), len(twins)) < _LEAST_SPOTS:
        return None
    return affine, int(inside.sum())


def _pair_points(this: Landmarks, other: Landmarks) -> tuple[Floats, Floats]:
    """The points of two frames whose codes are each other's nearest, and near."""
    a, b = pair_codes(this.codes, other.codes)
    return this.points[a], other.points[b]


def pair_codes(this: Codes, other: Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers of the codes (n × 16 and m × 16 bytes) that are each other's nearest, and near."""
    import cv2

    if not len(this) or not len(other):
        empty = np.zeros(0, np.int64)
        return empty, empty
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
    near = [one for one in matcher.match(this, other) if one.distance <= NEAR]
    return (
        np.array([one.queryIdx for one in near], np.int64),
        np.array([one.trainIdx for one in near], np.int64),
    )


def _is_edit(affine: Affine, this_shape: float, other_shape: float) -> bool:
    """Whether a map could be an edit of a picture: turned, resized, squeezed, not torn."""
    # In units of each picture's height, so that a circle is a circle.
    turn = np.diag([other_shape, 1.0]) @ affine[:, :2] @ np.diag([1 / this_shape, 1.0])
    if np.linalg.det(turn) <= 0:
        return False
    long, short = (float(value) for value in np.linalg.svd(turn, compute_uv=False))
    if not _LEAST_SCALE < short <= long < _MOST_SCALE or long / short > _SQUEEZE:
        return False
    # A squeeze is along the picture's sides: its columns stay at right angles.
    across, down = turn[:, 0], turn[:, 1]
    skew = abs(float(across @ down)) / float(np.linalg.norm(across) * np.linalg.norm(down))
    return skew < 0.2
