"""Documents as rows of numbers: what the network reads.

A row is a run of sentences of one document, each led by a border token, up to about `window`
tokens: the network sees beyond the sentence, and little is padded. Border tokens have a tag of
their own, so that the CRF learns how sentences begin and end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.encoders import Tokenizer
from reelwright.learn.tagger.features import describe_document, hashed
from reelwright.learn.tagger.vocabulary import BORDER, Vocabulary

if TYPE_CHECKING:
    from reelwright.learn.tagger.spool import Spool

Array = NDArray[np.int64]
Cutter = Callable[[str], Sequence[int]]
"""The numbers of an encoder's pieces for one word."""
LONGEST = 12
"""Of one word, pieces beyond this many are left out."""


def open_cutter(read: Tokenizer) -> Cutter:
    """How words are cut into an encoder's pieces, each as if a space stood before it."""
    known: dict[str, Sequence[int]] = {}

    def cut(word: str) -> Sequence[int]:
        pieces = known.get(word)
        if pieces is None:
            pieces = known[word] = read(" " + word)
        return pieces

    return cut


@dataclass(frozen=True)
class Row:
    """A run of sentences of one document.

    Attributes:
        words: (tokens,) numbers of words; `BORDER` before each sentence.
        types: (tokens,) numbers of the words as written, into `Rows.spellings`.
        narrow, wide: (tokens, …) hashed features, 0 for none.
        groups: (tokens,) which word of its document it is, 0 for words that are not followed.
        tags: (tokens,) numbers of tags.
        pieces: an encoder's pieces, and per token the place of its first and behind its last one.
        document: which document it is of.
        parts: for each sentence in it, (its number, its first word, place in the row, length).
    """

    words: Array
    types: Array
    narrow: Array
    wide: Array
    groups: Array
    tags: Array
    pieces: Array
    first: Array
    behind: Array
    document: int
    parts: Sequence[tuple[int, int, int, int]]

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Rows:
    """Rows, and the spellings that their `types` name."""

    rows: Sequence[Row]
    spellings: Sequence[str]


def make_rows(
    documents: Iterable[Sequence[Sequence[str]]],
    vocabulary: Vocabulary,
    window: int,
    tags: Sequence[Sequence[int]] | None = None,
    cut: Cutter | None = None,
    most_pieces: int = 0,
    spool: Spool | None = None,
) -> Rows:
    """The rows of documents.

    Args:
        documents: each a sequence of sentences, each a sequence of words.
        vocabulary: how words become numbers.
        window: tokens a row should have at most; a longer sentence is cut into several rows.
        tags: numbers of tags for each sentence in order; without it they are 0.
        cut: how an encoder cuts words; without it there are no pieces.
        most_pieces: an encoder's pieces a row may have.
        spool: keeps the rows in a file; without it they are held.
    """
    rows: list[Row] = []
    keep = spool.put if spool else rows.append
    spellings: dict[str, int] = {"": 0}
    number = 0
    for document, sentences in enumerate(documents):
        builder = _Builder(document, vocabulary, spellings)
        known: dict[str, int] = {}
        total = sum(len(words) + 1 for words in sentences)
        # A document's rows are about equally long, so that little is padded.
        goal = total / max(1, -(-total // window))
        described = describe_document(sentences, vocabulary.unit)
        for words, (narrow, wide) in zip(sentences, described, strict=True):
            cuts = [list(cut(word))[:LONGEST] for word in words] if cut else []
            wanted = tags[number] if tags else [0] * len(words)
            for start, end in _parts(len(words), cuts, window, most_pieces):
                size = 1 + sum(map(len, cuts[start:end]))
                if not builder.has_room(end - start + 1, size, goal, window, most_pieces):
                    keep(builder.finish())
                part = slice(start, end)
                builder.add(
                    (number, start), words[part], wanted[part], narrow[part], wide[part], cuts[part]
                )
                builder.groups += [_group(word, known) for word in words[part]]
            number += 1
        if len(builder.words):
            keep(builder.finish())
    return Rows(spool.rows() if spool else rows, list(spellings))


def _parts(
    length: int, cuts: Sequence[Sequence[int]], window: int, most: int
) -> list[tuple[int, int]]:
    """A sentence, cut where it is longer than a row may be."""
    parts: list[tuple[int, int]] = []
    start, size = 0, 0
    for at in range(length):
        size += len(cuts[at]) if cuts else 0
        if at - start >= 2 * window or (cuts and at > start and size > most - 2):
            parts.append((start, at))
            start, size = at, len(cuts[at]) if cuts else 0
    return [*parts, (start, length)]


def _group(word: str, known: dict[str, int]) -> int:
    """Which word of the document this is; marks are not followed."""
    if not any(char.isalpha() for char in word):
        return 0
    return known.setdefault(word.lower(), len(known) + 1)


class _Builder:
    """The row that is being filled."""

    def __init__(self, document: int, vocabulary: Vocabulary, spellings: dict[str, int]) -> None:
        self.document, self.vocabulary, self.spellings = document, vocabulary, spellings
        self._clear()

    def _clear(self) -> None:
        self.words: list[int] = []
        self.types: list[int] = []
        self.narrow: list[list[int]] = []
        self.wide: list[list[int]] = []
        self.groups: list[int] = []
        self.tags: list[int] = []
        self.pieces: list[int] = []
        self.first: list[int] = []
        self.behind: list[int] = []
        self.parts: list[tuple[int, int, int, int]] = []

    def has_room(self, tokens: int, pieces: int, goal: float, window: int, most: int) -> bool:
        """Whether a part fits in; no part does that would go too far beyond `goal` tokens."""
        size = len(self.words)
        if not size:
            return True
        # One place is kept for the piece that ends the row.
        room = not most or len(self.pieces) + pieces < most
        return room and size + tokens <= window and size + tokens / 2 <= goal

    def add(
        self,
        name: tuple[int, int],
        words: Sequence[str],
        tags: Sequence[int],
        narrow: Sequence[tuple[str, ...]],
        wide: Sequence[tuple[str, ...]],
        cuts: Sequence[Sequence[int]],
    ) -> None:
        vocabulary = self.vocabulary
        self.parts.append((*name, len(self.words) + 1, len(words)))
        self.words += [BORDER, *map(vocabulary.number, words)]
        self.types += [0, *(self.spellings.setdefault(w, len(self.spellings)) for w in words)]
        self.narrow += [[0] * vocabulary.narrow, *(hashed(f, vocabulary.table) for f in narrow)]
        size = vocabulary.wide
        self.wide += [[0] * size, *(hashed(f[:size], vocabulary.wide_table) for f in wide)]
        self.groups.append(0)
        self.tags += [0, *tags]
        border = vocabulary.pieces_between if self.pieces else vocabulary.pieces_before
        for cut in [[border], *cuts] if vocabulary.has_encoder else []:
            self.first.append(len(self.pieces))
            self.pieces += cut or [vocabulary.piece_unknown]
            self.behind.append(len(self.pieces))

    def finish(self) -> Row:
        if self.pieces:
            self.pieces.append(self.vocabulary.pieces_between)
        row = Row(
            words=_array(self.words),
            types=_array(self.types),
            narrow=_array(self.narrow),
            wide=_array(self.wide),
            groups=_array(self.groups),
            tags=_array(self.tags),
            pieces=_array(self.pieces),
            first=_array(self.first),
            behind=_array(self.behind),
            document=self.document,
            parts=tuple(self.parts),
        )
        self._clear()
        return row


def _array(values: Sequence[Any]) -> Array:
    return np.array(values, np.int64)
