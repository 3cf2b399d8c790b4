"""Implicit-feedback factors by alternating least squares (Hu, Koren, Volinsky, ICDM 2008).

Written here and not taken from a library: with numpy and scipy it is short, needs nothing else to
be installed, gives the same factors on any number of threads, and folds viewers in by the same
equation that it is fitted with.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, Sparse
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class AlsSettings(RecommenderSettings):
    """How many factors, and how sure a like makes."""

    factors: int = Field(default=48, ge=1)
    rounds: int = Field(default=12, ge=1)
    sure: float = Field(default=10.0, gt=0)
    """How much more a like counts than a video that was not liked."""
    ridge: float = Field(default=5.0, gt=0)
    keep: float = Field(default=0.95, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one, when scoring."""
    seed: int = Field(default=0, ge=0)


class Als(Recommender):
    """A vector for each viewer and video; a viewer's is worked out from the history."""

    name = "als"
    Settings = AlsSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        asked: AlsSettings = self.settings
        matrix = log.matrix()
        chance = np.random.default_rng(asked.seed)
        scale = 0.1 / np.sqrt(asked.factors)
        self.videos = chance.normal(0, scale, (log.n_items, asked.factors)).astype(np.float32)
        turned: Sparse = matrix.T.tocsr()
        for _ in range(asked.rounds):
            viewers = solve_rows(matrix, self.videos, asked.sure, asked.ridge)
            self.videos = solve_rows(turned, viewers, asked.sure, asked.ridge)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        asked: AlsSettings = self.settings
        table = histories.weighted(asked.keep)
        return solve_rows(table, self.videos, asked.sure, asked.ridge) @ self.videos.T


def solve_rows(table: Sparse, other: Floats, sure: float, ridge: float) -> Floats:
    """The vectors of a table's rows that fit the vectors of its columns best.

    Args:
        table: csr, what was liked, each with its weight.
        other: the columns' vectors.

    Returns:
        For each row the x that makes small Σ over all columns of (p − x·y)² + `sure` × weight ×
        (1 − x·y)² over what was liked + `ridge` × |x|²; zero for rows without likes.
    """
    table.sum_duplicates()
    width = other.shape[1]
    solved = np.zeros((table.shape[0], width), np.float32)
    gram = other.T @ other + ridge * np.eye(width, dtype=np.float32)
    for row in np.flatnonzero(np.diff(table.indptr)):
        part = slice(table.indptr[row], table.indptr[row + 1])
        liked = other[table.indices[part]]
        more = sure * table.data[part]
        left = gram + liked.T @ (liked * more[:, None])
        solved[row] = np.linalg.solve(left, liked.T @ (1 + more))
    return solved
