"""Two towers: a vector for what a viewer did, one for each video, met by a product.

For catalogues too large for tables of pairs: the videos' vectors stand ready, so a feed is one
product with them, or a look-up in any index of vectors. Learnt by telling each like from the other
videos of its batch, fame corrected (Yi et al., RecSys 2019). Asking it needs no torch.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, histories_of
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class TwoTowerSettings(RecommenderSettings):
    """The towers' size, and how long they learn."""

    width: int = Field(default=48, ge=4)
    epochs: int = Field(default=20, ge=1)
    rate: float = Field(default=5e-3, gt=0)
    keep: float = Field(default=0.9, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one."""
    seed: int = Field(default=0, ge=0)


class TwoTower(Recommender):
    """The product of a viewer's and a video's vector."""

    name = "two_tower"
    library = "torch"
    recommends_for_new_items = True
    Settings = TwoTowerSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        from reelwright.audience.recommend.two_tower_task import TowersTask
        from reelwright.learn.kind import FitSettings, Run
        from reelwright.learn.trainer import fit

        asked: TwoTowerSettings = self.settings
        told = histories_of(log.liked(), np.arange(log.n_users))
        task = TowersTask(told, describe(features, log.n_items), asked)
        if task.steps():
            settings = FitSettings(seed=asked.seed, epochs=asked.epochs, rate=asked.rate)
            with tempfile.TemporaryDirectory(prefix="reel-") as folder:
                fit(task, settings, Run(Path(folder), progress, device="auto"), self.name)
        self.told, self.videos, self.widen, self.narrow = task.vectors()

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        weights = histories.weighted(self.settings.keep)
        taste = (weights @ self.told) / np.asarray(weights.sum(1)).reshape(-1, 1).clip(1e-6)
        taste = taste + np.maximum(taste @ self.widen.T, 0) @ self.narrow.T
        return (taste @ self.videos.T).astype(np.float32)


def describe(features: Features, items: int) -> Floats:
    """All features side by side, each kind centred and of unit length; one row an item."""
    parts = [np.zeros((items, 1), np.float32)]
    for name in sorted(features):
        rows = features[name]
        known = (rows != 0).any(1)
        centred = np.where(known[:, None], rows - rows[known].mean(0), 0) if known.any() else rows
        norms = np.linalg.norm(centred, axis=1, keepdims=True)
        parts.append((centred / np.where(norms > 0, norms, 1)).astype(np.float32))
    return np.concatenate(parts, axis=1)
