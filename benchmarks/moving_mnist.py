"""Moving MNIST from the digits of MNIST: two digits of 28 × 28 that bounce in 64 × 64, 20 frames.

    python benchmarks/moving_mnist.py DIGITS OUT      train.npy (10,000 clips), test.npy (1,000)

DIGITS is a folder with an `*images-idx3-ubyte.gz`; 85 % of its digits (drawn once, by seed) are for
training, the others for testing. Digits go 3.6 pixels a frame in any direction, bounce off the
edges by their 28 × 28, and where they overlap the brighter pixel is seen, as in Srivastava et al.
2015 and the sets made after it.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

SIDE, DIGIT, FRAMES, PACE = 64, 28, 20, 0.1
TRAIN, TEST = 10_000, 1_000


def read_digits(folder: Path) -> Bytes:
    """All digits: N × 28 × 28."""
    path = next(iter(sorted(folder.glob("*images-idx3-ubyte.gz"))))
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=16).reshape(
        -1, DIGIT, DIGIT
    )


def paths(count: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
    """Where a digit's corner is: count × 20 × 2."""
    at, angle = chance.random((count, 2)), chance.random(count) * 2 * np.pi
    moves = np.stack([np.sin(angle), np.cos(angle)], 1) * PACE
    told = np.empty((count, FRAMES, 2), np.int64)
    for frame in range(FRAMES):
        at = at + moves
        moves = np.where((at <= 0) | (at >= 1), -moves, moves)
        at = np.clip(at, 0, 1)
        told[:, frame] = ((SIDE - DIGIT) * at).astype(int)
    return told


def make_clips(digits: Bytes, count: int, seed: int) -> Bytes:
    """Clips of two digits: count × 20 × 64 × 64."""
    chance = np.random.default_rng(seed)
    clips = np.zeros((count, FRAMES, SIDE, SIDE), np.uint8)
    for _ in range(2):
        which, where = chance.integers(0, len(digits), count), paths(count, chance)
        for clip, digit, path in zip(clips, digits[which], where, strict=True):
            for frame, (down, right) in zip(clip, path, strict=True):
                window = frame[down : down + DIGIT, right : right + DIGIT]
                np.maximum(window, digit, out=window)
    return clips


def write_sets(digits: Path, out: Path) -> tuple[Path, Path]:
    """Write both sets; their paths."""
    every = read_digits(digits)
    order = np.random.default_rng(0).permutation(len(every))
    edge = len(every) * 85 // 100
    out.mkdir(parents=True, exist_ok=True)
    train, test = out / "train.npy", out / "test.npy"
    np.save(train, make_clips(every[order[:edge]], TRAIN, 1))
    np.save(test, make_clips(every[order[edge:]], TEST, 2))
    return train, test


if __name__ == "__main__":
    write_sets(Path(sys.argv[1]), Path(sys.argv[2]))
