"""Instruments without a pitch: drums, cymbals, and the noise of lifts and records.

Their first argument picks a variant where there are several (toms, from high to low); most ring for
as long as they ring, whatever is asked.
"""

from __future__ import annotations

import numpy as np

from reelwright.core.time import SAMPLE_RATE
from reelwright.create.music.synthesis import Sound, edges, mono, noise, times


def kick(pitch: int, samples: int) -> Sound:
    """A soft bass drum: a sine that falls from 120 to 46 Hz."""
    n = int(0.34 * SAMPLE_RATE)
    t = times(n)
    phase = 46 * t + 74 / 28 * (1 - np.exp(-t * 28))
    return mono(np.sin(2 * np.pi * phase) * np.exp(-t * 9) * edges(n, 0.004, 0.08))


def brush(pitch: int, samples: int) -> Sound:
    """A brushed snare: a little body, and air above the voice."""
    n = int(0.24 * SAMPLE_RATE)
    t = times(n)
    body = 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t * 30)
    air = noise(n, 4500, 9500, 11) * np.exp(-t * 19)
    return mono((body + 0.8 * air) * edges(n, 0.006, 0.05))


def clap(pitch: int, samples: int) -> Sound:
    """A soft clap: three quick bursts and their room."""
    n = int(0.26 * SAMPLE_RATE)
    t = times(n)
    shape = 0.6 * np.exp(-t * 20)
    for delay in (0.0, 0.011, 0.023):
        shape += np.where(t >= delay, np.exp(-np.maximum(t - delay, 0) * 180), 0.0)
    low, high = noise(n, 500, 950, 23), noise(n, 4200, 8500, 29)
    return mono(0.45 * (0.7 * low + high) * shape * edges(n, 0.003, 0.05))


def hat(pitch: int, samples: int) -> Sound:
    """A closed hi-hat."""
    n = int(0.09 * SAMPLE_RATE)
    t = times(n)
    return mono(noise(n, 6500, 12000, 31) * np.exp(-t * 55) * edges(n, 0.002, 0.02))


def shaker(pitch: int, samples: int) -> Sound:
    """A shaker: noise that swells and stops."""
    n = int(0.12 * SAMPLE_RATE)
    return mono(noise(n, 5200, 10500, 37) * edges(n, 0.05, 0.06))


def tick(pitch: int, samples: int) -> Sound:
    """A clock's tick: a small piece of wood."""
    n = int(0.07 * SAMPLE_RATE)
    t = times(n)
    wave = np.sin(2 * np.pi * 880 * t) + 0.4 * np.sin(2 * np.pi * 5300 * t)
    return mono(0.7 * wave * np.exp(-t * 85) * edges(n, 0.002, 0.02))


def snare(pitch: int, samples: int) -> Sound:
    """A snare drum: a short body, the wires' rattle above the voice."""
    n = int(0.22 * SAMPLE_RATE)
    t = times(n)
    body = np.sin(2 * np.pi * (182 * t + 1.6 * (1 - np.exp(-t * 60)))) * np.exp(-t * 24)
    wires = noise(n, 4000, 9500, 47) * np.exp(-t * 21)
    return mono((0.6 * body + 0.75 * wires) * edges(n, 0.002, 0.05))


def tom(pitch: int, samples: int) -> Sound:
    """Toms: 0 is the highest, 3 the lowest."""
    n = int(0.42 * SAMPLE_RATE)
    t = times(n)
    hz = (168.0, 134.0, 108.0, 86.0)[pitch % 4]
    phase = hz * t + 0.9 * (1 - np.exp(-t * 26))
    skin = noise(n, 500, 1200, 53) * np.exp(-t * 60) * 0.2
    return mono((np.sin(2 * np.pi * phase) * np.exp(-t * 9) + skin) * edges(n, 0.003, 0.1))


