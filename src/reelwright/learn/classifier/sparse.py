"""Tables of which few entries are not zero, and the two products that learning needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Single precision throughout; numpy's own types lose sight of it."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sparse:
    """A table of `rows` × `width`, row by row.

    Attributes:
        at: the row of each entry, rising.
        columns: the column of each entry.
        values: the entries.
        rows: how many rows there are; some may have no entry.
        width: how many columns.
    """

    at: Ints
    columns: NDArray[np.int32]
    values: Floats
    rows: int
    width: int

    def times(self, weights: Floats) -> Floats:
        """The table times each of some vectors: outputs × width becomes outputs × rows."""
        # One output after the other: a vector of weights stays in the processor's cache.
        return np.stack(
            [
                sum_by_row(one[self.columns] * self.values, self._bounds, self.rows)
                for one in weights
            ]
        )

    def times_transposed(self, weights: Floats) -> Floats:
        """The turned table times each of some vectors: outputs × rows becomes outputs × width."""
        return self._turned.times(weights)

    def pick(self, rows: NDArray[np.bool_]) -> Sparse:
        """Only some of the rows, in their order."""
        kept = rows[self.at]
        number = np.cumsum(rows) - 1
        return Sparse(
            number[self.at[kept]],
            self.columns[kept],
            self.values[kept],
            int(rows.sum()),
            self.width,
        )

    @cached_property
    def _turned(self) -> Sparse:
        order = np.argsort(self.columns, kind="stable")
        return Sparse(
            self.columns[order].astype(np.int64),
            self.at[order].astype(np.int32),
            self.values[order],
            self.width,
            self.rows,
        )

    @cached_property
    def _bounds(self) -> tuple[Ints, Ints]:
        return find_rows(self.at)


def find_rows(at: Ints) -> tuple[Ints, Ints]:
    """The rows that have entries, and where in `at` (which rises) the entries of each start."""
    first = np.empty(len(at), bool)
    first[:1] = True
    np.not_equal(at[1:], at[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    return at[starts], starts


def sum_by_row(values: Floats, bounds: tuple[Ints, Ints], rows: int) -> Floats:
    """The sum of each row's entries; 0 where it has none."""
    there, starts = bounds
    sums = np.zeros(rows, np.float32)
    if len(there):
        sums[there] = np.add.reduceat(values, starts)
    return sums
