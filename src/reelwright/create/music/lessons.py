"""What the composer learns from: phrases and beats that are written here, by rule and by search.

A phrase is eight bars over chords: a rhythm that is stated, repeated, varied and brought to rest
(statement, repetition, departure, cadence; the second four bars answer the first), and of all
tunes on that rhythm the one that costs least. Costs are what is known of tunes people sing: mostly
steps, leaps that turn back, chord tones on beats, others passed through by step, one arch, a motif
whose moves come again, an open ending answered by a closed one (Narmour 1990; Huron, "Sweet
Anticipation", 2006; von Hippel & Huron 2000). It is found exactly, by dynamic programming over the
last two notes, which takes too long for every video: the network learns to write such tunes at
once. Beats are those of the moods with what drummers do to them: other hi-hats, a moved kick, soft
strokes, a fourth bar that turns.

Nobody's music is in it. `teaching` makes the composer out of it with one command.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from reelwright.create.music.moods import Beat, Mood
from reelwright.create.music.theory import SCALES, Chord, parse_chord
from reelwright.learn.sequence.score import Score, drum_tokens, tune_tokens

STEPS, BARS = 16, 8
LOW, HIGH = 67, 86
"""Where tunes lie (MIDI numbers), as `melody` has it."""
MODES = {"pentatonic": "major", "minor pentatonic": "minor"}
"""Scales that are part of another's."""
LOW_DRUMS = ("kick", "taiko")
BACK_DRUMS = ("snare", "clap", "brush", "snap")
_LOUD = {".": 0, "-": 1, "x": 2, "X": 3}

FORMS = ("aaAcbbac", "aaAcbbBc", "abacbbBc", "aabcbbac", "abAcaabc", "aAacbBac")
"""Rhythms of the bars: the motif `a`, another `b`, capitals varied, `c` a cadence."""
_CELLS = ("x___", "x_x_", "x___", "x_x_", "____", "__x_", "..x_", "x__x", "xxx_", "x_xx", "____")
_HALVES = ("x__x__x_", "x_____x_", "x_x_x___", "x___x_x_", "x_______", "..x_x_x_", "x_x___x_")
_FAR = 99.0
_MOVES = np.array([0.9, 0.1, 0.0, 0.3, 0.5, 0.8, 4.0, 1.2, 2.4, 2.4, 6.0, 6.0, 2.0])
"""What a move of so many semitones costs."""

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """A row to learn from."""

    text: str
    condition: str
    cost: float
    """A note's, on average: how much worse it is than could be. Beats cost nothing."""


@dataclass(frozen=True)
class _Note:
    step: int
    length: int
    move: float | None
    """Scale steps from the note before that repeat the motif; None leaves it free."""


def chord_token(chord: Chord, tonic: int) -> str:
    """A chord as `learn.sequence.score` writes it."""
    kinds: dict[tuple[int, ...], str] = {
        (0, 4, 7): "",
        (0, 3, 7): "m",
        (0, 2, 7): "sus2",
        (0, 5, 7): "sus",
    }
    extra = {9: "6", 10: "7", 11: "maj7", 14: "add9"}
    kind = kinds.get(chord.tones[:3], "")
    kind += "9" if chord.tones[3:] == (10, 14) else "".join(extra[t] for t in chord.tones[3:4])
    return f"c{(chord.root - tonic) % 12}{kind}"


def condition_of(mood: Mood, part: str) -> str:
    """What a lesson stands under: ``calm``, ``calm verse`` (its drums), ``calm drop``."""
    return f"{mood.name} {part}".strip()


def write_phrase(mood: Mood, chords: Sequence[Chord], tonic: int, rng: Random) -> Lesson:
    """Eight bars of tune over eight chords."""
    form = rng.choice(FORMS)
    bars = _rhythms(mood, form, rng)
    scale = frozenset((tonic + step) % 12 for step in SCALES[mood.scale])
    motifs = {"a": _moves(rng), "b": _moves(rng)}
    notes: list[_Note] = []
    for bar, (pattern, letter) in enumerate(zip(bars, form, strict=True)):
        moves = motifs["a" if letter == "c" else letter.lower()]
        # The last note of a cadence goes wherever home is.
        for index, (step, length) in enumerate(onsets := _onsets(pattern)):
            free = index == 0 or (letter == "c" and index == len(onsets) - 1)
            move = None if free else moves[(index - 1) % len(moves)]
            notes.append(_Note(STEPS * bar + step, length, move))
    pitches, cost = _cheapest(notes, chords, scale, tonic, rng)
    score = Score(
        where="",
        tonic=tonic,
        mode=MODES.get(mood.scale, mood.scale),
        notes=tuple((n.step, n.length, p) for n, p in zip(notes, pitches, strict=True)),
    )
    text = _with_chords(tune_tokens(score), [chord_token(chord, tonic) for chord in chords])
    return Lesson(" ".join(text), condition_of(mood, ""), cost / len(notes))


