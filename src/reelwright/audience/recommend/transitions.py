"""What people like after what: counts of ordered pairs, read from a history that fades.

A Markov chain with gaps; simple, and hard to beat where order carries the signal.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from reelwright.audience.interactions import (
    Floats,
    Histories,
    Interactions,
    Sparse,
    histories_of,
)
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class TransitionsSettings(RecommenderSettings):
    """How far apart a pair may be, and how fast the past fades."""

    window: int = Field(default=10, ge=1)
    """The most steps between the two of a pair."""
    gap: float = Field(default=0.7, gt=0, le=1)
    """What a pair's worth is multiplied by for each step between the two."""
    keep: float = Field(default=0.8, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one."""
    damping: float = Field(default=0.5, ge=0, le=1)
    """Counts are divided by how often the first was liked, to this power."""
    back: float = Field(default=0.0, ge=0, le=1)
    """What a pair counts for the other way round: where people buy or watch things together, which
    came first is partly luck."""


class Transitions(Recommender):
    """Counts of ordered pairs."""

    name = "transitions"
    needs_order = True
    Settings = TransitionsSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        all_users = np.arange(log.n_users)
        told = histories_of(log.liked(), all_users)
        shape = (log.n_items, log.n_items)
        counts: Sparse = csr_array(shape, dtype=np.float32)
        for step in range(1, self.settings.window + 1):
            same = told.rows[step:] == told.rows[:-step]
            first, then = told.items[:-step][same], told.items[step:][same]
            worth = np.full(len(first), self.settings.gap ** (step - 1), np.float32)
            counts = counts + csr_array((worth, (first, then)), shape=shape)
        if self.settings.back:
            counts = counts + np.float32(self.settings.back) * counts.T
        liked = np.bincount(told.items, minlength=log.n_items).clip(1)
        scale = (liked ** -float(self.settings.damping)).astype(np.float32)
        self.table: Sparse = csr_array(counts * scale[:, None])

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        return (histories.weighted(self.settings.keep) @ self.table).toarray()
