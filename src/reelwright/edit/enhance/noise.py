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
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Shares of red, green and blue (BT.709)."""


def estimate(pictures: Iterable[Picture]) -> float:
    """Standard deviation of the noise in luma, of 255: the median over pictures; 0 for none."""
    found = [noise_of(luma_of(picture)) for picture in pictures]
    return float(np.median(found)) if found else 0.0


def luma_of(picture: Picture) -> Any:
    """Luma (BT.709) as floats, 0 to 255: height × width."""
    return picture.rgb @ LUMA


def noise_of(luma: Any) -> float:
    """Standard deviation of the noise in one channel (height × width, 0 to 255)."""
    flat = _flattest(luma)
    return float(np.quantile(flat[0], _FLATTEST) * _CORRECTION) if flat else 0.0


def covariance(rgb: Any) -> Any:
    """How the noise of three channels varies together (3 × 3); zeros where it cannot be told.

    Each channel and each mean of two is measured in blocks of its own: those that are flattest in
    one of them are not the flattest in another.
    """
    own = [noise_of(rgb[..., n].astype(np.float32)) ** 2 for n in range(3)]
    found = np.diag(own)
    for one, two in ((0, 1), (0, 2), (1, 2)):
        mean = (rgb[..., one].astype(np.float32) + rgb[..., two]) / 2
        found[one, two] = found[two, one] = 2 * noise_of(mean) ** 2 - (own[one] + own[two]) / 2
    # Measured apart, they may contradict each other: brought to the nearest that cannot.
    sizes, ways = np.linalg.eigh(found)
    return (ways * np.maximum(0, sizes)) @ ways.T


def _flattest(luma: Any) -> tuple[Any, Any] | None:
    """How much details vary in the blocks that can be judged, and which these are."""
    high, wide = (side // (2 * _SIDE) * 2 * _SIDE for side in luma.shape)
    if not high or not wide:
        return None
    a = np.asarray(luma[:high, :wide], np.float32)
    mean = _blocks(a, 2 * _SIDE).mean(axis=(1, 3))
    spread = _blocks(_details(a), _SIDE).std(axis=(1, 3))
    usable = (mean > _DARK) & (mean < _BRIGHT)
    return (spread[usable], usable) if usable.sum() >= 4 else None


def _details(values: Any) -> Any:
    """Diagonal details of a Haar wavelet, of whole blocks."""
    high, wide = (side // (2 * _SIDE) * 2 * _SIDE for side in values.shape)
    a = values[:high, :wide]
    return (a[::2, ::2] - a[1::2, ::2] - a[::2, 1::2] + a[1::2, 1::2]) / 2


def _blocks(values: Any, side: int) -> Any:
    high, wide = values.shape
    return values.reshape(high // side, side, wide // side, side)
