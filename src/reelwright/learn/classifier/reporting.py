"""How well labels are told, how honest the probabilities are, and what not saying gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.classifier.deciding import Decider, Matrix
from reelwright.learn.data.labels import Labels
from reelwright.learn.kind import Report
from reelwright.learn.metrics import judge_guesses, measure_accuracy, measure_calibration


def report_labels(
    probabilities: Matrix, true: Sequence[str], labels: Labels, decider: Decider
) -> Report:
    """The figures of a model on labelled texts.

    Args:
        probabilities: texts × labels.
        true: the texts' labels; those the model does not know count as wrong.
        labels: the model's.
        decider: chooses the label, and whether it is said.

    Raises:
        DataError: the model knows none of the labels.
    """
    every, notes = labels.with_unseen(true)
    truth = np.array([every.numbers[label] for label in true])
    values, tables = score(probabilities, truth, every, decider)
    return Report({"texts": len(truth), **values}, tables, notes)


def score(
    probabilities: Matrix, truth: NDArray[np.int64], labels: Labels, decider: Decider
) -> tuple[dict[str, float], dict[str, Any]]:
    """Single figures, and the tables ``labels`` and ``confusions``."""
    guess = decider.choose(probabilities)
    sure = probabilities[np.arange(len(guess)), guess]
    right, said = guess == truth, sure >= decider.threshold
    values, tables = judge_guesses(truth, guess, labels.names)
    values |= {
        "ece": measure_calibration(sure, right),
        "threshold": decider.threshold,
        "coverage": float(said.mean()) if len(said) else 0.0,
        "accuracy_when_said": measure_accuracy(truth[said], guess[said]),
    }
    return values, dict(tables)
