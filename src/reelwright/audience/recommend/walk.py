"""A walk over the graph of viewers, videos and what videos are like.

From a viewer's videos to who liked them, on to what those liked (RP³β, Paudel et al., TiiS 2017:
each step shared equally, fame damped), a second round, and steps between videos that look or sound
alike, which is how a video that nobody has seen yet is reached.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions
from reelwright.audience.recommend.content import alike
from reelwright.audience.recommend.recommender import (
    Features,
    Recommender,
    RecommenderSettings,
    standard,
)
from reelwright.core.progress import Progress


class WalkSettings(RecommenderSettings):
    """How the walker chooses."""

    busy: float = Field(default=1.0, ge=0, le=2)
    """A viewer's vote is shared among what they liked, to this power."""
    damping: float = Field(default=0.25, ge=0, le=1)
    """Fame of the video a step starts from is damped by this power."""
    far: float = Field(default=0.3, ge=0)
    """The worth of a second round."""
    fame: float = Field(default=0.4, ge=0)
    """The worth of what everybody likes."""
    likeness: float = Field(default=0.3, ge=0)
    """The worth of videos that look, sound or read alike."""
    keep: float = Field(default=1.0, gt=0, le=1)
    """What a history's entry is multiplied by for each newer one."""


class Walk(Recommender):
    """Two rounds of a random walk, fame and likeness, each standardised and weighed."""

    name = "walk"
    recommends_for_new_items = True
    recommends_for_new_users = True
    Settings = WalkSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        self.matrix = log.matrix()
        lengths = np.asarray(self.matrix.sum(1)).ravel().clip(1)
        self.fame = np.asarray(self.matrix.sum(0)).ravel().astype(np.float32)
        self.votes = (lengths ** -float(self.settings.busy)).astype(np.float32)
        # What a round from each video brings back to itself, and in all.
        self.back = np.asarray(self.matrix.T @ self.votes).ravel()
        self.all = self._round(np.ones((1, log.n_items), np.float32))[0]
        self.features = features

    def _round(self, worth: Floats) -> Floats:
        """From videos to those who liked them, and on to what else those liked.

        Through the viewers, so that the table of all pairs of videos is never made.
        """
        viewers = (self.matrix @ worth.T) * self.votes[:, None]
        return (self.matrix.T @ viewers).T - worth * self.back

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        history = histories.weighted(self.settings.keep)
        start = history.toarray()
        scores = standard(self._round(start * self.fame.clip(1) ** -float(self.settings.damping)))
        shared = np.divide(1, self.all, out=np.zeros_like(self.all), where=self.all > 0)
        again = self._round(self._round(start * shared) * shared)
        scores += self.settings.far * standard(again)
        scores += self.settings.fame * standard(self.fame[None])
        for rows in self.features.values():
            worth = self.settings.likeness / len(self.features)
            scores += worth * standard(alike(history, rows))
        return scores
