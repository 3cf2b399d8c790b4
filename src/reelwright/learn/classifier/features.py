"""From texts to features: hashes of character n-grams, words, and pairs of words near each other.

A whole batch of texts is one array of code points, so that every hash is a few operations of numpy
on that array and none of Python's on a text. That is what makes the linear model quick.

Three families of features, each with hashes of its own:

- **characters**: n-grams of 1 to `grams` characters, each text's two ends being characters too;
- **words**: n-grams of 1 to `words` tokens, where at least one token has several characters;
- **pairs**: two tokens with up to `gaps` - 1 tokens between them, in their order.

A token is a run of letters and digits of a script that writes words, or one character of a script
that does not put spaces between them (Chinese, Japanese), or one symbol (an emoji).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 24
"""Hashes are 0 to 2^BITS - 1: sixteen million, so that some million features seldom meet."""
CHUNK = 100_000
"""Characters hashed at a time: their arrays stay in the processor's cache."""

_MIX, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_PRIME = 0x100000001B3
_END = 10  # The line break stands between texts: `plain` leaves none inside them.
_GAP, _WORD, _SIGN = 0, 1, 2

Hashes = NDArray[np.int64]
Codes = NDArray[np.uint32]


@dataclass(frozen=True)
class Families:
    """How far the three families reach; 0 leaves a family out."""

    grams: int
    words: int
    gaps: int


@dataclass(frozen=True)
class Counts:
    """How often each feature is in each text: sorted by text, then by hash, each pair once.

    Attributes:
        texts: which text, for each entry.
        hashes: which feature.
        times: how often, 1 or more.
        size: how many texts there are; some may have no entry.
    """

    texts: NDArray[np.int64]
    hashes: Hashes
    times: NDArray[np.float32]
    size: int


def plain(text: str) -> str:
    """A text without what does not change what it says: case, width, kind and number of spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def count_features(texts: Sequence[str], families: Families) -> Counts:
    """Every text's features, counted."""
    parts = [(start, count_chunk(part, families)) for start, part in chunks(texts)]
    return Counts(
        np.concatenate([part.texts + start for start, part in parts] or [np.empty(0, np.int64)]),
        np.concatenate([part.hashes for _, part in parts] or [np.empty(0, np.int64)]),
        np.concatenate([part.times for _, part in parts] or [np.empty(0, np.float32)]),
        len(texts),
    )


def count_chunk(texts: Sequence[str], families: Families) -> Counts:
    """The features of some texts in their plain form, counted."""
    at, hashes = _hash(texts, families)
    keys, times = count_keys(at << BITS | hashes)
    return Counts(keys >> BITS, keys & ((1 << BITS) - 1), times, len(texts))


def chunks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Texts in their plain form, so many at a time as have `CHUNK` characters; and where they
    start."""
    part: list[str] = []
    start = size = 0
    for number, text in enumerate(texts):
        part.append(plain(text))
        size += len(part[-1])
        if size >= CHUNK:
            yield start, part
            part, start, size = [], number + 1, 0
    if part:
        yield start, part


def count_keys(keys: Hashes) -> tuple[Hashes, NDArray[np.float32]]:
    """The different keys, sorted, and how often each occurs."""
    keys = np.sort(keys)
    first = np.empty(len(keys), bool)
    first[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    places = np.flatnonzero(first)
    return keys[places], np.diff(places, append=len(keys)).astype(np.float32)


def _hash(texts: Sequence[str], families: Families) -> tuple[Hashes, Hashes]:
    """Text number and hash of every feature of some plain texts, in no useful order."""
    joined = "\n" + "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = [*_characters(codes, families.grams), *_tokens(codes, families.words, families.gaps)]
    at = np.concatenate([at for at, _, _ in found] or [np.empty(0, np.int64)])
    # The family is mixed in last, and the highest bits are kept: they are the best mixed.
    mixed = [(values + np.uint64(salt * int(_STEP) % 2**64)) * _MIX for _, values, salt in found]
    hashes = np.concatenate(mixed or [np.empty(0, np.uint64)]) >> np.uint64(64 - BITS)
    return at, hashes.astype(np.int64)


_Found = tuple[Hashes, NDArray[np.uint64], int]


def _characters(codes: Codes, longest: int) -> Iterator[_Found]:
    """N-grams of characters. A text's ends take part, but n-grams never reach over them."""
    ends = codes == _END
    number = np.cumsum(ends) - 1
    single = codes.astype(np.uint64) * _MIX
    hashes = single
    inside = ~ends
    fits = inside
    for length in range(1, longest + 1):
        if length > 1:
            hashes = _join(hashes[:-1], single[length - 1 :])
            # All but the first and the last character must be no ends; of two, only one may be.
            fits = (
                inside[:-1] | inside[1:]
                if length == 2
                else inside[1 : 1 + len(hashes)]
                if length == 3
                else fits[:-1] & inside[length - 2 : length - 2 + len(hashes)]
            )
        places = np.flatnonzero(fits)
        # An end has the number of the text that follows it, so the first character tells.
        yield number[places], hashes[places], length


