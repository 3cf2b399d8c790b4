"""Melody: a motif and what becomes of it over four bars.

A motif is a rhythm and a contour. It is stated, repeated on the next chord's tones (a sequence),
varied (its contour upside down), and brought to rest. Whatever falls on a beat is a tone of the
chord; between beats the scale is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

STEPS = 16
_LOW, _HIGH = 67, 86
"""MIDI numbers: above the chords, and below where small speakers turn shrill."""


@dataclass(frozen=True)
class Tone:
    """One note of a melody within its bar; steps are sixteenths."""

    step: int
    length: int
    pitch: int
    strong: bool
    """Whether it stands on a beat."""


@dataclass(frozen=True)
class Motif:
    """Where notes begin, how long they last, and how far each moves from the one before."""

    onsets: tuple[tuple[int, int], ...]
    moves: tuple[int, ...]
    """Steps of the scale; the first counts from where the phrase begins."""


def make_motif(rhythm: str, rng: Random) -> Motif:
    """A motif on a rhythm (``x`` begins a note, ``_`` holds it, ``.`` is silence)."""
    onsets = tuple(
        (step, len(rhythm[step + 1 :]) - len(rhythm[step + 1 :].lstrip("_")) + 1)
        for step, sign in enumerate(rhythm)
        if sign == "x"
    )
    moves = [rng.choice((0, 1, 2))]
    for _ in onsets[1:]:
        # Mostly by step; after a leap it turns back, as sung melodies do.
        leap = abs(moves[-1]) > 1
        moves.append(-1 if leap and moves[-1] > 0 else 1 if leap else rng.choice((-1, 1, 1, -1, 2)))
    return Motif(onsets, tuple(moves))


def sing(
    motif: Motif,
    part: int,
    chord: tuple[int, ...],
    scale: tuple[int, ...],
) -> list[Tone]:
    """One bar of the phrase.

    Args:
        motif: what it is made of.
        part: which of the four bars: 0 states, 1 moves it, 2 varies it, 3 comes to rest.
        chord: pitch classes of the bar's chord.
        scale: pitch classes of the key.
    """
    ladder = [
        pitch for pitch in range(_LOW, _HIGH + 1) if pitch % 12 in scale or pitch % 12 in chord
    ]
    # The phrase rises to its third bar and falls to rest.
    start = (0, 1, 2, 0)[part] + len(ladder) // 4
    sign = -1 if part == 2 else 1
    moves, onsets = motif.moves, motif.onsets
    if part == 3:
        half = max(1, (len(onsets) + 1) // 2)
        onsets, moves = onsets[:half], moves[:half]
        last = onsets[-1][0]
        onsets = (*onsets[:-1], (last, min(8, STEPS - last)))
    tones: list[Tone] = []
    at = start
    for index, (step, length) in enumerate(onsets):
        at = min(max(at + (moves[index] * sign if index else moves[0]), 0), len(ladder) - 1)
        strong = step % 4 == 0 or index == 0 or (part == 3 and index == len(onsets) - 1)
        if strong:
            at = _nearest(ladder, at, chord)
        elif ladder[at] % 12 not in scale:
            at = _nearest(ladder, at, scale)
        tones.append(Tone(step, length, ladder[at], step % 4 == 0))
    return tones


def thin(tones: Sequence[Tone], part: int, *, sparse: bool) -> Sequence[Tone]:
    """A bar of a tune, or where it lies under speech (`sparse`) what is left of it: every second
    bar, and of that the notes on beats, the first, and the last of the bar that comes to rest."""
    if not sparse:
        return tones
    last = len(tones) - 1
    return [
        tone
        for index, tone in enumerate(tones)
        if part % 2 and (tone.strong or index == 0 or (part == 3 and index == last))
    ]


def _nearest(ladder: list[int], at: int, wanted: tuple[int, ...]) -> int:
    """The place on the ladder nearest to `at` whose pitch class is wanted."""
    places = [i for i, pitch in enumerate(ladder) if pitch % 12 in wanted]
    return min(places, key=lambda i: (abs(i - at), i))
