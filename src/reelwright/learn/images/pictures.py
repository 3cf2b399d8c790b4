"""A folder of pictures to learn from: found, checked, shrunk, split, and cut into patches.

Pictures in sub-folders are labelled by their folder's name. One picture in ten is held out, by the
hash of its content; where that leaves none, the last fifth of each picture is, if a patch fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import DataError, FootageError
from reelwright.learn.data.splits import split_of
from reelwright.store.artefacts import hash_content

Frame = NDArray[np.uint8]
"""H × W × 3, RGB."""
Area = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_HELD_OUT = 0.1
_REST = 0.2
"""The part of each picture that is kept to judge by where no whole picture is."""
_SEAMLESS = 1.1
"""A picture with seams (`seam`) up to here wraps."""
_KEPT = 1000
"""Shrunk pictures kept in memory; of more, those not used for longest are read again."""


@dataclass(frozen=True)
class Sheet:
    """A picture to cut patches from.

    Attributes:
        path: of its file.
        side: pixels that its shorter side is shrunk to.
        label: the number of its label; 0 where there are none.
        area: where patches may be cut.
        wraps: whether patches may go around its borders, as it tiles already.
    """

    path: Path
    side: int
    label: int
    area: Area
    wraps: bool = False


@dataclass(frozen=True)
class Album:
    """All pictures of a data set.

    Attributes:
        train: to learn from.
        judged: to judge by.
        whole: all of them, each with its whole area.
        labels: the names of the labels, in order; empty where there are none.
        split: how the two were told apart, in words.
        notes: what a person should know of the data.
    """

    train: tuple[Sheet, ...]
    judged: tuple[Sheet, ...]
    whole: tuple[Sheet, ...]
    labels: tuple[str, ...]
    split: str
    notes: tuple[str, ...] = ()


def read_album(
    data: Sequence[Path], *, side: int, crop: int, labelled: bool, seed: int = 0
) -> Album:
    """Find and check the pictures of some files and folders.

    Args:
        data: pictures, or folders that hold them.
        side: larger pictures are shrunk until their shorter side has so many pixels.
        crop: side of the patches that will be cut.
        labelled: whether the names of sub-folders are labels, where all pictures lie in some.
        seed: of the split.

    Raises:
        DataError: nothing is there, a picture is damaged, or smaller than a patch.
    """
    found = _find(data)
    names = _labels_of(found) if labelled else ()
    sheets: list[Sheet] = []
    hashes: list[str] = []
    seen: set[str] = set()
    notes: list[str] = []
    for path, name in found:
        content = hash_content(path)
        if content in seen:
            notes.append(f"{path.name} is the copy of another picture: left out")
            continue
        seen.add(content)
        hashes.append(content)
        sheets.append(_sheet(path, side, crop, names.index(name) if names else 0))
    for number, name in enumerate(names):
        if sum(sheet.label == number for sheet in sheets) == 1:
            notes.append(f'the label "{name}" has one picture only')
    train, judged, split = _split(sheets, hashes, crop, seed)
    return Album(tuple(train), tuple(judged), tuple(sheets), names, split, tuple(notes))


def pixels(sheet: Sheet) -> Frame:
    """The sheet's picture, shrunk."""
    return _read(sheet.path, sheet.side)


def cut(sheets: Sequence[Sheet], crop: int, chance: np.random.Generator, *, flip: bool) -> Frame:
    """A patch of each sheet, cut anywhere in its area: n × crop × crop × 3.

    Args:
        flip: whether half of them are mirrored left to right.
    """
    return np.stack([_patch(sheet, crop, chance, flip) for sheet in sheets])


def seam(frame: Frame) -> float:
    """How strong the seams are when a picture is laid beside itself.

    The mean difference across its borders, relative to that of the strongest of a hundred rows (or
    columns) inside from the next; up to 1 it is no stronger than what the picture has anyway. The
    worse of the two directions.
    """
    values = frame.astype(np.float32)
    ratios: list[float] = []
    for axis in (0, 1):
        steps = np.abs(np.diff(values, axis=axis)).mean((1 - axis, 2))
        across = np.abs(values.take(0, axis) - values.take(-1, axis)).mean()
        ratios.append(float(across) / max(float(np.quantile(steps, 0.99)), 0.5))
    return max(ratios)


