"""Arranging: a mood and a seed become notes, bar by bar.

The harmony is worked out once, as two four-bar phrases, and played in the form A A B A over and
over; what is played over it varies from phrase to phrase (figure of the arpeggio, beat, who rests),
so ten minutes need no more distinct notes than one. The last whole bar holds the home chord until
the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import NamedTuple

from reelwright.core.time import SAMPLE_RATE, to_frames
from reelwright.create.music.moods import Mood
from reelwright.create.music.theory import (
    PENTATONIC_MAJOR,
    PENTATONIC_MINOR,
    Chord,
    lead_voices,
    parse_chord,
)

FORM = "AABA"
_STEPS = 16
_LOUD = {"X": 1.0, "x": 0.72, "-": 0.42}
_DRUM_PANS = {"hat": 0.3, "shaker": -0.35, "tick": 0.4, "brush": -0.08}
_ECHOES = ((3, 0.32, 0.75), (6, 0.13, -0.75))
"""Echoes of the arpeggio: steps later, gain, where from (−1 left, 1 right)."""


class Note(NamedTuple):
    """One note of the piece."""

    start: int
    """Sample it begins at."""
    instrument: str
    pitch: int
    samples: int
    """How long it is held."""
    gain: float
    """Linear."""
    pan: float = 0.0
    """−1 left, 1 right."""


@dataclass(frozen=True)
class Bar:
    """One bar's harmony: the chord, its voices from low to high, and the bass note under it."""

    chord: Chord
    voices: tuple[int, ...]
    bass: int


