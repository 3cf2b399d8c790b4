"""What words, characters and tags are known by: numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.tagger.corpus import Unit
from reelwright.learn.tagger.features import NARROW, WIDE, plain_word

PAD, BORDER, UNKNOWN = 0, 1, 2
"""Numbers of no word, of a sentence's border, of a word not seen in training."""
LETTERS = 24
"""Letters of a word that are read: the first and the last twelve."""


@dataclass(frozen=True)
class Vocabulary:
    """What is known.

    Attributes:
        unit: whether tokens are words or characters.
        words: in the order of their numbers, which begin behind `UNKNOWN`.
        counts: how often each of them occurred in training.
        letters: letters of words; their numbers begin at 2 (0 is none, 1 is unknown).
        tags: IOBES tags; their numbers begin at 1 (0 is the border's).
        table, wide_table: sizes of the tables that features are hashed into.
        pieces_before, pieces_between, piece_unknown: an encoder's own numbers; -1 without one.
    """

    unit: Unit
    words: Sequence[str]
    counts: Sequence[int]
    letters: str
    tags: Sequence[str]
    table: int
    wide_table: int
    pieces_before: int = -1
    pieces_between: int = -1
    piece_unknown: int = -1

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Vocabulary:
        """What `as_facts` gave.

        Raises:
            KeyError: something is missing.
        """
        return cls(**{**{one.name: facts[one.name] for one in fields(cls)}, "counts": ()})

    def as_facts(self) -> dict[str, Any]:
        """All of it but the counts, for a model's `config.json`."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"counts": ()}

    @property
    def narrow(self) -> int:
        """Narrow features of a token."""
        return NARROW[self.unit]

    @property
    def wide(self) -> int:
        """Wide features of a token; none where their table is off."""
        return WIDE[self.unit] if self.wide_table else 0

    @property
    def has_encoder(self) -> bool:
        """Whether words have pieces, too."""
        return self.pieces_before >= 0

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {word: at for at, word in enumerate(self.words, UNKNOWN + 1)}

    @cached_property
    def _letters(self) -> Mapping[str, int]:
        return {letter: at for at, letter in enumerate(self.letters, 2)}

    @cached_property
    def tag_numbers(self) -> Mapping[str, int]:
        """Tag → number."""
        return {tag: at for at, tag in enumerate(self.tags, 1)}

    def number(self, word: str) -> int:
        """A word's number."""
        return self._numbers.get(plain_word(word), UNKNOWN)

    def spell(self, words: Sequence[str]) -> NDArray[np.int64]:
        """(words, `LETTERS`): the numbers of words' letters; a long word loses its middle."""
        spelt = np.zeros((len(words), LETTERS), np.int64)
        half = LETTERS // 2
        for row, word in zip(spelt, words, strict=True):
            kept = word if len(word) <= LETTERS else word[:half] + word[-half:]
            row[: len(kept)] = [self._letters.get(letter, 1) for letter in kept]
        return spelt


def count_words(sentences: Iterable[Sequence[str]]) -> Counter[str]:
    """How often each word occurs, in the form it is known by."""
    return Counter(plain_word(word) for words in sentences for word in words)


def count_letters(sentences: Iterable[Sequence[str]], least: int = 3) -> str:
    """The letters that occur often enough, in order."""
    counts = Counter(letter for words in sentences for word in words for letter in word)
    return "".join(sorted(letter for letter, count in counts.items() if count >= least))