def taiko(pitch: int, samples: int) -> Sound:
    """A great drum in a great hall."""
    n = int(0.95 * SAMPLE_RATE)
    t = times(n)
    hz = (72.0, 62.0, 56.0, 50.0)[pitch % 4]
    phase = hz * t + 1.3 * (1 - np.exp(-t * 18))
    skin = noise(n, 220, 800, 59) * np.exp(-t * 26) * 0.5
    wave = np.sin(2 * np.pi * phase) * np.exp(-t * 4.6) + skin
    return mono(0.9 * wave * edges(n, 0.003, 0.2))


def wood(pitch: int, samples: int) -> Sound:
    """Wood blocks: 0 is the higher one."""
    n = int(0.1 * SAMPLE_RATE)
    t = times(n)
    hz = (940.0, 810.0, 700.0, 620.0)[pitch % 4]
    wave = np.sin(2 * np.pi * hz * t) + 0.35 * np.sin(2 * np.pi * 2.71 * hz * t) * np.exp(-t * 60)
    return mono(0.7 * wave * np.exp(-t * 62) * edges(n, 0.002, 0.03))


def snap(pitch: int, samples: int) -> Sound:
    """Fingers that snap."""
    n = int(0.16 * SAMPLE_RATE)
    t = times(n)
    flesh = noise(n, 1500, 2600, 61) * np.exp(-t * 90) * 0.5
    return mono((flesh + noise(n, 4800, 8200, 67) * np.exp(-t * 48)) * edges(n, 0.003, 0.04))


def ring(pitch: int, samples: int) -> Sound:
    """An open hi-hat."""
    n = int(0.34 * SAMPLE_RATE)
    t = times(n)
    return mono(0.8 * noise(n, 6200, 12000, 71) * np.exp(-t * 10) * edges(n, 0.003, 0.08))


def crash(pitch: int, samples: int) -> Sound:
    """A soft crash cymbal, left unlike right."""
    n = int(2.0 * SAMPLE_RATE)
    t = times(n)
    sides = np.stack([noise(n, 4200, 11500, seed) for seed in (73, 79)])
    return (0.75 * sides * np.exp(-t * 2.6) * edges(n, 0.004, 0.5)).astype(np.float32)


def boom(pitch: int, samples: int) -> Sound:
    """What a drop falls on: a very low tone that sinks."""
    n = int(1.5 * SAMPLE_RATE)
    t = times(n)
    phase = 38 * t + 30 / 9 * (1 - np.exp(-t * 9))
    return mono(np.tanh(1.6 * np.sin(2 * np.pi * phase)) * np.exp(-t * 2.4) * edges(n, 0.006, 0.4))


def lift(pitch: int, samples: int) -> Sound:
    """Noise that rises for as long as it is held, and breaks off: before a drop."""
    n = max(samples, SAMPLE_RATE // 10)
    t = times(n)
    far = t / t[-1]
    sides = np.zeros((2, n))
    # Three bands that come in one after the other: a filter that opens.
    for index, (low, high) in enumerate(((400, 1000), (3800, 6500), (6000, 11500))):
        gate = np.clip(far * 3 - index * 0.8, 0, 1) ** 2
        for side in range(2):
            sides[side] += noise(n, low, high, 83 + 2 * index + side) * gate
    sides *= (far**2.2) * edges(n, 0.05, 0.03)
    return (0.5 * sides).astype(np.float32)


def dust(pitch: int, samples: int) -> Sound:
    """A record's surface: a little hiss, and specks."""
    n = max(samples, SAMPLE_RATE // 10)
    rng = np.random.default_rng(101 + pitch)
    sides = np.zeros((2, n))
    speck = noise(96, 3500, 9000, 103) * np.hanning(96)
    for at in rng.integers(0, max(1, n - 96), max(1, n // 5200)):
        sides[int(rng.integers(2)), at : at + 96] += speck[: n - at] * (0.15 + 0.5 * rng.random())
    hiss = np.stack([noise(n, 5000, 10500, 107 + side) for side in range(2)])
    return ((sides + 0.05 * hiss) * edges(n, 0.05, 0.05)).astype(np.float32)
