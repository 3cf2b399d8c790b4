"""What data look like before anything learns from them: labels, lengths, and rows whose label is
probably wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.data.labels import listed

_FEW = 10
"""Rows below which a label is hardly learnt."""
_UNEVEN = 20
"""Times the rows of the rarest label, from which the most frequent one is told."""

Probabilities = NDArray[np.floating[Any]]


def count_labels(labels: Sequence[str]) -> list[dict[str, Any]]:
    """Label, count and share of each, the most frequent first."""
    counts = Counter(labels)
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"label": name, "count": n, "share": n / len(labels)} for name, n in rows]


def measure_lengths(texts: Sequence[str]) -> dict[str, int]:
    """The shortest, median, 95th percentile and longest, in characters."""
    lengths = np.array([len(text) for text in texts] or [0])
    low, median, high, most = np.percentile(lengths, [0, 50, 95, 100], method="nearest")
    return {"least": int(low), "median": int(median), "p95": int(high), "most": int(most)}


def describe_rows(texts: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Sentences for a training's output and card."""
    table, lengths = count_labels(labels), measure_lengths(texts)
    shares = [f"{row['label']} {row['count']}" for row in table]
    said = [
        f"{len(texts):,} texts of {lengths['least']} to {lengths['most']} characters (half have at "
        f"most {lengths['median']}, 95 % at most {lengths['p95']}).",
        f"Labels: {listed(shares)}.",
    ]
    few = [row["label"] for row in table if row["count"] < _FEW]
    if few:
        said.append(f"With fewer than {_FEW} rows hardly learnt: {listed(few)}.")
    elif table and table[0]["count"] > _UNEVEN * table[-1]["count"]:
        said.append(f"Uneven: {table[0]['label']} has {_UNEVEN} times {table[-1]['label']}'s rows.")
    return said


@dataclass(frozen=True)
class Doubt:
    """A row whose label is probably wrong.

    Attributes:
        row: its place.
        label, likely: the numbers of the label it has, and of the one it probably should have.
        margin: how much more probable the other is, 0 to 1.
    """

    row: int
    label: int
    likely: int
    margin: float


def find_doubts(probabilities: Probabilities, labels: Sequence[int]) -> list[Doubt]:
    """Rows whose label is probably wrong, the surest first: confident learning (Northcutt, Jiang
    and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021).

    A row counts as of label j where its probability of j is at least the mean that rows labelled j
    have; those that then count as of another label than their own are doubted.

    Args:
        probabilities: rows × labels, each row's by a model that has not seen it.
        labels: each row's label's number.
    """
    own = np.asarray(labels, np.int64)
    if not len(own):
        return []
    classes = probabilities.shape[1]
    # A label that no row has is never likely.
    mean = np.full(classes, np.inf)
    for label in range(classes):
        if (own == label).any():
            mean[label] = probabilities[own == label, label].mean()
    confident = np.where(probabilities >= mean, probabilities, -1.0)
    likely = confident.argmax(1)
    rows = np.arange(len(own))
    doubted = (confident[rows, likely] >= 0) & (likely != own)
    margins = probabilities[rows, likely] - probabilities[rows, own]
    found = [
        Doubt(int(row), int(own[row]), int(likely[row]), float(margins[row]))
        for row in np.flatnonzero(doubted & (margins > 0))
    ]
    return sorted(found, key=lambda doubt: (-doubt.margin, doubt.row))


def report_doubts(
    doubts: Sequence[Doubt], names: Sequence[str], places: Sequence[str], most: int = 5
) -> list[str]:
    """A sentence, and a line for each of the surest doubts ("file:line: …")."""
    if not doubts:
        return ["No label looks wrong."]
    said = [f"{len(doubts)} of {len(places)} labels look wrong; the surest:"]
    for doubt in doubts[:most]:
        label, likely = names[doubt.label], names[doubt.likely]
        said.append(f"{places[doubt.row]}: {label}, rather {likely}")
    return said
