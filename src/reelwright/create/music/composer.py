"""The composer: a trained `sequence` model writes tunes and beats within a piece's own harmony.

The model is told mood, mode and chords, and what it may write next: tones of the scale or the
chord, on beats tones of the chord, in the range of tunes, bars that are full; and it is given a
form: which bars come back to the rhythm of another, and that both halves close on a long note. So
any model of music that `reel train sequence` makes can compose, and none can leave the harmony or
lose its thread. Several tunes are drawn at once and the one of most worth (`measures`) is taken.

The shipped weights were learnt from what `lessons` writes (see their card). The network runs in
numpy; the seed decides all chances.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import ModelError
from reelwright.create.music import BY_RULE
from reelwright.create.music.lessons import (
    BARS,
    FORMS,
    HIGH,
    LOW,
    MODES,
    STEPS,
    chord_token,
    condition_of,
    roles_of,
)
from reelwright.create.music.measures import measure, worth
from reelwright.create.music.melody import Tone
from reelwright.create.music.moods import Beat, Mood
from reelwright.create.music.theory import SCALES, Chord
from reelwright.learn.sequence.kind import Sequence as Model
from reelwright.learn.sequence.kind import load
from reelwright.learn.sequence.sampling import Taste
from reelwright.learn.sequence.tokens import EDGE, SPECIAL
from reelwright.learn.sequence.writing import Allow, write

SHIPPED = Path(__file__).parent / "shipped"
"""The model folder that comes with the package."""
_DRAWN = 6
"""Tunes drawn for one that is taken."""
_REST = 6
"""Steps the note that closes a phrase lasts at least."""
_ROOMS = range(STEPS + 1)
_TUNE, _BEAT = Taste(0.9, top_p=0.95), Taste(0.9, top_p=0.9)
_SIGNS = ".-xX"

Tune = tuple[tuple[Tone, ...], ...]
"""Notes of each bar."""
Lanes = tuple[tuple[str, str, str], ...]
"""Of each bar the patterns of the low drum, the one on the back beat, and the high one."""


@lru_cache(maxsize=2)
def find_composer(model: str) -> Composer | None:
    """The composer of a setting: the shipped one for "", nobody for "none", else a model folder.

    Raises:
        ModelError: the folder holds no sequence model of music.
    """
    if model == BY_RULE or not (model or SHIPPED.is_dir()):
        return None
    from reelwright.learn.kinds import load_model

    folder = Path(model).expanduser() if model else SHIPPED
    found = load_model(folder, "sequence") if model else load(folder)
    assert isinstance(found, Model)
    if found.wanted.tokens != "music":
        raise ModelError(
            f"is a model of {found.wanted.tokens}, not of music",
            where=str(folder),
            hint="train one with: reel train sequence --data tunes/ --set tokens=music",
        )
    return Composer(found)


class Composer:
    """Writes tunes and beats with a sequence model of music."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tokens = [*SPECIAL, *model.coder.vocabulary.tokens]
        self.numbers = {token: n for n, token in enumerate(self._tokens)}
        self.pitches = self._values(r"n(-?\d+)")
        self.lengths = self._values(r"d(\d+)")
        self._strokes = self._values(r"x([0-3]{3})")

    def _values(self, pattern: str) -> dict[int, int]:
        """Numbers of the tokens of a pattern, and what each says."""
        found = ((n, re.fullmatch(pattern, token)) for n, token in enumerate(self._tokens))
        return {n: int(match[1]) for n, match in found if match}

    @property
    def sings(self) -> bool:
        """Whether the model knows notes."""
        return bool(self.pitches) and bool(self.lengths)

    @property
    def drums(self) -> bool:
        """Whether the model knows strokes, and drums of more than one kind."""
        return len(self._strokes) > 1

    def tune(self, mood: Mood, tonic: int, chords: Sequence[Chord], seed: int) -> Tune:
        """Eight bars over eight chords.

        Args:
            mood: its scale, and what the model is told.
            tonic: pitch class.
            chords: of each bar.
            seed: another number, another tune.
        """
        zero = (LOW + HIGH) // 2 - ((LOW + HIGH) // 2 - tonic) % 12
        rng = Random(f"form {mood.name} {seed}")
        forms = [rng.choice(FORMS) for _ in range(_DRAWN)]
        allowed = _Allowed(self, mood, tonic, zero, chords, forms)
        start = self._encode([f"@{MODES.get(mood.scale, mood.scale)}", "4/4"])
        found = self._draw(start, [condition_of(mood, "")] * _DRAWN, allowed, _TUNE, 400, seed)
        tunes = [self._read(row, zero) for row in found]
        classes = [chord.classes for chord in chords]
        full = [tune for tune in tunes if sum(map(len, tune)) > BARS] or tunes
        return max(full, key=lambda tune: worth(measure(tune, classes)) if any(tune) else -99.0)

    def beats(self, mood: Mood, seed: int) -> dict[str, list[Lanes]]:
        """Two beats of four bars each for the verses and for the drops, by these names."""
        parts = ("verse", "verse", "drop", "drop")
        start = self._encode(["@drums", "4/4"])
        under = [condition_of(mood, part) for part in parts]
        rows = self._draw(start, under, self._stroke, _BEAT, 72, seed)
        lanes = [self._lanes(row) for row in rows]
        return {"verse": lanes[:2], "drop": lanes[2:]}

    def _lanes(self, row: Sequence[int]) -> Lanes:
        hits = [f"{self._strokes[token]:03}" for token in row if token in self._strokes]
        bars = [hits[at : at + STEPS] for at in range(0, len(hits), STEPS)]
        low, back, high = (
            ["".join(_SIGNS[int(hit[role])] for hit in bar) for bar in bars] for role in range(3)
        )
        return tuple(zip(low, back, high, strict=True))

    def _draw(
        self,
        start: list[int],
        conditions: Sequence[str],
        allowed: Allow,
        taste: Taste,
        length: int,
        seed: int,
    ) -> list[list[int]]:
        chances = [
            np.random.default_rng([seed % 2**63, zlib.crc32(condition.encode()), n])
            for n, condition in enumerate(conditions)
        ]
        # Of a model that was not told of moods, nothing is asked under one.
        under = [self._model.coder.numbers.get(condition, 0) for condition in conditions]
        begun = [start] * len(conditions)
        return write(self._model.stepper, begun, under, taste, length, chances, allowed)

    def _encode(self, tokens: Sequence[str]) -> list[int]:
        return [self.numbers[token] for token in tokens if token in self.numbers]

    def _stroke(self, row: int, written: Sequence[int]) -> NDArray[np.bool_]:
        """What may come next in a beat: strokes, and bar lines where they belong."""
        hits = sum(token in self._strokes for token in written)
        bar = self.numbers.get("|")
        if hits == 4 * STEPS:
            return self.only([EDGE])
        if bar is not None and hits % STEPS == 0 and written[-1] != bar:
            return self.only([bar])
        return self.only(self._strokes)

    def only(self, numbers: Iterable[int]) -> NDArray[np.bool_]:
        """A mask of these tokens."""
        mask = np.zeros(len(self._tokens), bool)
        mask[list(numbers)] = True
        return mask

    def _read(self, row: Sequence[int], zero: int) -> Tune:
        """Tokens as notes of bars. Notes fill their bars, so bar lines need no reading."""
        bars: list[list[Tone]] = [[] for _ in range(BARS)]
        now, pitch = 0, None
        for token in row:
            if token in self.pitches:
                pitch = zero + self.pitches[token]
            elif token in self.lengths:
                bar, step = divmod(now, STEPS)
                if pitch is not None and bar < BARS:
                    tone = Tone(step, self.lengths[token], pitch, step % 4 == 0)
                    bars[bar].append(tone)
                now += self.lengths[token]
                pitch = None
        return tuple(tuple(bar) for bar in bars)


