"""Texts in a file, each read when it is asked for, so that data may be larger than memory."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, overload

import numpy as np
from numpy.typing import NDArray


class Shelf(Sequence[str]):
    """Texts that lie one after the other in a file; held are their places, eight bytes a text.

    Args:
        file: empty, open for reading and writing.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._ends = array("q", [0])
        self._map: mmap.mmap | None = None

    def add(self, text: str) -> None:
        """Put a text behind the others."""
        self.close()
        # Texts that no file would give are kept as they are.
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def close(self) -> None:
        """Let go of the mapped file; what is asked for afterwards maps it again."""
        if self._map:
            self._map.close()
            self._map = None

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        start, end = self._ends[number], self._ends[number + 1]
        if start == end:
            return ""
        if self._map is None:
            self._file.flush()
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map[start:end].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))


class Chosen(Sequence[str]):
    """Some of the texts of a sequence, which are not read for that.

    Args:
        texts: all.
        numbers: the places of those chosen, in the order they are wanted.
    """

    def __init__(self, texts: Sequence[str], numbers: NDArray[np.int64]) -> None:
        self._texts, self._numbers = texts, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._texts[int(number)] for number in self._numbers[at]]
        return self._texts[int(self._numbers[at])]


@contextmanager
def open_shelf(beside: Path | None = None) -> Iterator[Shelf]:
    """An empty shelf, gone when the block ends.

    Args:
        beside: a folder on whose disk its file lies for so long, made already or not; None: where
            the machine has such files.
    """
    with TemporaryFile(dir=disk_of(beside)) as file:
        shelf = Shelf(file)
        try:
            yield shelf
        finally:
            shelf.close()


def disk_of(folder: Path | None) -> Path | None:
    """The nearest folder above that is there already, so that a file may lie on the same disk."""
    return folder and next(p for p in (folder, *folder.absolute().parents) if p.is_dir())