def _find(data: Sequence[Path]) -> list[tuple[Path, str]]:
    """Picture files with the name of the sub-folder they lie in, or nothing."""
    found: list[tuple[Path, str]] = []
    for given in data:
        if given.is_dir():
            for path in sorted(given.rglob("*")):
                place = path.relative_to(given)
                hidden = any(part.startswith(".") for part in place.parts)
                if path.suffix.lower() in SUFFIXES and path.is_file() and not hidden:
                    found.append((path, place.parts[0] if len(place.parts) > 1 else ""))
        elif given.is_file():
            found.append((given, ""))
        else:
            raise DataError("is not there", where=str(given), hint="check the path")
    if not found:
        raise DataError(
            "there are no pictures",
            where=", ".join(map(str, data)),
            hint=f"give a folder with pictures ({', '.join(sorted(SUFFIXES))})",
        )
    return found


def _labels_of(found: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
    names = sorted({name for _, name in found})
    return tuple(names) if len(names) > 1 and "" not in names else ()


def _sheet(path: Path, side: int, crop: int, label: int) -> Sheet:
    try:
        frame = _read(path, side)
    except FootageError as error:
        raise DataError(error.message, where=error.where, hint=error.hint or "remove it") from error
    height, width = frame.shape[:2]
    if min(height, width) < crop:
        raise DataError(
            f"is too small ({width}×{height}): patches have {crop} pixels",
            where=str(path),
            hint="remove it, or learn smaller patches: --set crop=32",
        )
    return Sheet(path, side, label, (0, 0, height, width), seam(frame) <= _SEAMLESS)


def _split(
    sheets: Sequence[Sheet], hashes: Sequence[str], crop: int, seed: int
) -> tuple[list[Sheet], list[Sheet], str]:
    sides = [split_of(content, seed, _HELD_OUT) for content in hashes]
    train = [sheet for sheet, side in zip(sheets, sides, strict=True) if side == "train"]
    judged = [sheet for sheet, side in zip(sheets, sides, strict=True) if side == "held_out"]
    if {sheet.label for sheet in train} == {sheet.label for sheet in judged}:
        return train, judged, f"a tenth of the pictures held out by their hash (seed {seed})"
    pairs = [_cut_off(sheet, crop) for sheet in sheets]
    whole = all(first is second for first, second in pairs)
    split = "judged on the last fifth of each picture, which is not learnt from"
    return (
        [first for first, _ in pairs],
        [second for _, second in pairs],
        "judged on the pictures learnt from: they are too few and too small to hold any out"
        if whole
        else split,
    )


def _cut_off(sheet: Sheet, crop: int) -> tuple[Sheet, Sheet]:
    """A sheet to learn from and one to judge by; the same where patches fit into no fifth."""
    top, left, bottom, right = sheet.area
    height, width = bottom - top, right - left
    rest = max(crop, round(max(height, width) * _REST))
    if max(height, width) < rest + crop:
        return sheet, sheet
    if height >= width:
        first, second = (top, left, bottom - rest, right), (bottom - rest, left, bottom, right)
    else:
        first, second = (top, left, bottom, right - rest), (top, right - rest, bottom, right)
    path, side, label = sheet.path, sheet.side, sheet.label
    return Sheet(path, side, label, first), Sheet(path, side, label, second)


def _patch(sheet: Sheet, crop: int, chance: np.random.Generator, flip: bool) -> Frame:
    frame = pixels(sheet)
    top, left, bottom, right = sheet.area
    if sheet.wraps:
        rows = (chance.integers(bottom) + np.arange(crop)) % bottom
        columns = (chance.integers(right) + np.arange(crop)) % right
        patch = frame[np.ix_(rows, columns)]
    else:
        down = int(chance.integers(top, bottom - crop + 1))
        across = int(chance.integers(left, right - crop + 1))
        patch = frame[down : down + crop, across : across + crop]
    return patch[:, ::-1] if flip and chance.random() < 0.5 else patch


@lru_cache(maxsize=_KEPT)
def _read(path: Path, side: int) -> Frame:
    from PIL import Image

    from reelwright.media.frames import read_picture

    frame = read_picture(path, side * 2)
    height, width = frame.shape[:2]
    if min(height, width) <= side:
        return frame
    scale = side / min(height, width)
    size = max(side, round(width * scale)), max(side, round(height * scale))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS))
