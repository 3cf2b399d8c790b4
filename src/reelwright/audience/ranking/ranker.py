"""A ranker: how likely each goal is, for this viewer and this video, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from reelwright.audience.interactions import Floats
from reelwright.audience.ranking.features import FEATURES, Facts, Watches, build_inputs
from reelwright.audience.ranking.logistic import CROSSES, Doubles, log_odds, sigmoid
from reelwright.audience.ranking.showings import GOALS
from reelwright.core.errors import ModelError
from reelwright.core.settings import GoalSettings
from reelwright.learn.folder import Card, read_config, read_weights, save_model

KIND, VERSION = "ranking", 1
OUTCOMES = (*GOALS, "watch")
"""What is foretold: the goals, and the share of watches of such videos that this one beats."""


@dataclass(frozen=True)
class Ranker:
    """What `learning.learn` learnt.

    Attributes:
        means: float32 (goals,): rates over all showings.
        watches: how long videos are watched for.
        weights: float32 (outcomes, 1 + features + crosses), see `logistic`.
        scales: float32 (outcomes, 2): factor and offset of the log-odds, from newer data.
        sample: float32 (outcomes, n): what was foretold of newer showings.
    """

    means: Floats
    watches: Watches
    weights: Floats
    scales: Floats
    sample: Floats

    def foretell(self, facts: Facts) -> Doubles:
        """How likely each of `OUTCOMES` is, calibrated: (outcomes, n)."""
        odds = log_odds(build_inputs(facts, self.means, self.watches), self.weights)
        return sigmoid(odds * self.scales[:, :1] + self.scales[:, 1:])

    def values(self, facts: Facts, goals: GoalSettings) -> Floats:
        """What showing each is worth by the goals' weights, less what the average showing is, by
        the spread between showings: about −3 to 3."""
        worth = weights_of(goals)
        usual = worth @ self.sample
        spread = float(usual.std()) or 1.0
        told = (worth @ self.foretell(facts) - float(usual.mean())) / spread
        return told.clip(-4, 4).astype(np.float32)

    @cached_property
    def arrays(self) -> Mapping[str, NDArray[np.float32]]:
        """All that it is, by name."""
        own = {name: getattr(self, name) for name in ("means", "weights", "scales", "sample")}
        return own | {"edges": self.watches.edges, "quantiles": self.watches.quantiles}


def weights_of(goals: GoalSettings) -> Doubles:
    """What each of `OUTCOMES` is worth."""
    return np.array([getattr(goals, name) for name in OUTCOMES])


class _Settings(BaseModel):
    """A ranker has none."""


def save_ranker(folder: Path, ranker: Ranker, scores: Mapping[str, float], card: Card) -> None:
    """Write a ranker into a folder. Raises StoreError when the disk is full or read-only."""
    facts = {"features": list(FEATURES), "outcomes": list(OUTCOMES)}
    arrays = {name: np.ascontiguousarray(one) for name, one in ranker.arrays.items()}
    save_model(folder, KIND, VERSION, _Settings(), facts, arrays, scores, card)


def load_ranker(folder: Path) -> Ranker:
    """The ranker of a folder.

    Raises:
        ModelError: there is none, it is damaged, or was made by another version.
    """
    config = read_config(folder)
    same = config.kind == KIND and config.facts.get("features") == list(FEATURES)
    if not same or config.facts.get("outcomes") != list(OUTCOMES):
        raise ModelError("is no ranker of this Reelwright", where=str(folder), hint=_AGAIN)
    arrays = read_weights(folder)
    try:
        edges, quantiles = arrays.pop("edges"), arrays.pop("quantiles")
        ranker = Ranker(watches=Watches(edges, quantiles), **arrays)
    except (KeyError, TypeError) as error:
        raise ModelError("parts of the ranker are missing", where=str(folder), hint=_AGAIN) from (
            error
        )
    n = len(OUTCOMES)
    shapes = (ranker.means.shape, ranker.weights.shape, ranker.scales.shape, ranker.sample.shape)
    wanted = ((len(GOALS),), (n, 1 + len(FEATURES) + CROSSES), (n, 2), (n, ranker.sample.shape[-1]))
    finite = all(np.isfinite(one).all() for one in ranker.arrays.values())
    if shapes != wanted or len(quantiles) != len(edges) + 1 or not finite:
        raise ModelError("parts of the ranker do not fit", where=str(folder), hint=_AGAIN)
    return ranker


_AGAIN = "`reel feed train` makes a new one"
