"""Factors that rank what was liked above what was not (BPR, Rendle et al., UAI 2009).

Plain numpy: many pairs at once instead of one after another, Adagrad's steps. A viewer is the
fading sum of what they liked (as in FISM, Kabbur et al., KDD 2013), so nobody needs to be known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, Sparse
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress

_PAIRS = 4_096
_TINY = 1e-6


class BprSettings(RecommenderSettings):
    """How many factors, and how long it learns."""

    factors: int = Field(default=48, ge=1)
    epochs: int = Field(default=30, ge=1)
    pairs: int = Field(default=6_000_000, ge=1)
    """The most pairs it learns from, however long the log is."""
    rate: float = Field(default=0.1, gt=0)
    ridge: float = Field(default=0.002, ge=0)
    keep: float = Field(default=0.95, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one, when scoring."""
    seed: int = Field(default=0, ge=0)


class Bpr(Recommender):
    """A vector and a fame for each video."""

    name = "bpr"
    Settings = BprSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        asked: BprSettings = self.settings
        matrix = log.matrix()
        chance = np.random.default_rng(asked.seed)
        shape = (log.n_items, asked.factors)
        self.told = chance.normal(0, 0.1, shape).astype(np.float32)
        self.videos = chance.normal(0, 0.1, shape).astype(np.float32)
        self.fame = np.zeros(log.n_items, np.float32)
        squares = [np.full_like(table, _TINY) for table in (self.told, self.videos, self.fame)]
        users = np.repeat(np.arange(log.n_users), np.diff(matrix.indptr))
        for epoch in range(asked.epochs):
            order = chance.permutation(len(users))[: max(0, asked.pairs - epoch * len(users))]
            for first in range(0, len(order), _PAIRS):
                pairs = order[first : first + _PAIRS]
                other = chance.integers(log.n_items, size=len(pairs))
                self._step(matrix, users[pairs], matrix.indices[pairs], other, squares)

    def _step(
        self,
        matrix: Sparse,
        users: NDArray[np.integer],
        liked: NDArray[np.integer],
        other: NDArray[np.integer],
        squares: Sequence[Floats],
    ) -> None:
        """One step on many pairs of a liked video and another."""
        asked: BprSettings = self.settings
        rows = matrix[users]
        share = 1 / np.sqrt(np.diff(rows.indptr).clip(1)).astype(np.float32)
        # A video is not told from itself.
        tastes = ((rows @ self.told) - self.told[liked]) * share[:, None]
        apart = self.videos[liked] - self.videos[other]
        margin = (tastes * apart).sum(1) + self.fame[liked] - self.fame[other]
        wrong = (1 / (1 + np.exp(margin.clip(-30, 30)))).astype(np.float32)
        pull = wrong[:, None] * tastes
        push = (wrong * share)[:, None] * apart
        videos = np.zeros_like(self.videos)
        np.add.at(videos, liked, pull)
        np.add.at(videos, other, -pull)
        told = np.asarray(rows.T @ push, np.float32)
        np.add.at(told, liked, -push)
        fame = np.bincount(liked, wrong, len(self.fame)) - np.bincount(other, wrong, len(self.fame))
        for table, slope, square in zip(
            (self.told, self.videos, self.fame), (told, videos, fame), squares, strict=True
        ):
            moved = slope != 0
            slope = slope.astype(np.float32) - asked.ridge * table * moved
            square += slope**2
            table += asked.rate * slope / np.sqrt(square) * moved

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        weights = histories.weighted(self.settings.keep)
        share = 1 / np.sqrt(np.asarray(weights.sum(1)).ravel().clip(1))
        tastes = (weights @ self.told) * share[:, None].astype(np.float32)
        return tastes @ self.videos.T + self.fame
