"""Mixing: notes into blocks of finished stereo sound, a few seconds at a time.

    notes ─► a stereo sum for each instrument ─► levels ─┬─► tone ────────────┬─► limit ─► fades
                                                         └─► reverb ─► tone ──┘

Each distinct note is made once and added wherever it stands. Tone and reverb are one convolution,
block by block with the tail carried over, so memory does not grow with the length of the piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.core.time import SAMPLE_RATE
from reelwright.create.music.arrange import Note
from reelwright.create.music.instruments import make_sound
from reelwright.create.music.moods import Mood
from reelwright.create.music.synthesis import Sound

BLOCK = 1 << 17
"""Samples of a block (2.7 s); impulse responses are no longer than this."""
CEILING = 0.70
"""Highest peak, linear: −3.1 dBFS."""
_KNEE = 0.46
_SENDS = {"pad": 0.8, "bass": 0.06, "sub": 0.03, "kick": 0.04, "hat": 0.4, "bell": 1.6}
_SENDS |= {"strings": 0.9, "taiko": 0.7, "boom": 0.2, "flute": 1.4, "guzheng": 0.9, "dust": 0.0}
_SENDS |= {"whistle": 1.3, "brass": 1.2, "bow": 0.5, "lift": 0.6}
"""How much of an instrument goes to the reverb, against 1 for the rest."""


def mix(
    bars: Iterable[list[Note]], mood: Mood, total: int, *, loop: bool = False
) -> Iterator[NDArray[np.int16]]:
    """The finished sound of a piece, in blocks of shape [samples, 2], int16, `total` in all.

    A loop is mixed from where its first notes begin, before 0, but heard only from 0 on, and it is
    not faded.
    """
    levels = {name: 10 ** ((db + mood.gain) / 20) for name, db in mood.levels}
    dry, wet = _responses(mood.space)
    tail = np.zeros((2, BLOCK), np.float32)
    notes = _Player(bars)
    for start in range(min(0, notes.first // BLOCK * BLOCK), total, BLOCK):
        sums = notes.block(start, levels)
        both = np.zeros((2, BLOCK), np.float32)
        sent = np.zeros((2, BLOCK), np.float32)
        for name, wave in sums.items():
            both += levels[name] * wave
            sent += levels[name] * _SENDS.get(name, 1.0) * wave
        spectrum = np.fft.rfft(both, 2 * BLOCK) * dry + np.fft.rfft(sent, 2 * BLOCK) * wet
        filtered = np.fft.irfft(spectrum, 2 * BLOCK).astype(np.float32)
        filtered[:, :BLOCK] += tail
        tail = filtered[:, BLOCK:].copy()
        length = min(BLOCK, total - start)
        if start + length <= 0:
            continue
        block = limit(filtered[:, :length])
        if not loop:
            block = block * fade(start, length, total)
        yield np.rint(block.T * 32767).astype(np.int16)


class _Player:
    """Adds up notes block after block, remembering those that ring on into the next."""

    def __init__(self, bars: Iterable[list[Note]]) -> None:
        self._bars = iter(bars)
        self._ringing: list[Note] = []
        self._sounds: dict[tuple[str, int, int], Sound] = {}
        self._next: list[Note] | None = next(self._bars, [])
        self.first = min((note.start for note in self._next or ()), default=0)
        """The sample the first note begins at."""
        self._ahead = self.first

    def block(self, start: int, instruments: Iterable[str]) -> dict[str, Sound]:
        """The sums of samples `start` to `start + BLOCK`, by instrument, each [2, BLOCK]."""
        end = start + BLOCK
        while self._ahead < end:
            if self._next is None:
                break
            # Bars come in order and no note begins before its bar, hence before later bars.
            self._ahead = min((note.start for note in self._next), default=self._ahead)
            self._ringing += self._next
            self._next = next(self._bars, None)
        sums = {name: np.zeros((2, BLOCK), np.float32) for name in instruments}
        still: list[Note] = []
        for note in self._ringing:
            sound = self._sound(note)
            last = note.start + sound.shape[1]
            if note.start < end and last > start:
                a, b = max(note.start, start), min(last, end)
                piece = sound[:, a - note.start : b - note.start]
                into = sums[note.instrument][:, a - start : b - start]
                angle = (note.pan + 1) * np.pi / 4
                into[0] += np.float32(note.gain * np.cos(angle)) * piece[0]
                into[1] += np.float32(note.gain * np.sin(angle)) * piece[-1]
            if last > end:
                still.append(note)
        self._ringing = still
        return sums

    def _sound(self, note: Note) -> Sound:
        key = (note.instrument, note.pitch, note.samples)
        if key not in self._sounds:
            self._sounds[key] = make_sound(*key)
        return self._sounds[key]


def limit(wave: Sound) -> Sound:
    """Bend what rises above the knee so that nothing passes the ceiling; the rest is untouched."""
    over = np.abs(wave) > _KNEE
    if over.any():
        room = CEILING - _KNEE
        bent = _KNEE + room * np.tanh((np.abs(wave[over]) - _KNEE) / room)
        wave = wave.copy()
        wave[over] = np.copysign(bent, wave[over])
    return wave


def fade(start: int, length: int, total: int) -> NDArray[np.float32]:
    """The gain of samples `start` to `start + length`: quick in, gentle out, zero at the end."""
    at = np.arange(start, start + length)
    into = min(int(0.02 * SAMPLE_RATE), total // 4)
    out = min(int(3.5 * SAMPLE_RATE), total // 3)
    rise = np.clip(at / max(1, into), 0, 1)
    fall = np.clip((total - 1 - at) / max(1, out), 0, 1)
    return ((0.5 - 0.5 * np.cos(np.pi * rise)) * np.sin(np.pi / 2 * fall) ** 2).astype(np.float32)


def tone(hz: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """The gain of the mix at these frequencies: room for speech.

    Flat but for a cut below 35 Hz, a dip of 7 dB centred on 2 kHz (about 1 to 4 kHz, the
    consonants), and a soft roll-off above 13 kHz.
    """
    safe = np.maximum(hz, 1.0)
    octaves = np.log2(safe / 2000)
    dip = 10 ** (-7 / 20 * np.exp(-((octaves / 1.15) ** 4)))
    return dip / (1 + (35 / safe) ** 6) ** 0.5 / (1 + (hz / 13000) ** 6) ** 0.5


def _responses(space: float) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    """Spectra (of 2 × BLOCK samples) of the direct path [bins] and of the reverb's [2, bins]."""
    direct = np.fft.rfft(_minimum_phase(8192), 2 * BLOCK)
    wet = space * np.fft.rfft(_room(), 2 * BLOCK) * direct
    return direct.astype(np.complex64), wet.astype(np.complex64)


