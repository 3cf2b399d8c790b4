"""What a recording sounds like: how loud it is, and whether notes are held in it.

Tones of music are lines in the spectrum that stay where they are for a quarter of a second and
more; those of a voice glide, and noise has none (after the horizontal lines by which Fitzgerald,
"Harmonic/percussive separation using median filtering", 2010, tells tones from strokes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RATE = 16_000
"""Samples a second that are listened to."""
STEP = 512
"""Samples that one level stands for: 32 ms."""
_SIZE = 2048
"""Samples of a spectrum: its lines lie 7.8 Hz apart."""
_HELD = 9
"""Spectra over which a line is held: 0.29 s."""
_BELOW, _ABOVE = 10, 510
"""Lines that are looked at: 80 Hz to 4 kHz."""
_AROUND = 25
"""Lines whose median a held one must stand out of."""
_OUT = 4.0
"""By how much, in amplitude."""
_NOTES_FROM = 26
"""Line (203 Hz) under which neighbouring notes cannot be told apart."""
_CHUNK = 256
"""Spectra that are worked on at a time."""
SILENT = -120.0
"""Decibels of no sound at all."""


@dataclass(frozen=True)
class Heard:
    """What was heard, for every `STEP` samples."""

    levels: Floats
    """Decibels (full scale) of the mean square."""
    tones: Floats
    """Share of the energy that lies in held notes, 0 to 1."""
    strokes: Floats
    """How much louder than the step before the spectrum is, where it is louder: 0 to 1."""
    notes: Floats
    """How strong each of the twelve notes of the octave is among the held ones, from C."""

    @property
    def step(self) -> float:
        """Seconds from one to the next."""
        return STEP / RATE


class Listener:
    """Measures a recording that is told block by block; keeps its measures only."""

    def __init__(self) -> None:
        # Half a window of silence before, so that each step stands in the middle of its window.
        self._rest: Floats = np.zeros((_SIZE - STEP) // 2, np.float32)
        self._spectra: Floats = np.zeros((0, _ABOVE - _BELOW), np.float32)
        self._levels: list[Floats] = []
        self._tones: list[Floats] = []
        self._strokes: list[Floats] = []
        self._window = np.hanning(_SIZE).astype(np.float32)
        self._ahead = _HELD // 2
        hertz = np.arange(max(_BELOW, _NOTES_FROM), _ABOVE) * RATE / _SIZE
        self._note = np.round(12 * np.log2(hertz / 440) + 9).astype(int) % 12
        self._notes = np.zeros(12)

    def hear(self, samples: Floats) -> None:
        """The next block: mono, at `RATE`, −1 to 1."""
        sound = np.concatenate([self._rest, samples])
        first = (_SIZE - STEP) // 2
        while len(sound) >= _SIZE + STEP * (_CHUNK - 1):
            self._measure(sound[: _SIZE + STEP * (_CHUNK - 1)], first)
            sound = sound[STEP * _CHUNK :]
        self._rest = sound

    def finish(self) -> Heard:
        """All that was heard, once every block was told."""
        first = (_SIZE - STEP) // 2
        steps = max(0, -(-(len(self._rest) - first) // STEP))
        if steps:
            needed = _SIZE + STEP * (steps - 1)
            self._measure(np.pad(self._rest, (0, max(0, needed - len(self._rest)))), first)
        self._hold(self._spectra, last=True)
        joined = [
            np.concatenate(found) if found else np.zeros(0, np.float32)
            for found in (self._levels, self._tones, self._strokes)
        ]
        return Heard(*joined, notes=self._notes.astype(np.float32))

    def _measure(self, sound: Floats, first: int) -> None:
        views = np.lib.stride_tricks.sliding_window_view(sound, _SIZE)[::STEP]
        middle = views[:, first : first + STEP]
        power = (middle.astype(np.float64) ** 2).mean(1)
        levels = 10 * np.log10(power + 10 ** (SILENT / 10))
        self._levels.append(levels.astype(np.float32))
        spectra = np.abs(np.fft.rfft(views * self._window, axis=1))[:, _BELOW:_ABOVE]
        self._hold(np.concatenate([self._spectra, spectra.astype(np.float32)]))

    def _hold(self, spectra: Floats, *, last: bool = False) -> None:
        """Tones and strokes of the spectra whose neighbours on both sides are known."""
        fresh = not self._tones
        before = np.repeat(spectra[:1], self._ahead, axis=0) if fresh else spectra[:0]
        after = np.repeat(spectra[-1:], self._ahead, axis=0) if last else spectra[:0]
        padded = np.concatenate([before, spectra, after])
        count = len(padded) - 2 * self._ahead
        if count <= 0:
            self._spectra = spectra
            return
        windows = np.lib.stride_tricks.sliding_window_view(padded, _HELD, axis=0)
        # The third smallest of nine: a line must be there nearly all of the time.
        lasting = np.partition(windows, 2, axis=-1)[..., 2]
        now = padded[self._ahead : self._ahead + count]
        ground = _ground(now)
        held = np.where(lasting > _OUT * ground, np.minimum(lasting, now), 0.0)
        strong = np.sqrt(held[:, max(0, _NOTES_FROM - _BELOW) :]).sum(0, dtype=np.float64)
        self._notes += np.bincount(self._note, strong, minlength=12)
        energy = (now.astype(np.float64) ** 2).sum(1) + 1e-9
        self._tones.append(((held.astype(np.float64) ** 2).sum(1) / energy).astype(np.float32))
        earlier = padded[self._ahead - 1 : self._ahead - 1 + count]
        rise = np.maximum(now - earlier, 0).sum(1) / (now.sum(1) + 1e-6)
        self._strokes.append(rise.astype(np.float32))
        self._spectra = padded[count:]


def _ground(spectra: Floats) -> Floats:
    """The usual strength around each line: the median of its stretch of the spectrum."""
    parts = spectra.reshape(len(spectra), -1, _AROUND)
    return np.repeat(np.median(parts, axis=2), _AROUND, axis=1)


def tell_mode(notes: Floats) -> float:
    """How major (1) or minor (−1) notes sound together; 0 where that cannot be told.

    The better of the twelve major keys against the better of the minor ones, by the key profiles
    of Krumhansl and Kessler (1982).
    """
    if float(notes.std()) < 1e-6:
        return 0.0
    rows = [np.roll(_PROFILES[mode], key) for mode in (0, 1) for key in range(12)]
    fits = np.array([np.corrcoef(notes, row)[0, 1] for row in rows])
    return float(np.clip((fits[:12].max() - fits[12:].max()) * 4, -1, 1))


_PROFILES = np.array(
    [
        [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    ]
)