@dataclass
class _Heard:
    """What a tune's tokens come to so far."""

    form: str
    """A letter for each bar; bars of one letter have one rhythm, capitals have one of their own."""
    tokens: int = 0
    now: int = 0
    rests: bool = False
    """Whether the pitch that waits for its length is a rest."""
    bars: list[list[tuple[int, int, bool]]] = field(default_factory=list)
    """Of each bar begun its notes and rests: step, length, whether it is a rest."""

    def model(self, bar: int) -> list[tuple[int, int, bool]]:
        """The rhythm a bar comes back to; empty where it has one of its own."""
        before = self.form.find(self.form[bar])
        return self.bars[before] if before < bar and self.form[bar].islower() else []


class _Allowed:
    """What may come next in a tune (`writing.Allow`)."""

    def __init__(
        self,
        composer: Composer,
        mood: Mood,
        tonic: int,
        zero: int,
        chords: Sequence[Chord],
        forms: Sequence[str],
    ) -> None:
        self._c = composer
        numbers = composer.numbers
        self._bar = numbers.get("|")
        self._rest = numbers.get("r")
        self._chords = [numbers.get(chord_token(chord, tonic)) for chord in chords]
        self._heard = [_Heard(form) for form in forms]
        scale = {(tonic + step) % 12 for step in SCALES[mood.scale]}
        in_range = {
            n: (zero + above) % 12
            for n, above in composer.pitches.items()
            if LOW <= zero + above <= HIGH
        }
        self._free: list[NDArray[np.bool_]] = []
        self._firm: list[NDArray[np.bool_]] = []
        for chord in chords:
            for masks, classes in (
                (self._free, scale | set(chord.classes)),
                (self._firm, set(chord.classes)),
            ):
                masks.append(composer.only(n for n, tone in in_range.items() if tone in classes))
        self._home = composer.only(n for n, tone in in_range.items() if tone == tonic % 12)
        self._silence = composer.only([] if self._rest is None else [self._rest])
        self._within = [
            [
                composer.only(
                    n for n, length in composer.lengths.items() if least <= length <= room
                )
                for room in range(STEPS + 1)
            ]
            for least in (1, _REST)
        ]

    def __call__(self, row: int, written: Sequence[int]) -> NDArray[np.bool_]:
        c, heard = self._c, self._heard[row]
        self._listen(heard, written)
        last = written[-1] if written else EDGE
        bar, step = divmod(heard.now, STEPS)
        if bar >= BARS:
            return c.only([EDGE])
        model = heard.model(bar)
        again = next((each for each in model if each[0] == step), None)
        closes = heard.form[bar] == "c" and step >= STEPS // 2
        if last in c.pitches or last == self._rest:
            same = again and next((n for n, long in c.lengths.items() if long == again[1]), None)
            if same is not None:
                return c.only([same])
            # Of a model that knows no length that fits, the bar is left open.
            for masks in (self._within[closes and last != self._rest], self._within[0]):
                if masks[STEPS - step].any():
                    return masks[STEPS - step]
            return c.only(list(c.lengths)[:1])
        if step == 0 and last != self._chords[bar]:
            if self._bar is not None and last != self._bar:
                return c.only([self._bar])
            if self._chords[bar] is not None:
                return c.only([self._chords[bar] or 0])
        closed = closes and any(at >= STEPS // 2 for at, _, _ in heard.bars[bar])
        if (closed or (again and again[2])) and self._rest is not None:
            return self._silence
        mask = (self._firm if step % 4 == 0 or closes else self._free)[bar]
        if closes and bar == BARS - 1 and (mask & self._home).any():
            mask = mask & self._home
        if not mask.any():
            return c.only([EDGE])
        return mask if again or closes else mask | self._silence

    def _listen(self, heard: _Heard, written: Sequence[int]) -> None:
        for token in written[heard.tokens :]:
            if token == self._rest or token in self._c.pitches:
                heard.rests = token == self._rest
            elif length := self._c.lengths.get(token):
                bar, step = divmod(heard.now, STEPS)
                while len(heard.bars) <= bar:
                    heard.bars.append([])
                heard.bars[bar].append((step, length, heard.rests))
                heard.now += length
        heard.tokens = len(written)


def fit(tones: Sequence[Tone], chord: Sequence[int], scale: Sequence[int]) -> tuple[Tone, ...]:
    """A bar's notes over another chord than they were written for: beats take its nearest tones."""
    found: list[Tone] = []
    for tone in tones:
        wanted = chord if tone.strong else [*chord, *scale]
        near = min(
            (p for p in range(LOW - 2, HIGH + 3) if p % 12 in wanted),
            key=lambda p: (abs(p - tone.pitch), p),
        )
        found.append(Tone(tone.step, tone.length, near, tone.strong))
    return tuple(found)


def drum_on(beat: Beat, lanes: tuple[str, str, str]) -> Beat:
    """A mood's beat with its low, back and high drum playing other patterns; others stay."""
    taken = {name: lane for name, lane in zip(roles_of(beat), lanes, strict=True) if name}
    return tuple((name, taken.get(name, pattern)) for name, pattern in beat)
