"""What others like around the time of a viewer's newest like.

Short videos live for hours: whoever last watched yesterday evening is best told by what was liked
yesterday evening.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress

_HALVES = 8
"""Likes so many half-lives away count for nothing."""


class MomentSettings(RecommenderSettings):
    """How long a moment is."""

    half_life: float = Field(default=3_600.0, gt=0)
    """In seconds, both ways."""


class Moment(Recommender):
    """Counts of likes that halve with their distance in time."""

    name = "moment"
    needs_order = True
    Settings = MomentSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        liked = log.liked()
        self.liked, self.times = liked.items, liked.times

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        half = float(self.settings.half_life)
        good = histories.values > 0
        newest = np.full(len(histories), -np.inf)
        np.maximum.at(newest, histories.rows[good], histories.times[good])
        firsts = np.searchsorted(self.times, newest - _HALVES * half)
        lasts = np.searchsorted(self.times, newest + _HALVES * half, side="right")
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        for row in np.flatnonzero(np.isfinite(newest)):
            near = slice(firsts[row], lasts[row])
            weights = np.exp2(-np.abs(self.times[near] - newest[row]) / half)
            scores[row] = np.bincount(self.liked[near], weights, histories.n_items)
        return scores
