"""Luma and colour difference of a picture, as networks that work on luma take them.

BT.601 with luma of 16 to 235, as the literature measures it; what it is called in the file matters
not, as it is undone with the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
_WEIGHTS = np.array([65.481, 128.553, 24.966], np.float32) / 255
_BLACK = 16.0


def luma_of(rgb: npt.NDArray[Any]) -> Plane:
    """Luma of … × 3 RGB (0 to 255): …, 16 to 235."""
    return (rgb.astype(np.float32) @ _WEIGHTS + np.float32(_BLACK)).astype(np.float32)


def colours_of(rgb: npt.NDArray[Any]) -> Plane:
    """What red and blue have more than gray of the same luma: … × 2, of 255."""
    own = rgb.astype(np.float32)
    gray = _gray(luma_of(own))
    return np.stack([own[..., 0] - gray, own[..., 2] - gray], -1)


def from_luma(luma: Plane, colours: Plane) -> Plane:
    """Luma (…, 16 to 235) and colours (… × 2, see `colours_of`) → … × 3 RGB, 0 to 255, not
    rounded."""
    gray = _gray(luma)
    red, blue = colours[..., 0], colours[..., 1]
    green = -(_WEIGHTS[0] * red + _WEIGHTS[2] * blue) / _WEIGHTS[1]
    rgb = np.stack([gray + red, gray + green, gray + blue], -1)
    return np.clip(rgb, 0, 255)


def _gray(luma: Plane) -> Plane:
    return (luma - np.float32(_BLACK)) * np.float32(255 / 219)


def psnr(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """Peak signal-to-noise ratio in dB, of values from 0 to 255; 100 where nothing differs."""
    error = float(((one.astype(np.float64) - other.astype(np.float64)) ** 2).mean())
    return min(100.0, 10 * float(np.log10(255**2 / max(error, 1e-12))))
