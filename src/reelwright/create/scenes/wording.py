"""Words on their way into a scene: their language, their marks, where they may break."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reelwright.create.words import is_cjk, segment
from reelwright.media import drawing
from reelwright.media.drawing import Type
from reelwright.media.typesetting import Token


def language_of(text: str) -> str:
    """``zh`` if any character is Chinese, else ``en``."""
    return "zh" if any(is_cjk(char) for char in text) else "en"


def narrow_marks(text: str, kind: Type) -> str:
    """A text with straight quotation marks where the font has none for Latin letters.

    Chinese fonts draw curly ones as wide as a character: in ``don’t`` that is a hole.
    """
    if not any(mark in text for mark in "’‘“”") or drawing.measure("’", kind) < 0.6:
        return text
    text = re.sub(r"(?<=[A-Za-z0-9])’|[’‘](?=[A-Za-z0-9])", "'", text)
    return text if language_of(text) == "zh" else re.sub("[“”]", '"', re.sub("[‘’]", "'", text))


def tokens(text: str, strong: Sequence[str] = ()) -> list[Token]:
    """The words of a text, those inside `strong` passages marked."""
    marked = [False] * len(text)
    for passage in strong:
        at = text.find(passage) if passage else -1
        if at >= 0:
            marked[at : at + len(passage)] = [True] * len(passage)
    made: list[Token] = []
    at = 0
    for word in segment(text, language_of(text)):  # type: ignore[arg-type]
        # A passage may begin or end inside a Chinese word; others are marked whole, so that no line
        # breaks inside "phone's" or "lithium-ion".
        letters = [at + i for i, char in enumerate(word) if char.isalnum()]
        if letters and not any(is_cjk(char) for char in word):
            first, last = letters[0], letters[-1] + 1
            marked[first:last] = [any(marked[first:last])] * (last - first)
        start = at
        for place in range(at, at + len(word) + 1):
            if place == at + len(word) or marked[place] != marked[start]:
                made.append(Token(text[start:place], marked[start]))
                start = place
        at += len(word)
    return [token for token in made if token.text]


def ends_cleaned(text: str) -> str:
    """A text as a headline: a capital at its start, no full stop or comma at its end."""
    bare = text.strip().rstrip("。，,；;、：:").removesuffix(".") or text.strip()
    # But names that start small on purpose (iPhone) stay as they are.
    return bare if bare[1:2].isupper() else bare[:1].upper() + bare[1:]
