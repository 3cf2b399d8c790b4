"""How near predicted frames are to what came: MSE, PSNR, SSIM."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[Any]
"""… × H × W × C, 0 to 1."""

_WINDOW = 7
"""Pixels across of the windows whose structure is compared."""


def mse(drawn: Frames, came: Frames) -> npt.NDArray[np.float64]:
    """Squared difference, summed over each frame, as video prediction counts it."""
    return np.square(drawn - came, dtype=np.float64).sum((-3, -2, -1))


def psnr(drawn: Frames, came: Frames) -> npt.NDArray[np.float64]:
    """Decibels of each frame, at most 100."""
    mean = np.square(drawn - came, dtype=np.float64).mean((-3, -2, -1))
    return -10 * np.log10(np.maximum(mean, 1e-10))


def ssim(drawn: Frames, came: Frames) -> float:
    """Structural similarity of a frame (Wang et al. 2004): uniform windows, values 0 to 1."""
    import cv2

    one, two = 0.01**2, 0.03**2
    enough = _WINDOW**2 / (_WINDOW**2 - 1)

    def mean(values: Frames) -> Frames:
        return cv2.blur(values, (_WINDOW, _WINDOW)).reshape(values.shape)

    a, b = drawn.astype(np.float32), came.astype(np.float32)
    ma, mb = mean(a), mean(b)
    va, vb = (mean(a * a) - ma * ma) * enough, (mean(b * b) - mb * mb) * enough
    both = (mean(a * b) - ma * mb) * enough
    alike = (2 * ma * mb + one) * (2 * both + two)
    alike /= (ma * ma + mb * mb + one) * (va + vb + two)
    edge = _WINDOW // 2
    return float(alike[edge:-edge, edge:-edge].mean(dtype=np.float64))
