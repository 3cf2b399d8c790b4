"""From scores to probabilities, a label, and the choice to say none.

Several scorers are joined by one factor each, found where the joined probabilities tell held-out
labels best; that also calibrates them (temperature scaling, Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.classifier.descent import descend

Matrix = NDArray[np.float64]
_TIDY = 1e-4


@dataclass(frozen=True)
class Decider:
    """How scores become a decision.

    Attributes:
        factors: of each scorer, on its scores.
        shift: of each label, on the logarithm of its probability before the label is chosen.
        threshold: a label less probable than this is not said.
    """

    factors: list[float]
    shift: list[float]
    threshold: float

    def probabilities(self, scores: Sequence[NDArray[np.float32]]) -> Matrix:
        """Of every label: texts × labels. Scores are labels × texts of each scorer."""
        joined = sum(f * s.astype(np.float64) for f, s in zip(self.factors, scores, strict=True))
        return np.exp(log_softmax(np.asarray(joined)))

    def choose(self, probabilities: Matrix) -> NDArray[np.int64]:
        """The label of each text."""
        return (np.log(probabilities + 1e-12) + np.asarray(self.shift)).argmax(1)


def log_softmax(scores: NDArray[np.floating]) -> Matrix:
    """Logarithms of probabilities, texts × labels, from scores, labels × texts."""
    turned = np.asarray(scores, np.float64).T
    turned = turned - turned.max(1, keepdims=True)
    return turned - np.log(np.exp(turned).sum(1, keepdims=True))


def find_factors(scores: Sequence[NDArray[np.float32]], labels: NDArray[np.int64]) -> list[float]:
    """The factor of each scorer, none below 0, by which the joined ones tell the labels best."""
    stacked = np.stack([score.astype(np.float64) for score in scores])
    columns = np.arange(stacked.shape[2])
    right = stacked[:, labels, columns]

    def loss(at: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        factors = np.exp(at.astype(np.float64))
        logs = log_softmax(np.tensordot(factors, stacked, 1))
        expected = np.einsum("skt,tk->st", stacked, np.exp(logs))
        slope = (expected - right).mean(1) * factors + 2 * _TIDY * at
        value = -logs[columns, labels].mean() + _TIDY * float(at @ at)
        return float(value), slope.astype(np.float32)

    # A scorer's spread varies with what it was made of: all begin at one.
    spread = np.maximum(stacked.std((1, 2)), 1e-6)
    start = np.log(2.0 / (len(scores) * spread)).astype(np.float32)
    return [float(value) for value in np.exp(descend(loss, start, 100, 1e-7))]


def find_shift(counts: NDArray[np.int64], balance: float) -> list[float]:
    """What rare labels are given so that they are found: `balance` of the way from how frequent
    the labels are (0) to all being alike (1)."""
    logs = np.log(np.maximum(counts, 1) / max(1, counts.sum()))
    return [float(value) for value in -balance * (logs - logs.mean())]


def find_threshold(confidence: Matrix, right: NDArray[np.bool_], precision: float) -> float:
    """The least probability from which on the labels said are right this often.

    1.01, which no label reaches, where even the surest are wrong too often; 0 where all may be
    said.
    """
    order = np.argsort(-confidence, kind="stable")
    kept = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    # Where several have one probability, all of them are said or none.
    last = np.append(confidence[order][1:] != confidence[order][:-1], True)
    good = np.flatnonzero((kept >= precision) & last)
    if not len(good):
        return 1.01
    return 0.0 if good[-1] == len(order) - 1 else float(confidence[order[good[-1]]])
