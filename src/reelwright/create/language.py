"""Which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

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


def foreign_script(text: str) -> str | None:
    """The name of the letters a text is mostly written in, if neither Chinese nor Latin.

    Japanese is told by its kana: a fifth of the letters is more than any Chinese text quotes.

    >>> foreign_script("Привет, мир"), foreign_script("你好 world")
    ('Cyrillic', None)
    """
    names = Counter(_script_of(char) for char in text if char.isalpha())
    letters = sum(names.values())
    kana = names["Hiragana"] + names["Katakana"]
    if kana and kana >= 0.2 * letters:
        return "Japanese"
    if not letters:
        return None
    name, count = names.most_common(1)[0]
    return None if name in ("Cjk", "Latin", "Greek") or 2 * count < letters else name


def _script_of(char: str) -> str:
    return unicodedata.name(char, "Latin").partition(" ")[0].capitalize()
