"""Videos that the same people like: item-to-item cosine with a fading history (item-kNN)."""

from __future__ import annotations

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from reelwright.audience.interactions import Floats, Histories, Interactions, Sparse
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class NeighboursSettings(RecommenderSettings):
    """How many neighbours a video has, and how fast the past fades."""

    neighbours: int = Field(default=200, ge=1)
    shrink: float = Field(default=5.0, ge=0)
    """Added below the fraction: few common viewers prove little."""
    keep: float = Field(default=0.9, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one."""


class Neighbours(Recommender):
    """Shrunk cosine between the columns of the viewer-video matrix."""

    name = "neighbours"
    Settings = NeighboursSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        matrix = log.matrix()
        together: Sparse = csr_array(matrix.T @ matrix)
        norms = np.sqrt(together.diagonal())
        rows = np.repeat(np.arange(log.n_items), np.diff(together.indptr))
        together.data /= norms[rows] * norms[together.indices] + self.settings.shrink
        together.data[rows == together.indices] = 0
        self.table = strongest(together, self.settings.neighbours)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        return (histories.weighted(self.settings.keep) @ self.table).toarray()


def strongest(table: Sparse, n: int) -> Sparse:
    """A sparse table with only the `n` largest values of each row."""
    order = np.lexsort((-table.data, np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))))
    rank = np.arange(table.nnz) - np.repeat(table.indptr[:-1], np.diff(table.indptr))
    kept = order[(rank < n) & (table.data[order] > 0)]
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))[kept]
    return csr_array((table.data[kept], (rows, table.indices[kept])), shape=table.shape)
