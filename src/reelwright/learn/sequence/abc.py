"""Tunes in ABC notation (the abc standard, version 2.1), as far as one voice of melody goes.

Read are the fields X T M L K R, notes with accidentals, octaves and lengths, rests, ties, broken
rhythm, tuplets, chords of notes (their highest counts), chord names and bar lines. Ornaments, grace
notes, slurs, lyrics and layout are passed over; of several voices the first is read. Repeats are
not played twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from reelwright.core.errors import DataError
from reelwright.learn.data.encodings import decode_lines, scan
from reelwright.learn.sequence.score import MODES, STEPS_A_WHOLE, Score

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_SHARPS = "FCGDAEB"
# How far along the circle of fifths a mode's key signature lies from its tonic's major.
_TURN = {"lyd": 1, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "min": -3, "aeo": -3, "m": -3}
_TURN |= {"phr": -4, "loc": -5}
_NAMES = {"lyd": "lydian", "mix": "mixolydian", "dor": "dorian", "min": "minor", "aeo": "minor"}
_NAMES |= {"m": "minor", "phr": "phrygian", "loc": "locrian"}

_PIECE = re.compile(
    r"""(?P<skip>[ \t`\\*]+|![^!\n]*!|\+[^+\n]*\+|\{[^}]*\}|[.~uvHLMOPSTJR]|[()](?!\d)|y\d*|&)
    |(?P<bar>\[?\|[\]:|]*\d*[,\d-]*|:+\|?[:|\]]*\d*|\[\d+[,\d-]*)
    |"(?P<text>[^"\n]*)"
    |\[(?P<field>[A-Za-z]):(?P<value>[^\]\n]*)\]
    |\((?P<p>\d)(?::(?P<q>\d*))?(?::(?P<r>\d*))?
    |(?P<tie>-)
    |(?P<broken>[<>]{1,3})
    |\[(?P<many>[^\]\n]*)\](?P<mup>\d*)(?P<mslash>/*)(?P<mdown>\d*)
    |(?P<note>[_=^]{0,2}[A-Ga-g][,']*)(?P<up>\d*)(?P<slash>/*)(?P<down>\d*)
    |(?P<rest>[zxZX])(?P<rup>\d*)(?P<rslash>/*)(?P<rdown>\d*)""",
    re.VERBOSE,
)
_CHORD = re.compile(
    r"([A-G])([#b]?)(maj7|min7|m7|maj|min|dim7|dim|aug|sus[24]?|m|7|6|9|\+|)(?:/.*)?"
)
_KINDS = {"maj": "", "min": "m", "min7": "m7", "dim7": "dim", "+": "aug", "sus4": "sus"}
_KEY = re.compile(r"\s*([A-G])([#b]?)\s*([A-Za-z]*)")


@dataclass
class _Tune:
    """A tune while it is read."""

    where: str
    metre: tuple[int, int] = (4, 4)
    unit: Fraction | None = None
    tonic: int = 0
    mode: str = "major"
    signature: dict[str, int] = field(default_factory=dict)
    condition: str = ""
    at: Fraction = Fraction(0)
    notes: list[tuple[Fraction, Fraction, int]] = field(default_factory=list)
    chords: list[tuple[Fraction, int, str]] = field(default_factory=list)
    accidentals: dict[str, int] = field(default_factory=dict)
    tied: bool = False
    broken: Fraction = Fraction(1)
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)
    voice: str = ""
    heard: bool = True

    def length(self, up: str, slash: str, down: str, where: str) -> Fraction:
        """How long a note is, in wholes."""
        if down == "0":
            raise _refused("a note cannot last a part of nothing", where)
        part = Fraction(int(up or 1))
        part /= int(down) if down else 2 ** len(slash)
        if self.unit is None:
            short = Fraction(*self.metre) < Fraction(3, 4)
            self.unit = Fraction(1, 16 if short else 8)
        part *= self.unit * self.broken
        self.broken = Fraction(1)
        factor, left = self.tuplet
        if left:
            part *= factor
            self.tuplet = factor, left - 1
        return part

    def add(self, pitch: int | None, length: Fraction) -> None:
        """A note, or a rest where there is no pitch."""
        last = self.notes[-1] if self.notes else None
        if self.tied and last and last[2] == pitch and last[0] + last[1] == self.at:
            self.notes[-1] = (last[0], last[1] + length, last[2])
        elif pitch is not None:
            self.notes.append((self.at, length, pitch))
        self.tied = False
        self.at += length


def read_tunes(path: Path) -> Iterator[Score]:
    """The tunes of an ABC file.

    Raises:
        DataError: what is no ABC, with its file and line; no tunes; a tune without a key.
    """
    tune: _Tune | None = None
    body = False
    count = 0
    for number, raw in [*decode_lines(path, scan(path).encoding), (0, "")]:
        where = f"{path}:{number}"
        line = raw.split("%", 1)[0].rstrip()
        if not line.strip():
            # A tune ends where a line is empty; a line that was a comment ends nothing.
            if tune is not None and not raw.strip():
                if body and tune.notes:
                    count += 1
                    yield _close(tune)
                elif tune.notes or not body:
                    raise _refused("the tune has no key (K:)", tune.where)
                tune, body = None, False
            continue
        head = re.match(r"([A-Za-z+]):", line)
        if head and head[1] == "X":
            if tune is not None and body and tune.notes:
                count += 1
                yield _close(tune)
            tune, body = _Tune(where), False
        elif tune is None:
            continue  # Whatever stands between tunes is text.
        elif head:
            _field(tune, head[1], line[2:].strip(), where)
            body = body or head[1] == "K"
        elif not body:
            raise _refused("music stands before the tune's key (K:)", where)
        else:
            _music(tune, line, where)
    if not count:
        raise DataError(
            "holds no tune", where=str(path), hint="an ABC tune begins with X:1 and has a line K:C"
        )


def _field(tune: _Tune, name: str, value: str, where: str) -> None:
    if name == "M":
        common = {"C": (4, 4), "C|": (2, 2), "": (4, 4), "none": (4, 4)}
        match = re.fullmatch(r"(\d+)\s*/\s*(\d+)", value)
        if value in common:
            tune.metre = common[value]
        elif match and int(match[2]) in (1, 2, 4, 8, 16) and 0 < int(match[1]) < 33:
            tune.metre = int(match[1]), int(match[2])
        else:
            raise _refused(f'"{value}" is no metre', where, "M:4/4, M:6/8, M:C …")
    elif name == "L":
        match = re.fullmatch(r"(\d+)\s*/\s*(\d+)", value)
        if not match or not int(match[1]) or not int(match[2]):
            raise _refused(f'"{value}" is no length', where, "L:1/8 says notes are eighths")
        tune.unit = Fraction(int(match[1]), int(match[2]))
    elif name == "K":
        _key(tune, value, where)
    elif name == "R":
        tune.condition = value.casefold()
    elif name == "V":
        voice = value.split()[0] if value else ""
        tune.voice = tune.voice or voice
        tune.heard = voice == tune.voice


def _key(tune: _Tune, value: str, where: str) -> None:
    match = _KEY.match(value)
    if not match:
        if value.casefold().startswith(("none", "hp", "clef")) or not value:
            return
        raise _refused(f'"{value}" is no key', where, "K:C, K:Am, K:D dorian …")
    letter, accidental, mode = match.groups()
    turn = "maj" if not mode else mode if mode == "m" else mode[:3].casefold()
    turn = "maj" if turn not in _TURN else turn
    shift = {"#": 1, "b": -1, "": 0}[accidental]
    fifths = _FIFTHS[letter] + 7 * shift + _TURN[turn]
    tune.tonic = (_NATURAL[letter] + shift) % 12
    tune.mode = _NAMES.get(turn, "major")
    letters = _SHARPS[: min(7, max(0, fifths))] or _SHARPS[::-1][: min(7, max(0, -fifths))]
    tune.signature = dict.fromkeys(letters, 1 if fifths > 0 else -1)


def _music(tune: _Tune, line: str, where: str) -> None:
    place = 0
    while place < len(line):
        match = _PIECE.match(line, place)
        if not match or match.end() == place:
            near = line[place : place + 12]
            raise _refused(
                f'"{near}" is no music in ABC', f"{where}, column {place + 1}",
                "notes are A to G and a to g, rests z, bars |",
            )  # fmt: skip
        place = match.end()
        found = match.groupdict()
        if found["field"]:
            _field(tune, found["field"], found["value"].strip(), where)
        elif not tune.heard or found["skip"] is not None:
            continue
        elif found["bar"] is not None:
            tune.accidentals = {}
        elif found["text"] is not None:
            chord = _CHORD.fullmatch(found["text"].strip())
            if chord:
                root = _NATURAL[chord[1]] + {"#": 1, "b": -1, "": 0}[chord[2]]
                tune.chords.append((tune.at, root % 12, _KINDS.get(chord[3], chord[3])))
        elif found["p"]:
            _tuplet(tune, found, where)
        elif found["tie"]:
            tune.tied = True
        elif found["broken"]:
            _break(tune, found["broken"], where)
        elif found["rest"]:
            bars = found["rest"] in "ZX"
            length = tune.length(found["rup"], found["rslash"], found["rdown"], where)
            tune.add(None, Fraction(*tune.metre) * int(found["rup"] or 1) if bars else length)
        elif found["many"] is not None:
            inner = [m for m in _PIECE.finditer(found["many"]) if m["note"]]
            if not inner:
                raise _refused(f'"[{found["many"]}]" holds no notes', where)
            own = inner[0]
            length = tune.length(own["up"], own["slash"], own["down"], where)
            outer = Fraction(int(found["mup"] or 1))
            if found["mdown"] == "0":
                raise _refused("a note cannot last a part of nothing", where)
            outer /= int(found["mdown"]) if found["mdown"] else 2 ** len(found["mslash"])
            tune.add(max(_pitch(tune, m["note"]) for m in inner), length * outer)
        else:
            pitch = _pitch(tune, found["note"])
            tune.add(pitch, tune.length(found["up"], found["slash"], found["down"], where))


def _tuplet(tune: _Tune, found: dict[str, str | None], where: str) -> None:
    p = int(found["p"] or 0)
    compound = tune.metre[0] % 3 == 0 and tune.metre[0] > 3
    usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(p, 3 if compound else 2)
    q, r = int(found["q"] or usual), int(found["r"] or p)
    if not p or not r:
        raise _refused("a tuplet of no notes", where, "(3 plays three notes in the time of two")
    tune.tuplet = Fraction(q, p), r


def _break(tune: _Tune, signs: str, where: str) -> None:
    """``>`` lengthens the note before by half and shortens the one that follows; ``<`` turns it."""
    if not tune.notes or tune.notes[-1][0] + tune.notes[-1][1] != tune.at:
        return
    less = Fraction(1, 2 ** len(signs))
    before, after = (2 - less, less) if signs[0] == ">" else (less, 2 - less)
    start, length, pitch = tune.notes[-1]
    tune.notes[-1] = start, length * before, pitch
    tune.at = start + length * before
    tune.broken = after


def _pitch(tune: _Tune, text: str) -> int:
    marks = re.match(r"([_=^]*)([A-Ga-g])([,']*)", text)
    assert marks
    signs, letter, octaves = marks.groups()
    name = letter.upper() + ("'" if letter.islower() else "") + octaves
    if signs:
        tune.accidentals[name] = signs.count("^") - signs.count("_")
    shift = tune.accidentals.get(name, tune.signature.get(letter.upper(), 0))
    high = (12 if letter.islower() else 0) + 12 * (octaves.count("'") - octaves.count(","))
    return 60 + _NATURAL[letter.upper()] + high + shift


def _close(tune: _Tune) -> Score:
    """The tune on the grid of sixteenths."""
    notes: list[tuple[int, int, int]] = []
    for start, length, pitch in tune.notes:
        begins = round(start * STEPS_A_WHOLE)
        ends = max(begins + 1, round((start + length) * STEPS_A_WHOLE))
        if notes and notes[-1][0] == begins:
            continue  # Quicker than the grid: the first of them stands for all.
        if notes and notes[-1][0] + notes[-1][1] > begins:
            notes[-1] = (notes[-1][0], begins - notes[-1][0], notes[-1][2])
        notes.append((begins, ends - begins, pitch))
    return Score(
        where=tune.where,
        tonic=tune.tonic,
        mode=tune.mode if tune.mode in MODES else "major",
        metre=tune.metre,
        notes=tuple(notes),
        chords=tuple((round(at * STEPS_A_WHOLE), root, kind) for at, root, kind in tune.chords),
        condition=tune.condition,
    )


def _refused(message: str, where: str, hint: str | None = None) -> DataError:
    return DataError(message, where=where, hint=hint or "see abcnotation.com for the notation")
