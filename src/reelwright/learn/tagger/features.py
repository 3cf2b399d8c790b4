"""What is told of a word beside the word itself: its form, its neighbours, its document.

Features are texts hashed into a table of fixed size (Weinberger et al. 2009), so that no list of
them need be kept. The **narrow** ones each get a small vector that the network reads; the **wide**
ones, the windows that a linear CRF would use, each add to the tags' scores at once (Cheng et al.
2016).

The document tells what a sentence hides (Chieu & Ng 2003): whether the word that begins it, or
stands in a headline of capitals, is written with a capital elsewhere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from reelwright.learn.tagger.corpus import Unit, is_han

NARROW = {"word": 7, "character": 6}
WIDE = {"word": 31, "character": 26}
"""How many of each a token has, by unit."""
_LOWER, _CAPITAL, _UPPER = 1, 2, 4


def describe_document(
    sentences: Sequence[Sequence[str]], unit: Unit
) -> Iterator[tuple[list[tuple[str, ...]], list[tuple[str, ...]]]]:
    """The narrow and the wide features of each sentence's tokens, as texts."""
    if unit == "character":
        for characters in sentences:
            yield _describe_characters(characters)
    else:
        written = _ways_written(sentences)
        for words in sentences:
            yield _describe_words(words, written)


def hashed(features: Sequence[str], size: int) -> list[int]:
    """A number from 1 to `size` - 1 for each feature; features of different places differ."""
    return [
        1 + zlib.crc32(f"{place} {text}".encode("utf-8", "replace")) % (size - 1)
        for place, text in enumerate(features)
    ]


def plain_word(word: str) -> str:
    """The form that words are known by: small letters, every digit 0."""
    return re.sub(r"\d", "0", word.lower())


def shape(word: str) -> str:
    """Its letters by kind, runs of more than two cut short: ``Xxx``, ``XX``, ``dd-dd``."""
    kinds = "".join(
        "X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
        for char in word
    )
    return re.sub(r"(.)\1{2,}", r"\1\1", kinds)


def _case(word: str) -> int:
    if not any(char.isalpha() for char in word):
        return 0
    if word.isupper() and len(word) > 1:
        return _UPPER
    return _CAPITAL if word[0].isupper() else _LOWER


def _ways_written(sentences: Sequence[Sequence[str]]) -> dict[str, int]:
    """How each word of a document is written where its place leaves it free: within a sentence,
    and not in a headline of capitals."""
    ways: dict[str, int] = {}
    for words in sentences:
        if _is_shouted(words):
            continue
        for at, word in enumerate(words):
            if at and _is_letter(words[at - 1]):
                ways[word.lower()] = ways.get(word.lower(), 0) | _case(word)
    return ways


def _is_letter(word: str) -> bool:
    return word[0].isalnum() or word[0] in ",'’"


def _is_shouted(words: Sequence[str]) -> bool:
    letters = [word for word in words if any(char.isalpha() for char in word)]
    return bool(letters) and all(word.isupper() for word in letters)


