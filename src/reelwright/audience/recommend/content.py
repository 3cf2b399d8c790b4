"""Videos like those a viewer liked, by what they look, sound and read like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, Sparse
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class ContentSettings(RecommenderSettings):
    """How fast the past fades."""

    keep: float = Field(default=0.95, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one."""


class Content(Recommender):
    """Cosine of centred features, summed over the history and over the kinds of features."""

    name = "content"
    recommends_for_new_items = True
    needs_features = True
    Settings = ContentSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        self.features = features

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        history = histories.weighted(self.settings.keep)
        parts = [alike(history, rows) for rows in self.features.values()]
        return np.sum(parts, axis=0) / len(parts)


def alike(history: Sparse, rows: NDArray[np.float32]) -> Floats:
    """How like the videos of each history every video is: the sum of weighted cosines.

    Args:
        history: viewers by videos.
        rows: features, one row an item; rows that are all zero are like nothing.
    """
    known = (rows != 0).any(axis=1)
    centred = np.where(known[:, None], rows - rows[known].mean(0), 0) if known.any() else rows
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = (centred / np.where(norms > 0, norms, 1)).astype(np.float32)
    return (history @ unit) @ unit.T
