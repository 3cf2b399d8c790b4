"""LUT files: the ``.cube`` format of Adobe's "Cube LUT Specification" 1.0 (2013), read and written.

A table in one dimension bends red, green and blue each by itself; one in three dimensions takes any
colour to any other. In a file, red runs fastest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import InputError
from reelwright.edit.enhance.motion import Frame, Map
from reelwright.store.atomic import write_text

_MOST_3D, _MOST_1D = 256, 65_536
"""Sizes that the specification allows."""
_FINE = 128
"""Steps a channel of the table that pictures are looked up in: half of a byte's."""


@dataclass(frozen=True, eq=False)
class Cube:
    """A table of colours.

    Attributes:
        table: size × size × size × 3 (blue, green, red → the new red, green, blue), or size × 3.
        low: the colour that the first entry stands for.
        high: the colour that the last one stands for.
        title: what it is called.
    """

    table: Map
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)
    title: str = ""

    def spread(self, steps: Map) -> Map:
        """The new colours of all colours whose channels are among some values (n, rising).

        Linearly between the entries; beyond the ends, the ends'.

        Returns:
            n × n × n × 3: blue, green, red → the new red, green, blue.
        """
        if self.table.ndim == 2:
            red, green, blue = (
                self._along(self.table[:, channel], channel, 0, steps) for channel in range(3)
            )
            planes = np.meshgrid(blue, green, red, indexing="ij")
            return np.stack(planes[::-1], -1)
        spread = self.table
        for axis in range(3):
            spread = self._along(spread, 2 - axis, axis, steps)
        return spread

    def _along(self, table: Map, channel: int, axis: int, steps: Map) -> Map:
        low, high = self.low[channel], self.high[channel]
        place = np.clip((steps - low) / (high - low), 0, 1) * (len(self.table) - 1)
        before = np.minimum(place.astype(np.int64), len(self.table) - 2)
        shape = [-1 if n == axis else 1 for n in range(table.ndim)]
        part = (place - before).astype(np.float32).reshape(shape)
        first = np.take(table, before, axis)
        return first + part * (np.take(table, before + 1, axis) - first)


def read_cube(path: Path) -> Cube:
    """A LUT file.

    Raises:
        InputError: it cannot be read, or is no such file; names the line.
    """
    size, flat, title = 0, False, ""
    ends = {"DOMAIN_MIN": (0.0, 0.0, 0.0), "DOMAIN_MAX": (1.0, 1.0, 1.0)}
    rows: list[tuple[float, float, float]] = []
    try:
        with path.open(encoding="utf-8-sig", errors="strict") as file:
            for number, line in enumerate(file, 1):
                words = line.split("#", 1)[0].split()
                if not words:
                    continue
                where, key = f"{path}:{number}", words[0].upper()
                if key == "TITLE":
                    title = line.strip()[5:].strip().strip('"')
                elif key in ("LUT_3D_SIZE", "LUT_1D_SIZE"):
                    if size or rows:
                        raise _wrong("says its size twice, or too late", where)
                    flat = key == "LUT_1D_SIZE"
                    size = _size(words, where, _MOST_1D if flat else _MOST_3D)
                elif key in ends:
                    ends[key] = _three(words[1:], where)
                elif key in ("LUT_3D_INPUT_RANGE", "LUT_1D_INPUT_RANGE"):
                    # Not in the specification, but written by some programs.
                    low, high = _numbers(words[1:], where, 2)
                    ends = {"DOMAIN_MIN": (low, low, low), "DOMAIN_MAX": (high, high, high)}
                else:
                    if not size:
                        raise _wrong("is no LUT: it does not say its size (LUT_3D_SIZE)", where)
                    rows.append(_three(words, where))
                    if len(rows) > (size if flat else size**3):
                        raise _wrong("has more colours than its size says", where)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise _wrong("is no text", str(path)) from None
    wanted = size if flat else size**3
    if not size or len(rows) != wanted:
        raise _wrong(f"has {len(rows)} colours of {wanted}: it is cut short", str(path))
    low, high = ends["DOMAIN_MIN"], ends["DOMAIN_MAX"]
    if any(a >= b for a, b in zip(low, high, strict=True)):
        raise _wrong("begins (DOMAIN_MIN) where it ends (DOMAIN_MAX)", str(path))
    table = np.array(rows, np.float32).reshape((size, 3) if flat else (size, size, size, 3))
    return Cube(table, low, high, title)


