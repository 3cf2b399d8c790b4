"""The feed's videos in memory, as arrays: what choosing among a million of them needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.interactions import Ints, Sparse
from reelwright.audience.tables import ItemRow
from reelwright.core.words import is_cjk

_WORD = re.compile(r"\w+")
_SHORTEST = 3
"""Letters of a word of a title that says something."""
_LENGTHS = (15.0, 30.0, 60.0, 180.0)
_WEIGHTS = {"tag": 1.0, "author": 1.0, "topic": 1.0, "word": 0.5, "language": 0.5, "length": 0.2}
"""What two videos' sharing something says of their being alike, by what it is."""


@dataclass(frozen=True)
class Catalogue:
    """All videos that the feed ever had, the oldest first: place i of every array is video i.

    Places never change: videos are only ever added at the end.

    Attributes:
        ids: their names.
        numbers: int64, their numbers in the database, rising.
        added: float64, since when they are there, in seconds since 1970.
        seconds: float32, their lengths; 0 where nobody knows.
        authors, topics: int32, which author and topic; −1 where nobody knows.
        ai_made, there, has_file: whether AI made part of it, it is not taken out, can be played.
        facets: sparse (videos, facets), rows of length 1: tags, author, topic, words of the title …
        facet_names: what each facet is, as ``tag:tea``.
    """

    ids: Sequence[str]
    numbers: NDArray[np.int64]
    added: NDArray[np.float64]
    seconds: NDArray[np.float32]
    authors: Ints
    topics: Ints
    ai_made: NDArray[np.bool_]
    there: NDArray[np.bool_]
    has_file: NDArray[np.bool_]
    facets: Sparse
    facet_names: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each id."""
        return {name: place for place, name in enumerate(self.ids)}

    def places_of(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        """Places of videos by their numbers; −1 for those that came later."""
        wanted = np.asarray(list(numbers), np.int64)
        if not len(self):
            return np.full(len(wanted), -1, np.int64)
        found = np.searchsorted(self.numbers, wanted).clip(max=len(self) - 1)
        return np.where(self.numbers[found] == wanted, found, -1)

    @cached_property
    def by_facet(self) -> Sparse:
        """Videos of each facet: the transposed table, a row a facet."""
        from scipy.sparse import csr_array

        return csr_array(self.facets.T)


def read_catalogue(session: Session) -> Catalogue:
    """All videos of the feed."""
    row = ItemRow
    columns = (
        *(row.number, row.id, row.title, row.tags, row.author, row.topic, row.language),
        *(row.seconds, row.ai_made, row.added, row.removed, row.file),
    )
    rows = session.execute(select(*columns).order_by(row.number)).all()
    facets, names = _facets([_facets_of(*one[2:8]) for one in rows])
    return Catalogue(
        ids=[one.id for one in rows],
        numbers=np.array([one.number for one in rows], np.int64),
        added=np.array([one.added for one in rows], np.float64),
        seconds=np.array([one.seconds for one in rows], np.float32),
        authors=_codes(one.author for one in rows),
        topics=_codes(one.topic for one in rows),
        ai_made=np.array([one.ai_made for one in rows], bool),
        there=np.array([one.removed is None for one in rows], bool),
        has_file=np.array([one.file is not None for one in rows], bool),
        facets=facets,
        facet_names=names,
    )


def _codes(names: Iterable[str]) -> Ints:
    codes: dict[str, int] = {"": -1}
    return np.array([codes.setdefault(name, len(codes) - 1) for name in names], np.int32)


def _facets_of(
    title: str, tags: Sequence[str], author: str, topic: str, language: str, seconds: float
) -> list[str]:
    found = [f"tag:{tag}" for tag in tags] + [f"word:{word}" for word in words_of(title)]
    found += [f"{kind}:{name}" for kind, name in (("author", author), ("topic", topic)) if name]
    found += [f"language:{language}"] if language else []
    found += [f"length:{sum(seconds >= limit for limit in _LENGTHS)}"] if seconds else []
    return list(dict.fromkeys(found))


def words_of(title: str) -> list[str]:
    """What of a title tells what a video is about: words, of Chinese each pair of characters.

    >>> words_of("How tea is made"), words_of("茶的故事")
    (['how', 'tea', 'made'], ['茶的', '的故', '故事'])
    """
    found: list[str] = []
    for word in _WORD.findall(title.lower()):
        if any(map(is_cjk, word)):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        elif len(word) >= _SHORTEST:
            found.append(word)
    return found


def _facets(rows: Sequence[Sequence[str]]) -> tuple[Sparse, list[str]]:
    """Rows of facets as a table of length-1 rows: rare facets weigh more (IDF), lone ones nothing.

    A facet of one video alone makes nothing alike.
    """
    from scipy.sparse import csr_array

    counts: Counter[str] = Counter(name for row in rows for name in row)
    names = [name for name, count in counts.items() if count > 1]
    index = {name: place for place, name in enumerate(names)}
    kept = [[index[name] for name in row if name in index] for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in kept])]).astype(np.int64)
    columns = np.array([place for row in kept for place in row], np.int32)
    kinds = np.array([_WEIGHTS[name.partition(":")[0]] for name in names], np.float32)
    often = np.array([counts[name] for name in names], np.float32)
    weights = kinds * np.log1p(len(rows) / often) if names else kinds
    values = weights[columns].astype(np.float32) if len(columns) else np.empty(0, np.float32)
    table: Any = csr_array((values, columns, starts), shape=(len(rows), len(names)))
    norms = np.sqrt(np.asarray((table * table).sum(1)).ravel()).clip(1e-9)
    table.data = (table.data / np.repeat(norms, np.diff(starts))).astype(np.float32)
    return table, names
