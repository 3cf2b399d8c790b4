"""Which language a text is in."""

from __future__ import annotations

import re

from reelwright.core.nouns import Language

_CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


def detect_language(text: str) -> Language:
    """Chinese when at least a fifth of the words are, counting a Chinese character as a word.

    Chinese texts about technology are full of English names, so a majority would be too much to
    ask; English texts quoting a Chinese term stay far below a fifth.
    """
    chinese = len(_CJK.findall(text))
    english = len(_LATIN_WORD.findall(text))
    return "zh" if chinese and chinese >= 0.2 * (chinese + english) else "en"
