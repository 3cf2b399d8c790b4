"""Arranging: a mood, a seed and a form become notes, bar by bar.

Each kind of section has its own layers: the intro opens with chords and the sparse figure, verses
leave room for speech, the build thickens and rolls towards the drop, the drop has everything and
the tune, the outro lets go. Whatever is chosen depends on the section and not on the time, so a
section that comes back comes back the same, with the last bar before another filled by a drum.
Tunes and beats are a trained composer's (`composer`), or made by rule where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import NamedTuple

from reelwright.core.time import SAMPLE_RATE, to_frames
from reelwright.create.music.composer import Lanes, Tune, drum_on, find_composer, fit
from reelwright.create.music.form import Form, lay_form
from reelwright.create.music.melody import Motif, Tone, make_motif, sing, thin
from reelwright.create.music.moods import Beat, Mood
from reelwright.create.music.theory import SCALES, Chord, lead_voices, parse_chord

STEPS = 16
GAINS = {"intro": 0.95, "verse": 0.85, "build": 0.72, "drop": 1.0, "outro": 0.85}
"""How loud a section plays."""
FILLS = ("............0.12", "..........0.0123", "........0.0.1123", "........0..01.23")
"""What drums play at the end of a section; digits are their variants, from high to low."""
_LETTERS = {"intro": "A", "verse": "AABA", "build": "B", "drop": "AB", "outro": "A"}
_LOUD = {"X": 1.0, "x": 0.72, "-": 0.42}
_PANS = {"hat": 0.3, "shaker": -0.35, "tick": 0.4, "brush": -0.08, "ring": 0.35, "wood": -0.4}
_PANS |= {"snap": 0.15}
_ECHOES = ((3, 0.32, 0.75), (6, 0.13, -0.75))
"""Echoes of arpeggio and tune: steps later, gain, where from (−1 left, 1 right)."""
_TAIL = 8 * SAMPLE_RATE
"""Samples after which nothing of a note is heard any more, its reverb included."""


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
    """What is known of the piece before a note is written."""

    mood: Mood
    seed: int
    tonic: int
    form: Form
    total: int
    """Samples of the whole piece."""
    harmony: tuple[Bar, ...]
    motif: Motif
    loop: bool = False
    phrase: tuple[Chord, ...] = ()
    """The eight chords of phrase A and phrase B."""
    tune: Tune = ()
    """The composer's eight bars, of phrase A and of phrase B; empty composes by rule."""
    beats: Mapping[str, Sequence[Lanes]] = field(default_factory=dict)
    """The composer's beats of verses and drops; empty takes the mood's."""

    @property
    def bars(self) -> int:
        """Whole bars."""
        return len(self.form.kinds)

    @property
    def tempo(self) -> float:
        """Beats a minute."""
        return self.form.tempo

    def at(self, bar: int, step: float = 0) -> int:
        """The sample of a step (a sixteenth) of a bar."""
        seconds = 15 / self.form.tempo * (bar * STEPS + step)
        return to_frames(seconds, Fraction(SAMPLE_RATE)) if seconds >= 0 else round(seconds * 48e3)

    def swung(self, bar: int, step: int) -> int:
        """The same, with every second eighth late by the mood's swing."""
        late = self.mood.swing * {2: 2.0, 3: 1.0}.get(step % 4, 0.0)
        return self.at(bar, step + late)


