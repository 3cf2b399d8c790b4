"""Data that do not fit in memory: rows are read again each epoch and mixed in a bounded buffer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from reelwright.core.errors import DataError
from reelwright.learn.data.batching import generator
from reelwright.learn.data.rows import Row, read_examples
from reelwright.learn.data.splits import Side, split_of

Item = TypeVar("Item")
BUFFER = 10_000
"""Rows that are held, and mixed, at once."""


def mix(items: Iterable[Item], seed: int, epoch: int, buffer: int = BUFFER) -> Iterator[Item]:
    """The items in an order that depends on the seed and the epoch alone, each once.

    From a buffer of so many, one is drawn and the next put in its place: an item comes out at most
    `buffer` places too early, and in the mean that many too late.
    """
    chance = generator(seed, epoch, 2)
    held: list[Item] = []
    for item in items:
        if len(held) < buffer:
            held.append(item)
            continue
        place = int(chance.integers(buffer))
        held[place], item = item, held[place]
        yield item
    for place in chance.permutation(len(held)):
        yield held[place]


class Stream:
    """Examples in files, of one side of the split, read again for each epoch.

    Args:
        paths: files and folders, see `rows.read_examples`.
        columns: which columns; the first decides on the side.
        seed, held_out: of the split.
        side: which side.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        columns: Sequence[str] = ("text", "label"),
        *,
        seed: int,
        held_out: float = 0.1,
        side: Side = "train",
    ) -> None:
        self._paths, self._columns = list(paths), tuple(columns)
        self._seed, self._held_out, self._side = seed, held_out, side
        self._count = -1

    def __iter__(self) -> Iterator[Row]:
        key = self._columns[0]
        for row in read_examples(self._paths, self._columns):
            if split_of(row[key], self._seed, self._held_out) == self._side:
                yield row

    def __len__(self) -> int:
        """How many examples there are; the first call reads all files.

        Raises:
            DataError: there are none.
        """
        if self._count < 0:
            self._count = sum(1 for _ in self)
        if not self._count:
            raise DataError(
                "no rows are left to learn from" if self._side == "train" else "no row is held out",
                where=", ".join(str(path) for path in self._paths),
                hint="give more rows",
            )
        return self._count

    def batches(
        self, size: int, epoch: int, pack: Callable[[list[Row]], Item], buffer: int = BUFFER
    ) -> Iterator[Item]:
        """An epoch's batches in an order of its own, each made of its rows by `pack`."""
        rows: list[Row] = []
        for row in mix(self, self._seed, epoch, buffer):
            rows.append(row)
            if len(rows) == size:
                yield pack(rows)
                rows = []
        if rows:
            yield pack(rows)
