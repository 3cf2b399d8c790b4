"""The engine: tries rules at every place of a text, and keeps track of which part became what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from reelwright.core.nouns import Language
from reelwright.create.reading.tables import GREEK, SYMBOLS


class Piece(NamedTuple):
    """A stretch of the written text and the stretch of the spoken text it became."""

    written_first: int
    written_last: int
    spoken_first: int
    spoken_last: int


@dataclass(frozen=True)
class Reading:
    """What is said for a text, and which part of it says what.

    `pieces` are in order, none is empty on the written side, and together they cover both strings.
    Within a piece whose two sides have the same text, characters correspond one to one.
    """

    spoken: str
    pieces: tuple[Piece, ...]


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]
"""A pattern tried at a place, and what to say for its match (None: the rule does not apply)."""

ORDINARY = frozenset("，。！？、；：…—“”‘’「」『』《》〈〉（）【】·,.!?;:'\"()-")
"""The punctuation that may stay in the spoken form: voices make pauses of it."""

_IDENTITY = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’][A-Za-z]+)*|\s+|.", re.DOTALL)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
for _mark in "！（），：；？":
    del _WIDE[ord(_mark)]
_WIDE |= {ord("−"): "-", ord("\u00a0"): " ", ord("\u3000"): " ", ord("∶"): ":", ord("〜"): "~",
          ord("～"): "~", ord("％"): "%"}  # fmt: skip


@lru_cache(maxsize=2048)
def read_aloud(text: str, language: Language) -> Reading:
    """What a person says for a text.

    Numbers, dates, times, units, currencies, percentages, abbreviations and symbols become words.
    The spoken form has no digits and no symbols, only letters, spaces and ordinary punctuation.
    """
    if language == "zh":
        from reelwright.create.reading.zh import RULES, digit
    else:
        from reelwright.create.reading.en import RULES, digit
    plain = text.translate(_WIDE)  # one character for one: offsets stay true
    parts: list[tuple[int, str]] = []  # (length written, spoken)
    at = 0
    while at < len(plain):
        length, said = _read_at(plain, at, RULES) or _read_plain(plain, at, language, digit)
        parts.append((length, said))
        at += length
    return _join(parts, language)


def _read_at(plain: str, at: int, rules: Sequence[Rule]) -> tuple[int, str] | None:
    for pattern, say in rules:
        match = pattern.match(plain, at)
        if match and match.end() > at:
            said = say(match)
            if said is not None:
                return match.end() - at, said
    return None


def _read_plain(
    plain: str, at: int, language: Language, digit: Callable[[int], str]
) -> tuple[int, str]:
    match = _IDENTITY.match(plain, at)
    assert match is not None  # the last alternative matches any character
    piece = match.group()
    if len(piece) > 1 or piece in ORDINARY:
        return len(piece), " " if piece.isspace() else piece
    said = GREEK.get(piece) or SYMBOLS.get(piece)
    if said:
        word = said[language == "en"]
        return 1, word if language == "zh" else f" {word} "
    kind = unicodedata.category(piece)
    if kind[0] == "N":
        value = unicodedata.numeric(piece)
        if piece == "〇":
            return 1, digit(0)
        if value == int(value) and 0 <= value <= 9:
            return 1, digit(int(value))
        inner = unicodedata.normalize("NFKC", piece)
        return 1, "" if inner == piece else read_aloud(inner, language).spoken
    if kind[0] == "L":
        return 1, piece
    if kind == "Mn":
        return 1, piece if at and unicodedata.category(plain[at - 1])[0] == "L" else ""
    return 1, " " if piece.isspace() or kind[0] == "P" else ""


def _join(parts: list[tuple[int, str]], language: Language) -> Reading:
    """Put the parts together: single spaces, none before a comma."""
    spoken = ""
    pieces: list[Piece] = []
    at = 0
    for length, said in parts:
        start = len(spoken)
        for char in said:
            if char.isspace():
                if not spoken or spoken[-1] == " ":
                    continue
                char = " "
            elif char in ",.!?;:，。！？；：、" and spoken.endswith(" "):
                # A space left by an unspoken sign does not belong before a comma.
                if start < len(spoken):
                    spoken = spoken[:-1]
                elif pieces and pieces[-1].spoken_last - pieces[-1].spoken_first > 1:
                    spoken = spoken[:-1]
                    start -= 1
                    pieces[-1] = pieces[-1]._replace(spoken_last=start)
            spoken += char
        pieces.append(Piece(at, at + length, start, len(spoken)))
        at += length
    return Reading(spoken, _no_empty(pieces))


def _no_empty(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Merge pieces that say nothing into the one before them (the first into the one after)."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        silent = piece.spoken_first == piece.spoken_last
        if last and (silent or last.spoken_first == last.spoken_last):
            merged[-1] = last._replace(
                written_last=piece.written_last, spoken_last=piece.spoken_last
            )
        else:
            merged.append(piece)
    return tuple(merged)
