"""What a policy would earn, from what another one showed and how likely it was to show it.

Rewards are weighed by how much more likely the new policy is to show the same. Inverse propensity
scoring (Horvitz and Thompson, 1952) is right on average, and wild where weights are large; divided
by the sum of the weights (self-normalised: Swaminathan and Joachims, NeurIPS 2015) it is calm;
doubly robust (Dudík et al., ICML 2011) weighs only what a model of rewards did not foretell.

Intervals are of 95 %, over viewers, whose showings are not independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
MOST = 50.0
"""A showing counts for so many, at most: what that leaves out errs towards the policy that showed
it."""


@dataclass(frozen=True)
class Logged:
    """Showings, a row each.

    Attributes:
        viewers: a number for each viewer.
        rewards: what came of each.
        propensities: how likely the policy that served was to show it there, above 0.
        chances: how likely the other policy was.
        foretold: the reward that a model foretells of it.
        expected: the reward that it foretells of the place under the other policy.
    """

    viewers: NDArray[np.integer]
    rewards: NDArray[np.floating]
    propensities: NDArray[np.floating]
    chances: NDArray[np.floating]
    foretold: NDArray[np.floating]
    expected: NDArray[np.floating]


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval of 95 %, and how many viewers it is from."""

    value: float
    low: float
    high: float
    viewers: int


def mean_of(
    viewers: NDArray[np.integer],
    values: NDArray[np.floating],
    weights: NDArray[np.floating] | None = None,
) -> Estimate:
    """The mean of values by viewers, weighted; its interval by the ratio's linearisation."""
    if not len(values):
        return Estimate(0.0, 0.0, 0.0, 0)
    weights = np.ones(len(values)) if weights is None else weights
    _, own = np.unique(viewers, return_inverse=True)
    sums = np.bincount(own, weights * values)
    counts = np.bincount(own, weights)
    total = float(counts.sum())
    n = len(sums)
    if total <= 0:
        return Estimate(0.0, 0.0, 0.0, n)
    value = float(sums.sum()) / total
    error = float(np.sqrt(((sums - value * counts) ** 2).sum() * n / max(1, n - 1))) / total
    return Estimate(value, value - _Z * error, value + _Z * error, n)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """How much more the second is than the first, of independent viewers."""
    spread = np.hypot(first.high - first.value, second.high - second.value)
    value = second.value - first.value
    return Estimate(value, value - spread, value + spread, first.viewers + second.viewers)


def weigh(logged: Logged) -> NDArray[np.float64]:
    """How much more likely the other policy was, at most `MOST`."""
    return np.minimum(MOST, logged.chances / logged.propensities)


def ips(logged: Logged) -> Estimate:
    """Inverse propensity scoring."""
    return mean_of(logged.viewers, weigh(logged) * logged.rewards)


def snips(logged: Logged) -> Estimate:
    """Self-normalised inverse propensity scoring."""
    return mean_of(logged.viewers, np.asarray(logged.rewards), weigh(logged))


def doubly_robust(logged: Logged) -> Estimate:
    """Doubly robust, with the model's foretelling first brought to the scale of rewards."""
    if not len(logged.rewards):
        return mean_of(logged.viewers, logged.rewards)
    foretold = np.stack([np.ones(len(logged.foretold)), logged.foretold], 1)
    offset, factor = np.linalg.lstsq(foretold, logged.rewards, rcond=None)[0]
    missed = logged.rewards - (offset + factor * logged.foretold)
    told = offset + factor * logged.expected + weigh(logged) * missed
    return mean_of(logged.viewers, told)


def effective(logged: Logged) -> float:
    """How many showings without weights would tell as much (Kish, 1965)."""
    weights = weigh(logged)
    return float(weights.sum() ** 2 / max(1e-12, (weights**2).sum()))