def write_cube(cube: Cube, path: Path) -> None:
    """Write a LUT file. Raises StoreError when the disk is full or read-only."""
    size = len(cube.table)
    title = cube.title.replace('"', "'").replace("\n", " ")
    lines = [f'TITLE "{title}"'] if title else []
    lines.append(f"LUT_{'1D' if cube.table.ndim == 2 else '3D'}_SIZE {size}")
    for name, values in (("DOMAIN_MIN", cube.low), ("DOMAIN_MAX", cube.high)):
        lines.append(f"{name} {' '.join(f'{value:g}' for value in values)}")
    rows = cube.table.reshape(-1, 3).tolist()
    lines += [" ".join(f"{value:.6f}" for value in row) for row in rows]
    write_text(path, "\n".join(lines) + "\n")


class Grader:
    """A table made ready for pictures: one look-up a pixel.

    Args:
        cube: the table.
        strength: 0 leaves colours as they are, 1 takes the table's.
    """

    def __init__(self, cube: Cube, strength: float = 1.0) -> None:
        steps = (np.arange(_FINE, dtype=np.float32) * 2 + 0.5) / 255
        new = cube.spread(steps)
        if strength < 1:
            old = np.stack(np.meshgrid(steps, steps, steps, indexing="ij")[::-1], -1)
            new = old + np.float32(strength) * (new - old)
        table = np.clip(np.round(new * 255), 0, 255).astype(np.uint8).reshape(-1, 3)
        # Four bytes a colour: one look-up reads them all at once.
        padded = np.zeros((len(table), 4), np.uint8)
        padded[:, :3] = table
        self._table = padded.view(np.uint32)[:, 0]

    def __call__(self, frame: Frame) -> Frame:
        """A picture in the new colours."""
        half = np.right_shift(frame, 1)
        place = half[..., 2].astype(np.int32)
        for channel in (1, 0):
            place <<= 7
            place |= half[..., channel]
        found = np.take(self._table, place).view(np.uint8)
        return np.ascontiguousarray(found.reshape(*frame.shape[:2], 4)[..., :3])


def cube_of(colours: npt.NDArray[np.floating], title: str = "") -> Cube:
    """A table from what became of `grid` (n × 3, in its order)."""
    size = round(len(colours) ** (1 / 3))
    return Cube(np.asarray(colours, np.float32).reshape(size, size, size, 3), title=title)


def grid(size: int = 33) -> npt.NDArray[np.float64]:
    """The colours that a table's entries stand for: n × 3, red fastest."""
    steps = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], -1).reshape(-1, 3)


def _size(words: list[str], where: str, most: int) -> int:
    if len(words) != 2 or not words[1].isdecimal() or not 2 <= int(words[1]) <= most:
        raise _wrong(f"gives no size from 2 to {most}", where)
    return int(words[1])


def _three(words: list[str], where: str) -> tuple[float, float, float]:
    red, green, blue = _numbers(words, where, 3)
    return red, green, blue


def _numbers(words: list[str], where: str, count: int) -> list[float]:
    try:
        values = [float(word) for word in islice(words, count + 1)]
    except ValueError:
        values = []
    if len(values) != count or not np.isfinite(values).all():
        raise _wrong(f"is no LUT: there should be {count} numbers", where)
    return values


def _wrong(what: str, where: str) -> InputError:
    return InputError(what, where=where, hint="give a .cube file as colour programs export it")
