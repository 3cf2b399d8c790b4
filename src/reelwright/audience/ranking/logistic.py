"""Logistic regression over dense features and hashed crosses, its calibration and how far it fits.

Crosses are hashed into one table of weights (Weinberger et al., ICML 2009). Targets may lie between
0 and 1. Platt's scaling (1999) on newer data than the weights were fitted on makes it calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.interactions import Floats

Doubles = NDArray[np.float64]
CROSSES = 1 << 14
"""Places of the table of hashed crosses."""
_TIDY, _TIDY_CROSS = 1.0, 8.0
"""What a weight of 1 costs, in showings that are told wholly wrong."""
_ROUNDS = 60


@dataclass(frozen=True)
class Inputs:
    """Rows to predict for: dense features (n, features), and crosses (n, kinds) below `CROSSES`."""

    dense: Floats
    crosses: NDArray[np.int32]

    def part(self, rows: slice | NDArray[np.integer]) -> Inputs:
        """Some of the rows."""
        return Inputs(self.dense[rows], self.crosses[rows])


def fit_logistic(inputs: Inputs, targets: Floats) -> Floats:
    """Weights by which the log-odds of the targets follow from the inputs.

    Returns:
        float32 (1 + features + CROSSES): the offset, of each feature, of each cross.
    """
    from scipy.optimize import minimize

    n, width = inputs.dense.shape
    dense, crosses = inputs.dense.astype(np.float64), inputs.crosses
    flat = crosses.ravel()
    mean = float(np.clip(targets.mean(), 1e-6, 1 - 1e-6))
    start = np.zeros(1 + width + CROSSES)
    start[0] = np.log(mean / (1 - mean))
    tidy = np.concatenate([[0.0], np.full(width, _TIDY), np.full(CROSSES, _TIDY_CROSS)]) / n

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        odds = weights[0] + dense @ weights[1 : 1 + width]
        odds += weights[1 + width :][crosses].sum(1)
        value = float(np.mean(np.logaddexp(0, odds) - targets * odds))
        wrong = (sigmoid(odds) - targets) / n
        slope = np.concatenate(
            [
                [wrong.sum()],
                wrong @ dense,
                np.bincount(flat, np.repeat(wrong, crosses.shape[1]), CROSSES),
            ]
        )
        return value + 0.5 * float(tidy @ weights**2), slope + tidy * weights

    options = {"maxiter": _ROUNDS, "maxcor": 8}
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return done.x.astype(np.float32)


def log_odds(inputs: Inputs, weights: Floats) -> Doubles:
    """What `fit_logistic` learnt, for other rows; `weights` may be (goals, …): then (goals, n)."""
    width = inputs.dense.shape[1]
    weights = weights.astype(np.float32)
    odds = weights[..., 1 : 1 + width] @ inputs.dense.T
    odds += weights[..., 1 + width :][..., inputs.crosses].sum(-1)
    return (odds + weights[..., :1]).astype(np.float64)


def fit_scale(odds: Doubles, targets: Floats) -> tuple[float, float]:
    """Factor and offset by which log-odds tell these targets best, by Newton's method (Platt).

    Too few of either kind to tell leave them nearly as they are: 20 of each, at the predicted
    rates, are believed beforehand.
    """
    factor, offset = 1.0, 0.0
    prior = 20.0
    for _ in range(30):
        told = sigmoid(factor * odds + offset)
        wrong = told - targets
        spread = told * (1 - told)
        slope = np.array([(wrong * odds).sum() + prior * (factor - 1), wrong.sum() + offset])
        bend = np.array(
            [
                [(spread * odds**2).sum() + prior, (spread * odds).sum()],
                [(spread * odds).sum(), spread.sum() + 1.0],
            ]
        )
        step = np.linalg.solve(bend, slope)
        # From afar Newton's method would leap over the goal.
        step /= max(1.0, float(np.abs(step).max()))
        factor, offset = factor - float(step[0]), offset - float(step[1])
        if np.abs(step).max() < 1e-8:
            break
    # A factor below 0 would turn the order round for the sake of few showings.
    return max(0.05, factor), offset


def sigmoid(odds: Doubles) -> Doubles:
    """Probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


def entropy(told: Doubles, targets: Floats) -> float:
    """Normalised entropy: mean log loss, over that of the mean said of every row (He et al., ADKDD
    2014). 1 knows nothing, 0 everything. 1 where the targets do not differ."""
    mean = float(targets.mean())
    if not 0 < mean < 1:
        return 1.0
    told = np.clip(told, 1e-7, 1 - 1e-7)
    loss = -np.mean(targets * np.log(told) + (1 - targets) * np.log(1 - told))
    base = -(mean * np.log(mean) + (1 - mean) * np.log(1 - mean))
    return float(loss / base)


@dataclass(frozen=True)
class Bin:
    """Showings of which about the same was foretold: how much, what came, how many there were."""

    told: float
    came: float
    showings: int


def reliability(told: Doubles, targets: Floats, bins: int = 10) -> list[Bin]:
    """What was foretold against what came, in bins of as many showings each, rising."""
    order = np.argsort(told, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [
        Bin(round(float(told[one].mean()), 5), round(float(targets[one].mean()), 5), len(one))
        for one in parts
    ]


def miscalibration(bins: list[Bin]) -> float:
    """How far apart both are on average (expected calibration error)."""
    total = sum(one.showings for one in bins)
    return sum(abs(one.told - one.came) * one.showings for one in bins) / max(1, total)