def _moves(rng: Random) -> list[float]:
    """A motif's moves in steps of the scale: a leap turns back, as sung ones do."""
    moves: list[float] = []
    for _ in range(7):
        before = moves[-1] if moves else 0.0
        if abs(before) > 1:
            moves.append(-1.0 if before > 0 else 1.0)
        else:
            moves.append(rng.choice((-2.0, -1.0, -1.0, 1.0, 1.0, 2.0, 3.0, before, 0.0)))
    return moves


def _with_chords(tokens: Sequence[str], chords: Sequence[str]) -> list[str]:
    out: list[str] = []
    left = list(chords)
    for token in tokens:
        out += [token, left.pop(0)] if token == "|" and left else [token]
    return out


def _rhythms(mood: Mood, form: str, rng: Random) -> list[str]:
    a = _rhythm(mood, rng)
    b = next((r for r in (_rhythm(mood, rng) for _ in range(20)) if r != a), a)
    found = {"a": a, "b": b, "A": _varied(a, rng), "B": _varied(b, rng)}
    found["c"] = _cadence(a)
    return [found[letter] for letter in form]


def _rhythm(mood: Mood, rng: Random) -> str:
    """A bar's rhythm: one of the mood's, or one as busy, put together from beats."""
    busy = sorted(pattern.count("x") for pattern in mood.rhythms)
    if rng.random() < 0.4:
        return rng.choice(mood.rhythms)
    # Sixteenths only where the mood has them.
    quick = any(i % 2 for p in mood.rhythms for i, sign in enumerate(p) if sign == "x")
    while True:
        if rng.random() < 0.4:
            pattern = rng.choice(_HALVES) + rng.choice(("________", rng.choice(_HALVES)))
        else:
            pattern = "".join(rng.choice(_CELLS) for _ in range(4))
        even = all(i % 2 == 0 for i, sign in enumerate(pattern) if sign == "x")
        # What opens with a hold holds nothing.
        fits = busy[0] <= pattern.count("x") <= busy[-1] + 1 and pattern[0] != "_"
        if fits and (quick or even) and "x" in pattern[:5]:
            return pattern


def _varied(pattern: str, rng: Random) -> str:
    """The rhythm with one note more, or one less."""
    later = [i for i, sign in enumerate(pattern) if sign == "x" and i > 4]
    free = [i for i in range(6, STEPS, 2) if pattern[i] != "x"]
    if later and (rng.random() < 0.5 or not free):
        at = rng.choice(later)
        return f"{pattern[:at]}_{pattern[at + 1 :]}"
    at = rng.choice(free) if free else STEPS - 2
    return f"{pattern[:at]}x{pattern[at + 1 :]}"


def _cadence(pattern: str) -> str:
    """The rhythm's first half, then one long note that ends before the bar does."""
    return pattern[:8].replace(".", "_").ljust(8, "_").replace("_", "_")[:8] + "x_____.."


