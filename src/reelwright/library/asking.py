"""What a person asks for in words: things, each by several names, and things that must not be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reelwright.core.words import is_cjk, pieces_of, words_of
from reelwright.library.documents import encode
from reelwright.library.vocabulary import alike, is_known

_STOP = frozenset(
    ["的", "了", "在", "是", "和", "与", "或", "有", "个", "里", "上", "着", "a", "an", "the", "of",
     "in", "on", "at", "with", "and", "or", "to", "for", "by", "is", "are", "some"]
)  # fmt: skip
"""Words that name nothing. They count where nothing else is asked for."""
Column = str
TITLE, SEEN, SAID, PIECES = "title", "seen", "said", "pieces"
_LABELS = {TITLE: "A", SEEN: "B", SAID: "C", PIECES: "D"}


@dataclass(frozen=True)
class Thing:
    """One thing that is asked for."""

    word: str
    """As it was written (folded)."""
    names: tuple[str, ...]
    """Tokens that name it, its own first."""
    parts: tuple[str, ...] = ()
    """Tokens of its pairs of characters, which together nearly are it; empty where it has one."""
    letters: tuple[str, ...] = ()
    """Tokens of its characters."""


@dataclass(frozen=True)
class Question:
    """What is asked for, and what is not wanted (``-night``)."""

    things: tuple[Thing, ...]
    without: tuple[Thing, ...] = ()


def read_question(text: str) -> Question:
    """A question as a person types it, in Chinese, English or both.

    >>> [thing.word for thing in read_question("海边日落 people -night").things]
    ['海边', '日落', 'people']
    """
    wanted: dict[str, Thing] = {}
    without: dict[str, Thing] = {}
    for part in text.split():
        unwanted = part[0] in "-－" and len(part) > 1
        for word in _words(part):
            (without if unwanted else wanted).setdefault(word, _thing(word))
    telling = [thing for word, thing in wanted.items() if word not in _STOP]
    return Question(tuple(telling or wanted.values()), tuple(without.values()))


def _words(part: str) -> list[str]:
    """The words of a part; what the vocabulary knows as one is not cut."""
    found = words_of(part)
    whole = "".join(found)
    if len(found) > 1 and is_known(whole):
        return [whole]
    return found


def _thing(word: str) -> Thing:
    names = (encode(word), *sorted(encode(other) for other in alike(word)))
    if not is_cjk(word[0]):
        return Thing(word, names)
    pairs = [piece for piece in pieces_of([word]) if len(piece) == 2]
    letters = [piece for piece in pieces_of([word]) if len(piece) == 1]
    return Thing(
        word,
        names,
        tuple(map(encode, pairs)) if len(word) > 2 else (),
        tuple(map(encode, letters)) if len(word) < 3 else (),
    )


def match_words(
    things: Iterable[Thing],
    columns: Sequence[Column],
    *,
    others: bool = True,
    pieces: bool = False,
    all: bool = True,
    dialect: str = "sqlite",
) -> str:
    """A question in the language of FTS5 or of a PostgreSQL tsquery.

    Args:
        things: what is asked for.
        columns: of a document, where it may stand.
        others: whether its other names count.
        pieces: whether the parts of its Chinese words count.
        all: whether everything asked for must be there, or anything.
        dialect: ``sqlite`` or ``postgresql``.
    """
    say = _tsquery if dialect == "postgresql" else _fts5
    both, either = ("&", "|") if dialect == "postgresql" else (" AND ", " OR ")
    said: list[str] = []
    for thing in things:
        ways = [say(name, columns) for name in (thing.names if others else thing.names[:1])]
        if pieces and (thing.parts or thing.letters):
            held = [say(part, (PIECES,)) for part in thing.parts or thing.letters]
            # Where any thing will do, so does any pair of a word's characters.
            loose = not all and thing.parts
            ways.append(f"({(either if loose else both).join(held)})")
        said.append(f"({either.join(ways)})")
    return (both if all else either).join(said)


def _fts5(token: str, columns: Sequence[Column]) -> str:
    return f'{{{" ".join(columns)}}} : "{token}"'


def _tsquery(token: str, columns: Sequence[Column]) -> str:
    return f"'{token}':{''.join(_LABELS[column] for column in columns)}"
