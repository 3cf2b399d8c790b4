"""What the networks of an enhancement learn from: still pictures, and short runs out of clips.

Any files and folders will do. A tenth is held out: whole pictures by the hash of what they hold, of
each clip the last runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import DataError, FootageError
from reelwright.core.progress import Progress
from reelwright.learn.data.splits import split_of
from reelwright.store.artefacts import hash_content

Frames = npt.NDArray[np.uint8]
"""n × height × width × 3, RGB: pictures that follow one another, or a single one."""

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
CLIPS = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts"})
_HELD_OUT = 0.1
_LONGEST = 4096
"""Pixels of a picture's longer side that are enough."""


@dataclass(frozen=True)
class Material:
    """Pictures and runs.

    Attributes:
        train: to learn from.
        judged: to judge by.
        split: how the two were told apart, in words.
        count: how many pictures and clips were read.
    """

    train: Sequence[Frames]
    judged: Sequence[Frames]
    split: str
    count: int


def find_files(data: Sequence[Path]) -> list[Path]:
    """The pictures and clips among some files and folders, in order.

    Raises:
        DataError: a path is not there, or nothing in it can be used.
    """
    found: list[Path] = []
    for given in data:
        if given.is_dir():
            inside = sorted(given.rglob("*"), key=lambda p: p.relative_to(given).as_posix())
            found += [
                path
                for path in inside
                if path.suffix.lower() in PICTURES | CLIPS
                and path.is_file()
                and not any(part.startswith(".") for part in path.relative_to(given).parts)
            ]
        elif given.is_file():
            found.append(given)
        else:
            raise DataError("is not there", where=str(given), hint="check the path")
    if not found:
        known = " ".join(sorted(PICTURES | CLIPS))
        where = ", ".join(map(str, data))
        raise DataError("holds no pictures and no clips", where=where, hint=f"read are: {known}")
    return found


def read_material(
    data: Sequence[Path],
    *,
    least: int,
    length: int,
    runs: int,
    window: int,
    seed: int,
    progress: Progress,
) -> Material:
    """Read pictures, and runs out of clips.

    Args:
        data: files and folders.
        least: pixels that the shorter side must have.
        length: pictures in a run.
        runs: runs taken of each clip, evenly apart.
        window: of a run whose sides are longer, a part of so many pixels square is kept.
        seed: of the split, and of where windows lie.
        progress: is told what is left out.

    Raises:
        DataError: a file cannot be read, or is too small; or nothing is left.
    """
    train, judged = list[Frames](), list[Frames]()
    files, seen = find_files(data), set[str]()
    for path in files:
        content = hash_content(path)
        if content in seen:
            progress.say(f"{path.name} is the copy of another file: left out")
            continue
        seen.add(content)
        try:
            if path.suffix.lower() in CLIPS:
                chance = np.random.default_rng([seed, int(content[:12], 16)])
                taken = _runs(path, length, runs, window, chance)
                aside = round(len(taken) * _HELD_OUT)
                train += taken[: len(taken) - aside]
                judged += taken[len(taken) - aside :]
            else:
                held = split_of(content, seed, _HELD_OUT) == "held_out"
                taken = [_picture(path)]
                (judged if held else train).extend(taken)
        except FootageError as error:
            raise DataError(
                error.message, where=error.where, hint=error.hint or "remove it"
            ) from error
        for frames in taken:
            high, wide = frames.shape[1:3]
            if min(high, wide) < least:
                raise DataError(
                    f"is too small ({wide}×{high}): patches need {least} pixels",
                    where=str(path),
                    hint="remove it, or learn smaller patches: --set patch=…",
                )
    split = f"a tenth held out: pictures by their hash (seed {seed}), of each clip the last runs"
    if not train or not judged:
        # Too few to hold any out: a figure that flatters is said to be one.
        train = judged = [*train, *judged]
        split = "judged on what was learnt from: there is too little to hold any out"
    return Material(train, judged, split, len(seen))


def _picture(path: Path) -> Frames:
    from reelwright.media.frames import read_picture

    return read_picture(path, _LONGEST)[None]


def _runs(
    path: Path, length: int, runs: int, window: int, chance: np.random.Generator
) -> list[Frames]:
    """Runs of a clip, evenly apart, each a part of the picture; those that a cut divides too."""
    from reelwright.media.probing import probe
    from reelwright.media.sweep import sweep

    facts = probe(path)
    if facts.kind != "video":
        raise FootageError(f"is a {facts.kind}, not a clip", where=str(path))
    step = 1 / float(facts.rate or 25)
    found: list[Frames] = []
    for number in range(runs):
        start = facts.seconds * (number + 0.5) / runs
        taken: list[Frames] = []
        blocks = sweep(path, facts, width=facts.width, start=start, end=start + (length + 2) * step)
        for block in blocks:
            taken += list(block.frames)
            if len(taken) >= length:
                break
        if len(taken) < length:
            continue
        frames = np.stack(taken[:length])
        high, wide = frames.shape[1:3]
        top = int(chance.integers(max(0, high - window) + 1))
        left = int(chance.integers(max(0, wide - window) + 1))
        found.append(np.ascontiguousarray(frames[:, top : top + window, left : left + window]))
    if not found:
        raise FootageError(f"is shorter than {length} pictures", where=str(path))
    return found
