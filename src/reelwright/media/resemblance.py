"""Resemblance: a vector of what a picture looks like, for finding others that look like it.

Colours where they are (a grid in CIELAB), which colours there are (a histogram of hue and
saturation, compared by square roots, which is the Bhattacharyya coefficient), and which way edges
run (orientations of gradients: Dalal and Triggs, 2005, without its blocks). It knows nothing of
what is shown; a service that embeds pictures does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

SIZE = 48 + 40 + 36
"""Values of a vector."""
VERSION = 1
_ACROSS = 96
_GRID = 4
_HUES, _SATURATIONS = 12, 3
_TURNS = 9
_WEIGHTS = (1.0, 1.0, 0.7)
"""Of where colours are, of which there are, of edges."""


def resemblance_vector(frame: npt.NDArray[np.uint8]) -> Vector:
    """The vector of a picture (height × width × 3, RGB), of length 1.

    The dot product of two is 1 for pictures that look the same and falls as they differ.
    """
    import cv2

    across = (_ACROSS, _ACROSS)
    small = np.asarray(cv2.resize(frame, across, interpolation=cv2.INTER_AREA), np.uint8)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
    cells = cv2.resize(lab, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    grid = (np.asarray(cells, np.float32) - 128) * np.array([0.6, 1.4, 1.4], np.float32)
    parts: tuple[Vector, ...] = (_unit(grid), _unit(_colours(small)), _unit(_edges(lab[..., 0])))
    joined = [weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)]
    return _unit(np.concatenate(joined))


def _colours(small: npt.NDArray[np.uint8]) -> Vector:
    import cv2

    hsv = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.int32).reshape(-1, 3)
    hue, saturation, value = hsv[:, 0], hsv[:, 1], hsv[:, 2]
    gray = (saturation < 30) | (value < 30)
    place = hue * _HUES // 180 * _SATURATIONS + (saturation - 30) * _SATURATIONS // 226
    place = np.where(gray, _HUES * _SATURATIONS + value // 64, np.clip(place, 0, 35))
    counts = np.bincount(place, minlength=_HUES * _SATURATIONS + 4)
    return np.sqrt(counts / counts.sum()).astype(np.float32)


def _edges(light: Vector) -> Vector:
    import cv2

    across = np.asarray(cv2.Sobel(light, cv2.CV_32F, 1, 0), np.float32)
    down = np.asarray(cv2.Sobel(light, cv2.CV_32F, 0, 1), np.float32)
    strength = np.hypot(across, down)
    turn = (np.arctan2(down, across) % np.pi) * (_TURNS / np.pi)
    turns = np.minimum(turn.astype(np.int32), _TURNS - 1)
    half = _ACROSS // 2
    parts = [
        np.bincount(
            turns[y : y + half, x : x + half].ravel(),
            strength[y : y + half, x : x + half].ravel(),
            minlength=_TURNS,
        )
        for y in (0, half)
        for x in (0, half)
    ]
    # Something even has no edges: then the noise in it says nothing.
    return (np.sqrt(np.concatenate(parts)) + 1).astype(np.float32)


def _unit(given: Vector) -> Vector:
    values = given.ravel()
    length = float(np.linalg.norm(values))
    return np.asarray(values / length if length > 1e-9 else values, np.float32)
