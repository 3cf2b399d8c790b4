"""EASE^R: a linear autoencoder over videos in closed form (Steck, WWW 2019), history fading."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class EaseSettings(RecommenderSettings):
    """How strongly it is regularised, how fast the past fades, how many videos it may hold."""

    strength: float = Field(default=200.0, gt=0)
    """The ridge; more for more viewers a video."""
    keep: float = Field(default=0.8, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one, when scoring."""
    fairness: float = Field(default=0.5, ge=0, le=1)
    """Each viewer's row counts as its length to minus this power: the busy do not decide alone."""
    items: int = Field(default=8_000, ge=1)
    """The most liked videos that are modelled: the matrix takes 4 × items² bytes, thrice."""


class Ease(Recommender):
    """A dense item-item matrix without its diagonal, over the most liked videos."""

    name = "ease"
    Settings = EaseSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        matrix = log.matrix()
        liked = np.asarray(matrix.sum(0)).ravel()
        chosen = np.argsort(-liked, kind="stable")[: self.settings.items]
        self.chosen = np.sort(chosen[liked[chosen] > 0])
        part = matrix[:, self.chosen]
        lengths = np.asarray(part.sum(1)).ravel().clip(1)
        weights = (lengths ** -float(self.settings.fairness)).astype(np.float32)
        gram = (part.T @ (part * weights[:, None])).toarray().astype(np.float32)
        ridge = self.settings.strength * float(weights.mean())
        self.table = solve(gram, ridge)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        weights = histories.weighted(self.settings.keep)[:, self.chosen]
        scores[:, self.chosen] = weights @ self.table
        return scores


def solve(gram: Floats, ridge: float) -> Floats:
    """The item-item matrix: I − P / diag(P) with P = (gram + ridge·I)⁻¹, its diagonal zero."""
    from scipy.linalg import cho_factor, cho_solve

    gram[np.diag_indices_from(gram)] += ridge
    factor = cho_factor(gram, overwrite_a=True, check_finite=False)
    inverse = cho_solve(factor, np.eye(len(gram), dtype=np.float32), check_finite=False)
    table = inverse / -np.diag(inverse)
    table[np.diag_indices_from(table)] = 0
    return table.astype(np.float32)
