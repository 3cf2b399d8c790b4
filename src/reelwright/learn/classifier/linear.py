"""The linear model: views of the n-grams, each with logistic loss, whose scores are added.

- **weighted**: sublinear tf-idf, each text of length 1: what is typical of a text counts.
- **present**: 1 for what is there, its weight scaled by how unequally the labels use it, as in
  NB-SVM (Wang & Manning 2012): what is typical of a label counts.
- **shared**: the same, each text of length 1: a word counts more in a text of few.

They err differently: their sum tells more than each alone. numpy only, in training, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.classifier.descent import descend
from reelwright.learn.classifier.features import BITS, Counts, Families, chunks, count_chunk
from reelwright.learn.classifier.sparse import Floats, Ints, Sparse, find_rows, sum_by_row

VIEWS = ("weighted", "present", "shared")
"""In the order in which their scores are told."""
SCALED = (False, True, True)
"""Whether `ratios` scales a view's weights."""
_SMOOTH = 0.5
_STEPS = 60


@dataclass(frozen=True)
class Vocabulary:
    """The features that count.

    Attributes:
        hashes: of each feature, rising.
        rarity: each one's inverse document frequency.
        families: how texts are cut.
    """

    hashes: NDArray[np.int32]
    rarity: Floats
    families: Families

    @cached_property
    def places(self) -> NDArray[np.int32]:
        """Hash → feature, or -1."""
        places = np.full(1 << BITS, -1, np.int32)
        places[self.hashes] = np.arange(len(self.hashes), dtype=np.int32)
        return places

    def known(self, counts: Counts) -> tuple[Ints, NDArray[np.int32], Floats]:
        """Text, feature and weight before length is taken out, of all entries that count."""
        found = self.places[counts.hashes]
        kept = np.flatnonzero(found >= 0)
        columns = found[kept]
        return counts.texts[kept], columns, _damp(counts.times[kept]) * self.rarity[columns]

    def tables(self, counts: Counts) -> list[Sparse]:
        """A table of each view, of the same entries."""
        at, columns, values = self.known(counts)
        lengths = np.sqrt(sum_by_row(values * values, find_rows(at), counts.size))
        share = 1 / np.sqrt(np.maximum(np.bincount(at, minlength=counts.size), 1))
        views = (values / lengths[at], np.ones_like(values), share.astype(np.float32)[at])
        return [Sparse(at, columns, view, counts.size, len(self.hashes)) for view in views]


def make_vocabulary(texts: Ints, size: int, families: Families, least: int) -> Vocabulary:
    """The features that `least` texts have, or more.

    Args:
        texts: how many texts have each hash.
        size: how many texts there are.
        families: how texts are cut.
        least: texts a feature needs.
    """
    hashes = np.flatnonzero(texts >= least).astype(np.int32)
    rarity = np.log((1 + size) / (1 + texts[hashes])) + 1
    return Vocabulary(hashes, rarity.astype(np.float32), families)


@dataclass(frozen=True)
class Weights:
    """Weights of one view: outputs × features, and one more of each output.

    Of two labels only the second has an output; the first one's is 0.
    """

    values: Floats
    base: Floats

    def score(self, table: Sparse) -> Floats:
        """Labels × texts."""
        return spread(table.times(self.values) + self.base[:, None])


def spread(outputs: Floats) -> Floats:
    """One row for each label: of two labels there is but one output."""
    return np.concatenate([np.zeros_like(outputs), outputs]) if len(outputs) == 1 else outputs


def fit_weights(
    table: Sparse,
    labels: Ints,
    classes: int,
    strength: float,
    scale: Floats | None = None,
    start: Weights | None = None,
) -> Weights:
    """Logistic regression, L2 on the weights as they are before `scale`.

    Args:
        table: texts × features.
        labels: of each text, 0 to `classes` - 1.
        classes: how many labels there are.
        strength: how much the data count against the weights' size.
        scale: of each output's features (`ratios`), or None.
        start: weights to begin with, fitted to like data.
    """
    outputs = 1 if classes == 2 else classes
    size = outputs * table.width
    goal = np.zeros((classes, table.rows), np.float32)
    goal[labels, np.arange(table.rows)] = 1
    part = np.float32(1 / (strength * table.rows))

    def loss(at: Floats) -> tuple[float, Floats]:
        own = at[:size].reshape(outputs, -1)
        weights = own if scale is None else own * scale
        scores = spread(table.times(weights) + at[size:, None])
        scores -= scores.max(0)
        powers = np.exp(scores)
        sums = powers.sum(0)
        value = float((np.log(sums) - (scores * goal).sum(0)).mean(dtype=np.float64))
        apart = ((powers / sums - goal) / np.float32(table.rows))[-outputs:]
        slope = table.times_transposed(apart)
        slope = slope if scale is None else slope * scale
        value += 0.5 * float(part) * float(own.ravel() @ own.ravel())
        return value, np.concatenate([(slope + part * own).ravel(), apart.sum(1)])

    first = np.zeros(size + outputs, np.float32)
    if start is not None:
        own = start.values if scale is None else start.values / scale
        first = np.concatenate([own.ravel(), start.base])
    found = descend(loss, first, _STEPS)
    values = found[:size].reshape(outputs, -1)
    return Weights(values if scale is None else values * scale, found[size:])


def ratios(table: Sparse, labels: Ints, classes: int) -> Floats:
    """How unequally each label and all others use a feature: |log of the quotient of its shares|,
    outputs × features, never 0."""
    goal = np.zeros((classes, table.rows), np.float32)
    goal[labels, np.arange(table.rows)] = 1
    uses = table.times_transposed(goal[1:] if classes == 2 else goal).astype(np.float64)
    others = table.times_transposed(np.ones((1, table.rows), np.float32)) - uses
    uses, others = uses + _SMOOTH, others + _SMOOTH
    quotient = np.log(uses / uses.sum(1, keepdims=True))
    quotient -= np.log(others / others.sum(1, keepdims=True))
    return np.maximum(np.abs(quotient), 0.01).astype(np.float32)


@dataclass(frozen=True)
class Linear:
    """A fitted linear model: what it needs to score texts, the weights in the order of `VIEWS`."""

    vocabulary: Vocabulary
    views: tuple[Weights, ...]

    def score(self, texts: Sequence[str]) -> list[Floats]:
        """Each view's scores, labels × texts."""
        parts = [self._score(part) for _, part in chunks(texts)]
        outputs = max(2, len(self.views[0].base))
        empty = [np.zeros((outputs, 0), np.float32)] * len(self.views)
        return [np.concatenate(views, 1) for views in zip(*parts, strict=True)] if parts else empty

    def _score(self, texts: Sequence[str]) -> list[Floats]:
        tables = self.vocabulary.tables(count_chunk(texts, self.vocabulary.families))
        return [view.score(table) for view, table in zip(self.views, tables, strict=True)]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """For the model's folder."""
        arrays: dict[str, NDArray[np.generic]] = {
            "hashes": self.vocabulary.hashes,
            "rarity": self.vocabulary.rarity,
        }
        for name, view in zip(VIEWS, self.views, strict=True):
            arrays |= {name: view.values, f"{name}_base": view.base}
        return arrays


def linear_of(arrays: dict[str, np.ndarray], families: Families) -> Linear:
    """A linear model from `Linear.arrays`. Raises KeyError where one is missing."""
    return Linear(
        Vocabulary(arrays["hashes"], arrays["rarity"], families),
        tuple(Weights(arrays[name], arrays[f"{name}_base"]) for name in VIEWS),
    )


def _damp(times: Floats) -> Floats:
    return 1 + np.log(times)
