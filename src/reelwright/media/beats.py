"""When music beats: onsets, tempo, beats, and where bars probably begin.

1. **Onsets** (`reelwright.media.onsets`).
2. **Tempo**, as it goes along: autocorrelation of the onsets in windows of some seconds, weighed by
   how likely people call a tempo the beat (a bell around two beats a second over the logarithm,
   after Ellis 2007), and the smoothest likely path through it (Viterbi).
3. **Beats**: dynamic programming, after Ellis, "Beat tracking by dynamic programming", Journal of
   New Music Research 36(1), 2007: the sequence that falls on the strongest onsets while the steps
   stay near the period that is expected there.
4. **Bars**: of the ways to count in four (or three) the one on whose ones most happens in the bass
   and the harmony changes. That is a guess, and says so.

Everything is about times; pitch is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from reelwright.media.onsets import FPS, RATE, Curve, Onsets, Samples, find_onsets

VERSION = 1
"""Raised whenever the same sound would be heard to beat otherwise."""
SLOWEST, FASTEST = 52.0, 216.0
"""Beats a minute that are looked for."""
_USUAL, _SPREAD = 118.0, 0.75
"""The tempo most often felt, and how far from it others are likely, in octaves."""
_SPAN, _STEP = 8.0, 1.0
"""Seconds that a tempo is heard out of, and between one such look and the next."""
_TIGHT = 1000.0
"""How much an uneven step costs (times the square of the logarithm) against an onset."""
_SILENT = 1e-4
"""RMS below which there is nothing to hear."""

_ALIKE = 0.92
"""From how much as well on a lag repeats as well after one as after two."""


@dataclass(frozen=True)
class Rhythm:
    """When a piece beats, and how much goes on around each beat."""

    beats: tuple[float, ...]
    """Seconds, rising."""
    bar: int
    """Beats in a bar: 4, or 3."""
    first: int
    """Index of the first beat that begins a bar (a guess)."""
    energy: tuple[float, ...]
    """How loud and how dense it is from each beat to the next, 0 to 1, against the whole piece."""
    tempo: float
    """Beats a minute, in the middle."""
    sure: float
    """How steadily it beats, 0 to 1; below 0.2 it hardly does."""
    seconds: float
    """How long the piece is."""

    def begins_bar(self, index: int) -> bool:
        """Whether a beat is thought to be the first of its bar."""
        return (index - self.first) % self.bar == 0


def find_rhythm(samples: Samples) -> Rhythm:
    """The rhythm of a piece.

    Args:
        samples: mono, −1 to 1, `RATE` a second (`reelwright.media.listening.listen` gives them).

    What has no beat (silence, a voice) still gets a regular one, with `sure` near 0.
    """
    seconds = len(samples) / RATE
    onsets = find_onsets(samples)
    if len(onsets.strength) < FPS or not onsets.strength.any():
        return _even(seconds)
    # The bass tells the beat from what plays around it.
    periods, sure = _periods(onsets.strength + onsets.bass)
    looks = _on_the_bass(_track(onsets.strength + 0.3 * onsets.bass, periods), onsets)
    looks = _within_sound(looks, onsets)
    if len(looks) < 2:
        return _even(seconds)
    times = [onsets.when(_peak(onsets.strength, look)) for look in looks]
    bar, first = _bars(onsets, looks)
    return Rhythm(
        beats=tuple(round(float(min(max(0.0, time), seconds)), 4) for time in times),
        bar=bar,
        first=first,
        energy=_energy(onsets, looks),
        tempo=round(float(60 / np.median(np.diff(times))), 2),
        sure=round(sure, 3),
        seconds=round(seconds, 4),
    )


def _even(seconds: float) -> Rhythm:
    """Two beats a second where nothing beats."""
    beats = tuple(float(n) / 2 for n in range(int(seconds * 2) + 1))
    return Rhythm(beats, 4, 0, (0.5,) * len(beats), 120.0, 0.0, round(seconds, 4))


def _periods(strength: Curve) -> tuple[Curve, float]:
    """The looks from one beat to the next, expected at each look; and how sure that is."""
    tempi = np.geomspace(SLOWEST, FASTEST, 160)
    lags = 60 * FPS / tempi
    wide, step = round(_SPAN * FPS), round(_STEP * FPS)
    centres = list(range(0, len(strength), step))
    padded = np.pad(strength, wide // 2)
    repeats = np.stack([_repeats(padded[centre : centre + wide]) for centre in centres])
    scores = np.stack([_likely(row, lags) for row in repeats])
    sure = float(np.clip(np.median(scores.max(axis=1)), 0, 1))
    # A tempo that fits everywhere is likelier than one that fits a passage best.
    path = _smoothest((scores + scores.mean(axis=0)) / 2 * _prior(tempi), np.log2(tempi))
    found = lags[path] * _octave(repeats, lags[path])
    return np.interp(np.arange(len(strength)), centres, found), sure


def _prior(tempi: Curve) -> Curve:
    """How likely people are to feel these tempi."""
    return np.exp(-0.5 * (np.log2(tempi / _USUAL) / _SPREAD) ** 2)


def _repeats(part: Curve) -> Curve:
    """How like itself a passage is so many looks later: its autocorrelation, 1 at 0."""
    window = np.hanning(len(part))
    size = 1 << (2 * len(part) - 1).bit_length()
    spectra = [np.fft.rfft(each, size) for each in ((part - part.mean()) * window, window)]
    same, taper = (np.fft.irfft(np.abs(each) ** 2, size)[: len(part)] for each in spectra)
    if same[0] <= 0:
        return np.zeros(len(part))
    # The window leaves less to compare the later it is: that is made up for.
    return same / same[0] * taper[0] / np.maximum(taper, taper[0] * 0.05)


def _at(repeats: Curve, lags: Curve) -> Curve:
    return np.maximum(0.0, np.interp(lags, np.arange(len(repeats)), repeats, right=0.0))


def _likely(repeats: Curve, lags: Curve) -> Curve:
    """How well each lag fits: 1 where all repeats after it, after two and after four of it."""
    weighed = _at(repeats, lags) + 0.5 * _at(repeats, 2 * lags) + 0.25 * _at(repeats, 4 * lags)
    return weighed / 1.75


def _octave(repeats: npt.NDArray[np.float64], lags: Curve) -> float:
    """By how much lags must be multiplied to be beats: 1, or 2 or a half.

    A beat repeats after one step about as well as after two (else it is every other one of them),
    and not as well after half a step (else that is the beat).
    """

    def repeated(times: float) -> float:
        rows = zip(repeats, lags * times, strict=True)
        return float(np.mean([_at(row, np.array([lag]))[0] for row, lag in rows]))

    def alike(times: float) -> float:
        ratio = repeated(times) / max(repeated(2 * times), 1e-6)
        return float(1 / (1 + np.exp(-(ratio - _ALIKE) / 0.04)))

    tempo = 60 * FPS / float(np.median(lags))
    best = (0.0, 1.0)
    for times in (1.0, 2.0, 0.5):
        if not SLOWEST <= tempo / times <= FASTEST:
            continue
        fits = 0.15 + alike(times) * (1 - alike(times / 2))
        score = fits * float(_prior(np.array([tempo / times]))[0])
        best = max(best, (score, times), key=lambda each: each[0])
    return best[1]


def _smoothest(scores: Curve, places: Curve) -> npt.NDArray[np.int64]:
    """The path through scores (time × tempo) that is likely and changes little."""
    logs = np.log(scores + 1e-3)
    cost = 40.0 * (places[:, None] - places[None, :]) ** 2
    cost = np.minimum(cost, 4.0)
    total, back = logs[0], np.zeros(scores.shape, np.int64)
    for row in range(1, len(scores)):
        ways = total[None, :] - cost
        back[row] = ways.argmax(axis=1)
        total = ways.max(axis=1) + logs[row]
    path = np.empty(len(scores), np.int64)
    path[-1] = int(total.argmax())
    for row in range(len(scores) - 1, 0, -1):
        path[row - 1] = back[row][path[row]]
    return path


def _track(strength: Curve, periods: Curve) -> list[int]:
    """The looks at which it beats: Ellis's dynamic programming, with a period that may drift."""
    count = len(strength)
    total, back = np.zeros(count), np.full(count, -1, np.int64)
    # Costs of all steps for a period, by the period in half looks.
    known: dict[int, tuple[npt.NDArray[np.int64], Curve]] = {}
    for now in range(count):
        half = round(periods[now] * 2)
        if half not in known:
            period = half / 2
            steps = np.arange(max(1, round(period / 2)), round(period * 2) + 1, dtype=np.int64)
            known[half] = (steps, -_TIGHT * np.log(steps / period) ** 2)
        steps, costs = known[half]
        total[now] = strength[now]
        if now < steps[0]:
            continue
        if now < steps[-1]:
            steps, costs = steps[: now - steps[0] + 1], costs[: now - steps[0] + 1]
        ways = total[now - steps] + costs
        best = int(ways.argmax())
        if ways[best] > 0:
            total[now] += ways[best]
            back[now] = now - steps[best]
    # It ends on one of the last beats, wherever the sum is highest.
    last = max(0, count - round(periods[-1] * 1.5))
    now = last + int(total[last:].argmax())
    looks: list[int] = []
    while now >= 0:
        looks.append(now)
        now = int(back[now])
    return looks[::-1]


