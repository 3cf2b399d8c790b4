"""The linear codec: a frame as its place in the few directions in which a clip changes most.

Dynamic textures (Doretto et al. 2003). Of T frames with D numbers each, T is small and D large, so
the directions come from the T × T table of how alike frames are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Subspace:
    """Directions of change.

    Attributes:
        mean: D, the mean frame.
        parts: K × D, the directions, each as far as a frame usually goes that way.
    """

    mean: Floats
    parts: Floats

    def decode(self, codes: Floats) -> Floats:
        """Codes (… × K) → how a frame departs from the mean (… × D)."""
        return codes @ self.parts


def fit(rows: Floats, size: int) -> tuple[Subspace, Floats, float]:
    """The directions in which frames differ most.

    Args:
        rows: T × D.
        size: how many directions, at most T − 1.

    Returns:
        The subspace, the codes of the frames (T × K, each number of variance 1), and the share of
        all change that they hold.
    """
    mean = rows.mean(0)
    apart = rows - mean
    values, vectors = np.linalg.eigh((apart @ apart.T).astype(np.float64))
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    count = max(1, min(size, len(rows) - 1, int((values > values[0] * 1e-6).sum())))
    # Signs are free; the largest code of each direction is made positive.
    best = np.abs(vectors[:, :count]).argmax(0)
    codes = vectors[:, :count] * np.sign(vectors[best, np.arange(count)]) * np.sqrt(len(rows))
    parts = codes.T @ apart / len(rows)
    share = float(values[:count].sum() / max(values.sum(), 1e-9))
    return Subspace(mean, parts.astype(np.float32)), codes.astype(np.float32), share