@dataclass(frozen=True)
class Plan:
    """What stays the same through the piece."""

    mood: Mood
    seed: int
    tonic: int
    tempo: float
    bars: int
    """Whole bars; the last one holds the home chord."""
    total: int
    """Samples of the whole piece."""
    phrases: dict[str, tuple[Bar, ...]]
    cadence: Bar
    home: Bar

    def at(self, bar: int, step: float = 0) -> int:
        """The sample of a step (a sixteenth) of a bar."""
        return to_frames(self._step_seconds * (bar * _STEPS + step), Fraction(SAMPLE_RATE))

    @property
    def _step_seconds(self) -> float:
        return 60 / self.tempo / 4

    def swung(self, bar: int, step: int) -> int:
        """The same, with every second eighth late by the mood's swing."""
        late = self.mood.swing * {2: 2.0, 3: 1.0}.get(step % 4, 0.0)
        return self.at(bar, step + late)

    def harmony(self, bar: int) -> Bar:
        """The harmony of a bar."""
        if bar == self.bars - 1:
            return self.home
        if bar == self.bars - 2 and bar >= 2:
            return self.cadence
        return self.phrases[FORM[bar // 4 % len(FORM)]][bar % 4]


def plan_piece(mood: Mood, seed: int, total: int) -> Plan:
    """Choose key, tempo, harmony and length in bars for a piece of `total` samples."""
    rng = Random(f"plan {mood.name} {seed}")
    tonic = rng.choice(mood.keys)
    tempo = mood.tempo + rng.choice((-2, -1, 0, 1, 2))
    first, second = rng.choice(mood.phrases)
    minor = mood.home[0].islower()
    home = _harmonise(mood.home, tonic, ())
    phrases: dict[str, tuple[Bar, ...]] = {}
    before = home.voices
    for name, phrase in (("A", first), ("B", second)):
        bars: list[Bar] = []
        for numeral in phrase.split():
            bars.append(_harmonise(numeral, tonic, before))
            before = bars[-1].voices
        phrases[name] = tuple(bars)
    cadence = _harmonise("V" if minor else "Vsus4", tonic, phrases["A"][2].voices)
    samples_a_bar = 4 * 60 / tempo * SAMPLE_RATE
    return Plan(
        mood=mood,
        seed=seed,
        tonic=tonic,
        tempo=tempo,
        bars=max(1, int(total / samples_a_bar)),
        total=total,
        phrases=phrases,
        cadence=cadence,
        home=_harmonise(mood.home, tonic, cadence.voices),
    )


def _harmonise(numeral: str, tonic: int, before: tuple[int, ...]) -> Bar:
    chord = parse_chord(numeral, tonic)
    # Basses between E1 and E♭2 rumble unheard on phones; from A1 to A♭2 they carry and stay low.
    return Bar(chord, lead_voices(chord, before), 33 + (chord.root - 33) % 12)


def play(plan: Plan) -> Iterator[list[Note]]:
    """The notes of each bar in turn. No note of a bar begins before the bar does."""
    for bar in range(plan.bars - 1):
        # A generator for each phrase and bar: a bar does not depend on how many came before.
        phrase = Random(f"phrase {plan.mood.name} {plan.seed} {bar // 4}")
        yield list(_bar(plan, bar, phrase, Random(f"bar {plan.mood.name} {plan.seed} {bar}")))
    yield list(_ending(plan))


def _bar(plan: Plan, bar: int, phrase: Random, rng: Random) -> Iterator[Note]:
    mood, harmony = plan.mood, plan.harmony(bar)
    number = bar // 4
    arpeggio = phrase.choice(mood.arpeggios)
    bass = phrase.choice(mood.bass)
    beat = phrase.choice(mood.drums)
    # A breath: now and then a round begins without beat and bass, if there is time to come back.
    room = plan.bars - 4 * number >= 8
    breath = room and number and number % len(FORM) == 0 and phrase.random() < 0.6
    figure = mood.motif and FORM[number % len(FORM)] == "B"

    yield from _chord(plan, bar, harmony)
    yield from _arpeggio(plan, bar, harmony, arpeggio, rng)
    if not breath:
        yield from _bass(plan, bar, harmony, bass)
        if bar >= 2 or plan.bars <= 6:
            yield from _drums(plan, bar, beat, rng)
    if figure and bar % 2 == 0:
        yield from _motif(plan, bar, Random(f"motif {mood.name} {plan.seed}"))


def _chord(plan: Plan, bar: int, harmony: Bar) -> Iterator[Note]:
    start, held = plan.at(bar), plan.at(1)
    for voice, pitch in enumerate(harmony.voices):
        yield Note(start, "pad", pitch, held, 1.0, 0.24 * (voice % 2 * 2 - 1))


def _arpeggio(plan: Plan, bar: int, harmony: Bar, pattern: str, rng: Random) -> Iterator[Note]:
    lead, held = plan.mood.lead, plan.at(0, 4)
    for step, sign in enumerate(pattern):
        if sign == ".":
            continue
        octave, tone = divmod(int(sign), len(harmony.voices))
        pitch = harmony.voices[tone] + 12 * (octave + plan.mood.lift)
        loud = (1.0 if step % 8 == 0 else 0.72) * (0.88 + 0.24 * rng.random())
        side = 0.35 if step % 4 < 2 else -0.35
        yield Note(plan.swung(bar, step), lead, pitch, held, loud, side)
        for later, gain, pan in _ECHOES:
            yield Note(plan.swung(bar, step + later), lead, pitch, held, loud * gain, pan)


def _bass(plan: Plan, bar: int, harmony: Bar, pattern: str) -> Iterator[Note]:
    coming = plan.harmony(bar + 1).bass
    step = 0
    while step < _STEPS:
        sign = pattern[step]
        end = step + 1
        while end < _STEPS and pattern[end] == "_":
            end += 1
        if sign != ".":
            # The step towards the next root comes from a whole tone below, or above if it falls.
            near = coming - 2 if coming >= harmony.bass else coming + 2
            fifth = harmony.bass + (7 if harmony.bass < 38 else -5)
            pitch = {"1": harmony.bass, "5": fifth, "8": harmony.bass + 12, "a": near}[sign]
            held = plan.at(0, end - step)
            yield Note(plan.swung(bar, step), "bass", pitch, held, 1.0 if step == 0 else 0.82)
        step = end


def _drums(plan: Plan, bar: int, beat: tuple[tuple[str, str], ...], rng: Random) -> Iterator[Note]:
    for instrument, pattern in beat:
        for step, sign in enumerate(pattern):
            if sign != ".":
                loud = _LOUD[sign] * (0.9 + 0.2 * rng.random())
                pan = _DRUM_PANS.get(instrument, 0.0)
                yield Note(plan.swung(bar, step), instrument, 0, 0, loud, pan)
    if bar % 8 == 7:
        soft = beat[-1][0]
        for step in (12, 13, 14, 15):
            loud = 0.25 + 0.15 * (step - 12)
            yield Note(plan.swung(bar, step), soft, 0, 0, loud, _DRUM_PANS.get(soft, 0.0))


def _motif(plan: Plan, bar: int, rng: Random) -> Iterator[Note]:
    """A few bell notes of the pentatonic scale, the same all through the piece."""
    scale = PENTATONIC_MINOR if plan.mood.home[0].islower() else PENTATONIC_MAJOR
    at = rng.randrange(len(scale))
    for step in sorted(rng.sample((0, 4, 6, 8, 12, 14), 4)):
        at = min(max(at + rng.choice((-1, 1, 1, 2)), 0), len(scale) + 1)
        octave, tone = divmod(at, len(scale))
        pitch = 72 + (plan.tonic - 72) % 12 + scale[tone] + 12 * octave
        yield Note(plan.swung(bar, step), "bell", pitch, 0, 0.8 + 0.2 * rng.random(), 0.2)


def _ending(plan: Plan) -> Iterator[Note]:
    """The home chord, spread upwards once and left to ring."""
    bar, home = plan.bars - 1, plan.home
    start = plan.at(bar)
    held = max(1, plan.total - start)
    for voice, pitch in enumerate(home.voices):
        yield Note(start, "pad", pitch, held, 1.0, 0.24 * (voice % 2 * 2 - 1))
        yield Note(plan.at(bar, 2 * voice), plan.mood.lead, pitch, plan.at(0, 8), 0.8, 0.2)
    yield Note(start, "bass", home.bass, held, 0.9)
    if plan.bars > 2:
        yield Note(start, "kick", 0, 0, 0.7)
