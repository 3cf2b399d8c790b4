"""A synthetic voice made easier to listen to: tone, level and a little room.

A formant synthesiser is dry, thin at the bottom, and buzzes above six kilohertz; its syllables jump
in level. Each step is plain arithmetic on the whole take, the same samples in, the same out.
"""

from __future__ import annotations

import numpy as np

_CURVE = (
    # Hertz, decibels: rumble out, some warmth, a little presence, the buzz down.
    (20, -30.0),
    (70, -12.0),
    (120, 0.0),
    (250, 1.5),
    (500, 0.0),
    (1800, 0.0),
    (3000, 2.0),
    (4500, 0.0),
    (6500, -4.0),
    (9000, -9.0),
    (11025, -14.0),
)
_REFLECTIONS = ((11.3, -19.0), (17.9, -22.0), (27.1, -25.0), (38.7, -28.0))
"""A small soft room: milliseconds, decibels. The delays share no divisor, so nothing rings."""
_LEVEL = -19.0
"""Decibels relative to full scale: root mean square while speaking."""
_PEAK = 0.84


def polish(samples: np.ndarray, rate: int) -> np.ndarray:
    """Mono samples in, as many mono samples out, float64 within ±0.84."""
    if not len(samples):
        return samples
    shaped = _level(_equalise(samples, rate), rate)
    peak = float(np.max(np.abs(shaped)))
    return shaped * (_PEAK / peak) if peak > _PEAK else shaped


def _equalise(samples: np.ndarray, rate: int) -> np.ndarray:
    """The tone curve and the room, as one response applied in the frequency domain."""
    count = len(samples)
    size = 1 << (count + rate // 10).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / rate)
    points = np.array(_CURVE)
    tone = np.interp(np.log2(np.maximum(hertz, 10)), np.log2(points[:, 0]), points[:, 1])
    room = np.ones(len(hertz), dtype=np.complex128)
    soft = 1 / (1 + (hertz / 3500) ** 2)  # walls swallow the highs
    for delay, loss in _REFLECTIONS:
        room += 10 ** (loss / 20) * soft * np.exp(-2j * np.pi * hertz * delay / 1000)
    spectrum = np.fft.rfft(samples, size) * 10 ** (tone / 20) * room
    return np.fft.irfft(spectrum, size)[:count]


def _level(samples: np.ndarray, rate: int) -> np.ndarray:
    """Even out loud and soft syllables (2:1 around the usual level), and set that level."""
    width = max(1, round(0.02 * rate))
    power = _smooth(_smooth(samples**2, width), width)
    speaking = power > max(float(power.max()) * 1e-3, 1e-9)
    if not np.any(speaking):
        return samples
    usual = float(np.sqrt(np.mean(power[speaking])))
    envelope = np.sqrt(np.maximum(power, (usual * 0.1) ** 2))
    # Below a tenth of the usual level nothing is lifted further: breaths and tails stay quiet.
    gain = np.clip((envelope / usual) ** -0.5, 0.5, 1.6)
    evened = samples * gain
    now = float(np.sqrt(np.mean(evened[speaking] ** 2)))
    return evened * (10 ** (_LEVEL / 20) / max(now, 1e-9))


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    """The mean of the `width` values around each."""
    sums = np.cumsum(np.concatenate(([0.0], values)))
    at = np.arange(len(values))
    low, high = np.maximum(at - width // 2, 0), np.minimum(at + width - width // 2, len(values))
    return np.maximum(sums[high] - sums[low], 0.0) / (high - low)
