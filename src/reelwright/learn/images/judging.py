"""How good drawn pictures are: their distance from real ones, their seams, their diversity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.features import Cloud, cloud_of, describe, frechet
from reelwright.learn.images.pictures import Frame, Sheet, cut

PATCHES = 256
"""Patches of each side that are compared."""


@dataclass(frozen=True)
class Standard:
    """Real patches to hold drawn ones against: where they lie, how far from each other.

    Attributes:
        cloud: of the features of all of them.
        spread: the mean distance of two of them.
        floor: the distance of one half of them from the other: that of a perfect generator.
        labels: of the patches.
    """

    cloud: Cloud
    spread: float
    floor: float
    labels: tuple[int, ...]


def measure_real(sheets: Sequence[Sheet], crop: int, seed: int, count: int = PATCHES) -> Standard:
    """Look at patches cut evenly from all sheets."""
    chance = np.random.default_rng([seed, 0x5EED])
    taken = [sheets[number % len(sheets)] for number in range(count)]
    seen = describe(cut(taken, crop, chance, flip=False))
    order = chance.permutation(count)
    one, other = seen[order[: count // 2]], seen[order[count // 2 :]]
    return Standard(
        cloud_of(seen),
        spread_of(seen),
        frechet(cloud_of(one), cloud_of(other)),
        tuple(sheet.label for sheet in taken),
    )


def judge(standard: Standard, patches: Frame) -> dict[str, float]:
    """Drawn patches, n × crop × crop × 3, held against real ones.

    Returns:
        ``distance``: Fréchet's, of the features; 0 is none. ``diversity``: how much two of them
        differ, relative to two real ones; far under 1 is collapse.
    """
    seen = describe(patches)
    return {
        "distance": frechet(standard.cloud, cloud_of(seen)),
        "diversity": spread_of(seen) / max(1e-6, standard.spread),
    }


def spread_of(descriptions: NDArray[Any]) -> float:
    """The mean distance of two descriptions, n × d."""
    rows = descriptions.astype(np.float64)
    squares = (rows**2).sum(1)
    gaps = squares[:, None] + squares[None, :] - 2 * rows @ rows.T
    count = len(rows)
    return float(np.sqrt(np.maximum(gaps, 0)).sum() / max(1, count * (count - 1)))


def psnr(ones: Frame, others: Frame) -> float:
    """Peak signal-to-noise ratio of two stacks of pictures in decibels; 99 where they are equal."""
    error = float(((ones.astype(np.float32) - others.astype(np.float32)) ** 2).mean())
    return 99.0 if error == 0 else min(99.0, 10 * float(np.log10(255**2 / error)))
