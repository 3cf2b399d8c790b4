"""Words: how a text falls into the pieces that captions highlight, and how long it takes to say."""

from __future__ import annotations

import re
from functools import lru_cache

from reelwright.core.nouns import Language
from reelwright.core.words import CJK, cut_han, is_cjk
from reelwright.create.reading import read_aloud
from reelwright.create.reading.tables import COUNTERS, CURRENCIES, ENGLISH_SCALES, UNITS

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_OPENING = frozenset("“‘「『《〈（【〔([{<«#@$¥￥€£")


def _any_of(words: list[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_JOINED = rf"{_NUMBER}(?:\s?[:：/\-–—~～×xX.至到]\s?{_NUMBER})*"
_ZH_SCALE = r"[百千万亿]*[多余来几]?[+＋]?"
_UNIT = rf"(?:{_any_of(tuple(UNITS))})(?![{_LATIN}])"
_PER = r"(?:/[公千毫平立]?[升克斤米秒时天日月年人次台件吨亩])?"
_ZH_NUMBER = (
    rf"(?:\d{{1,2}}月\d{{1,2}}[日号]|第?[+\-−]?{_JOINED}"
    rf"(?:[%％‰]|\s?{_UNIT}|{_ZH_SCALE}(?:{_any_of(COUNTERS)})?)"
    rf"(?:[~～\-–—至][+\-−]?{_NUMBER}[%％‰]|[+＋]|{_PER}))"
)
_EN_NAMES = _any_of(
    (
        "percent", "degrees", "dollars", "euros", "yuan", "seconds", "minutes", "hours", "days",
        "weeks", "months", "years", "second", "minute", "hour", "day", "week", "month", "year",
        "people", "times", "feet", "miles", "pounds", "cups", "degree",
        *(name for _, one, many in UNITS.values() for name in (one, many) if name.isalpha()),
    )
)  # fmt: skip
_EN_NUMBER = (
    rf"[+\-−]?{_JOINED}(?:st|nd|rd|th|s)?(?![{_LATIN}])(?:\s?[%％‰]|\s?{_UNIT}(?!\d)|"
    rf"\s?(?:a\.m\.?|p\.m\.?|am|pm|AM|PM)(?![{_LATIN}])|"
    rf"(?:[ -](?:{'|'.join(ENGLISH_SCALES)})\b)?(?: (?:{_EN_NAMES})\b)?)[+]?"
)
_MONEY = rf"(?:{_any_of(list(CURRENCIES))})\s?"
_PER_MANY = rf"(?:/\d{{1,3}}[kKmM千万](?![{_LATIN}\d]))?"
"""$0.03/1K tokens"""
_WORD = rf"[{_LATIN}](?:[{_LATIN}\d]|[.\-'’&/+_@](?=[{_LATIN}\d]))*(?:\+\+|#|\+)?"
_MODEL_ZH = rf"(?:[{_LATIN}]*[A-Z][{_LATIN}\-]*) \d+(?:\.\d+)?(?![\d,:.%％]|{_any_of(COUNTERS)})"
_MODEL_EN = (
    rf"(?:[{_LATIN}]+[A-Z][{_LATIN}\-]*|Windows|Android|Chapter|Section|Figure|Part|Type|Version|"
    r"Step|Day|Week|Level|Apollo|Boeing|Airbus|No\.|Top|Model|Mark|Galaxy|Pixel) \d+(?:\.\d+)?"
    r"(?![\d,:%％])"
)
_ATOM = {
    "zh": re.compile(
        rf"(?P<keep>{_MODEL_ZH}|{_MONEY}{_ZH_NUMBER}{_PER_MANY}|{_NUMBER}[xX](?![{_LATIN}\d])|\d+[{_LATIN}][{_LATIN}\d]*(?<!\d[a-z])"
        rf"|{_ZH_NUMBER}|{_WORD})|(?P<han>{CJK.pattern}+)|(?P<space>\s+)|(?P<other>.)",
        re.DOTALL,
    ),
    "en": re.compile(
        rf"(?P<keep>{_MODEL_EN}|{_NUMBER}[xX](?![{_LATIN}\d])|{_MONEY}{_EN_NUMBER}{_PER_MANY}|{_EN_NUMBER}"
        rf"|\d+[{_LATIN}][{_LATIN}\d]*|{_WORD}|\d+)"
        rf"|(?P<han>{CJK.pattern}+)|(?P<space>\s+)|(?P<other>.)",
        re.DOTALL,
    ),
}


def segment(text: str, language: Language) -> list[str]:
    """Cut a text into words, each with the white space and punctuation that follow it.

    Chinese is cut by rjieba. A number stays with its sign, unit, percent sign or counter, a Latin
    word stays whole, an opening quotation mark or bracket belongs to the word after it.

    Returns:
        The words; joined together they are `text` exactly. Empty text gives an empty list.
    """
    words: list[str] = []
    lead = ""  # opening marks, and whatever comes before the first word
    quoted = False
    for match in _ATOM[language].finditer(text):
        piece = match.group()
        if match.lastgroup in ("space", "other"):
            opening = piece in _OPENING or (
                piece == "'" and (not words or words[-1][-1:].isspace())
            )
            if piece == '"':
                opening = quoted = not quoted
            if lead or not words or opening:
                lead += piece
            else:
                words[-1] += piece
            continue
        for word in cut_han(piece) if match.lastgroup == "han" else [piece]:
            words.append(lead + word)
            lead = ""
    if lead:
        if words:
            words[-1] += lead
        else:
            words.append(lead)
    return words


_VOWELS = re.compile(r"[aeiouyà-æè-ïò-öù-ü]+")
_SPOKEN_WORD = re.compile(rf"[{_LATIN}]+(?:['’][{_LATIN}]+)?")


_SILENT_E = re.compile(
    r"(?<![eyoiu])(?<![^aeiouy]l)e$|(?<![sxzcge])(?<!sh)(?<!ch)(?<![^aeiouy]l)es$"
)
# Two vowels in a row that are both sounded: sci-ence, aud-i-o, tri-um-ph, vide-o, actu-al, cre-ate.
_HIATUS = re.compile(r"i(?:a(?!l$|n$)|o(?!u|n)|um|et|en(?=ce|t))|eo$|[^q]u[ae]l|creat")


@lru_cache(maxsize=4096)
def syllables(word: str) -> int:
    """Estimated syllables of a Latin word, at least one. A single letter counts as its name."""
    low = word.lower()
    if len(low) == 1:
        return 3 if low == "w" else 1
    stem = re.sub(r"['’](?:s|t|d|m|ll|re|ve)$", "", low)
    count = len(_VOWELS.findall(stem))
    if _SILENT_E.search(stem):
        count -= 1
    if stem.endswith("ed") and not re.search(r"[td]ed$|[^aeiouy]led$", stem):
        count -= 1
    count += len(_HIATUS.findall(stem))
    return max(1, count)


@lru_cache(maxsize=8192)
def units(text: str, language: Language) -> int:
    """Speech units a text takes when spoken: Chinese syllables plus English syllables."""
    spoken = read_aloud(text, language).spoken
    latin = sum(syllables(word) for word in _SPOKEN_WORD.findall(spoken))
    return latin + sum(1 for char in spoken if is_cjk(char))
