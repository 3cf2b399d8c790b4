"""What everybody likes lately: counts that halve as time goes by."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress


class PopularitySettings(RecommenderSettings):
    """How fast fame fades."""

    half_life: float = Field(default=0.0, ge=0)
    """In seconds; 0 finds the one that foretells the newest tenth of the log best."""


_TRIED = (np.inf, 90, 30, 14, 7, 4, 2, 1, 0.5, 0.2, 0.1, 0.05)
"""Half-lives in days."""
_DAY = 86_400.0


class Popularity(Recommender):
    """Decayed counts of likes."""

    name = "popularity"
    recommends_for_new_users = True
    Settings = PopularitySettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        liked = log.liked()
        half = self.settings.half_life or (_choose(liked) if log.timed else np.inf)
        self.counts = _counts(liked, half, log.end)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        return np.tile(self.counts, (len(histories), 1))


def _counts(liked: Interactions, half_life: float, now: float) -> Floats:
    weights = np.exp2(-(now - liked.times) / half_life)
    return np.bincount(liked.items, weights, liked.n_items).astype(np.float32)


def _choose(liked: Interactions) -> float:
    """The half-life whose counts rank what was liked in the newest tenth highest (by MRR)."""
    cut = int(len(liked) * 0.9)
    if not 0 < cut < len(liked):
        return np.inf
    first = np.arange(len(liked)) < cut
    old, new = liked.where(first), liked.where(~first)

    def worth(half_life: float) -> float:
        counts = _counts(old, half_life, old.end)
        ranks = np.empty(len(counts))
        ranks[np.argsort(-counts, kind="stable")] = np.arange(1, len(counts) + 1)
        return float((1 / ranks[new.items]).mean())

    return max((days * _DAY for days in _TRIED), key=worth)
