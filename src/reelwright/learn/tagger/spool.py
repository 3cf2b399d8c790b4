"""Rows in a file, so that what a tagger learns from may be larger than memory.

Of a row its place is held and where its sentences lie; its numbers, some hundred bytes a token, are
read as they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np

from reelwright.learn.data.shelf import disk_of
from reelwright.learn.tagger.rows import Row

_ARRAYS = tuple(field.name for field in fields(Row) if field.name not in ("document", "parts"))
_EMPTY = np.zeros(0, np.int32)


class Spool:
    """Rows that are put one after the other, then all had at once.

    Args:
        file: empty, open for reading and writing.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rows: list[tuple[Row, list[tuple[int, ...]]]] = []

    def put(self, row: Row) -> None:
        """Write a row behind the others."""
        shapes: list[tuple[int, ...]] = []
        for name in _ARRAYS:
            array = getattr(row, name)
            shapes.append(array.shape)
            self._file.write(array.astype(np.int32).tobytes())
        self._rows.append((replace(row, **dict.fromkeys(_ARRAYS, _EMPTY)), shapes))

    def rows(self) -> list[Row]:
        """All rows; their arrays are those of the mapped file."""
        self._file.flush()
        # A plain array on the mapped file: slices of it are small.
        whole = np.asarray(np.memmap(self._file, np.int32, "r")) if self._rows else _EMPTY
        found: list[Row] = []
        at = 0
        for row, shapes in self._rows:
            arrays: dict[str, Any] = {}
            for name, shape in zip(_ARRAYS, shapes, strict=True):
                size = prod(shape)
                arrays[name] = whole[at : at + size].reshape(shape)
                at += size
            found.append(replace(row, **arrays))
        return found


@contextmanager
def open_spool(beside: Path | None = None) -> Iterator[Spool]:
    """An empty spool; its file has no name any more when the block ends, and is gone when its rows
    are. See `shelf.open_shelf`."""
    with TemporaryFile(dir=disk_of(beside)) as file:
        yield Spool(file)
