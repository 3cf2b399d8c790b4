"""Latin words as both languages say them: abbreviations, acronyms, letters mixed with digits."""

from __future__ import annotations

import re

from reelwright.create.reading.tables import CAPITAL_WORDS, ROMAN, SPOKEN_AS_WORDS

CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?:&[A-Z]+)*(?:s|'s|’s)?(?![A-Za-z])")


def spell(letters: str) -> str:
    """Letters one by one: ``AI`` → ``A I``."""
    return " ".join(letters)


def say_capitals(word: str, shouted: bool) -> str | None:
    """An all-capital word: an acronym as letters, or None where it is said as a word.

    Args:
        word: two or more capitals, perhaps with a plural ``s`` or a possessive.
        shouted: the text around it is in capitals too, so it is a word and not an acronym.
    """
    stem = re.match(r"[A-Z&]+", word)
    if stem is None:
        return None
    base, tail = stem.group(), word[stem.end() :]
    if base in SPOKEN_AS_WORDS or base in CAPITAL_WORDS or base in ROMAN or shouted:
        return None
    if len(base) >= 6 and re.search(r"[AEIOUY]", base):
        return None
    if len(base) >= 4 and re.fullmatch(r"[^AEIOU]?(?:[AEIOU][^AEIOU]{1,2})+[AEIOU]?", base):
        return None  # said like a word: IKEA and its kind
    return spell(base).replace("&", "and") + ("'s" if tail else "")


def shouted(text: str) -> bool:
    """Whether most words of a text are in capitals."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    return len(words) >= 3 and sum(word.isupper() for word in words) > len(words) * 0.6


def exponent(text: str) -> int:
    """The value of an exponent, written with digits or raised ones: ``-6``, ``⁻⁶``."""
    return int(text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")))
