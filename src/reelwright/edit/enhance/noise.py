"""How much noise a picture has.

White noise is spread evenly over all frequencies and what is depicted hardly reaches the highest
ones, so noise is read off the diagonal details of a Haar wavelet (Donoho and Johnstone 1994), in
the flattest parts of the picture: those that vary least, corrected for the flattest being chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from reelwright.edit.enhance.frame import Picture

_SIDE = 8
"""Wavelet coefficients to a side of a block."""
_FLATTEST = 0.1
"""Share of the blocks that are taken to be flat."""
_CORRECTION = 1 / (1 - 1.28 / np.sqrt(2 * _SIDE * _SIDE))
"""What that quantile of blocks of pure noise lies under the noise's own deviation."""
_DARK, _BRIGHT = 12, 243
"""Means of luma beyond which noise is cut off, and says too little."""
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def estimate(pictures: Iterable[Picture]) -> float:
    """Standard deviation of the noise in luma, of 255: the median over pictures; 0 for none."""
    found = [noise_of(luma_of(picture)) for picture in pictures]
    return float(np.median(found)) if found else 0.0


def luma_of(picture: Picture) -> Any:
    """Luma (BT.709) as floats, 0 to 255: height × width."""
    return picture.rgb @ _LUMA


def noise_of(luma: Any) -> float:
    """Standard deviation of the noise in one channel (height × width, 0 to 255)."""
    high, wide = (side // (2 * _SIDE) * 2 * _SIDE for side in luma.shape)
    if not high or not wide:
        return 0.0
    a = np.asarray(luma[:high, :wide], np.float32)
    detail = (a[::2, ::2] - a[1::2, ::2] - a[::2, 1::2] + a[1::2, 1::2]) / 2
    mean = _blocks(a, 2 * _SIDE).mean(axis=(1, 3))
    spread = _blocks(detail, _SIDE).std(axis=(1, 3))
    usable = spread[(mean > _DARK) & (mean < _BRIGHT)]
    if usable.size < 4:
        return 0.0
    return float(np.quantile(usable, _FLATTEST) * _CORRECTION)


def _blocks(values: Any, side: int) -> Any:
    high, wide = values.shape
    return values.reshape(high // side, side, wide // side, side)
