"""Where somebody speaks, to the consonant: voice activity, its edges found by energy.

A voice activity detector hears vowels. A word's last sounds (the s of "boats", the t of "stop it")
have no voice and lie below its threshold, and cutting there is what makes a cut sound clipped; so
its edges are only where the search begins. From there each band of frequencies is followed until
all of them have fallen to the floor of the noise around, past the short silence that a stop
consonant holds before it bursts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from reelwright.core.ports import VoiceActivity

Floats = npt.NDArray[np.float32]

RATE = 16_000
"""Samples a second that are listened to."""
HOP = 160
"""Samples between two levels: a hundredth of a second."""
TICK = HOP / RATE
"""Seconds between two levels."""
BANDS = ((80, 500), (500, 1200), (1200, 2400), (2400, 4200), (4200, 7900))
"""Hertz: vowels in the lower ones, what hisses in the upper ones."""
_WINDOW = 400
_SILENT = -100.0
"""Decibels (full scale) below which nothing counts as sound."""

_ON, _OFF = 0.5, 0.35
"""Probabilities at which speech begins, and under which it ends."""
_SURE = 0.15
"""Below this nobody speaks: the floor of the noise is measured there."""
_BRIDGE = 0.12
"""Seconds without sound inside a word, at most: the closure of a stop consonant."""
_BACK, _ON_TO = 0.3, 0.45
"""Seconds before and after the detector's edge in which the real one is looked for."""
_ANYWAY = 0.2
"""Seconds added to an edge where sound never falls to the floor."""
_DEEP = 48.0
"""Decibels under the speaker's level at which sounds of a word can no longer be heard."""
_AROUND = 10
"""Seconds to each side whose noise makes the floor of a moment."""
_LOUD = 6.0
"""Decibels under the speaker's level: what is louder, and no speech, is no silence either."""
_LASTING = 0.5
"""Seconds it must last to count."""
_SPECK = 0.12
"""Seconds of speech that are too short to be a word."""


@dataclass(frozen=True)
class Hearing:
    """What a recording sounds like, as numbers.

    Attributes:
        voice: probability of speech for each `step` seconds.
        step: seconds.
        levels: decibels (full scale) in each of `BANDS`, a hundred times a second (n × 5).
    """

    voice: Floats
    step: float
    levels: Floats

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.levels) * TICK

    def probability(self) -> Floats:
        """The probability of speech a hundred times a second."""
        at = ((np.arange(len(self.levels)) + 0.5) * TICK / self.step).astype(int)
        if not len(self.voice):
            return np.zeros(len(self.levels), np.float32)
        return self.voice[np.minimum(at, len(self.voice) - 1)]


def hear(samples: Iterator[Any], vad: VoiceActivity) -> Hearing:
    """Listen to a recording once, whatever its length.

    Args:
        samples: blocks of mono sound at `RATE`, float32 in −1 to 1.
        vad: tells speech from everything else.
    """
    found: list[Floats] = []
    rest = np.zeros(_WINDOW // 2, np.float32)

    def tapped() -> Iterator[Any]:
        nonlocal rest
        for block in samples:
            rest = _measure(np.concatenate([rest, block]), found)
            yield block

    voice = np.fromiter(vad.listen(tapped()), np.float32)
    _measure(np.concatenate([rest, np.zeros(_WINDOW, np.float32)]), found)
    levels = np.concatenate(found) if found else np.zeros((0, len(BANDS)), np.float32)
    return Hearing(voice, vad.step / RATE, levels[: int(len(voice) * vad.step / HOP)])


def _measure(sound: Any, found: list[Floats]) -> Any:
    """The levels of all whole windows, put to those found; what is left for the next call."""
    count = (len(sound) - _WINDOW) // HOP + 1
    if count <= 0:
        return sound
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), 512)) ** 2
    scale = 2 / (np.hanning(_WINDOW) ** 2).sum() / 512
    hertz = np.fft.rfftfreq(512, 1 / RATE)
    bands = [power[:, (hertz >= low) & (hertz < high)].sum(axis=1) * scale for low, high in BANDS]
    found.append((10 * np.log10(np.stack(bands, axis=1) + 10 ** (_SILENT / 10))).astype(np.float32))
    return sound[count * HOP :]


def find_speech(hearing: Hearing) -> tuple[tuple[float, float], ...]:
    """The stretches (seconds) in which somebody speaks, whole words, in order and apart.

    What is as loud as speech and lasts, though nobody speaks (laughter, applause, music alone),
    counts with it: it is no silence. None where nobody speaks at all.
    """
    likely = hearing.probability()
    runs = [run for run in _hysteresis(likely) if (run[1] - run[0]) * TICK >= _SPECK]
    if not runs:
        return ()
    active = _active(hearing.levels, likely, runs)
    edged = [_edges(active, first, last) for first, last in runs]
    whole = np.zeros(len(likely), bool)
    for first, last in edged:
        whole[first:last] = True
    whole |= _loud(hearing.levels, likely, runs)
    return tuple((first * TICK, last * TICK) for first, last in _runs(whole))


