"""Orders and batches that depend on a seed and an epoch alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import DataError

Indices = NDArray[np.int64]


def generator(seed: int, epoch: int = 0, use: int = 0) -> np.random.Generator:
    """A source of chance of its own for each seed, epoch and use."""
    return np.random.default_rng([seed, epoch, use])


def shuffle(count: int, seed: int, epoch: int) -> Indices:
    """The numbers 0 to `count` - 1 in the order of this epoch."""
    return generator(seed, epoch).permutation(count)


def count_batches(count: int, size: int) -> int:
    """How many batches of `size` hold `count` examples; the last may be smaller.

    Raises:
        DataError: there are no examples.
    """
    if count < 1:
        raise DataError("no examples are left to learn from", hint="give more data")
    return -(-count // size)


def batches(count: int, size: int, seed: int, epoch: int) -> Iterator[Indices]:
    """Batches of the numbers 0 to `count` - 1 in this epoch's order; every number once."""
    order = shuffle(count, seed, epoch)
    for start in range(0, count, size):
        yield order[start : start + size]


def buckets(
    lengths: Sequence[int], size: int, seed: int, epoch: int, pool: int = 50
) -> Iterator[Indices]:
    """Batches of examples of like length, so that little is padded; every example once.

    The shuffled examples are cut into pools of `pool` batches, each pool is sorted by length and
    cut into batches, and the batches of all pools are shuffled.

    Args:
        lengths: of each example.
        size: examples in a batch.
        seed, epoch: decide the order.
        pool: batches in a pool; more pads less and mixes worse.
    """
    sizes = np.asarray(lengths)
    order = shuffle(len(sizes), seed, epoch)
    cut: list[Indices] = []
    for start in range(0, len(order), size * pool):
        part = order[start : start + size * pool]
        part = part[np.argsort(sizes[part], kind="stable")]
        cut += [part[at : at + size] for at in range(0, len(part), size)]
    for number in generator(seed, epoch, 1).permutation(len(cut)):
        yield cut[number]


def pad(rows: Sequence[Sequence[int]], filler: int = 0) -> tuple[Indices, Indices]:
    """Rows of numbers as one array (rows × longest row), and each row's length."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    padded = np.full((len(rows), int(lengths.max(initial=0))), filler, dtype=np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return padded, lengths