def plan_piece(
    mood: Mood,
    seed: int,
    total: int,
    sections: Sequence[tuple[float, str]] = (),
    *,
    loop: bool = False,
    model: str = "",
) -> Plan:
    """Choose key, tempo, form, harmony and tune for a piece of `total` samples.

    Args: as `music.compose`.
    """
    rng = Random(f"plan {mood.name} {seed}")
    tonic = rng.choice(mood.keys)
    tempo = mood.tempo + rng.choice((-2, -1, 0, 1, 2))
    pair = rng.choice(mood.phrases)
    motif = make_motif(rng.choice(mood.rhythms), rng)
    form = lay_form(total / SAMPLE_RATE, tempo, sections, loop=loop)
    harmony = _harmony(mood, tonic, form, pair, loop)
    composer = find_composer(model)
    phrase: tuple[Chord, ...] = ()
    """The eight chords of phrase A and phrase B."""
    tune: Tune = ()
    beats: Mapping[str, Sequence[Lanes]] = {}
    phrase = tuple(parse_chord(numeral, tonic) for part in pair for numeral in part.split())
    if composer and composer.sings:
        tune = composer.tune(mood, tonic, phrase, seed)
    if composer and composer.drums:
        beats = composer.beats(mood, seed)
    return Plan(mood, seed, tonic, form, total, harmony, motif, loop, phrase, tune, beats)


