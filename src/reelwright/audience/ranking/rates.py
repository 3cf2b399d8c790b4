"""What showing a video once is worth: the goals it is expected to reach, by their weights.

Rates are smoothed towards those of all videos, so that a video nobody has seen is worth the mean.
Seconds watched are compared within videos of about the same length only: long ones are watched for
longer without being better (D2Q, Zhan et al., KDD 2022).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.tables import KIND_CODES
from reelwright.audience.tallies import Tallies
from reelwright.core.settings import GoalSettings

PRIOR = 20.0
"""Showings of an average video that each one starts with."""
_BINS = 10
_KINDS = ("completion", "like", "comment", "share", "follow", "skip", "not_interested")


def expected_values(
    tallies: Tallies, seconds: NDArray[np.floating], goals: GoalSettings
) -> NDArray[np.float32]:
    """What each video is worth, less what the average one is, by the spread between them.

    Args:
        tallies: what viewers did.
        seconds: lengths of the videos, 0 where nobody knows.
        goals: weights.

    Returns:
        float32 (videos,): 0 for the average, about −3 to 3.
    """
    shown = tallies.shown()
    total = shown.sum()
    if not total:
        return np.zeros(len(shown), np.float32)
    value = goals.watch * watch_ranks(tallies, seconds)
    for kind in _KINDS:
        count = tallies.counts[KIND_CODES[kind]]
        if kind == "like":
            count = np.maximum(0, count - tallies.counts[KIND_CODES["unlike"]])
        mean = min(1.0, count.sum() / total)
        # More likes than showings (they came by another way) are one a showing at most.
        rate = (count + PRIOR * mean) / (np.maximum(shown, count) + PRIOR)
        value += getattr(goals, kind) * rate
    known = shown > 0
    spread = float(value[known].std())
    if spread < 1e-9:
        return np.zeros(len(shown), np.float32)
    return ((value - value[known].mean()) / spread).clip(-3, 3).astype(np.float32)


def watch_ranks(tallies: Tallies, seconds: NDArray[np.floating]) -> NDArray[np.float64]:
    """The share of videos of about its length that a video is watched for longer than, 0 to 1.

    0.5 where nothing is known; few watches move it little.
    """
    ranks = np.full(len(seconds), 0.5)
    known = np.flatnonzero((tallies.watches > 0) & (seconds > 0))
    if len(known) < 2:
        return ranks
    mean = tallies.watched[known] / tallies.watches[known]
    bins = np.minimum(_BINS, max(1, len(known) // 5))
    edges = np.quantile(seconds[known], np.linspace(0, 1, bins + 1)[1:-1])
    group = np.searchsorted(edges, seconds[known], side="right")
    order = np.lexsort((mean, group))
    size = np.bincount(group, minlength=bins)
    first = np.cumsum(size) - size
    place = np.empty(len(known))
    place[order] = np.arange(len(known)) - first[group[order]]
    rank = (place + 0.5) / size[group]
    sure = tallies.watches[known] / (tallies.watches[known] + PRIOR)
    ranks[known] = 0.5 + sure * (rank - 0.5)
    return ranks
