"""Sound prints: what is kept of a song or a recording so that its copies are known again.

How loud each of `BANDS` bands is, eight times a second. Bands are as wide as a quarter tone each,
so that playing faster, which raises all tones alike, moves everything by some bands; the level of
each is compared with what is around it in time and in pitch, so that loudness, tone controls and
what a codec cuts off do not matter. From the signs of such differences come the words of the index
(in the manner of Haitsma and Kalker, 2002, "A highly robust audio fingerprinting system").
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.media.laying import at_places
from reelwright.media.wordindex import WORD_BITS, Guess, WordIndex, Written

Floats = npt.NDArray[np.float32]

VERSION = 1
"""Raised when prints made before can no longer be compared with those made now."""

RATE = 16_000
"""Samples a second of the sound that prints are made of."""
STEPS = 8
"""Moments a second."""
OCTAVE = 24
"""Bands to an octave."""
BANDS = 88
"""From 250 Hz to 3.2 kHz: what bad loudspeakers, telephones and low bit rates keep."""

_LOWEST = 250.0
_WINDOW = 4096
_HOP = RATE // STEPS
_DECIBELS = 1.5
_SILENT = -72.0
"""Decibels below full scale at which a level is 0."""
_AUDIBLE = 15.0
"""Decibels over that which the loudest band around must reach to be heard as anything."""
_DEEP = 40.0
"""Decibels below the loudest band around that still count."""
_AROUND = 12
"""Moments to each side whose mean a level is compared with."""
_WIDE = 12
"""Bands to each side likewise."""
_FIRM = 1.2
"""Decibels by which levels differ from what is around them, below which nothing happens."""
_HEAD = struct.Struct("<4sBBI")
_MAGIC = b"RWSP"
_GROUPS = 11
_APART = 3
_FLIPPED = 3
_INDEXED = 2
_GUESSES, _LONG = 16, 900.0
"""Prints named at most; seconds beyond which they are fewer."""
_RAISED = np.arange(-4.0, 4.1, 0.5)
"""Bands by which tones of copies are looked for: what playing a tenth faster or slower makes."""


@dataclass(frozen=True)
class SoundPrint:
    """What is kept of a sound."""

    levels: npt.NDArray[np.uint8]
    """Moments × `BANDS`: how loud, in steps of 1.5 dB from silence; moment n is heard around
    n / `STEPS` seconds."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.levels) / STEPS


