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
    """How the noise of three channels varies together (3 × 3); zeros where it cannot be told."""
    flat = _flattest(rgb @ LUMA)
    if flat is None:
        return np.zeros((3, 3))
    spread, usable = flat
    details = np.stack([_details(rgb[..., n].astype(np.float32)) for n in range(3)], axis=-1)
    high, wide = details.shape[:2]
    blocks = details.reshape(high // _SIDE, _SIDE, wide // _SIDE, _SIDE, 3).swapaxes(1, 2)
    chosen = blocks[usable][spread <= np.quantile(spread, 2 * _FLATTEST)].reshape(-1, 3)
    found: Any = np.cov(chosen.T)
    # Those blocks were chosen for varying little: brought to what luma's noise is.
    told = (np.quantile(spread, _FLATTEST) * _CORRECTION) ** 2
    return found * told / max(float(LUMA @ found @ LUMA), 1e-6)


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
