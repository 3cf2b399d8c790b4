"""What `predict` learns from: arrays of clips, and videos cut into windows of frames.

Clips stay on the disk: `.npy` arrays are mapped into memory, those in `.npz` are unpacked beside
the model for as long as it is trained, and frames of videos are shrunk and written there.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import DataError, FootageError

Clip = npt.NDArray[np.uint8]
"""N × T × H × W × C, 0 to 255; C is 1 (gray) or 3 (RGB)."""

VIDEO = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".gif"})
ARRAY = frozenset({".npy", ".npz"})
HELD_OUT = 20
"""One of so many clips is held out, at the end of each file."""
_LOOK = 64
"""Clips that are looked at to tell what kind of data it is."""
_DARK = 12
"""Up to here a pixel counts as ground."""


@dataclass(frozen=True)
class Part:
    """The clips of one file."""

    name: str
    frames: npt.NDArray[np.uint8]
    """Either N × T × H × W × C, or, of a video, T × H × W × C."""
    length: int
    step: int
    """How far apart the windows of a video begin."""

    @property
    def count(self) -> int:
        """How many clips it holds."""
        if self.frames.ndim == 5:
            return len(self.frames)
        return max(0, (len(self.frames) - self.length) // self.step + 1)

    def clip(self, index: int) -> npt.NDArray[np.uint8]:
        """T × H × W × C."""
        if self.frames.ndim == 5:
            return self.frames[index, : self.length]
        return self.frames[index * self.step : index * self.step + self.length]


class Clips:
    """Clips of several files, of one size.

    Args:
        parts: at least one clip in all.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        train, held = list[tuple[int, int]](), list[tuple[int, int]]()
        for number, part in enumerate(parts):
            aside = max(1, part.count // HELD_OUT) if part.count > 1 else 0
            # Windows of a video overlap: those that share frames with what is held out are left.
            shared = 0 if part.frames.ndim == 5 else -(-part.length // part.step) - 1
            learnt = max(1, part.count - aside - shared)
            train += [(number, index) for index in range(learnt)]
            held += [(number, index) for index in range(part.count - aside, part.count)]
        self.train, self.held = train, held or train[-1:]

    def __len__(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of a frame."""
        high, wide, channels = self.parts[0].frames.shape[-3:]
        return int(high), int(wide), int(channels)

    def get(self, places: Sequence[tuple[int, int]]) -> Clip:
        """The clips at some of `train` or `held`."""
        return np.stack([self.parts[part].clip(index) for part, index in places])

    def everything(self) -> list[tuple[int, int]]:
        """The places of all clips."""
        parts = enumerate(self.parts)
        return [(number, index) for number, part in parts for index in range(part.count)]

    def is_things_before_dark(self) -> bool:
        """Whether these are gray clips in which nearly all that is not ground moves."""
        some = self.get(self.everything()[:: max(1, len(self) // _LOOK)][:_LOOK])
        if some.shape[-1] != 1:
            return False
        lit = some > _DARK
        stands = lit.all(axis=1)
        return bool(0.002 < lit.mean() < 0.4 and stands.mean() < 0.6 * lit.mean())


@contextmanager
def read_clips(paths: Sequence[Path], length: int, side: int, beside: Path) -> Iterator[Clips]:
    """The clips in some files and folders, for as long as the block lasts.

    Args:
        paths: `.npy` and `.npz` arrays (N × T × H × W, or × 3; 0 to 255, or floats 0 to 1; also
            T × N × …), videos, folders of these.
        length: frames in a clip; longer ones are cut to it, shorter ones are an error.
        side: pixels of the shorter side that videos are shrunk to.
        beside: a folder in which what is unpacked lies for so long.

    Raises:
        DataError: a file cannot be used; names it and says why.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".tmp-frames-", dir=beside) as place:
        parts = [
            _read_array(path, length, Path(place) / f"{number}.npy")
            if path.suffix.lower() in ARRAY
            else _read_video(path, length, side, Path(place) / f"{number}.raw")
            for number, path in enumerate(_files(paths))
        ]
        first = parts[0]
        for part in parts:
            if part.frames.shape[-3:] != first.frames.shape[-3:]:
                high, wide, channels = part.frames.shape[-3:]
                raise DataError(
                    f"its frames are {wide}×{high}×{channels}; those of {first.name} are not",
                    where=part.name,
                    hint="train on clips of one size and shape",
                )
        yield Clips(parts)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in VIDEO | ARRAY)
            found += [p for p in inside if not p.name.startswith(".")]
            if not inside:
                hint = f"these are read: {' '.join(sorted(VIDEO | ARRAY))}"
                raise DataError("holds no videos and no arrays", where=str(path), hint=hint)
        elif not path.exists():
            raise DataError("there is no such file", where=str(path), hint="check the path")
        elif path.suffix.lower() in VIDEO | ARRAY:
            found.append(path)
        else:
            hint = f"these are read: {' '.join(sorted(VIDEO | ARRAY))}"
            raise DataError("is neither a video nor an array", where=str(path), hint=hint)
    if not found:
        raise DataError("there is nothing to learn from", hint="give --data a file or folder")
    return found


def _read_array(path: Path, length: int, unpacked: Path) -> Part:
    try:
        if path.suffix.lower() == ".npz":
            with np.load(path, allow_pickle=False) as file:
                name = "clips" if "clips" in file.files else next(iter(file.files), "")
                if not name:
                    raise DataError("holds no array", where=str(path))
                np.save(unpacked, file[name])
            frames = np.load(unpacked, mmap_mode="r", allow_pickle=False)
        else:
            frames = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        hint = "write it with numpy.save or numpy.savez"
        raise DataError("is no array file, or is cut short", where=str(path), hint=hint) from error
    return Part(str(path), _checked(frames, path, length, unpacked), length, 1)


def _checked(frames: np.ndarray, path: Path, length: int, unpacked: Path) -> npt.NDArray[np.uint8]:
    """An array as N × T × H × W × C of bytes."""
    told = "×".join(str(size) for size in frames.shape)
    if frames.ndim == 4:
        frames = frames[..., None]
    if frames.ndim != 5 or frames.shape[-1] not in (1, 3):
        raise DataError(
            f"has the shape {told}",
            where=str(path),
            hint="clips are N × T × height × width, or N × T × height × width × 3",
        )
    if frames.shape[1] != length and frames.shape[0] == length:
        frames = np.swapaxes(frames, 0, 1)
    if not len(frames) or min(frames.shape[2:4]) < 16:
        raise DataError(f"has the shape {told}: nothing to learn from", where=str(path))
    if frames.shape[1] < length:
        raise DataError(
            f"its clips have {frames.shape[1]} frames; {length} are needed",
            where=str(path),
            hint="set a smaller past or future, or give longer clips",
        )
    if frames.dtype == np.uint8:
        return frames
    if frames.dtype.kind != "f":
        raise DataError(
            f"holds {frames.dtype}", where=str(path), hint="give bytes, or floats of 0 to 1"
        )
    whole = np.lib.format.open_memmap(
        str(unpacked.with_suffix(".u8.npy")), "w+", np.uint8, frames.shape
    )
    for index, clip in enumerate(frames):
        if not np.isfinite(clip).all() or clip.min() < 0 or clip.max() > 1:
            where = f"{path}: clip {index + 1}"
            raise DataError("holds values that are not 0 to 1", where=where, hint="scale them")
        whole[index] = np.round(clip * 255)
    return whole


def _read_video(path: Path, length: int, side: int, unpacked: Path) -> Part:
    from reelwright.media.probing import probe
    from reelwright.media.sweep import sweep

    try:
        facts = probe(path)
        if facts.kind != "video":
            raise DataError(f"is a {facts.kind}, not a video", where=str(path))
        width = max(16, round(facts.width * side / max(1, min(facts.width, facts.height))))
        count, shape = 0, (0, 0, 3)
        with unpacked.open("wb") as file:
            for block in sweep(path, facts, width=width):
                shape = block.frames.shape[1:]
                count += len(block.frames)
                file.write(np.ascontiguousarray(block.frames).data)
    except FootageError as error:
        raise DataError(error.message, where=error.where, hint=error.hint) from error
    if count < length:
        raise DataError(
            f"has {count} frames; {length} are needed",
            where=str(path),
            hint="set a smaller past or future, or give a longer video",
        )
    frames = np.memmap(unpacked, np.uint8, "r", shape=(count, *shape))
    return Part(str(path), frames, length, max(1, length // 4))
