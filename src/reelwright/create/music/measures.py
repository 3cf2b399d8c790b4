"""What can be measured of a tune: does it sit on its chords, does it move as tunes do, does it
come back to what it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.create.music.melody import Tone

Bars = Sequence[Sequence[Tone]]


@dataclass(frozen=True)
class Facts:
    """Shares are 0 to 1.

    Attributes:
        on_chord: of the notes on a beat, those that are tones of the chord.
        passing: of the notes that are no chord tones, those left by a step (2 semitones or less).
        steps: of all moves, those of 1 or 2 semitones.
        leaps: of all moves, those of more than 7 semitones.
        turned: of the leaps of 5 or more, those that turn back afterwards.
        held: of all moves, those to the same pitch.
        compass: semitones between the lowest and the highest note.
        pitches: how many different ones.
        rhythm: of the bars after the first, those whose rhythm some bar before had.
        motif: of the moves' groups of three, those that came before (by direction and size class).
        rest: how long the last note is, in steps.
        home: whether the last note is a tone of its chord.
    """

    on_chord: float
    passing: float
    steps: float
    leaps: float
    turned: float
    held: float
    compass: int
    pitches: int
    rhythm: float
    motif: float
    rest: int
    home: bool


def measure(bars: Bars, chords: Sequence[Sequence[int]]) -> Facts:
    """The facts of a tune.

    Args:
        bars: its notes, bar by bar; at least two notes in all.
        chords: pitch classes of each bar's chord.
    """
    notes = [(tone, set(chord)) for bar, chord in zip(bars, chords, strict=True) for tone in bar]
    pitches = [tone.pitch for tone, _ in notes]
    moves = [b - a for a, b in pairwise(pitches)]
    strong = [tone.pitch % 12 in chord for tone, chord in notes if tone.strong]
    foreign = [
        abs(move) <= 2
        for (tone, chord), move in zip(notes, moves, strict=False)
        if tone.pitch % 12 not in chord
    ]
    leaps = [(a, b) for a, b in pairwise(moves) if abs(a) >= 5]
    rhythms = [tuple((tone.step, tone.length) for tone in bar) for bar in bars]
    sizes = [(m > 0) - (m < 0) + 2 * ((m > 2) - (m < -2)) for m in moves]
    groups = list(zip(sizes, sizes[1:], sizes[2:], strict=False))
    last, under = notes[-1]
    return Facts(
        on_chord=_share(strong),
        passing=_share(foreign),
        steps=_share([abs(m) in (1, 2) for m in moves]),
        leaps=_share([abs(m) > 7 for m in moves], 0.0),
        turned=_share([a * b < 0 for a, b in leaps]),
        held=_share([m == 0 for m in moves], 0.0),
        compass=max(pitches) - min(pitches),
        pitches=len(set(pitches)),
        rhythm=_share([rhythm in rhythms[:n] for n, rhythm in enumerate(rhythms)][1:]),
        motif=_share([group in groups[:n] for n, group in enumerate(groups)]),
        rest=last.length,
        home=last.pitch % 12 in under,
    )


def worth(facts: Facts) -> float:
    """One number to choose among tunes by: higher is better.

    It rewards what sung melodies share: chord tones on beats, steps, leaps that turn back, about
    an octave's compass (9 to 16 semitones), rhythms and motifs that come again but not always.
    """
    compass = -0.08 * max(0, 9 - facts.compass, facts.compass - 16)
    again = -abs(facts.rhythm - 0.55) - 0.5 * abs(facts.motif - 0.75)
    return (
        1.5 * facts.on_chord
        + 0.5 * facts.passing
        + 0.6 * min(facts.steps, 0.65)
        + 0.3 * facts.turned
        - 1.5 * facts.leaps
        - 0.8 * max(0.0, facts.held - 0.2)
        + compass
        + again
        + 0.1 * min(facts.pitches, 8)
        + 0.3 * facts.home
        + 0.03 * min(facts.rest, 8)
    )


def _share(found: Sequence[bool], empty: float = 1.0) -> float:
    return sum(found) / len(found) if found else empty
