"""The sound effects themselves: each a function of a seeded generator, [2, samples]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from reelwright.core.time import SAMPLE_RATE
from reelwright.create.music.synthesis import edges, noise, times

Stereo = npt.NDArray[np.float64]

LEVEL = 0.2
"""Root mean square of the loudest 50 ms: −14 dBFS, as a voice has in its syllables."""


def levelled(wave: Stereo) -> Stereo:
    """An effect as loud as all the others."""
    window = SAMPLE_RATE // 20
    power = np.convolve((wave**2).mean(axis=0), np.ones(window) / window)
    wave = wave * (LEVEL / np.sqrt(power.max()))
    # Short sounds are all peak: they stay clear of the ceiling even so.
    return wave * min(1.0, 0.7 / float(np.abs(wave).max()))


def _air(samples: int, low: float, high: float, rng: np.random.Generator) -> Stereo:
    """Noise between two frequencies, left unlike right."""
    return np.stack([noise(samples, low, high, int(rng.integers(1 << 31))) for _ in range(2)])


def whoosh(rng: np.random.Generator) -> Stereo:
    """Air that passes from left to right: 0.7 s, nearest after 0.35 s."""
    n = int(0.7 * SAMPLE_RATE)
    t = times(n) / 0.7
    near = np.exp(-(((t - 0.5) / 0.17) ** 2))
    # The nearer, the brighter: a low band all along, a high one only in the middle.
    wave = _air(n, 250, 900, rng) * near + 0.6 * _air(n, 900, 3600, rng) * near**2
    wave += 0.5 * _air(n, 4200, 9000, rng) * near**3
    across = np.clip(t, 0, 1) * np.pi / 2
    return wave * np.stack([np.cos(across) + 0.3, np.sin(across) + 0.3]) * edges(n, 0.08, 0.12)


def ticks(rng: np.random.Generator) -> Stereo:
    """A counter that runs and settles: fourteen ticks in 0.85 s, ever further apart."""
    n = int(1.0 * SAMPLE_RATE)
    wave = np.zeros((2, n))
    m = int(0.035 * SAMPLE_RATE)
    t = times(m)
    for index in range(14):
        # The counter eases out as 1 − (1 − p)^5; slowed here so that each tick is heard.
        at = 0.85 * (1 - (1 - index / 14) ** 0.45)
        hz = 1900 * (1 + 0.02 * rng.standard_normal())
        tick = np.sin(2 * np.pi * hz * t) + 0.5 * np.sin(2 * np.pi * 2.7 * hz * t)
        tick *= np.exp(-t * 170) * edges(m, 0.001, 0.01) * (0.6 + 0.4 * index / 13)
        start = int(at * SAMPLE_RATE)
        side = 0.15 * (-1) ** index
        wave[0, start : start + m] += tick * (1 - side)
        wave[1, start : start + m] += tick * (1 + side)
    return wave


def pop(rng: np.random.Generator) -> Stereo:
    """A drop that lands: 0.12 s, rising in pitch."""
    n = int(0.12 * SAMPLE_RATE)
    t = times(n)
    hz = 420 * (1 + 0.04 * rng.standard_normal())
    phase = hz * t + hz * 1.1 / 30 * (np.exp(30 * np.minimum(t, 0.03)) - 1) / 2.5
    wave = np.sin(2 * np.pi * phase) * np.exp(-t * 42) * edges(n, 0.002, 0.03)
    return np.stack([wave, wave])


def riser(rng: np.random.Generator) -> Stereo:
    """Noise and a tone that climb for 1.6 s and break off."""
    n = int(1.6 * SAMPLE_RATE)
    t = times(n)
    far = t / t[-1]
    wave = np.zeros((2, n))
    for index, (low, high) in enumerate(((300, 900), (900, 2600), (4000, 9500))):
        gate = np.clip(3 * far - 0.8 * index, 0, 1) ** 2
        wave += _air(n, low, high, rng) * gate * (1.0, 0.6, 0.5)[index]
    phase = 110 * (2 ** (2 * far) - 1) * t[-1] / (2 * np.log(2))
    tone = np.sin(2 * np.pi * phase) + 0.4 * np.sin(4 * np.pi * phase)
    return (wave + 0.25 * tone) * far**1.8 * edges(n, 0.1, 0.03)


NOISES: dict[str, Callable[[np.random.Generator], Stereo]] = {
    "whoosh": whoosh,
    "ticks": ticks,
    "pop": pop,
    "riser": riser,
}
"""Every effect by name."""