def _describe_words(
    words: Sequence[str], written: dict[str, int]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    plain = [plain_word(word) for word in words]
    shapes = [shape(word) for word in words]
    ways = [str(written.get(word.lower(), 0)) for word in words]
    cases = [str(_case(word)) for word in words]
    loud = "!" if _is_shouted(words) else "."
    last = len(words) - 1
    narrow: list[tuple[str, ...]] = []
    wide: list[tuple[str, ...]] = []

    def near(of: Sequence[str], at: int) -> str:
        return of[at] if 0 <= at <= last else "<" if at < 0 else ">"

    for at, word in enumerate(plain):
        place = loud + ("<" if at == 0 else ">" if at == last else "-")
        own = f"{cases[at]}{ways[at]}{loud}"
        narrow.append(
            (shapes[at], own, place, word[-3:], word[:3], word[-2:], f"{near(ways, at + 1)}{own}")
        )
        back, ahead, back2, ahead2 = (near(plain, at + step) for step in (-1, 1, -2, 2))
        form, form_back, form_ahead = (near(shapes, at + step) for step in (0, -1, 1))
        way_back, way_ahead = near(ways, at - 1), near(ways, at + 1)
        wide.append(
            (
                word,
                back,
                ahead,
                back2,
                ahead2,
                f"{back} {word}",
                f"{word} {ahead}",
                f"{back} {ahead}",
                f"{back} {own}",
                f"{ahead} {own}",
                f"{back2} {back} {own}",
                f"{own} {ahead} {ahead2}",
                form,
                form_back,
                form_ahead,
                f"{form_back} {form}",
                f"{form} {form_ahead}",
                f"{form_back} {form} {form_ahead}",
                f"{form} {place}",
                own + place,
                f"{way_back} {own}",
                f"{own} {way_ahead}",
                f"{way_back} {own} {way_ahead}",
                *(f"{word[:size]}" for size in (1, 2, 3, 4)),
                *(f"{word[-size:]}" for size in (1, 2, 3, 4)),
            )
        )
    return narrow, wide


def _describe_characters(
    characters: Sequence[str],
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    words, kinds, places = _segment(characters)
    chars = [char.lower() for char in characters]
    sorts = ["h" if is_han(char[0]) else shape(char) for char in characters]
    last = len(chars) - 1
    narrow: list[tuple[str, ...]] = []
    wide: list[tuple[str, ...]] = []

    def near(of: Sequence[str], at: int) -> str:
        return of[at] if 0 <= at <= last else "<" if at < 0 else ">"

    for at, char in enumerate(chars):
        back, ahead, back2, ahead2 = (near(chars, at + step) for step in (-1, 1, -2, 2))
        part, word = places[at] + kinds[at], words[at]
        start, end = _ends(places, at)
        word_back, word_ahead = near(words, start - 1), near(words, end + 1)
        kind_back, kind_ahead = near(kinds, start - 1), near(kinds, end + 1)
        sort = sorts[at]
        narrow.append(
            (part, word, back + char, char + ahead, sort, f"{kind_back} {part} {kind_ahead}")
        )
        wide.append(
            (
                char,
                back,
                ahead,
                back2,
                ahead2,
                back + char,
                char + ahead,
                back2 + back,
                ahead + ahead2,
                back + ahead,
                back + char + ahead,
                back2 + back + char,
                char + ahead + ahead2,
                part,
                f"{places[at]} {word}",
                f"{places[at]} {word_back}",
                f"{places[at]} {word_ahead}",
                f"{part} {kind_back}",
                f"{part} {kind_ahead}",
                f"{kind_back} {part} {kind_ahead}",
                f"{word_back} {word}",
                f"{word} {word_ahead}",
                sort,
                near(sorts, at - 1) + sort + near(sorts, at + 1),
                f"{places[at]} {word[-1:]}",
                f"{places[at]} {word[:1]}",
            )
        )
    return narrow, wide


def _segment(characters: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """For each character the word it is in, what kind of word that is, and its place in it (B, M,
    E, S), as the dictionary's segmentation has it."""
    import rjieba

    words: list[str] = []
    kinds: list[str] = []
    places: list[str] = []
    # Tokens of several letters (a column file may have some) count as one character.
    single = "".join(token if len(token) == 1 else "\ufffc" for token in characters)
    for word, kind in rjieba.tag(single):
        words += [word] * len(word)
        kinds += [kind] * len(word)
        places += ["S"] if len(word) == 1 else ["B", *"M" * (len(word) - 2), "E"]
    return words, kinds, places


def _ends(places: Sequence[str], at: int) -> tuple[int, int]:
    start = end = at
    while places[start] in "ME" and start:
        start -= 1
    while places[end] in "BM" and end < len(places) - 1:
        end += 1
    return start, end
