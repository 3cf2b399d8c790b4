"""Words of raw text with their places: what a tagger of words is asked about.

English as the CoNLL files part it (marks stand alone, ``'s`` too, ``U.S.`` and ``1996-08-22`` stay
whole); Chinese characters stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(
    rf"""
    (?:[^\W\d_{_HAN}]\.){{2,}}                              # U.S.
  | (?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Gen|Sen|Rep|Gov|No|vs|Inc|Ltd|Corp|Co)\.(?=\s)
  | https?://\S+ | [@\#][^\W{_HAN}]+
  | \d+(?:[.,:/-]\d+)*(?:st|nd|rd|th)?                       # 1996-08-22, 3.5, 21st
  | ['’](?:s|re|ve|ll|d|m|t)\b
  | [{_HAN}]
  | [^\W_{_HAN}]+(?:[-&.'’](?!(?:s|re|ve|ll|d|m)\b)[^\W_{_HAN}]+)*
  | \S
    """,
    re.VERBOSE | re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[^\W_a-z])|(?<=[。！？!?…])(?=\S)|\n+")
_SHORT = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Gen|Sen|Rep|Gov|No|vs)\.$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands: `text[start:end]`."""

    text: str
    start: int
    end: int


def split_words(text: str) -> list[Token]:
    """The words and marks of a text.

    >>> [token.text for token in split_words("Bob's U.S. trip, 3.5 days.")]
    ['Bob', "'s", 'U.S.', 'trip', ',', '3.5', 'days', '.']
    """
    return [Token(match.group(), *match.span()) for match in _WORD.finditer(text)]


def split_characters(text: str) -> list[Token]:
    """Every character, spaces too: entities may hold some."""
    return [Token(char, at, at + 1) for at, char in enumerate(text) if char != "\n"]


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end; blank ones are left out."""
    start = 0
    for match in _END.finditer(text):
        if _SHORT.search(text[start : match.start()]):
            continue
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