def _harmony(
    mood: Mood, tonic: int, form: Form, pair: tuple[str, str], loop: bool
) -> tuple[Bar, ...]:
    phrases = {"A": pair[0].split(), "B": pair[1].split()}
    dominant = "V" if mood.home[0].islower() else "Vsus4"
    bars: list[Bar] = []
    before: tuple[int, ...] = ()
    last = len(form.kinds) - 1
    for bar, kind in enumerate(form.kinds):
        since, lasts = form.place(bar)
        letters = _LETTERS[kind]
        numeral = phrases[letters[since // 4 % len(letters)]][since % 4]
        turns = kind == "build" and since == lasts - 1
        if bar == last and not loop:
            numeral = mood.home
        elif turns or (bar == last - 1 and bar >= 2 and not loop) or (bar == last and loop):
            numeral = dominant
        elif since == 0 and kind == "drop":
            numeral = phrases["A"][0]
        chord = parse_chord(numeral, tonic)
        before = lead_voices(chord, before)
        # Basses between E1 and E♭2 rumble unheard on phones; from A1 to A♭2 they carry.
        bars.append(Bar(chord, before, 33 + (chord.root - 33) % 12))
    return tuple(bars)


def play(plan: Plan) -> Iterator[list[Note]]:
    """The notes of each bar in turn. No note of a bar begins before the bar does.

    A piece that loops begins with what still rings from its end: the bars before its first, at
    negative samples.
    """
    if plan.loop:
        for before in range(-lead_in(plan), 0):
            bar = before % plan.bars
            shift = plan.at(before) - plan.at(bar)
            yield [note._replace(start=note.start + shift) for note in _bar(plan, bar)]
    for bar in range(plan.bars - (not plan.loop)):
        yield list(_bar(plan, bar))
    if not plan.loop:
        yield list(_ending(plan))


def lead_in(plan: Plan) -> int:
    """Bars to play before a loop's first, so that what rings over its end is heard there."""
    return -(-_TAIL // max(1, plan.at(1))) if plan.loop else 0


def _bar(plan: Plan, bar: int) -> Iterator[Note]:
    mood, kind = plan.mood, plan.form.kinds[bar]
    since, lasts = plan.form.place(bar)
    choose = Random(f"{mood.name} {plan.seed} {kind} {since // 4 % 2}")
    rng = Random(f"bar {mood.name} {plan.seed} {bar}")
    arpeggio = choose.choice(mood.arpeggios[1:])
    bass = choose.choice(mood.drive if kind == "drop" else mood.bass)
    beat = choose.choice(mood.drops if kind == "drop" else mood.beats)
    if kind in plan.beats:
        beat = drum_on(beat, plan.beats[kind][since // 4 % 2][since % 4])
    fill = choose.choice(FILLS)
    ends = since == lasts - 1 and (bar + 1 < plan.bars - 1 or plan.loop)
    late = 2 * since >= lasts
    gain = GAINS[kind] * (1 + 0.2 * (since + 1) / lasts if kind == "build" else 1)
    notes: list[Note] = [*_chords(plan, bar, kind == "drop")]
    if kind in ("intro", "outro"):
        # The first second of a video decides whether there is a second one: it is never empty.
        notes += _arpeggio(plan, bar, mood.arpeggios[0], rng)
        if late == (kind == "intro") or bar == 0:
            notes += _bass(plan, bar, mood.bass[0])
        if late == (kind == "intro"):
            notes += _drums(plan, bar, (mood.pulse,), rng)
        if ends and kind == "intro":
            notes += _fill(plan, bar, FILLS[0], 0.6)
    elif kind == "build":
        notes += _arpeggio(plan, bar, mood.arpeggios[-1], rng)
        notes += _bass(plan, bar, "1.1.1.1.1.1.1.1.")
        notes += _build(plan, bar, since, lasts)
    else:
        notes += _arpeggio(plan, bar, arpeggio, rng)
        notes += _bass(plan, bar, bass)
        broken = (ends and lasts > 1) or since % 8 == 7
        notes += _drums(plan, bar, beat, rng, until=fill.index("0") if broken else STEPS)
        if broken:
            notes += _fill(plan, bar, fill, 0.8 if kind == "verse" else 1.0)
    if kind == "drop" and since == 0:
        notes += [Note(plan.at(bar), hit, 0, 0, 1.0) for hit in mood.hits]
    notes += _tune(plan, bar, kind, since, lasts)
    if mood.texture:
        notes.append(Note(plan.at(bar), mood.texture, bar % 4, plan.at(1), 1.0))
    return (note._replace(gain=note.gain * gain) for note in notes)


def _chords(plan: Plan, bar: int, full: bool) -> Iterator[Note]:
    mood, harmony = plan.mood, plan.harmony[bar]
    for instrument in mood.chords if full else mood.chords[:1]:
        for step, length in _held(mood.comp, "x"):
            held = plan.at(0, length)
            for voice, pitch in enumerate(harmony.voices):
                pan = 0.24 * (voice % 2 * 2 - 1)
                yield Note(plan.swung(bar, step), instrument, pitch, held, 1.0, pan)


def _held(pattern: str, begins: str) -> Iterator[tuple[int, int]]:
    """Where notes of a pattern begin, and for how many steps they are held."""
    for step, sign in enumerate(pattern):
        if sign in begins:
            rest = pattern[step + 1 :]
            yield step, 1 + len(rest) - len(rest.lstrip("_"))


def _arpeggio(plan: Plan, bar: int, pattern: str, rng: Random) -> Iterator[Note]:
    mood, voices = plan.mood, plan.harmony[bar].voices
    held = plan.at(0, 4)
    for step, sign in enumerate(pattern):
        if sign == ".":
            continue
        octave, tone = divmod(int(sign), len(voices))
        pitch = voices[tone] + 12 * (octave + mood.lift)
        loud = (1.0 if step % 8 == 0 else 0.72) * (0.88 + 0.24 * rng.random())
        side = 0.35 if step % 4 < 2 else -0.35
        yield Note(plan.swung(bar, step), mood.lead, pitch, held, loud, side)
        for later, gain, pan in _ECHOES:
            yield Note(plan.swung(bar, step + later), mood.lead, pitch, held, loud * gain, pan)


def _bass(plan: Plan, bar: int, pattern: str) -> Iterator[Note]:
    root = plan.harmony[bar].bass
    coming = plan.harmony[(bar + 1) % plan.bars].bass
    for step, length in _held(pattern, "158a"):
        # The step towards the next root comes from a whole tone below, or above if it falls.
        near = coming - 2 if coming >= root else coming + 2
        fifth = root + (7 if root < 38 else -5)
        pitch = {"1": root, "5": fifth, "8": root + 12, "a": near}[pattern[step]]
        loud = 1.0 if step == 0 else 0.82
        yield Note(plan.swung(bar, step), plan.mood.low, pitch, plan.at(0, length), loud)


def _drums(plan: Plan, bar: int, beat: Beat, rng: Random, until: int = STEPS) -> Iterator[Note]:
    for instrument, pattern in beat:
        for step, sign in enumerate(pattern[:until]):
            if sign != ".":
                loud = _LOUD[sign] * (0.9 + 0.2 * rng.random())
                pan = _PANS.get(instrument, 0.0)
                yield Note(plan.swung(bar, step), instrument, 0, 0, loud, pan)


def _fill(plan: Plan, bar: int, fill: str, loud: float) -> Iterator[Note]:
    for step, sign in enumerate(fill):
        if sign != ".":
            variant = int(sign)
            gain = loud * (0.5 + 0.5 * step / STEPS)
            pan = 0.5 - 0.33 * variant
            yield Note(plan.swung(bar, step), plan.mood.fill, variant, 0, gain, pan)


def _build(plan: Plan, bar: int, since: int, lasts: int) -> Iterator[Note]:
    """Bass drum on every beat, a roll that grows denser and louder, a breath before the drop."""
    last = since == lasts - 1
    kick = "kick" if "kick" in dict(plan.mood.levels) else "taiko"
    for step in range(0, 12 if last else STEPS, 4):
        yield Note(plan.at(bar, step), kick, 0, 0, 0.7)
    steps = [*range(0, 8, 2), *range(8, 14)] if last else range(0, STEPS, 4)
    for step in steps:
        far = (since + step / STEPS) / lasts
        yield Note(plan.at(bar, step), plan.mood.fill, 1, 0, 0.2 + 0.6 * far, 0.1)
    if since == 0:
        # It breaks off two steps before the drop: the silence is what makes one lean in.
        yield Note(plan.at(bar), "lift", 0, plan.at(lasts - 1, 14), 1.0)


def _tune(plan: Plan, bar: int, kind: str, since: int, lasts: int) -> Iterator[Note]:
    mood = plan.mood
    if kind == "build" or (kind == "verse" and since // 4 % 2 == 0 and lasts > 4):
        return
    scale = tuple((plan.tonic + step) % 12 for step in SCALES[mood.scale])
    part = 3 if kind == "outro" and since == lasts - 2 else since % 4
    chord = plan.harmony[bar].chord.classes
    sparse = kind != "drop"
    if plan.tune:
        letters = _LETTERS[kind]
        bars = plan.tune[4:] if letters[since // 4 % len(letters)] == "B" else plan.tune[:4]
        tones: Sequence[Tone] = thin(fit(bars[part], chord, scale), part, sparse=sparse)
    else:
        tones = thin(sing(plan.motif, part, chord, scale), part, sparse=sparse)
    for tone in tones:
        start, held = plan.swung(bar, tone.step), plan.at(0, tone.length)
        pitch = tone.pitch + 12 * mood.register
        loud = (1.0 if tone.strong else 0.8) * (1.0 if kind == "drop" else 0.8)
        yield Note(start, mood.melody, pitch, held, loud, 0.1)
        later, gain, pan = _ECHOES[0]
        yield Note(plan.swung(bar, tone.step + later), mood.melody, pitch, held, loud * gain, -pan)


def _ending(plan: Plan) -> Iterator[Note]:
    """The home chord, spread upwards once and left to ring."""
    mood, bar = plan.mood, plan.bars - 1
    home, start = plan.harmony[bar], plan.at(bar)
    # Long pieces may end far beyond their last bar's line: what is held is held to the end.
    held = max(1, plan.total - start)
    for voice, pitch in enumerate(home.voices):
        for instrument in dict.fromkeys((mood.chords[0], mood.chords[-1])):
            yield Note(start, instrument, pitch, held, 0.7, 0.24 * (voice % 2 * 2 - 1))
        yield Note(plan.at(bar, 2 * voice), mood.lead, pitch, plan.at(0, 8), 0.6, 0.2)
    yield Note(start, mood.low, home.bass, held, 0.7)
    if plan.bars > 2:
        drum = "kick" if "kick" in dict(mood.levels) else "taiko"
        yield Note(start, drum, 0, 0, 0.5)