def find_gaps(hearing: Hearing, least: float = 0.06) -> tuple[tuple[float, float], ...]:
    """The stretches (seconds) in which nothing is heard over the floor of the noise."""
    likely = hearing.probability()
    runs = [run for run in _hysteresis(likely) if (run[1] - run[0]) * TICK >= _SPECK]
    if not runs:
        return ((0.0, hearing.seconds),)
    quiet = _runs(~_active(hearing.levels, likely, runs))
    return tuple((a * TICK, b * TICK) for a, b in quiet if (b - a) * TICK >= least - TICK / 2)


def _hysteresis(likely: Floats) -> list[tuple[int, int]]:
    """Where the probability rises over `_ON`, until it falls under `_OFF`."""
    runs = _runs(likely >= _OFF)
    return [(first, last) for first, last in runs if likely[first:last].max() >= _ON]


def _runs(mask: Any) -> list[tuple[int, int]]:
    """Where a mask is true: first and last (exclusive)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def loudness(levels: Floats, runs: list[tuple[int, int]]) -> float:
    """The level of speech in decibels: of its louder half, all bands together."""
    power = (10 ** (levels / 10)).sum(axis=1)
    spoken = np.concatenate([power[first:last] for first, last in runs])
    return float(10 * np.log10(np.sort(spoken)[len(spoken) // 2 :].mean()))


def _active(levels: Floats, likely: Floats, runs: list[tuple[int, int]]) -> Any:
    """Whether there is any sound over the floor, a hundred times a second."""
    smooth = _smooth(levels, 3)
    quiet = likely < _SURE
    # The detector trails: what comes shortly after speech may be its last consonant.
    for first, last in runs:
        quiet[max(0, first - 15) : last + 25] = False
    floor, spread = _floor(smooth, quiet)
    least = loudness(levels, runs) - _DEEP
    # Of five bands looked at a hundred times a second, chance must not lift one.
    over = smooth > np.maximum(floor + np.maximum(3.0, 3.2 * spread), least)
    return over.any(axis=1)


def _smooth(levels: Floats, count: int) -> Any:
    """Means of power over an odd count of neighbours, in decibels."""
    power = 10 ** (levels.astype(np.float64) / 10)
    padded = np.pad(power, ((count // 2, count // 2), (0, 0)), mode="edge")
    total = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0)
    return 10 * np.log10((total[count:] - total[:-count]) / count + 1e-20)


def _floor(levels: Any, quiet: Any) -> tuple[Any, Any]:
    """The level of the noise in each band at each moment, and how much it varies (decibels)."""
    per = round(1 / TICK)
    count = -(-len(levels) // per)
    middles = np.full((count, levels.shape[1]), np.nan)
    for index in range(count):
        part = levels[index * per : (index + 1) * per]
        chosen = part[quiet[index * per : (index + 1) * per]]
        if len(chosen) >= 8:
            middles[index] = np.median(chosen, axis=0)
    known = ~np.isnan(middles[:, 0])
    if not known.any():
        # Nobody pauses: the quietest moments are as near to the floor as can be told.
        floor = np.percentile(levels, 3, axis=0)
        return np.broadcast_to(floor, levels.shape), np.full(levels.shape[1], 2.0)
    padded = np.pad(middles, ((_AROUND, _AROUND), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1, axis=0)
    floors = np.empty_like(middles)
    everywhere = np.median(middles[known], axis=0)
    for index in range(count):
        seen = windows[index][:, ~np.isnan(windows[index][0])]
        floors[index] = np.median(seen, axis=1) if seen.shape[1] else everywhere
    centres = (np.arange(count) + 0.5) * per
    at = np.arange(len(levels))
    floor = np.stack([np.interp(at, centres, floors[:, b]) for b in range(levels.shape[1])], axis=1)
    apart = np.abs(levels[quiet] - floor[quiet])
    # From the median deviation, as of a normal distribution: steps and coughs do not count.
    return floor, np.clip(1.4826 * np.median(apart, axis=0), 0.4, 4.0)


def _edges(active: Any, first: int, last: int) -> tuple[int, int]:
    """Where a stretch of speech really begins and ends, by the sound around its edges."""
    end = _follow(active, last)
    start = len(active) - _follow(active[::-1], len(active) - first)
    return (start, end) if start < end else (first, last)


def _follow(active: Any, edge: int) -> int:
    """The end of the sound that goes on over an edge: after its last moment that is heard."""
    back, on, bridge = (round(value / TICK) for value in (_BACK, _ON_TO, _BRIDGE))
    begin = max(0, edge - back)
    limit = min(len(active), edge + on)
    heard = np.flatnonzero(active[begin:limit]) + begin
    if not len(heard) or heard[0] - begin > bridge + back:
        return edge
    last = begin
    for moment in heard.tolist():
        if moment - last > bridge and last > begin:
            break
        last = moment
    if last >= limit - 2 and limit < len(active):
        return min(len(active), edge + round(_ANYWAY / TICK))
    return last + 1


def _loud(levels: Floats, likely: Floats, runs: list[tuple[int, int]]) -> Any:
    """What is no speech, but as loud, and lasts."""
    power = _smooth((10 * np.log10((10 ** (levels / 10)).sum(axis=1)))[:, None], 21)[:, 0]
    loud = (power > loudness(levels, runs) - _LOUD) & (likely < _OFF)
    kept = np.zeros(len(levels), bool)
    for first, last in _runs(loud):
        if (last - first) * TICK >= _LASTING:
            kept[first:last] = True
    return kept
