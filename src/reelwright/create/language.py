"""Which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from reelwright.core.nouns import Language
from reelwright.core.words import TO_TRADITIONAL

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


_TRADITIONAL = frozenset(TO_TRADITIONAL.values())


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in Traditional characters.

    >>> is_traditional("這個問題很多人都問過"), is_traditional("这个问题很多人都问过")
    (True, False)
    """
    simplified = sum(ord(char) in TO_TRADITIONAL for char in text)
    return sum(char in _TRADITIONAL for char in text) > simplified


def in_the_form_of(text: str, phrase: str) -> str:
    """One of our own Simplified phrases, in Traditional characters where a text is.

    >>> in_the_form_of("這個問題", "评论区聊聊")
    '評論區聊聊'
    """
    return phrase.translate(TO_TRADITIONAL) if is_traditional(text) else phrase


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
