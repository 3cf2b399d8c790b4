"""Instruments: one note of each, synthesised with numpy.

Every sound is an array of shape [1 or 2, samples], float32 in about −1 to 1, at 48 kHz, that starts
and ends at zero: a note can be cut in anywhere without a click. Nothing here knows of other notes.
Tones are sums of few harmonics, so nothing folds back from above half the sample rate, and little
lies between 1 and 4 kHz, where speech carries its consonants.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reelwright.core.time import SAMPLE_RATE
from reelwright.create.music.theory import frequency

Sound = NDArray[np.float32]

_TABLE = 4096


def make_sound(instrument: str, pitch: int, samples: int) -> Sound:
    """One note.

    Args:
        instrument: a key of `INSTRUMENTS`.
        pitch: MIDI number; drums take it as their variant.
        samples: how long it is held; it rings on for its release, drums for as long as they ring.
    """
    return INSTRUMENTS[instrument](pitch, samples)


def _times(samples: int) -> NDArray[np.float64]:
    return np.arange(samples) / SAMPLE_RATE


def _edges(samples: int, attack: float, release: float) -> NDArray[np.float64]:
    """An envelope of ones with a raised-cosine start and end, in seconds."""
    envelope = np.ones(samples)
    for seconds, side in ((attack, slice(None)), (release, slice(None, None, -1))):
        n = min(int(seconds * SAMPLE_RATE), samples)
        envelope[side][:n] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(1, n))
    return envelope


def _table(harmonics: NDArray[np.float64]) -> NDArray[np.float64]:
    """One period of the sum of sines of these amplitudes, with its first value again at the end."""
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=complex)
    spectrum[1 : len(harmonics) + 1] = -0.5j * _TABLE * harmonics
    period = np.fft.irfft(spectrum)
    return np.append(period, period[0])


def _read(table: NDArray[np.float64], phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """The table at these phases (in periods), between its points by straight lines."""
    at = (phase % 1.0) * _TABLE
    whole = at.astype(np.int32)
    low = table[whole]
    return low + (at - whole) * (table[whole + 1] - low)


def _dark(hz: float, cutoff: float, steep: float = 4.0) -> NDArray[np.float64]:
    """Amplitudes of a saw's harmonics after a low-pass: 1/k, falling off above `cutoff` hertz."""
    k = np.arange(1, max(2, min(24, int(5000 / hz))))
    return 1.0 / k / (1.0 + (k * hz / cutoff) ** steep)


def _noise(samples: int, low: float, high: float, seed: int) -> NDArray[np.float64]:
    """Noise between two frequencies with soft edges, about 1 at its peaks."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    shape = 1 / (1 + (low / np.maximum(hz, 1.0)) ** 6) / (1 + (hz / high) ** 6)
    noise = np.fft.irfft(spectrum * shape, samples)
    return noise / np.abs(noise).max()


def _mono(wave: NDArray[np.float64]) -> Sound:
    return wave.astype(np.float32)[None, :]


def pad(pitch: int, samples: int) -> Sound:
    """A wide, slow chord tone: detuned soft saws, opening and closing again, left unlike right."""
    n = samples + int(0.7 * SAMPLE_RATE)
    t = _times(n)
    hz = frequency(pitch)
    dark, bright = _table(_dark(hz, 420)), _table(_dark(hz, 1500, 3.0))
    opening = 0.5 - 0.5 * np.cos(2 * np.pi * np.minimum(t / t[-1], 1.0))
    out = np.empty((2, n), np.float32)
    shape = _edges(n, 0.35, 0.9)
    for side, cents in enumerate(((-6.0, 3.0), (-3.0, 6.0))):
        wave = np.zeros(n)
        for voice, detune in enumerate(cents):
            # Start phases are fixed but unequal, so that the voices never all begin together.
            phase = hz * 2 ** (detune / 1200) * t + 0.37 * voice + 0.21 * side + 0.13 * pitch
            low = _read(dark, phase)
            wave += low + 0.8 * opening * (_read(bright, phase) - low)
        out[side] = 0.4 * wave * shape
    return out


def pluck(pitch: int, samples: int) -> Sound:
    """A soft plucked string: the higher a harmonic, the sooner it is gone."""
    n = min(max(samples, SAMPLE_RATE // 2), int(1.4 * SAMPLE_RATE))
    t = _times(n)
    hz = frequency(pitch)
    wave = np.zeros(n)
    for k in range(1, max(2, min(9, int(4500 / hz) + 1))):
        wave += np.sin(2 * np.pi * k * hz * t) * np.exp(-t * (3.0 + 1.6 * k)) / k**1.1
    return _mono(0.8 * wave * _edges(n, 0.004, 0.12))


def mallet(pitch: int, samples: int) -> Sound:
    """A wooden bar: the tone and a fourth harmonic that dies at once (as a marimba is tuned)."""
    n = min(max(samples, SAMPLE_RATE), int(1.8 * SAMPLE_RATE))
    t = _times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t) * np.exp(-t * 3.6)
    wave += 0.16 * np.sin(2 * np.pi * 4 * hz * t) * np.exp(-t * 22)
    wave += 0.10 * np.sin(2 * np.pi * 2 * hz * t) * np.exp(-t * 6)
    return _mono(0.9 * wave * _edges(n, 0.005, 0.2))


def keys(pitch: int, samples: int) -> Sound:
    """An electric piano: one sine bending another's phase, less and less."""
    n = min(max(samples, SAMPLE_RATE), int(2.0 * SAMPLE_RATE))
    t = _times(n)
    hz = frequency(pitch)
    index = 0.9 * np.exp(-t * 5) + 0.18
    wave = np.sin(2 * np.pi * hz * t + index * np.sin(2 * np.pi * hz * t)) * np.exp(-t * 2.2)
    tremolo = np.sin(2 * np.pi * 4.6 * t) * 0.12
    sides = np.stack([wave * (1 + tremolo), wave * (1 - tremolo)])
    return (0.7 * sides * _edges(n, 0.006, 0.25)).astype(np.float32)


