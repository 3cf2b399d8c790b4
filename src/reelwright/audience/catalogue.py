"""The feed's videos in memory, as arrays: what choosing among a million of them needs."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.interactions import Floats, Ints, Sparse
from reelwright.audience.tables import ItemRow
from reelwright.core.words import is_cjk

_WORD = re.compile(r"\w+")
_SHORTEST = 3
"""Letters of a word of a title that says something."""
_LENGTHS = (15.0, 30.0, 60.0, 180.0)
_WEIGHTS = {"tag": 1.0, "author": 1.0, "topic": 1.0, "word": 0.5, "language": 0.5, "length": 0.2}
FACET_KINDS = tuple(_WEIGHTS)
"""Kinds of facets; a facet's name begins with its kind."""
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
        authors, topics: int32, a number for each name; −1 where nobody knows.
        ai_made, there, has_file: whether AI made part of it, it is not taken out, can be played.
        facets: sparse (videos, facets), rows of length 1: tags, author, topic, words of the title …
        facet_names: what each facet is, as ``tag:tea``.
    """

    ids: list[str]
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
        return len(self.numbers)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each id."""
        return {name: place for place, name in enumerate(self.ids)}

    def places_of(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        """Places of videos by their numbers; −1 for those that came later."""
        count = len(numbers) if isinstance(numbers, Sized) else -1
        wanted = np.fromiter(numbers, np.int64, count)
        if not len(self):
            return np.full(len(wanted), -1, np.int64)
        if self.unbroken:
            found = wanted - self.numbers[0]
            return np.where((found >= 0) & (found < len(self)), found, -1)
        found = np.searchsorted(self.numbers, wanted).clip(max=len(self) - 1)
        return np.where(self.numbers[found] == wanted, found, -1)

    @cached_property
    def unbroken(self) -> bool:
        """Whether no number is missing among the videos', so that places follow from them."""
        return bool(len(self)) and int(self.numbers[-1] - self.numbers[0]) == len(self) - 1

    @cached_property
    def playable(self) -> NDArray[np.bool_]:
        """Of each video, whether it is in the feed with its file."""
        return self.there & self.has_file

    @cached_property
    def facet_kinds(self) -> NDArray[np.int8]:
        """Of each facet, its place in `FACET_KINDS`."""
        kinds = {kind: place for place, kind in enumerate(FACET_KINDS)}
        found = [kinds[name[: name.index(":")]] for name in self.facet_names]
        return np.array(found, np.int8)

    @cached_property
    def by_facet(self) -> Sparse:
        """Videos of each facet: the transposed table, a row a facet."""
        from scipy.sparse import csr_array

        return csr_array(self.facets.T)


_CHUNK = 20_000
_COLUMNS = (
    *(ItemRow.number, ItemRow.id, ItemRow.title, ItemRow.tags, ItemRow.author, ItemRow.topic),
    *(ItemRow.language, ItemRow.seconds, ItemRow.ai_made, ItemRow.added, ItemRow.removed),
    ItemRow.file,
)


def read_catalogue(session: Session) -> Catalogue:
    """All videos of the feed."""
    ids: list[str] = []
    parts: list[dict[str, NDArray[Any]]] = []
    gathered = _Facets()
    query = select(*_COLUMNS).order_by(ItemRow.number).execution_options(yield_per=_CHUNK)
    # A million rows at once would take more memory than all that is kept of them.
    for rows in session.execute(query).partitions():
        ids += [one.id for one in rows]
        parts.append(_arrays(rows))
        for one in rows:
            gathered.add(_facets_of(*one[2:8]))
    parts = parts or [_arrays([])]
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    facets, names = gathered.as_table()
    return Catalogue(ids=ids, facets=facets, facet_names=names, **arrays)


def _arrays(rows: Sequence[Any]) -> dict[str, NDArray[Any]]:
    return {
        "numbers": np.array([one.number for one in rows], np.int64),
        "added": np.array([one.added for one in rows], np.float64),
        "seconds": np.array([one.seconds for one in rows], np.float32),
        "authors": _codes(one.author for one in rows),
        "topics": _codes(one.topic for one in rows),
        "ai_made": np.array([one.ai_made for one in rows], bool),
        "there": np.array([one.removed is None for one in rows], bool),
        "has_file": np.array([one.file is not None for one in rows], bool),
    }


def renew(catalogue: Catalogue, session: Session, revision: int) -> Catalogue:
    """A large catalogue with what was added or described anew since a revision.

    What is read is what changed. Facets keep their weights, and one that only new videos share is
    known from the second of them on that comes with another; `read_catalogue` has it exactly.
    """
    query = select(*_COLUMNS).where(ItemRow.revision > revision).order_by(ItemRow.number)
    rows = session.execute(query).all()
    if not rows:
        return catalogue
    arrays = _arrays(rows)
    places = catalogue.places_of(arrays["numbers"])
    fresh = places < 0
    n = len(catalogue.numbers)
    places[fresh] = n + np.arange(int(fresh.sum()))
    merged: dict[str, NDArray[Any]] = {}
    for name, values in arrays.items():
        merged[name] = np.concatenate([getattr(catalogue, name), values[fresh]])
        merged[name][places] = values
    facets, names = _renew_facets(catalogue, [_facets_of(*one[2:8]) for one in rows], places)
    new = [one.id for one, is_new in zip(rows, fresh, strict=True) if is_new]
    known = catalogue.places
    # Names are only ever added at the end: both catalogues share them.
    catalogue.ids.extend(new)
    known.update({name: n + place for place, name in enumerate(new)})
    renewed = Catalogue(ids=catalogue.ids, facets=facets, facet_names=names, **merged)
    renewed.__dict__["places"] = known
    return renewed


def _renew_facets(
    catalogue: Catalogue, rows: Sequence[Sequence[str]], places: NDArray[np.int64]
) -> tuple[Sparse, list[str]]:
    from scipy.sparse import csr_array

    names = list(catalogue.facet_names)
    index = {name: place for place, name in enumerate(names)}
    counts = Counter(name for row in rows for name in row)
    for name in [name for name, count in counts.items() if count > 1 and name not in index]:
        index[name] = len(names)
        names.append(name)
    old = catalogue.facets
    often = np.bincount(old.indices, minlength=len(names))
    often += np.array([counts.get(name, 0) for name in names], often.dtype)
    n = max(int(places.max()) + 1, old.shape[0])
    kept_rows = [[index[name] for name in row if name in index] for row in rows]
    flat = np.array([place for row in kept_rows for place in row], np.int32)
    made = _table(flat, np.array([len(row) for row in kept_rows]), names, often, n)
    lengths = np.diff(old.indptr)
    again = places[places < old.shape[0]]
    kept = np.ones(len(old.indices), bool)
    if len(again):
        entries, _, _ = spread(old, again)
        kept[np.repeat(old.indptr[again], lengths[again]) + _steps(entries)] = False
        lengths = lengths.copy()
        lengths[again] = 0
    sizes = np.zeros(n, np.int64)
    sizes[: len(lengths)] = lengths
    sizes[places] += np.diff(made.indptr)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.empty(starts[-1], np.int32)
    values = np.empty(starts[-1], np.float32)
    mine = np.zeros(starts[-1], bool)
    own = np.repeat(starts[places], np.diff(made.indptr))
    own = own + _steps(np.repeat(np.arange(len(places)), np.diff(made.indptr)))
    mine[own] = True
    columns[own], values[own] = made.indices, made.data
    columns[~mine], values[~mine] = old.indices[kept], old.data[kept]
    return csr_array((values, columns, starts), shape=(n, len(names))), names


def _steps(rows: NDArray[np.integer]) -> NDArray[np.int64]:
    """0, 1, 2 … within each run of the same row."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))


def _codes(names: Iterable[str]) -> Ints:
    """A number for each name that stays the same whatever comes or goes; −1 of no name."""
    known = {"": -1}
    for name in set(names := list(names)) - {""}:
        known[name] = crc32(name.encode("utf-8", "surrogatepass")) >> 1
    return np.array([known[name] for name in names], np.int32)


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


class _Facets:
    """Rows of facets on their way to a table: rare ones weigh more (IDF), lone ones nothing."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._columns, self._sizes = array("i"), array("i")

    def add(self, row: Sequence[str]) -> None:
        """The next video's."""
        index = self._index
        self._columns.extend([index.setdefault(name, len(index)) for name in row])
        self._sizes.append(len(row))

    def as_table(self) -> tuple[Sparse, list[str]]:
        """The table, rows of length 1, and its facets; one of one video alone makes nothing alike
        and is left out."""
        columns = np.frombuffer(self._columns, np.int32) if self._columns else _NONE
        sizes = np.frombuffer(self._sizes, np.int32) if self._sizes else _NONE
        often = np.bincount(columns, minlength=len(self._index))
        kept = often > 1
        place = np.cumsum(kept) - 1
        rows = np.repeat(np.arange(len(sizes)), sizes)[kept[columns]]
        names = [name for name, is_kept in zip(self._index, kept.tolist(), strict=True) if is_kept]
        columns = place[columns[kept[columns]]].astype(np.int32)
        sizes = np.bincount(rows, minlength=len(sizes))
        return _table(columns, sizes, names, often[kept], len(sizes)), names


_NONE = np.empty(0, np.int32)


def _table(
    columns: NDArray[np.int32],
    sizes: NDArray[np.integer],
    names: Sequence[str],
    often: NDArray[np.integer],
    n: int,
) -> Sparse:
    """A table whose rows have length 1 from their columns, so many each, among `n` videos in all.

    Args:
        often: of each facet, how many videos have it.
    """
    from scipy.sparse import csr_array

    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    kinds = np.array([_WEIGHTS[name.partition(":")[0]] for name in names], np.float32)
    weights = kinds * np.log1p(n / np.maximum(often, 1)) if len(names) else kinds
    values = weights[columns].astype(np.float32)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    norms = np.sqrt(np.bincount(rows, values**2, len(sizes))).clip(1e-9)
    values = (values / norms[rows]).astype(np.float32)
    return csr_array((values, columns, starts), shape=(len(sizes), len(names)))


def spread(
    table: Sparse, places: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.integer], Floats]:
    """Some rows of a sparse table, entry by entry: which of `places`, which column, how much."""
    starts = table.indptr[places]
    sizes = table.indptr[np.asarray(places) + 1] - starts
    rows = np.repeat(np.arange(len(places)), sizes)
    at = np.arange(len(rows)) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return rows, table.indices[at], table.data[at]
