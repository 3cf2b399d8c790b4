"""How good guesses are, by the field's standard figures. numpy alone.

Truths and guesses are arrays of label numbers of the same length. A quotient with nothing below its
line (the precision of a label that was never guessed) counts as 0, as is usual.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table = list[dict[str, Any]]


def count_confusions(truth: ArrayLike, guess: ArrayLike, classes: int) -> NDArray[np.int64]:
    """How often each label (row) was taken for each (column): classes × classes."""
    pairs = np.asarray(truth, np.int64) * classes + np.asarray(guess, np.int64)
    return np.bincount(pairs.ravel(), minlength=classes * classes).reshape(classes, classes)


def measure_accuracy(truth: ArrayLike, guess: ArrayLike) -> float:
    """The part of guesses that are right; 0 where there are none."""
    right = np.asarray(truth) == np.asarray(guess)
    return float(right.mean()) if right.size else 0.0


def measure_labels(confusions: NDArray[np.int64], names: Sequence[str]) -> Table:
    """Precision, recall, F1 and support of every label that is true or guessed somewhere."""
    rows: Table = []
    for number, name in enumerate(names):
        right = int(confusions[number, number])
        guessed, support = int(confusions[:, number].sum()), int(confusions[number].sum())
        if guessed or support:
            rows.append({"label": name, **figures(right, guessed, support), "support": support})
    return rows


def average(
    confusions: NDArray[np.int64], names: Sequence[str], without: Collection[str] = ()
) -> dict[str, float]:
    """Precision, recall and F1 averaged in three ways over the labels that occur.

    Micro counts every example once (with all labels it is the accuracy), macro every label once,
    weighted every label by its support.

    Args:
        confusions: see `count_confusions`.
        names: of the labels.
        without: labels that are not averaged over (a tagger's "O").

    Returns:
        ``micro_precision``, ``micro_recall``, ``micro_f1``, ``macro_…``, ``weighted_…``.
    """
    kept = [number for number, name in enumerate(names) if name not in without]
    right = int(confusions[kept, kept].sum())
    guessed, support = int(confusions[:, kept].sum()), int(confusions[kept].sum())
    averages = {f"micro_{name}": v for name, v in figures(right, guessed, support).items()}
    rows = [row for row in measure_labels(confusions, names) if row["label"] not in without]
    weights = np.array([row["support"] for row in rows], np.float64)
    for name in ("precision", "recall", "f1"):
        values = np.array([row[name] for row in rows], np.float64)
        averages[f"macro_{name}"] = float(values.mean()) if rows else 0.0
        total = weights.sum()
        averages[f"weighted_{name}"] = float(values @ weights / total) if total else 0.0
    return averages


def judge_guesses(
    truth: ArrayLike, guess: ArrayLike, names: Sequence[str]
) -> tuple[dict[str, float], Mapping[str, Table]]:
    """All figures of a classification: single ones, and the tables ``labels`` and ``confusions``.

    The confusions are the pairs that were mixed up, the most frequent first.
    """
    confusions = count_confusions(truth, guess, len(names))
    values = {"accuracy": measure_accuracy(truth, guess), **average(confusions, names)}
    tables = {
        "labels": measure_labels(confusions, names),
        "confusions": list_confusions(confusions, names),
    }
    return values, tables


def list_confusions(confusions: NDArray[np.int64], names: Sequence[str], most: int = 20) -> Table:
    """The pairs of labels that were mixed up, the most frequent first."""
    wrong = [
        {"label": names[int(t)], "guess": names[int(g)], "count": int(confusions[t, g])}
        for t, g in np.argwhere(confusions)
        if t != g
    ]
    return sorted(wrong, key=lambda row: -row["count"])[:most]


def measure_calibration(confidence: ArrayLike, right: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error (Guo et al. 2017): how far confidence lies from being right.

    Args:
        confidence: of each guess, 0 to 1.
        right: whether each was right.
        bins: stretches of confidence of equal width that are compared.

    Returns:
        0 (of guesses made at 0.8, eight in ten are right) to 1.
    """
    sure, hit = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if not sure.size:
        return 0.0
    place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=hit - sure, minlength=bins)
    return float(np.abs(gaps).sum() / sure.size)


def figures(right: int, guessed: int, support: int) -> dict[str, float]:
    """Precision, recall and F1 from counts: right ones, guessed ones, true ones."""
    precision = right / guessed if guessed else 0.0
    recall = right / support if support else 0.0
    both = guessed + support
    return {"precision": precision, "recall": recall, "f1": 2 * right / both if both else 0.0}
