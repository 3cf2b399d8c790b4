"""Who did what with which video, as arrays: the one noun that every recommender takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Times = NDArray[np.float64]
Sparse = Any
"""scipy's csr_array, whose stubs do not know what its products are."""


@dataclass(frozen=True)
class Interactions:
    """Interactions in the order of time; within one time, in the order they were given.

    Attributes:
        users: index of each row's viewer into `user_names`.
        items: index of each row's video into `item_names`, which may name videos without rows.
        times: seconds since 1970; all zero where nobody knows.
        values: above 0 for what the viewer liked, the more the larger; 0 or below for what they
            did not. Only what was liked is learnt from; everything counts as seen.
    """

    users: Ints
    items: Ints
    times: Times
    values: Floats
    user_names: Sequence[str]
    item_names: Sequence[str]
    timed: bool = field(default=True)
    """Whether times are known, and with them the order."""

    @property
    def n_users(self) -> int:
        """How many viewers there are."""
        return len(self.user_names)

    @property
    def n_items(self) -> int:
        """How many videos there are."""
        return len(self.item_names)

    def __len__(self) -> int:
        return len(self.users)

    @cached_property
    def end(self) -> float:
        """The time of the newest row, in seconds; 0 without rows."""
        return float(self.times.max()) if len(self) else 0.0

    def where(self, mask: NDArray[np.bool_]) -> Interactions:
        """The rows of a mask, with the same names."""
        return Interactions(
            self.users[mask],
            self.items[mask],
            self.times[mask],
            self.values[mask],
            self.user_names,
            self.item_names,
            self.timed,
        )

    def liked(self) -> Interactions:
        """The rows whose value is above 0."""
        return self.where(self.values > 0)

    def matrix(self) -> Sparse:
        """Viewers by videos, 1 where something was liked."""
        from scipy.sparse import csr_array

        rows = self.liked()
        shape = (self.n_users, self.n_items)
        ones = np.ones(len(rows), np.float32)
        counts = csr_array((ones, (rows.users, rows.items)), shape=shape)
        counts.sum_duplicates()
        counts.data[:] = 1
        return counts


@dataclass(frozen=True)
class Histories:
    """What some viewers did, oldest first, one after the other: row r is [starts[r], starts[r+1]).

    Attributes:
        starts: int64 of shape (n + 1,).
        items, times, values: as in `Interactions`.
        now: the time for which a feed is asked, in seconds.
    """

    starts: NDArray[np.int64]
    items: Ints
    times: Times
    values: Floats
    n_items: int
    now: float

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Which viewer each entry belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def ages(self) -> NDArray[np.int64]:
        """How many liked entries of the same viewer are newer than each entry; 0 for the newest."""
        good = np.concatenate([[0], np.cumsum(self.values > 0)])
        return good[self.starts[1:]][self.rows] - good[1:]

    def weighted(self, keep: float = 1.0) -> Sparse:
        """Viewers by videos: keep^age for what was liked (the newest has 1), 0 for the rest."""
        from scipy.sparse import csr_array

        good = self.values > 0
        weights = np.power(np.float32(keep), self.ages[good]).astype(np.float32)
        places = (self.rows[good], self.items[good])
        return csr_array((weights, places), shape=(len(self), self.n_items))

    def part(self, first: int, last: int) -> Histories:
        """Viewers first … last − 1."""
        a, b = self.starts[first], self.starts[last]
        return Histories(
            self.starts[first : last + 1] - a,
            self.items[a:b],
            self.times[a:b],
            self.values[a:b],
            self.n_items,
            self.now,
        )


def gather(
    users: Iterable[str],
    items: Iterable[str],
    times: Sequence[float] | None = None,
    values: Sequence[float] | None = None,
    known_users: Sequence[str] = (),
    known_items: Sequence[str] = (),
) -> Interactions:
    """Interactions from names. Names get indexes as they come, after those already known.

    Args:
        users, items: names, row by row.
        times: seconds since 1970, row by row; None where nobody knows.
        values: see `Interactions`; None means that everything was liked.
        known_users, known_items: names that keep their indexes (of a training set, a catalogue).
    """
    user_index, user_names = _index(users, known_users)
    item_index, item_names = _index(items, known_items)
    n = len(user_index)
    at = np.zeros(n) if times is None else np.asarray(times, np.float64)
    worth = np.ones(n, np.float32) if values is None else np.asarray(values, np.float32)
    order = np.argsort(at, kind="stable")
    return Interactions(
        user_index[order],
        item_index[order],
        at[order],
        worth[order],
        user_names,
        item_names,
        times is not None,
    )


def histories_of(log: Interactions, users: NDArray[np.integer], now: float = 0.0) -> Histories:
    """What these viewers (indexes) did according to `log`, in the order asked for.

    Args:
        now: the time for which a feed is asked; 0 takes the end of the log.
    """
    order = np.argsort(log.users, kind="stable")
    counts = np.bincount(log.users, minlength=log.n_users)
    ends = np.cumsum(counts)
    lengths = counts[users]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    first = (ends - counts)[users]
    places = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths) + np.repeat(first, lengths)
    rows = order[places]
    return Histories(
        starts, log.items[rows], log.times[rows], log.values[rows], log.n_items, now or log.end
    )


def _index(names: Iterable[str], known: Sequence[str]) -> tuple[Ints, list[str]]:
    places = {name: place for place, name in enumerate(known)}
    index = np.fromiter((places.setdefault(name, len(places)) for name in names), np.int32)
    return index, list(places)