class SoundPrinter:
    """Makes the print of a sound from its samples, told in order (mono, at `RATE`)."""

    def __init__(self) -> None:
        self._left = np.zeros((_WINDOW - _HOP) // 2, np.float32)
        self._levels: list[npt.NDArray[np.uint8]] = []
        edges = _LOWEST * 2 ** ((np.arange(BANDS + 1) - 0.5) / OCTAVE) * _WINDOW / RATE
        # The lower bands are hardly wider than a line of the spectrum: each takes the shares of the
        # lines that fall into it.
        lines = np.arange(_WINDOW // 2 + 1)[:, None]
        share = np.minimum(lines + 0.5, edges[1:]) - np.maximum(lines - 0.5, edges[:-1])
        self._bands = np.maximum(share, 0).astype(np.float32)
        self._taper = np.hanning(_WINDOW).astype(np.float32)

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        """Take the next samples, −1 to 1."""
        sound = np.concatenate([self._left, samples])
        count = max(0, (len(sound) - _WINDOW) // _HOP + 1)
        for first in range(0, count, 512):
            starts = np.arange(first, min(count, first + 512)) * _HOP
            self._take(sound[starts[:, None] + np.arange(_WINDOW)])
        self._left = sound[count * _HOP :]

    def _take(self, windows: npt.NDArray[np.float32]) -> None:
        lines = np.abs(np.fft.rfft(windows * self._taper, axis=1)).astype(np.float32)
        power = (lines * (4 / _WINDOW)) ** 2 @ self._bands
        decibels = 10 * np.log10(power + 1e-12)
        steps = np.round((decibels - _SILENT) / _DECIBELS)
        self._levels.append(np.clip(steps, 0, 255).astype(np.uint8))

    def done(self) -> SoundPrint:
        """The print of what was heard."""
        self.hear(np.zeros((_WINDOW - _HOP) // 2, np.float32))
        return SoundPrint(np.concatenate([np.zeros((0, BANDS), np.uint8), *self._levels]))


def shapes(levels: npt.NDArray[np.uint8] | Floats) -> Floats:
    """How much louder each band is than what is around it: moments × bands, in decibels.

    Where it is silent, or where nothing changes (hum, hiss), all are 0: silence is like nothing.
    """
    if not len(levels):
        return np.zeros((0, levels.shape[1]), np.float32)
    decibels = levels.astype(np.float32) * _DECIBELS
    loudest = _running(decibels.max(axis=1)[:, None], _AROUND, np.maximum)
    deep = np.maximum(decibels - (loudest - _DEEP), 0)
    change = deep - _mean(deep, _AROUND, 0)
    change -= _mean(change, _WIDE, 1)
    heard = (loudest >= _AUDIBLE) & (decibels.max(axis=1)[:, None] >= loudest - _DEEP)
    firm = _mean(np.abs(change).mean(axis=1)[:, None], _AROUND, 0) >= _FIRM
    return np.where(heard & firm, change, 0).astype(np.float32)


def shifted(levels: npt.NDArray[np.uint8], bands: float) -> Floats:
    """Levels of the same with all tones raised by so many bands; the edge stands for what was
    beyond it."""
    places = np.asarray(np.arange(levels.shape[1]) - bands, np.float64)
    return at_places(levels.T.astype(np.float32), np.maximum(places, 0)).T


def write(one: SoundPrint) -> Written:
    """The words that are indexed of a print, some a second."""
    words, _, heard = _read(one.levels.astype(np.float32))
    chosen = heard & (np.arange(len(heard)) % _INDEXED == 0)
    return Written(words[chosen], np.ones(int(chosen.sum()), np.int64))


def ask(index: WordIndex, one: SoundPrint) -> list[Guess]:
    """The prints of an index that may be of the same sound, at whatever speed, likeliest first.

    Args:
        index: of words that `write` gave.
        one: what is asked about; it may be in the index itself.
    """
    # To prove what is long takes long, and it has the more words to be guessed rightly by.
    guesses = max(2, round(_GUESSES * min(1.0, _LONG / max(one.seconds, 1.0))))
    best: dict[int, Guess] = {}
    for bands in _RAISED.tolist():
        for guess in index.look_up(_ask_for(one, bands), guesses):
            if guess.owner not in best or guess.votes > best[guess.owner].votes:
                best[guess.owner] = guess
    return sorted(best.values(), key=lambda guess: (-guess.votes, guess.owner))[:guesses]


def _ask_for(one: SoundPrint, bands: float) -> Written:
    """The words to look up if the tones of the copy are raised by so many bands: those of every
    moment, and those with the bits flipped that are least sure."""
    words, sure, heard = _read(shifted(one.levels, bands))
    words, sure = words[heard], sure[heard]
    weak = np.argsort(sure, axis=1, kind="stable")[:, :_FLIPPED].astype(np.uint32)
    flips = np.zeros((len(words), 1), np.uint32)
    for number in range(_FLIPPED):
        bit = np.uint32(1) << weak[:, number : number + 1]
        flips = np.concatenate([flips, flips ^ bit], axis=1)
    every = words[:, None] ^ flips
    return Written(every.ravel(), np.full(len(words), every.shape[1], np.int64))


def _read(levels: Floats) -> tuple[npt.NDArray[np.uint32], Floats, npt.NDArray[np.bool_]]:
    """The word of each moment, how sure each of its bits is, and whether anything is heard."""
    shape = shapes(levels)
    heard = _mean(np.abs(shape).mean(axis=1)[:, None], _APART, 0)[:, 0] > _FIRM / 2
    width = BANDS // _GROUPS
    groups = shape[:, : width * _GROUPS].reshape(len(shape), _GROUPS, width)
    # Two ways of looking at a group: its lower half against its upper half, and now against soon.
    smooth = _mean(groups[..., : width // 2].sum(2) - groups[..., width // 2 :].sum(2), 2, 0)
    whole = _mean(groups.sum(2), 1, 0)
    later = whole[np.minimum(np.arange(len(whole)) + _APART, max(0, len(whole) - 1))]
    values = np.concatenate([smooth, 1.5 * (later - whole)], axis=1)[:, :WORD_BITS]
    bits = (values > 0).astype(np.uint32) << np.arange(values.shape[1], dtype=np.uint32)
    return bits.sum(axis=1, dtype=np.uint32), np.abs(values), heard


def _mean(values: Floats, around: int, axis: int) -> Floats:
    """The mean of each with so many to each side, fewer at the ends."""
    count = values.shape[axis]
    places = np.arange(count, dtype=np.int64)
    low = np.asarray(np.maximum(places - around, 0), np.int64)
    high = np.asarray(np.minimum(places + around + 1, count), np.int64)
    pad = [(1, 0) if number == axis else (0, 0) for number in range(values.ndim)]
    total = np.pad(np.cumsum(values, axis=axis, dtype=np.float64), pad)
    size = (high - low).reshape([-1 if number == axis else 1 for number in range(values.ndim)])
    return np.asarray((total.take(high, axis) - total.take(low, axis)) / size, np.float32)


def _running(values: Floats, around: int, what: np.ufunc) -> Floats:
    padded = np.pad(values, ((around, around), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1, axis=0)
    return np.asarray(what.reduce(windows, axis=-1), np.float32)


def pack(one: SoundPrint) -> bytes:
    """A print as bytes, for `unpack`; the same print always gives the same bytes."""
    head = _HEAD.pack(_MAGIC, VERSION, BANDS, len(one.levels))
    # Band by band: what follows in time is more alike than what lies beside.
    turned = np.diff(one.levels.T, axis=1, prepend=np.zeros((BANDS, 1), np.uint8))
    return head + zlib.compress(np.ascontiguousarray(turned).tobytes(), 6)


def unpack(data: bytes) -> SoundPrint | None:
    """The print that `pack` made these bytes of; None when another version made them."""
    if len(data) < _HEAD.size or data[:5] != _MAGIC + bytes([VERSION]):
        return None
    _, _, bands, moments = _HEAD.unpack_from(data)
    flat = np.frombuffer(zlib.decompress(data[_HEAD.size :]), np.uint8).reshape(bands, moments)
    return SoundPrint(np.ascontiguousarray(np.cumsum(flat, axis=1, dtype=np.uint8).T))
