"""Leaks: held-out texts that are nearly the same as a training text, which flatter every score.

Two texts are alike by the Jaccard index of their character n-grams. Pairs are found exactly, and
far below all against all, by prefix filtering (Chaudhuri et al. 2006; Bayardo et al. 2007): with
n-grams in one order, the rarest first, two sets that are alike share one of their first few.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.learn.data.splits import plain_form

ALIKE = 0.75
"""The Jaccard index from which two texts are called nearly the same."""
MOST = 200_000
"""Texts that are looked at on either side."""
_SHOWN = 60
"""Characters of an example that are shown."""


@dataclass(frozen=True)
class Leak:
    """A held-out text and the training text most like it.

    Attributes:
        train, held_out: their places in the two lists.
        alike: 0 to 1.
    """

    train: int
    held_out: int
    alike: float


def near_duplicates(
    train: Sequence[str], held_out: Sequence[str], alike: float = ALIKE
) -> list[Leak]:
    """The held-out texts that are nearly the same as a training text, in their order.

    Args:
        train: of these the first `MOST` are looked at.
        held_out: texts that should not be among them; of these, too.
        alike: the least Jaccard index of n-grams (two characters of Chinese, four of others).
    """
    first: dict[frozenset[str], int] = {}
    for number, text in enumerate(train[:MOST]):
        first.setdefault(split_grams(text), number)
    first.pop(frozenset(), None)
    counts = Counter(gram for grams in first for gram in grams)
    sets = list(first)
    index: dict[str, list[int]] = defaultdict(list)
    for place, grams in enumerate(sets):
        for gram in _prefix(grams, counts, alike):
            index[gram].append(place)
    found: list[Leak] = []
    for number, text in enumerate(held_out[:MOST]):
        grams = split_grams(text)
        best, where = 0.0, -1
        rare = _prefix(grams, counts, alike)
        for place in sorted({place for gram in rare for place in index.get(gram, ())}):
            score = _jaccard(grams, sets[place], max(alike, best))
            if score > best:
                best, where = score, first[sets[place]]
        if where >= 0:
            found.append(Leak(where, number, best))
    return found


def report_leaks(train: Sequence[str], held_out: Sequence[str]) -> list[str]:
    """A sentence for a training's output and card; none where nothing was found."""
    leaks = near_duplicates(train, held_out)
    looked = f" (of the first {MOST:,})" if len(train) > MOST else ""
    if not leaks:
        return [f"No held-out text is nearly the same as a training text{looked}."]
    one, asked = leaks[0], min(len(held_out), MOST)
    return [
        f"{len(leaks)} of {asked} held-out texts ({len(leaks) / asked:.1%}) are "
        f"nearly the same as a training text{looked}, which flatters the scores: "
        f"“{_short(held_out[one.held_out])}” is like “{_short(train[one.train])}”."
    ]


def split_grams(text: str) -> frozenset[str]:
    """The n-grams of a text: of two characters where it is mostly Chinese, else of four."""
    plain = plain_form(text)
    wide = sum(char > "\u2e7f" for char in plain)
    size = 2 if wide * 2 > len(plain) else 4
    if len(plain) <= size:
        return frozenset([plain]) if plain else frozenset()
    return frozenset(plain[at : at + size] for at in range(len(plain) - size + 1))


def _prefix(grams: frozenset[str], counts: Counter[str], alike: float) -> list[str]:
    """The rarest n-grams: so many that a set which shares none of them cannot be alike."""
    ordered = sorted(grams, key=lambda gram: (counts[gram], gram))
    return ordered[: len(grams) - math.ceil(alike * len(grams) - 1e-9) + 1]


def _jaccard(one: frozenset[str], other: frozenset[str], least: float) -> float:
    """The Jaccard index; 0 where sizes or counts say that it is below `least`."""
    small, large = sorted((len(one), len(other)))
    if small < least * large:
        return 0.0
    shared = len(one & other)
    score = shared / (small + large - shared)
    return score if score >= least else 0.0


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
