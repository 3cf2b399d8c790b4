"""Applause and laughter, guessed from the sound's spectrum; no learnt model, so no certainty.

Applause is noise: its spectrum is flat over the kilohertz where it is strong, it lasts, and nothing
in it is periodic. Laughter comes in bursts four to seven times a second, more evenly than syllables
do. Rain sounds like the one and a rattling engine like the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RATE = 16_000
"""Samples a second that are listened to."""
_SIZE, _HOP = 512, 160
_PER_SECOND = RATE // _HOP
_CHUNK = 4096
"""Spectra that are worked on at a time."""
_NOISY = (1000, 6500)
"""Hertz between which applause is flat."""
_VOICED = (250, 3000)
"""Hertz in which laughter bursts."""
_BURSTS = (0.14, 0.27)
"""Seconds from burst to burst."""


@dataclass(frozen=True)
class Crowd:
    """What each second of a recording sounds like."""

    levels: Floats
    """Decibels (full scale)."""
    applause: Floats
    """0 to 1."""
    laughter: Floats
    """0 to 1."""


def hear_crowd(samples: Iterable[Floats]) -> Crowd:
    """Listen to a recording once, whatever its length.

    Args:
        samples: blocks of mono sound at `RATE`, −1 to 1.
    """
    rest = np.zeros(0, np.float32)
    bands: list[Floats] = []
    for block in samples:
        sound = np.concatenate([rest, block])
        while len(sound) >= _SIZE + _HOP * (_CHUNK - 1):
            bands.append(_bands(sound[: _SIZE + _HOP * (_CHUNK - 1)]))
            sound = sound[_HOP * _CHUNK :]
        rest = sound
    if len(rest):
        short = max(0, _SIZE + _HOP - len(rest))
        bands.append(_bands(np.concatenate([rest, np.zeros(short, np.float32)])))
    if not bands:
        nothing = np.zeros(0, np.float32)
        return Crowd(nothing, nothing, nothing)
    return _tell(np.concatenate(bands))


def _bands(sound: Floats) -> Floats:
    """For each hop: power; power where applause is; its flatness; power where laughter is."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, _SIZE)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_SIZE).astype(np.float32))) ** 2 / _SIZE**2 * 8
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
    noisy = power[:, (hertz >= _NOISY[0]) & (hertz < _NOISY[1])] + 1e-14
    voiced = power[:, (hertz >= _VOICED[0]) & (hertz < _VOICED[1])]
    flat = np.exp(np.log(noisy).mean(1)) / noisy.mean(1)
    found = [power.sum(1), noisy.sum(1), flat, voiced.sum(1)]
    return np.stack(found, 1).astype(np.float32)


def _tell(bands: Floats) -> Crowd:
    count = max(1, round(len(bands) / _PER_SECOND))
    levels, applause, laughter = (np.zeros(count, np.float32) for _ in range(3))
    for second in range(count):
        part = bands[second * _PER_SECOND : (second + 1) * _PER_SECOND]
        around = bands[max(0, second - 1) * _PER_SECOND : (second + 2) * _PER_SECOND]
        levels[second] = 10 * np.log10(float(part[:, 0].mean()) + 1e-12)
        applause[second] = _applause(part)
        laughter[second] = _laughter(around)
    # Sound that is hardly there is neither.
    floor = float(np.percentile(levels, 10))
    there = np.clip((levels - max(floor + 4, -60)) / 10, 0, 1)
    there = there.astype(np.float32)
    return Crowd(levels, applause * there, laughter * there)


def _applause(part: Floats) -> float:
    # A single frame of white noise has a flatness of 0.56; voices and music have far less.
    flat = _ramp(float(np.median(part[:, 2])), 0.3, 0.5)
    high = _ramp(float(part[:, 1].mean() / max(float(part[:, 0].mean()), 1e-12)), 0.25, 0.5)
    level = 10 * np.log10(part[:, 1] + 1e-12)
    steady = 1 - _ramp(float(np.std(level)), 4.0, 9.0)
    return flat * high * steady


def _laughter(around: Floats) -> float:
    if len(around) < _PER_SECOND:
        return 0.0
    envelope = 10 * np.log10(around[:, 3] + 1e-9)
    envelope = envelope - np.convolve(envelope, np.ones(51) / 51, "same")
    spread = float(envelope.std())
    if spread < 1e-3:
        return 0.0
    low, high = (round(seconds * _PER_SECOND) for seconds in _BURSTS)
    scale = float((envelope * envelope).sum())
    same = [float((envelope[lag:] * envelope[:-lag]).sum()) / scale for lag in range(low, high + 1)]
    tonal = 1 - _ramp(float(np.median(around[:, 2])), 0.35, 0.5)
    return _ramp(max(same), 0.4, 0.7) * _ramp(spread, 2.5, 5.0) * tonal


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