def bass(pitch: int, samples: int) -> Sound:
    """A round bass, with enough harmonics to be heard on a phone's small speaker."""
    n = samples + int(0.06 * SAMPLE_RATE)
    t = _times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t)
    wave += 0.42 * np.sin(4 * np.pi * hz * t) * np.exp(-t * 2.0)
    wave += 0.20 * np.sin(6 * np.pi * hz * t) * np.exp(-t * 4.0)
    wave += 0.08 * np.sin(8 * np.pi * hz * t) * np.exp(-t * 6.0)
    return _mono(0.7 * wave * (0.55 + 0.45 * np.exp(-t * 3)) * _edges(n, 0.012, 0.07))


def bell(pitch: int, samples: int) -> Sound:
    """A soft bell: two sines an octave apart, long."""
    n = int(2.2 * SAMPLE_RATE)
    t = _times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t) * np.exp(-t * 2.4)
    wave += 0.2 * np.sin(4 * np.pi * hz * t) * np.exp(-t * 5)
    return _mono(0.8 * wave * _edges(n, 0.012, 0.3))


def kick(pitch: int, samples: int) -> Sound:
    """A soft bass drum: a sine that falls from 120 to 46 Hz."""
    n = int(0.34 * SAMPLE_RATE)
    t = _times(n)
    phase = 46 * t + 74 / 28 * (1 - np.exp(-t * 28))
    return _mono(np.sin(2 * np.pi * phase) * np.exp(-t * 9) * _edges(n, 0.004, 0.08))


def brush(pitch: int, samples: int) -> Sound:
    """A brushed snare: a little body, and air above the voice."""
    n = int(0.24 * SAMPLE_RATE)
    t = _times(n)
    body = 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t * 30)
    air = _noise(n, 4500, 9500, 11) * np.exp(-t * 19)
    return _mono((body + 0.8 * air) * _edges(n, 0.006, 0.05))


def clap(pitch: int, samples: int) -> Sound:
    """A soft clap: three quick bursts and their room."""
    n = int(0.26 * SAMPLE_RATE)
    t = _times(n)
    shape = 0.6 * np.exp(-t * 20)
    for delay in (0.0, 0.011, 0.023):
        shape += np.where(t >= delay, np.exp(-np.maximum(t - delay, 0) * 180), 0.0)
    low, high = _noise(n, 500, 950, 23), _noise(n, 4200, 8500, 29)
    return _mono(0.45 * (0.7 * low + high) * shape * _edges(n, 0.003, 0.05))


def hat(pitch: int, samples: int) -> Sound:
    """A closed hi-hat."""
    n = int(0.09 * SAMPLE_RATE)
    t = _times(n)
    return _mono(_noise(n, 6500, 12000, 31) * np.exp(-t * 55) * _edges(n, 0.002, 0.02))


def shaker(pitch: int, samples: int) -> Sound:
    """A shaker: noise that swells and stops."""
    n = int(0.12 * SAMPLE_RATE)
    return _mono(_noise(n, 5200, 10500, 37) * _edges(n, 0.05, 0.06))


def tick(pitch: int, samples: int) -> Sound:
    """A clock's tick: a small piece of wood."""
    n = int(0.07 * SAMPLE_RATE)
    t = _times(n)
    wave = np.sin(2 * np.pi * 880 * t) + 0.4 * np.sin(2 * np.pi * 5300 * t)
    return _mono(0.7 * wave * np.exp(-t * 85) * _edges(n, 0.002, 0.02))


INSTRUMENTS: dict[str, Callable[[int, int], Sound]] = {
    "pad": pad,
    "pluck": pluck,
    "mallet": mallet,
    "keys": keys,
    "bass": bass,
    "bell": bell,
    "kick": kick,
    "brush": brush,
    "clap": clap,
    "hat": hat,
    "shaker": shaker,
    "tick": tick,
}
"""Every instrument by name."""