def _minimum_phase(size: int) -> NDArray[np.float64]:
    """An impulse response with the magnitude of `tone` and no delay (folded real cepstrum)."""
    magnitude = tone(np.fft.rfftfreq(2 * size, 1 / SAMPLE_RATE))
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, 1e-4)))
    fold = np.zeros(2 * size)
    fold[0], fold[1:size], fold[size] = 1, 2, 1
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum * fold)))[:size]
    response[size // 2 :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, size - size // 2))
    return response


def _room() -> NDArray[np.float64]:
    """A small hall, [2, samples]: unlike noise left and right, dying away, its highs the sooner."""
    n = int(1.6 * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    rng = np.random.default_rng(1905)
    hz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE)
    sides = np.zeros((2, n))
    for low, high, decay in ((150, 700, 3.4), (700, 2800, 4.6), (2800, 9000, 8.0)):
        band = 1 / (1 + (low / np.maximum(hz, 1)) ** 4) / (1 + (hz / high) ** 4)
        noise = np.fft.irfft(np.fft.rfft(rng.standard_normal((2, n))) * band, n)
        sides += noise * np.exp(-t * decay)
    # Nothing is heard for 14 ms, then it swells within 6 ms: sounds stay clear before their room.
    rise = np.clip((t - 0.014) / 0.006, 0, 1)
    sides *= rise * np.clip((t[-1] - t) / 0.2, 0, 1)
    return sides / np.sqrt((sides**2).sum(axis=1, keepdims=True))
