"""Tone-mapping of small HDR pictures, so that what measures brightness and colour sees SDR."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    np.float32,
)
"""Linear light with BT.2020's primaries as with BT.709's (ITU-R BT.2407)."""
_PEAK = 10.0
"""The brightest light that is told from brighter, in hundreds of cd/m²."""


def to_sdr(picture: npt.NDArray[np.uint8], *, hlg: bool) -> npt.NDArray[np.uint8]:
    """A PQ (or HLG) picture with BT.2020's primaries (… × 3, RGB) as one in BT.709.

    100 cd/m² is white and highlights are rolled off (Hable 2010), as in the renderer.
    """
    light = np.maximum(_light(hlg)[picture] @ _TO_709.T, 0)
    shown: npt.NDArray[np.float32] = np.clip(_roll(light) / _roll(_PEAK), 0, 1)
    coded: npt.NDArray[np.float32] = np.where(
        shown < 0.018, 4.5 * shown, 1.099 * shown**0.45 - 0.099
    )
    return np.round(coded * 255).astype(np.uint8)


def _roll(x: Any) -> Any:
    return (x * (0.15 * x + 0.05) + 0.004) / (x * (0.15 * x + 0.5) + 0.06) - 0.02 / 0.3


@lru_cache(maxsize=2)
def _light(hlg: bool) -> npt.NDArray[np.float32]:
    """The light of each 8-bit signal, in hundreds of cd/m²: SMPTE ST 2084; ARIB STD-B67."""
    signal = np.arange(256) / 255
    if hlg:  # on a display of 1000 cd/m², whose system gamma is 1.2 (ITU-R BT.2100)
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        return (10 * scene**1.2).astype(np.float32)
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = signal ** (1 / m2)
    return (100 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)).astype(np.float32)