def _on_the_bass(looks: list[int], onsets: Onsets) -> list[int]:
    """The beats, or what lies half way between them where more begins there, in the bass above all.

    What is played off the beat can be as loud as what is on it; the bass is on it mostly.
    """

    def begins(places: list[int]) -> float:
        tops = [
            float(np.mean([curve[max(0, at - 2) : at + 3].max(initial=0.0) for at in places]))
            for curve in (onsets.strength, onsets.bass)
        ]
        return tops[0] * tops[1]

    between = [(a + b) // 2 for a, b in pairwise(looks)]
    return between if between and begins(between) > 1.02 * begins(looks) else looks


def _within_sound(looks: list[int], onsets: Onsets) -> list[int]:
    """Without the beats before anything sounds and after everything has."""
    heard = np.flatnonzero(onsets.loudness > _SILENT)
    if not len(heard):
        return []
    near = round(0.07 * FPS)
    return [look for look in looks if heard[0] - near <= look <= heard[-1] + near]


def _peak(strength: Curve, look: int) -> float:
    """The top of the onset at a look, between looks where the parabola through three has it."""
    if not 0 < look < len(strength) - 1:
        return float(look)
    near = range(max(1, look - 2), min(len(strength) - 1, look + 3))
    top = max(near, key=lambda each: strength[each])
    left, middle, right = (float(strength[top + side]) for side in (-1, 0, 1))
    bend = left - 2 * middle + right
    if bend >= 0 or not left <= middle >= right:
        return float(look)
    return top + float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))


