"""Instruments with a pitch: one note of each, synthesised with numpy.

Every sound starts and ends at zero: a note can be cut in anywhere without a click. Nothing here
knows of other notes. Little lies between 1 and 4 kHz, where speech carries its consonants.
"""

from __future__ import annotations

import numpy as np

from reelwright.core.time import SAMPLE_RATE
from reelwright.create.music.synthesis import (
    Sound,
    Wave,
    dark,
    edges,
    mono,
    noise,
    read,
    table,
    times,
)
from reelwright.create.music.theory import frequency


def pad(pitch: int, samples: int) -> Sound:
    """A wide, slow chord tone: detuned soft saws, opening and closing again, left unlike right."""
    n = samples + int(0.7 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    dull, bright = table(dark(hz, 420)), table(dark(hz, 1500, 3.0))
    opening = 0.5 - 0.5 * np.cos(2 * np.pi * np.minimum(t / t[-1], 1.0))
    out = np.empty((2, n), np.float32)
    shape = edges(n, 0.35, 0.9)
    for side, cents in enumerate(((-6.0, 3.0), (-3.0, 6.0))):
        wave = np.zeros(n)
        for voice, detune in enumerate(cents):
            # Start phases are fixed but unequal, so that the voices never all begin together.
            phase = hz * 2 ** (detune / 1200) * t + 0.37 * voice + 0.21 * side + 0.13 * pitch
            low = read(dull, phase)
            wave += low + 0.8 * opening * (read(bright, phase) - low)
        out[side] = 0.4 * wave * shape
    return out


def pluck(pitch: int, samples: int) -> Sound:
    """A soft plucked string: the higher a harmonic, the sooner it is gone."""
    n = min(max(samples, SAMPLE_RATE // 2), int(1.4 * SAMPLE_RATE))
    t = times(n)
    hz = frequency(pitch)
    wave = np.zeros(n)
    for k in range(1, max(2, min(9, int(4500 / hz) + 1))):
        wave += np.sin(2 * np.pi * k * hz * t) * np.exp(-t * (3.0 + 1.6 * k)) / k**1.1
    return mono(0.8 * wave * edges(n, 0.004, 0.12))


def mallet(pitch: int, samples: int) -> Sound:
    """A wooden bar: the tone and a fourth harmonic that dies at once (as a marimba is tuned)."""
    n = min(max(samples, SAMPLE_RATE), int(1.8 * SAMPLE_RATE))
    t = times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t) * np.exp(-t * 3.6)
    wave += 0.16 * np.sin(2 * np.pi * 4 * hz * t) * np.exp(-t * 22)
    wave += 0.10 * np.sin(2 * np.pi * 2 * hz * t) * np.exp(-t * 6)
    return mono(0.9 * wave * edges(n, 0.005, 0.2))


def keys(pitch: int, samples: int) -> Sound:
    """An electric piano: one sine bending another's phase, less and less."""
    n = min(max(samples, SAMPLE_RATE), int(2.0 * SAMPLE_RATE))
    t = times(n)
    hz = frequency(pitch)
    index = 0.9 * np.exp(-t * 5) + 0.18
    wave = np.sin(2 * np.pi * hz * t + index * np.sin(2 * np.pi * hz * t)) * np.exp(-t * 2.2)
    tremolo = np.sin(2 * np.pi * 4.6 * t) * 0.12
    sides = np.stack([wave * (1 + tremolo), wave * (1 - tremolo)])
    return (0.7 * sides * edges(n, 0.006, 0.25)).astype(np.float32)


def bass(pitch: int, samples: int) -> Sound:
    """A round bass, with enough harmonics to be heard on a phone's small speaker."""
    n = samples + int(0.06 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t)
    wave += 0.42 * np.sin(4 * np.pi * hz * t) * np.exp(-t * 2.0)
    wave += 0.20 * np.sin(6 * np.pi * hz * t) * np.exp(-t * 4.0)
    wave += 0.08 * np.sin(8 * np.pi * hz * t) * np.exp(-t * 6.0)
    return mono(0.7 * wave * (0.55 + 0.45 * np.exp(-t * 3)) * edges(n, 0.012, 0.07))


def bell(pitch: int, samples: int) -> Sound:
    """A soft bell: two sines an octave apart, long."""
    n = int(2.2 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    wave = np.sin(2 * np.pi * hz * t) * np.exp(-t * 2.4)
    wave += 0.2 * np.sin(4 * np.pi * hz * t) * np.exp(-t * 5)
    return mono(0.8 * wave * edges(n, 0.012, 0.3))


def strings(pitch: int, samples: int) -> Sound:
    """A string section: four detuned saws a side behind a low-pass that opens as they swell."""
    n = samples + int(0.6 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    low, high = table(dark(hz, 700)), table(dark(hz, 2100, 3.0))
    opening = 1 - np.exp(-t * 1.8)
    out = np.empty((2, n), np.float32)
    shape = edges(n, 0.22, 0.7)
    for side in range(2):
        wave = np.zeros(n)
        for voice, cents in enumerate(((-9.0, -2.0, 5.0), (-5.0, 2.0, 9.0))[side]):
            # Nobody in a section plays in tune with the others for long.
            drift = 0.03 * np.sin(2 * np.pi * (4.7 + 0.5 * voice) * t + voice + side)
            phase = hz * 2 ** (cents / 1200) * t + drift + 0.29 * voice + 0.17 * pitch
            dull = read(low, phase)
            wave += dull + 0.7 * opening * (read(high, phase) - dull)
        out[side] = 0.3 * wave * shape
    return out


def brass(pitch: int, samples: int) -> Sound:
    """A distant horn: the louder it blows, the brighter it is."""
    n = samples + int(0.25 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    dull, bright = table(dark(hz, 500)), table(dark(hz, 1600, 3.0))
    blow = (1 - np.exp(-t * 14)) * (0.6 + 0.4 * np.exp(-t * 2.5))
    phase = hz * (t + 0.00012 * np.sin(2 * np.pi * 5.1 * t) * np.minimum(t * 2, 1))
    low = read(dull, phase)
    return mono(0.7 * (low + blow * (read(bright, phase) - low)) * blow * edges(n, 0.03, 0.22))


def piano(pitch: int, samples: int) -> Sound:
    """A felted piano: stiff strings, whose partials lie a little too high, and a soft hammer."""
    n = min(max(samples, SAMPLE_RATE), int(2.2 * SAMPLE_RATE))
    t = times(n)
    hz = frequency(pitch)
    sides: list[Wave] = []
    for cents in (-1.2, 1.2):
        wave = np.zeros(n)
        for k in range(1, max(2, min(8, int(3600 / hz) + 1))):
            partial = k * hz * 2 ** (cents / 1200) * (1 + 0.00035 * k * k) ** 0.5
            fall = 1.5 + 0.9 * k + hz / 500
            wave += np.sin(2 * np.pi * partial * t + 0.7 * k) * np.exp(-t * fall) / k**1.35
        sides.append(wave)
    thud = np.sin(2 * np.pi * 92 * t) * np.exp(-t * 55) * 0.12
    return (0.62 * (np.stack(sides) + thud) * edges(n, 0.005, 0.25)).astype(np.float32)


def guzheng(pitch: int, samples: int) -> Sound:
    """A plucked zither of steel strings: bright at the nail, its pitch pressed and let go."""
    n = min(max(samples, SAMPLE_RATE), int(1.9 * SAMPLE_RATE))
    t = times(n)
    hz = frequency(pitch)
    # The left hand bends the string: in from below, then a vibrato that dies with the note.
    bend = -0.35 * np.exp(-t * 38) + 0.10 * np.sin(2 * np.pi * 5.6 * t) * np.clip(t * 3 - 0.6, 0, 1)
    phase = np.cumsum(hz * 2 ** (bend / 12)) / SAMPLE_RATE
    wave = np.zeros(n)
    for k in range(1, max(2, min(12, int(5200 / hz) + 1))):
        # Plucked at an eighth of its length: the eighth partial is missing, others are coloured.
        amount = abs(np.sin(np.pi * k / 8)) / k**1.05
        wave += amount * np.sin(2 * np.pi * k * phase) * np.exp(-t * (1.9 + 1.15 * k))
    nail = noise(n, 3800, 8200, 41) * np.exp(-t * 220) * 0.18
    return mono(0.9 * (wave + nail) * edges(n, 0.002, 0.25))


def flute(pitch: int, samples: int) -> Sound:
    """A bamboo flute: a nearly pure tone, breath around it, vibrato that comes late."""
    n = samples + int(0.14 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    late = np.clip((t - 0.18) * 3, 0, 1)
    phase = hz * (t + late * 0.00035 * np.sin(2 * np.pi * 5.0 * t))
    swell = 1 + 0.12 * late * np.sin(2 * np.pi * 5.0 * t + 0.6)
    wave = np.sin(2 * np.pi * phase) + 0.22 * np.sin(4 * np.pi * phase)
    wave += 0.07 * np.sin(6 * np.pi * phase)
    breath = noise(n, 4200, 9000, 43) * (0.03 + 0.10 * np.exp(-t * 24))
    return mono(0.62 * (wave * swell + breath) * edges(n, 0.05, 0.12))


def whistle(pitch: int, samples: int) -> Sound:
    """Somebody who whistles: one sine that slides into its note."""
    n = samples + int(0.08 * SAMPLE_RATE)
    t = times(n)
    slide = -0.8 * np.exp(-t * 30) + 0.12 * np.sin(2 * np.pi * 5.8 * t) * np.clip(t * 3, 0, 1)
    phase = np.cumsum(frequency(pitch) * 2 ** (slide / 12)) / SAMPLE_RATE
    return mono(0.6 * np.sin(2 * np.pi * phase) * edges(n, 0.03, 0.08))


def lead(pitch: int, samples: int) -> Sound:
    """A soft synthesiser: odd harmonics behind a filter that closes, wide."""
    n = samples + int(0.16 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    k = np.arange(1, max(2, min(16, int(5000 / hz))))
    hollow = np.where(k % 2, 1.0, 0.25) / k
    bright = table(hollow / (1 + (k * hz / 2400) ** 3.0))
    dull = table(hollow / (1 + (k * hz / 700) ** 4.0))
    closing = np.exp(-t * 6)
    out = np.empty((2, n), np.float32)
    shape = edges(n, 0.008, 0.15) * (0.7 + 0.3 * np.exp(-t * 3))
    for side, cents in enumerate((-5.0, 5.0)):
        phase = hz * 2 ** (cents / 1200) * t + 0.25 * side
        low = read(dull, phase)
        out[side] = 0.6 * (low + closing * (read(bright, phase) - low)) * shape
    return out


def pizz(pitch: int, samples: int) -> Sound:
    """Strings plucked with a finger: short and woody."""
    n = int(0.5 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    wave = np.zeros(n)
    for k in range(1, max(2, min(7, int(3000 / hz) + 1))):
        wave += np.sin(2 * np.pi * k * hz * t) * np.exp(-t * (9 + 4 * k)) / k**1.2
    return mono(0.95 * wave * edges(n, 0.003, 0.1))


def sub(pitch: int, samples: int) -> Sound:
    """A deep bass: a sine driven until it shows on small speakers, falling into its note."""
    n = samples + int(0.09 * SAMPLE_RATE)
    t = times(n)
    phase = np.cumsum(frequency(pitch) * (1 + 0.5 * np.exp(-t * 60))) / SAMPLE_RATE
    wave = np.tanh(1.9 * np.sin(2 * np.pi * phase)) + 0.25 * np.sin(4 * np.pi * phase)
    return mono(0.55 * wave * (0.6 + 0.4 * np.exp(-t * 2)) * edges(n, 0.01, 0.09))


def bow(pitch: int, samples: int) -> Sound:
    """Low strings, bowed: cellos and basses."""
    n = samples + int(0.12 * SAMPLE_RATE)
    t = times(n)
    hz = frequency(pitch)
    body = table(dark(hz, max(480, 1.3 * hz)))
    wave = read(body, hz * t) + 0.6 * read(body, hz * 1.0025 * t + 0.3)
    return mono(0.5 * wave * (0.75 + 0.25 * np.exp(-t * 5)) * edges(n, 0.03, 0.11))
