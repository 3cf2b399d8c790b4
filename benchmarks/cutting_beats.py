"""Beats and cuts on them, on music whose beats are known to the hundredth of a second.

Clicks from 70 to 180 beats a minute; a band of drums and chords, straight, with swing, with a tempo
that drifts by 7 % and with ten quiet seconds before it begins; and a piece of each of our
composer's moods. F-measure at ±70 ms, as beat tracking is usually judged: half or twice the tempo
counts as wrong. Cuts are those of montages of 20 seconds, after rounding to frames.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from figures import Bench, Figure

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "media"))

from bands import band, clicks, f_measure

WITHIN = 0.04
RATES = (Fraction(30), Fraction(24000, 1001), Fraction(60))


def quality(bench: Bench) -> list[Figure]:
    """How well beats are found, and how many cuts lie on one."""
    from reelwright.edit.cut.montage import find_slots
    from reelwright.media.beats import find_rhythm

    marks: dict[str, list[float]] = {}
    near: list[bool] = []
    for name, sound, true in _pieces(bench):
        rhythm = find_rhythm(sound)
        mark = f_measure(rhythm.beats, true)
        marks.setdefault(name.split()[0], []).append(mark)
        for rate in RATES:
            start, slots = find_slots(20.0, rate, rhythm)
            cuts = [start + float(slot.start / rate) for slot in slots]
            near += [bool(np.abs(true - cut).min() <= WITHIN) for cut in cuts]
        bench.say(f"{name}: F {mark:.3f}, {rhythm.tempo:.1f} beats a minute")
    every = [mark for group in marks.values() for mark in group]
    return [
        Figure(
            key="beats",
            title="beats found, mean F-measure at ±70 ms",
            value=float(np.mean(every)),
            bar=0.9,
            unit="",
            ours=", ".join(f"{name} {np.mean(group):.3f}" for name, group in marks.items()),
            least=True,
        ),
        Figure(
            key="beats",
            title="share of a montage's cuts within 40 ms of a beat",
            value=float(np.mean(near)),
            bar=0.95,
            unit="",
            ours=f"{sum(near)} of {len(near)} cuts, at 30, 23.976 and 60 frames a second",
            least=True,
        ),
    ]


def _pieces(bench: Bench) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, samples and beats of each piece."""
    for tempo in (70, 83, 95, 110, 120, 128, 140, 155, 170, 180):
        yield f"clicks {tempo}", *clicks(tempo)
    for tempo in (75, 92, 105, 118, 126, 140, 160, 176):
        yield f"band {tempo}", *band(tempo)
    for tempo in (84, 100, 120, 150):
        yield f"swing {tempo}", *band(tempo, swing=0.16)
    for tempo in (84, 98, 112, 144):
        yield f"drift {tempo}", *band(tempo, drift=0.07)
    for tempo in (80, 100, 132):
        yield f"quiet {tempo}", *band(tempo, quiet=10.0)
    yield from _composed(bench)


def _composed(bench: Bench) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    from reelwright.create import music
    from reelwright.media.beats import RATE
    from reelwright.media.listening import listen

    for mood in music.moods():
        for seed in (3, 4):
            wav = bench.work / f"{mood}-{seed}" / "music.wav"
            wav.parent.mkdir(parents=True, exist_ok=True)
            music.compose(45.0, mood=mood, seed=seed, out=wav)
            samples = np.concatenate(list(listen(wav, rate=RATE)))
            yield f"composed {mood} {seed}", samples, np.array(music.beats(wav.parent).beats)