def _bars(onsets: Onsets, looks: list[int]) -> tuple[int, int]:
    """Beats in a bar, and the index of the first beat that begins one."""
    places = np.array(looks)
    bass = np.array([onsets.bass[max(0, at - 2) : at + 3].max(initial=0.0) for at in places])
    spectra = [
        onsets.change[a:b].mean(axis=0) for a, b in zip(places, [*places[1:], None], strict=True)
    ]
    turn = np.array([0.0, *(float(np.abs(b - a).mean()) for a, b in pairwise(spectra))])
    weight = bass / (bass.mean() + 1e-9) + turn / (turn.mean() + 1e-9)
    best = (0.0, 4, 0)
    for bar in (4, 3):
        for first in range(min(bar, len(weight))):
            ones = weight[first::bar].mean()
            # Three is rarer, and has to say more for itself.
            score = float(ones / (weight.mean() + 1e-9)) - (0.25 if bar == 3 else 0.0)
            if score > best[0] + 1e-9:
                best = (score, bar, first)
    return best[1], best[2]


def _energy(onsets: Onsets, looks: list[int]) -> tuple[float, ...]:
    """How loud and dense it is after each beat, 0 to 1: by rank among all beats, a bar smoothed."""
    ends = [*looks[1:], len(onsets.loudness)]
    loud = np.array([_mean(onsets.loudness[a:b]) for a, b in zip(looks, ends, strict=True)])
    flux = onsets.change
    dense = np.array(
        [
            float(np.maximum(0, np.diff(flux[a : max(b, a + 2)], axis=0)).mean(axis=1).sum())
            if b - a > 1
            else 0.0
            for a, b in zip(looks, ends, strict=True)
        ]
    )
    decibels = 20 * np.log10(np.maximum(loud, 1e-6))
    # What lies 24 dB under the loudest passages is as quiet as it gets.
    level = np.clip((decibels - np.percentile(decibels, 95) + 24) / 24, 0, 1)
    busy = dense / (np.percentile(dense, 95) + 1e-9)
    mixed = np.clip(0.6 * level + 0.4 * np.clip(busy, 0, 1), 0, 1)
    padded = np.pad(mixed, 2, mode="edge")
    smooth = np.convolve(padded, [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
    return tuple(round(float(value), 3) for value in smooth)


def _mean(values: Curve) -> float:
    return float(values.mean()) if len(values) else 0.0