def _tokens(codes: Codes, longest: int, widest: int) -> Iterator[_Found]:
    """N-grams of tokens, and pairs of tokens that are not neighbours."""
    if not longest and not widest:
        return
    kinds = _kinds()[np.minimum(codes, 0xFFFF)]
    word, sign = kinds == _WORD, kinds == _SIGN
    starts, stops = word.copy(), word.copy()
    starts[1:] &= ~word[:-1]
    stops[:-1] &= ~word[1:]
    starts, stops = np.flatnonzero(starts | sign), np.flatnonzero(stops | sign) + 1
    powers, inverses = _powers(len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + _STEP) * powers, out=sums[1:])
    tokens = (sums[stops] - sums[starts]) * inverses[starts] * _STEP
    number = (np.cumsum(codes == _END) - 1)[starts]
    long = stops - starts > 1
    hashes, several = tokens, long
    for length in range(1, longest + 1):
        if length > 1:
            hashes = _join(hashes[:-1], tokens[length - 1 :])
            several = several[:-1] | long[length - 1 :]
        whole = several & (number[: len(hashes)] == number[length - 1 :])
        yield number[: len(hashes)][whole], hashes[whole], 32 + length
    for gap in range(2, widest + 1):
        near = number[:-gap] == number[gap:]
        yield number[:-gap][near], _join(tokens[:-gap], tokens[gap:])[near], 64 + gap


def _join(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One hash of two, in their order."""
    return (first ^ first >> np.uint64(29)) * _STEP + second


@lru_cache(1)
def _kinds() -> NDArray[np.uint8]:
    """What each character up to U+FFFF is to tokens; those beyond are signs, as U+FFFF is here."""
    kinds = np.zeros(0x10000, np.uint8)
    for code in range(0xFFFF):
        category = unicodedata.category(chr(code))
        spaceless = 0x2E80 <= code < 0xA000 or 0xF900 <= code < 0xFB00
        if category[0] in "LN" or category in ("Mn", "Mc"):
            kinds[code] = _SIGN if spaceless else _WORD
        elif category == "So":
            kinds[code] = _SIGN
    kinds[ord("'")] = kinds[ord("’")] = _WORD
    kinds[0xFFFF] = _SIGN
    return kinds


def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The first powers of an odd number and of its inverse, modulo 2^64."""
    powers, inverses = _all_powers(1 << max(17, (size - 1).bit_length()))
    return powers[:size], inverses[:size]


@lru_cache(2)
def _all_powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    base = np.full(size, _PRIME, np.uint64)
    back = np.full(size, pow(_PRIME, -1, 1 << 64), np.uint64)
    base[0] = back[0] = 1
    return np.cumprod(base), np.cumprod(back)
