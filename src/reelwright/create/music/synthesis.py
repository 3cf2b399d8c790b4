"""What sounds are made of: envelopes, wave tables, filtered noise.

A sound is an array of shape [1 or 2, samples], float32 in about −1 to 1, at 48 kHz. Tones are sums
of few harmonics, so nothing folds back from above half the sample rate.

Music and effects are both made of these: who changes what one sounds like raises `VERSION` of both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelwright.core.time import SAMPLE_RATE

Sound = NDArray[np.float32]
"""One note."""
Wave = NDArray[np.float64]
"""One side of it, while it is worked on."""

_TABLE = 1 << 15
"""Points of a period: so many that the nearest one is 70 dB near to the truth."""


def times(samples: int) -> Wave:
    """Seconds of each sample."""
    return np.arange(samples) / SAMPLE_RATE


def edges(samples: int, attack: float, release: float) -> Wave:
    """An envelope of ones with a raised-cosine start and end, in seconds."""
    envelope = np.ones(samples)
    for seconds, side in ((attack, slice(None)), (release, slice(None, None, -1))):
        n = min(int(seconds * SAMPLE_RATE), samples)
        envelope[side][:n] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(1, n))
    return envelope


def table(harmonics: Wave) -> Sound:
    """One period of the sum of sines of these amplitudes."""
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=complex)
    spectrum[1 : len(harmonics) + 1] = -0.5j * _TABLE * harmonics
    return np.fft.irfft(spectrum).astype(np.float32)


def read(points: Sound, phase: Wave) -> Sound:
    """The table (`table`) at these phases (in periods)."""
    return points[(phase * _TABLE).astype(np.int64) & (_TABLE - 1)]


def dark(hz: float, cutoff: float, steep: float = 4.0) -> Wave:
    """Amplitudes of a saw's harmonics after a low-pass: 1/k, falling off above `cutoff` hertz."""
    k = np.arange(1, max(2, min(24, int(5000 / hz))))
    return 1.0 / k / (1.0 + (k * hz / cutoff) ** steep)


def noise(samples: int, low: float, high: float, seed: int) -> Wave:
    """Noise between two frequencies with soft edges, about 1 at its peaks."""
    # A little longer where that is a product of small primes, of which spectra are quickly had.
    step = max(1, 1 << (samples.bit_length() - 4)) if samples >= 8 else 1
    whole = -(-samples // step) * step
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(whole))
    hz = np.fft.rfftfreq(whole, 1 / SAMPLE_RATE)
    shape = 1 / (1 + (low / np.maximum(hz, 1.0)) ** 6) / (1 + (hz / high) ** 6)
    wave = np.fft.irfft(spectrum * shape, whole)[:samples]
    return wave / np.abs(wave).max()


def mono(wave: Wave) -> Sound:
    """A sound that is the same on both sides."""
    return wave.astype(np.float32)[None, :]