def _onsets(pattern: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for step, sign in enumerate(pattern):
        if sign == "x":
            rest = pattern[step + 1 :]
            found.append((step, 1 + len(rest) - len(rest.lstrip("_"))))
    return found


def _degree(pitch: int, scale: frozenset[int]) -> float:
    """How many tones of the scale lie at or below a pitch; between two of them a half more."""
    octave, rest = divmod(pitch, 12)
    below = sum(1 for tone in scale if tone <= rest)
    return octave * len(scale) + below - (0 if rest in scale else -0.5)


def _cheapest(
    notes: Sequence[_Note],
    chords: Sequence[Chord],
    scale: frozenset[int],
    tonic: int,
    rng: Random,
) -> tuple[list[int], float]:
    """The pitches that cost least in all, and what they cost."""
    pitches = np.arange(LOW, HIGH + 1)
    alone = _alone(notes, chords, scale, tonic, pitches, rng)
    moved = np.abs(pitches[:, None] - pitches[None])
    pair = np.where(moved <= 12, _MOVES[np.minimum(moved, 12)], _FAR)
    degrees = np.array([_degree(int(p), scale) for p in pitches])
    turn = _turns(pitches)
    best = alone[0][:, None] + alone[1][None] + pair if len(notes) > 1 else alone[0][:, None]
    if len(notes) > 1:
        best = best + _motif(degrees, notes[1])
    back: list[NDArray[np.int64]] = []
    for index in range(2, len(notes)):
        passing = _passing(notes[index - 1], chords, scale, pitches)
        step = best[:, :, None] + turn + passing[None]
        back.append(step.argmin(axis=0))
        best = step.min(axis=0) + pair + alone[index][None] + _motif(degrees, notes[index])
    if len(notes) == 1:
        return [int(pitches[int(best.argmin())])], float(best.min())
    cost = float(best.min())
    before, last = np.unravel_index(int(best.argmin()), best.shape)
    path = [int(last), int(before)]
    for choice in reversed(back):
        path.append(int(choice[path[-1], path[-2]]))
    return [int(pitches[at]) for at in reversed(path)], cost


def _alone(
    notes: Sequence[_Note],
    chords: Sequence[Chord],
    scale: frozenset[int],
    tonic: int,
    pitches: NDArray[np.int64],
    rng: Random,
) -> Rows:
    """What each pitch costs where it stands: [notes, pitches]."""
    peak = rng.uniform(0.55, 0.8) * STEPS * BARS
    base, rise = rng.uniform(69, 73), rng.uniform(6, 11)
    classes = pitches % 12
    out = np.zeros((len(notes), len(pitches)))
    for row, note in zip(out, notes, strict=True):
        chord = chords[note.step // STEPS].classes
        in_chord = np.isin(classes, chord)
        row += np.where(in_chord | np.isin(classes, list(scale)), 0.0, _FAR)
        strong = note.step % 4 == 0 or note.length >= 6
        row += np.where(in_chord, np.where(np.isin(classes, chord[:3]), 0.0, 0.4),
                        _FAR if note.step % STEPS == 0 else 6.0 if strong else 0.35)  # fmt: skip
        far = note.step / peak if note.step < peak else (128 - note.step) / (128 - peak)
        row += 0.05 * (pitches - base - rise * min(1.0, far)) ** 2
        row += [0.5 * rng.random() for _ in pitches]
    for note, row in zip(notes, out, strict=True):
        last = note.step == max(n.step for n in notes if n.step // 64 == note.step // 64)
        if last and len(notes) > 8:
            # The first half ends open, the second at home.
            home = classes == tonic % 12
            row += np.where(home, 1.5, 0.0) if note.step < 64 else np.where(home, -2.0, 0.0)
    return out


def _turns(pitches: NDArray[np.int64]) -> Rows:
    """What two moves in a row cost: [first, second, third]."""
    first = (pitches[None, :] - pitches[:, None])[:, :, None]
    second = (pitches[None, :] - pitches[:, None])[None]
    same = np.sign(first) == np.sign(second)
    leap = np.abs(first) >= 5
    cost = np.where(leap & same & (np.abs(second) >= 3), 3.0, 0.0)
    cost = cost + np.where(leap & ~(~same & (np.abs(second) <= 4) & (second != 0)), 0.8, 0.0)
    cost = cost + np.where((first == 0) & (second == 0), 1.5, 0.0)
    # To and fro between two notes leads nowhere.
    return cost + np.where((first + second == 0) & (first != 0), 0.5, 0.0)


def _passing(
    note: _Note, chords: Sequence[Chord], scale: frozenset[int], pitches: NDArray[np.int64]
) -> Rows:
    """What leaving a note costs that is no chord tone: [that note, the next]."""
    chord = chords[note.step // STEPS].classes
    foreign = ~np.isin(pitches % 12, chord)
    return np.where(foreign[:, None] & (np.abs(pitches[:, None] - pitches[None]) > 2), 2.0, 0.0)


def _motif(degrees: Rows, note: _Note) -> Rows | float:
    """What a move costs that is not the motif's: [before, note]."""
    if note.move is None:
        return 0.0
    return 0.7 * np.minimum(3.0, np.abs(degrees[None] - degrees[:, None] - note.move))


def roles_of(beat: Beat) -> tuple[str, str, str]:
    """The drums of a beat that play low, back and high; empty for none."""
    names = [name for name, _ in beat]
    low = next((name for name in names if name in LOW_DRUMS), "")
    back = next((name for name in names if name in BACK_DRUMS), "")
    high = next((name for name in names if name not in LOW_DRUMS + BACK_DRUMS), "")
    return low, back, high


def write_beat(mood: Mood, part: str, rng: Random) -> Lesson:
    """Four bars of drums for a verse or a drop."""
    source = mood.drops if part == "drop" else mood.beats
    plain = [dict(rng.choice(source)) for _ in range(3)]
    lanes = []
    for index, beat in enumerate(plain):
        name = roles_of(tuple(beat.items()))[index]
        lanes.append([_LOUD[sign] for sign in beat.get(name, "." * STEPS)])
    busy = sum(map(bool, lanes[0]))
    if rng.random() < 0.5 and any(lanes[0]):
        # The kick moves to another place off the beat, or one is left out.
        spots = [step for step in (3, 6, 7, 10, 11, 14) if not lanes[1][step]]
        taken = [step for step in range(1, STEPS) if lanes[0][step] and step % 8]
        if taken and (rng.random() < 0.6 or busy > 4):
            lanes[0][rng.choice(taken)] = 0
        if rng.random() < 0.6:
            lanes[0][rng.choice(spots)] = 2 if part == "drop" else rng.choice((1, 2))
    if rng.random() < 0.3 and any(lanes[2]):
        # A hi-hat as dense as the mood's, with other accents.
        shift = rng.choice((1, 2, 4))
        lanes[2] = lanes[2][-shift:] + lanes[2][:-shift] if shift != 1 else [
            min(3, hit + 1) if step % 4 == 2 and hit else hit for step, hit in enumerate(lanes[2])
        ]  # fmt: skip
    bars = [lanes, _touched(lanes, rng, 0.6), lanes, _turned(lanes, rng, part)]
    strokes = tuple(
        (STEPS * bar + step, role, hit)
        for bar, each in enumerate(bars)
        for role, lane in enumerate(each)
        for step, hit in enumerate(lane)
        if hit
    )
    text = drum_tokens(Score("", drums=strokes or ((0, 0, 1),)))
    whole = text + ["|" if i % 17 == 0 else "x000" for i in range(2 + 4 * 17 - len(text))]
    return Lesson(" ".join(whole), condition_of(mood, part), 0.0)


def _touched(lanes: Sequence[list[int]], rng: Random, often: float) -> list[list[int]]:
    """The bar with a soft stroke more, sometimes."""
    found = [list(lane) for lane in lanes]
    if rng.random() < often and any(found[1]):
        found[1][rng.choice((7, 9, 15))] = 1
    return found


def _turned(lanes: Sequence[list[int]], rng: Random, part: str) -> list[list[int]]:
    """The bar that leads back to the first: something happens in its last beat."""
    found = _touched(lanes, rng, 0.3)
    loud = 2 if part == "drop" else 1
    if any(found[0]) and rng.random() < 0.6:
        found[0][rng.choice((13, 14, 15))] = loud
    if any(found[1]) and rng.random() < 0.5:
        found[1][14] = loud
        found[1][15] = rng.choice((0, 1))
    return found


def lessons(moods: Sequence[Mood], phrases: int, beats: int, seed: int) -> Iterator[Lesson]:
    """The lessons: of the phrases of each mood and chords the better six tenths, and all beats.

    Args:
        moods: whose tunes and beats.
        phrases: written for each mood, before the choice.
        beats: for each mood, half of them for drops.
        seed: decides everything.
    """
    for mood in moods:
        rng = Random(f"lessons {mood.name} {seed}")
        found: list[Lesson] = []
        for number in range(phrases):
            tonic = 60 + number % 12
            found.append(write_phrase(mood, _progression(mood, tonic, rng), tonic, rng))
        found.sort(key=lambda lesson: lesson.cost)
        yield from found[: max(1, phrases * 6 // 10)]
        for number in range(beats):
            yield write_beat(mood, ("verse", "drop")[number % 2], rng)


def _progression(mood: Mood, tonic: int, rng: Random) -> list[Chord]:
    """Two phrases of the mood's; sometimes of two pairs, or turned round: others may come."""
    first, second = rng.choice(mood.phrases)
    if rng.random() < 0.3:
        second = rng.choice(rng.choice(mood.phrases))
    numerals = [*first.split(), *second.split()]
    if rng.random() < 0.15:
        cut = rng.randrange(1, 4)
        numerals = numerals[cut:4] + numerals[:cut] + numerals[4:]
    return [parse_chord(numeral, tonic % 12) for numeral in numerals]
