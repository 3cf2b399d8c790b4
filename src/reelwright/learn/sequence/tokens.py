"""Tokens: what a sequence is made of, and their numbers.

Number 0 begins and ends every sequence, number 1 stands for whatever was not learnt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["characters", "words", "music"]

EDGE, UNKNOWN = 0, 1
SPECIAL = ("<edge>", "<unknown>")

_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Every character is in exactly one token, so tokens joined are the text again; the space before a
# word belongs to it.
_WORD = re.compile(rf" ?(?:[{_CJK}]|[^\W{_CJK}]+|[^\w\s])|\s")


def cut(text: str, unit: Unit) -> list[str]:
    """A text as tokens; joined (music: joined by spaces) they are the text again.

    >>> cut("It's 茶香.", "words")
    ['It', "'", 's', ' 茶', '香', '.']
    """
    if unit == "characters":
        return list(text)
    return _WORD.findall(text) if unit == "words" else text.split()


def join(tokens: Sequence[str], unit: Unit) -> str:
    """The text that `cut` took apart."""
    return (" " if unit == "music" else "").join(tokens)


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by number, the two special ones not among them."""

    tokens: tuple[str, ...]
    numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {token: number for number, token in enumerate(self.tokens, len(SPECIAL))}
        object.__setattr__(self, "numbers", found)

    def __len__(self) -> int:
        return len(self.tokens) + len(SPECIAL)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Numbers of tokens; `UNKNOWN` for those not learnt."""
        return [self.numbers.get(token, UNKNOWN) for token in tokens]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Tokens of numbers; the special ones are left out."""
        return [self.tokens[n - len(SPECIAL)] for n in numbers if n >= len(SPECIAL)]


def most_frequent(counts: Mapping[str, int], least: int, most: int) -> Vocabulary:
    """The vocabulary of some tokens: most frequent first, ties in the tokens' order.

    Args:
        counts: how often each token occurs.
        least: how often a token must occur to be learnt.
        most: how many are learnt at most.
    """
    kept = sorted((t for t, n in counts.items() if n >= least), key=lambda t: (-counts[t], t))
    return Vocabulary(tuple(kept[:most]))
