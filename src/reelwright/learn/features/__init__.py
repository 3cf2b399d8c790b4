"""How alike two sets of pictures are: a small fixed net looks at them, their features are compared.

The net (`network.FeatureNet`, 57,000 weights) was trained on textures drawn by recipe, to tell the
recipe and how a patch was blurred, made noisy, coloured and scaled: what makes one texture look
unlike another. It ships with the package and never changes, so that distances can be compared.
`describe` runs it through ONNX, without torch; losses take its maps from `network.load_network`.

The distance is Fréchet's between two normal distributions, as in the FID (Heusel et al. 2017), of
these features instead of Inception's. Figures of the two cannot be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.learn.session import Session

SHIPPED = Path(__file__).parents[1] / "shipped" / "features"
PATCH = 64
"""The side of a patch, in pixels: what the net was trained on."""
SIZE = 64
"""Numbers in a description."""

Frames = npt.NDArray[np.uint8]
_AT_ONCE = 64


@dataclass(frozen=True)
class Cloud:
    """Where descriptions lie: their mean, covariance and number."""

    mean: npt.NDArray[np.float64]
    covariance: npt.NDArray[np.float64]
    count: int


def describe(patches: Iterable[Frames]) -> npt.NDArray[np.float32]:
    """What the net sees in each patch.

    Args:
        patches: each H × W × 3 RGB, 0 to 255, all of one size; 64 × 64 is what it knows best, 16 is
            the least.

    Returns:
        n × 64; over the textures it knows, each column has mean 0 and standard deviation 1.
    """
    rows: list[npt.NDArray[np.float32]] = []
    batch: list[Frames] = []

    def look() -> None:
        if batch:
            rows.append(_session().run(pictures=to_input(np.stack(batch)))["descriptions"])
            batch.clear()

    for patch in patches:
        batch.append(patch)
        if len(batch) == _AT_ONCE:
            look()
    look()
    return np.concatenate(rows) if rows else np.zeros((0, SIZE), np.float32)


def to_input(frames: Frames) -> npt.NDArray[np.float32]:
    """Pictures as networks take them: n × H × W × 3 bytes → n × 3 × H × W, −1 to 1."""
    return np.ascontiguousarray(frames.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1)


def cloud_of(descriptions: npt.NDArray[Any]) -> Cloud:
    """Mean and covariance of descriptions, n × d with n of 2 or more."""
    rows = descriptions.astype(np.float64)
    return Cloud(rows.mean(0), np.cov(rows, rowvar=False), len(rows))


def frechet(one: Cloud, other: Cloud) -> float:
    """Fréchet's distance of two normal distributions: |μ₁ − μ₂|² + tr(C₁ + C₂ − 2·√(C₁C₂)).

    0 for the same one; finite samples lie above it, the more so the smaller they are.
    """
    values, vectors = np.linalg.eigh(one.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    shared = np.linalg.eigvalsh(root @ other.covariance @ root)
    apart = float(((one.mean - other.mean) ** 2).sum())
    spread = np.trace(one.covariance) + np.trace(other.covariance)
    return max(0.0, apart + float(spread) - 2 * float(np.sqrt(np.maximum(shared, 0)).sum()))


def distance(ones: Iterable[Frames], others: Iterable[Frames]) -> float:
    """The distance of two sets of patches (see `describe`), two or more in each; 0 is none."""
    return frechet(cloud_of(describe(ones)), cloud_of(describe(others)))


@lru_cache(maxsize=1)
def _session() -> Session:
    return Session(SHIPPED / "model.onnx")
