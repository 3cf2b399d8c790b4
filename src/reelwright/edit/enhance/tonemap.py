"""From high dynamic range and wide colours to what every screen shows.

The light of a picture is taken from its code values (PQ: SMPTE ST 2084; HLG: ARIB STD-B67, both in
ITU-R BT.2100), its highlights are rolled off above a knee (Reinhard et al. 2002, equation 4), its
colours are brought from BT.2020 to BT.709 (BT.2087), and what lies outside is drawn towards grey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.frame import Pixels

_WHITE = 203.0
"""Candela a square metre of white paper in HDR (ITU-R BT.2408)."""
_PEAK = 1000.0
"""Candela a square metre of the brightest highlights that are still told apart."""
_KNEE = 0.75
"""Root of light (white paper is 1) from which on it is bent."""
_TO_709 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ],
    np.float32,
)
"""BT.2020 → BT.709 primaries, of linear light (ITU-R BT.2087)."""
_LIGHT_2020 = np.array([0.2627, 0.6780, 0.0593], np.float32)
_STEPS = 4096
Floats = npt.NDArray[np.float32]


def to_sdr(rgb: npt.NDArray[np.uint16], transfer: str) -> Pixels:
    """BT.2020 RGB as 8-bit BT.709.

    Args:
        rgb: height × width × 3, 16 bits, full range.
        transfer: of its code values: ``pq``, ``hlg``, or ``sdr`` (then only colours are brought).
    """
    light: Any = np.take(_light_of(transfer), rgb >> 4)
    if transfer != "sdr":
        # Between luminance, by which neon lights would turn white, and the strongest channel, by
        # which they would turn dark.
        bright = (light @ _LIGHT_2020 + light.max(axis=-1)) / 2
        place = np.sqrt(np.clip(bright * (_WHITE / _PEAK), 0, 1)) * (_STEPS - 1)
        light *= np.take(_gains(), place.astype(np.int32))[..., None]
    light = light @ _TO_709.T
    light = _inside(light)
    return np.take(_code_of(), (np.sqrt(np.clip(light, 0, 1)) * (_STEPS - 1) + 0.5).astype(int))


def _inside(light: Floats) -> Floats:
    """Colours that BT.709 cannot show, mixed with as much grey as brings them in."""
    low = light.min(axis=-1)
    high = light.max(axis=-1)
    out = (low < 0) | (high > 1)
    if not out.any():
        return light
    some = light[out]
    grey = np.clip(some @ np.array([0.2126, 0.7152, 0.0722], np.float32), 0, 1)[:, None]
    apart = some - grey
    room = np.where(apart > 0, 1 - grey, grey) / np.maximum(np.abs(apart), 1e-6)
    light[out] = grey + apart * np.minimum(1, room.min(axis=-1, keepdims=True))
    return light


@lru_cache(maxsize=3)
def _light_of(transfer: str) -> Floats:
    """Code value → linear light, 1 being the white of paper."""
    code = np.linspace(0, 1, _STEPS, dtype=np.float64)
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 1305 / 8192, 2523 / 32, 107 / 128, 2413 / 128, 2392 / 128
        root = code ** (1 / m2)
        light = 10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) / _WHITE
    elif transfer == "hlg":
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
        # The system's gamma of 1.2 taken of each channel: a little richer than of luma alone.
        light = 1000 * scene**1.2 / _WHITE
    else:
        light = code**2.4
    return light.astype(np.float32)


@lru_cache(maxsize=1)
def _gains() -> Floats:
    """Root of light as a share of the peak → what light is multiplied with."""
    light = (np.linspace(0, 1, _STEPS) ** 2) * (_PEAK / _WHITE)
    # On the root of light, which is nearer to what is seen: straight up to the knee, and from there
    # bent so that the peak comes to 1 and nothing before it does.
    value, most = np.sqrt(light), np.sqrt(_PEAK / _WHITE)
    above = np.maximum(value - _KNEE, 0) / (1 - _KNEE)
    peak = (most - _KNEE) / (1 - _KNEE)
    bent = _KNEE + (1 - _KNEE) * above * (1 + above / peak**2) / (1 + above)
    told = np.where(value < _KNEE, value, np.minimum(bent, 1)) ** 2
    return np.where(light > 1e-9, told / np.maximum(light, 1e-9), 1).astype(np.float32)


@lru_cache(maxsize=1)
def _code_of() -> Pixels:
    """Root of linear light → 8-bit code value, by the display's gamma of 2.4 (ITU-R BT.1886)."""
    light = np.linspace(0, 1, _STEPS) ** 2
    return np.round(255 * light ** (1 / 2.4)).astype(np.uint8)
