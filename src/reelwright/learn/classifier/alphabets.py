"""Texts as numbers for the network beside the linear model: of characters, or an encoder's pieces.

In both 0 is kept for padding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, TypeVar

from reelwright.learn.classifier.features import plain
from reelwright.learn.encoders import Tokenizer

Item = TypeVar("Item")
_KNOWN = 2
"""A character that occurs less often is not learnt."""
_PAD, _OTHER, _FIRST = 0, 1, 2


@dataclass(frozen=True)
class Letters:
    """The characters a network knows.

    Attributes:
        known: in the order of their numbers.
        longest: characters that are read of a text.
    """

    name: ClassVar[str] = "letters"
    """What the network's input is called."""

    known: str
    longest: int

    def __len__(self) -> int:
        """How many numbers there are, those of padding and of unknown characters among them."""
        return len(self.known) + _FIRST

    def number(self, text: str) -> list[int]:
        """A text's characters as numbers; one at least."""
        text = "".join(_ends(plain(text), self.longest))
        return [self._numbers.get(letter, _OTHER) for letter in text] or [_OTHER]

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {letter: number for number, letter in enumerate(self.known, _FIRST)}


@dataclass(frozen=True)
class Pieces:
    """The pieces of words that an encoder knows; each has its own number and one, so that 0 pads.

    Attributes:
        read: cuts a text.
        before, behind: the pieces that begin and end a text.
        size: how many pieces the encoder knows.
        most: pieces that it can read at once.
        longest: characters that are read of a text.
    """

    name: ClassVar[str] = "pieces"
    """What the network's input is called."""

    read: Tokenizer
    before: int
    behind: int
    size: int
    most: int
    longest: int

    def __len__(self) -> int:
        """How many numbers there are, padding's among them."""
        return self.size + 1

    def number(self, text: str) -> list[int]:
        """A text's pieces between those that begin and end it."""
        text = "".join(_ends(" ".join(text.split()), self.longest))
        pieces = _ends(self.read(text), self.most - 2)
        return [number + 1 for number in (self.before, *pieces, self.behind)]


Alphabet = Letters | Pieces
"""What a network reads texts as."""


def find_letters(texts: Sequence[str], longest: int) -> Letters:
    """The characters of some texts, the most frequent first."""
    counts = Counter(letter for text in texts for letter in plain(text))
    known = sorted((-count, letter) for letter, count in counts.items() if count >= _KNOWN)
    return Letters("".join(letter for _, letter in known), longest)


def _ends(whole: Sequence[Item], longest: int) -> list[Item]:
    """So much of a long text: three quarters from its start, one from its end."""
    if len(whole) <= longest:
        return list(whole)
    tail = longest // 4
    return [*whole[: longest - tail], *whole[len(whole) - tail :]]
