"""When something begins in a piece of sound.

Spectral flux on a logarithmic mel spectrogram, each band compared with the loudest of its
neighbours a moment before, so that a gliding or trembling tone is no onset (Böck and Widmer,
"Maximum filter vibrato suppression for onset detection", DAFx 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np
import numpy.typing as npt

RATE = 22_050
"""Samples a second that `find_onsets` wants."""
HOP = 221
FPS = RATE / HOP
"""Looks a second, about a hundred."""

_WINDOW = 1024
_BANDS = 48
_LOW, _HIGH = 30.0, 10_000.0
_BASS = 160.0
"""Hertz below which an onset counts as one of the bass."""
_LAG = 3
"""Looks back that a band is compared with: 30 ms, about how long an attack takes."""
_LATE = 0.002
"""Seconds by which the flux of an onset peaks after it: clicks a little less, soft tones more."""

Curve = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Onsets:
    """How much begins, `FPS` times a second: in all bands, and in the bass; and how loud it is."""

    strength: Curve
    bass: Curve
    loudness: Curve
    """RMS of each look."""
    change: npt.NDArray[np.float32]
    """Log-mel spectrum of each look, for what changes from beat to beat."""

    def when(self, look: float) -> float:
        """Seconds at which what shows at a look was heard."""
        return look / FPS - _LATE


def find_onsets(samples: Samples) -> Onsets:
    """How much begins at each instant of a piece (mono, `RATE` a second)."""
    bank = _mel_bank()
    padded = np.pad(samples.astype(np.float32), _WINDOW // 2)
    count = max(0, (len(padded) - _WINDOW) // HOP + 1)
    spectra = np.empty((count, _BANDS), np.float32)
    loudness = np.empty(count)
    window = np.hanning(_WINDOW).astype(np.float32)
    for begin in range(0, count, 2048):
        end = min(begin + 2048, count)
        part = padded[begin * HOP : (end - 1) * HOP + _WINDOW]
        rows = np.lib.stride_tricks.sliding_window_view(part, _WINDOW)[::HOP]
        magnitude = np.abs(np.fft.rfft(rows * window, axis=1)).astype(np.float32)
        spectra[begin:end] = magnitude @ bank.T
        loudness[begin:end] = np.sqrt(np.mean(rows.astype(np.float64) ** 2, axis=1))
    # The floor lies 60 dB under the loudest, so that noise in a pause is no onset.
    floor = max(float(np.percentile(spectra, 99)) * 1e-3, 1e-6) if count else 1e-6
    logs = np.log1p(spectra / floor)
    before = np.maximum(logs, np.maximum(np.roll(logs, 1, axis=1), np.roll(logs, -1, axis=1)))
    before[:, 0] = np.maximum(logs[:, 0], logs[:, 1])
    before[:, -1] = np.maximum(logs[:, -1], logs[:, -2])
    rise = np.zeros_like(logs)
    rise[_LAG:] = np.maximum(0.0, logs[_LAG:] - before[:-_LAG])
    # What sounds from the very beginning begins there.
    rise[:_LAG] = logs[:_LAG]
    low = _centres() < _BASS
    return Onsets(
        _level(rise.mean(axis=1)),
        _level(rise[:, low].mean(axis=1)),
        loudness,
        logs.astype(np.float32),
    )


def _level(flux: npt.NDArray[np.float32]) -> Curve:
    """Flux above what is usual around it, against what is usual around that.

    A quiet passage then counts nearly as a loud one does, and a crescendo is no onset.
    """
    curve = flux.astype(np.float64)
    above = np.maximum(0.0, curve - _smooth(curve, 0.35))
    usual = np.sqrt(_smooth(above**2, 3.0))
    most = float(usual.max(initial=0.0))
    if most <= 0:
        return above
    return _smooth(above / np.maximum(usual, 0.15 * most), 0.02)


def _smooth(curve: Curve, seconds: float) -> Curve:
    width = max(1, round(seconds * FPS))
    bell = np.hanning(2 * width + 1)
    if not len(curve):
        return curve
    wide = np.pad(curve, width, mode="edge")
    return np.convolve(wide, bell / bell.sum(), mode="valid").astype(np.float64)


def _centres() -> Curve:
    """Hertz in the middle of each band."""
    return _mel_points()[1:-1]


def _mel_points() -> Curve:
    low, high = (2595 * log10(1 + hz / 700) for hz in (_LOW, _HIGH))
    mels: Curve = np.linspace(low, high, _BANDS + 2, dtype=np.float64)
    return 700 * (10 ** (mels / 2595) - 1)


def _mel_bank() -> npt.NDArray[np.float32]:
    """Triangles, each from the middle of the band before to that of the next, of one area."""
    points, hz = _mel_points(), np.fft.rfftfreq(_WINDOW, 1 / RATE)
    # A band narrower than a bin would hear nothing.
    left = np.minimum(points[:-2], points[1:-1] - RATE / _WINDOW)[:, None]
    right = np.maximum(points[2:], points[1:-1] + RATE / _WINDOW)[:, None]
    middle = points[1:-1, None]
    rising, falling = (hz - left) / (middle - left), (right - hz) / (right - middle)
    bank = np.maximum(0.0, np.minimum(rising, falling))
    return (bank / bank.sum(axis=1, keepdims=True)).astype(np.float32)
