"""How the linear part of a classifier is fitted: strengths tried, judged, and learnt from all.

More texts than memory has room for are learnt in shards of chance, one after the other, and the
shards' weights averaged, about as good as learning all at once (Zhang, Duchi and Wainwright,
"Communication-Efficient Algorithms for Statistical Optimization", 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.core.progress import Progress
from reelwright.learn.classifier.deciding import find_factors, log_softmax
from reelwright.learn.classifier.examples import Parts
from reelwright.learn.classifier.features import BITS, Counts, Families, count_features
from reelwright.learn.classifier.linear import (
    SCALED,
    VIEWS,
    Linear,
    Weights,
    fit_weights,
    make_vocabulary,
    ratios,
)
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints, Sparse
from reelwright.learn.data.batching import generator
from reelwright.learn.data.shelf import Chosen

_TRIED = ((3.0, 12.0, 50.0), (0.02, 0.1, 0.5), (2.0, 8.0, 32.0))
"""Strengths that are tried for each view beside those before it, as long as each gains enough."""
_GAIN = 0.005
"""The part of the loss that is enough: less is chance, and the weaker one is surer."""
SHARD = 4_000_000
"""Characters that are learnt at a time: 1.5 GB of tables."""
_STAGE = "linear"


@dataclass(frozen=True)
class Taught:
    """A linear model, and what is known of it.

    Attributes:
        model: learnt from all texts.
        scores: of each view, on the held-out texts, by the model that did not see them.
        factors: of each view, found on texts that neither model of theirs saw.
        strengths: of each view.
        tried: view, strength and loss of each choice, as they were tried.
    """

    model: Linear
    scores: list[Floats]
    factors: list[float]
    strengths: list[float]
    tried: list[dict[str, float]]


def teach(
    texts: Sequence[str],
    labels: Ints,
    classes: int,
    parts: Parts,
    settings: ClassifierSettings,
    progress: Progress,
) -> Taught:
    """Fit a linear model: choose strengths on an inner part, score on the held-out one, then learn
    from all. The vocabulary is counted in all texts; held-out labels are not looked at before.
    """
    families = Families(settings.grams, settings.words, settings.gaps)
    shards = cut_shards(texts, settings.seed)
    tries = (1 if settings.strength else 3) * len(VIEWS)
    progress.start(_STAGE, tries + 2 * len(shards) * len(VIEWS))
    source = _Source(texts, shards, families, settings.least)
    rows = shards[0]
    choices, inner, tried = _choose(
        source.tables(0), labels[rows], classes, _of(parts, rows), settings, progress
    )
    learnt, final = ([_Mean() for _ in VIEWS] for _ in range(2))
    for number, rows in enumerate(shards):
        own, part = labels[rows], parts.learnt[rows]
        for at in range(len(VIEWS)):
            view = _View(source.tables(number)[at], own, classes, SCALED[at])
            # The penalty is that of all texts, whose mean the shards' weights are to be.
            strength = choices[at].strength * len(shards)
            first = view.fit(part, strength, choices[at].weights)
            progress.advance(_STAGE)
            whole = view.fit(np.ones(len(own), bool), strength, first)
            progress.advance(_STAGE)
            learnt[at].add(first)
            final[at].add(whole)
    views = [mean.weights() for mean in learnt]
    scores = _score_held_out(source, shards, views, parts.held_out)
    progress.finish(_STAGE)
    factors = find_factors(inner, labels[shards[0]][parts.judging[shards[0]]])
    model = Linear(source.vocabulary, tuple(mean.weights() for mean in final))
    return Taught(model, scores, factors, [choice.strength for choice in choices], tried)


class _Mean:
    """The mean of weights that come one after the other."""

    def __init__(self) -> None:
        self._sums: list[Floats] = []
        self._count = 0

    def add(self, weights: Weights) -> None:
        """Some more weights."""
        more = (weights.values, weights.base)
        self._sums = [a + b for a, b in zip(self._sums, more, strict=False)] or list(more)
        self._count += 1

    def weights(self) -> Weights:
        """The mean of all so far."""
        return Weights(*(total / np.float32(self._count) for total in self._sums))


def cut_shards(texts: Sequence[str], seed: int) -> list[Ints]:
    """The places of texts that are learnt at a time: all in order, or parts of chance of them."""
    characters = sum(map(len, texts))
    count = -(-characters // SHARD)
    every = np.arange(len(texts))
    if count <= 1:
        return [every]
    # Whatever order the rows have, each part is like the whole.
    return [np.sort(part) for part in np.array_split(generator(seed).permutation(every), count)]


class _Source:
    """The tables of each shard's texts, one shard's at a time."""

    def __init__(
        self, texts: Sequence[str], shards: list[Ints], families: Families, least: int
    ) -> None:
        self._texts, self._shards, self._families = texts, shards, families
        seen = np.zeros(1 << BITS, np.int64)
        for number in range(len(shards)):
            counts = self._count(number)
            seen += np.bincount(counts.hashes, minlength=1 << BITS)
        self.vocabulary = make_vocabulary(seen, len(texts), families, least)
        self._last: tuple[int, list[Sparse]] = number, self.vocabulary.tables(counts)

    def tables(self, number: int) -> list[Sparse]:
        """A table of each view."""
        if self._last[0] != number:
            # What is held goes before the next comes.
            self._last = -1, []
            self._last = number, self.vocabulary.tables(self._count(number))
        return self._last[1]

    def _count(self, number: int) -> Counts:
        return count_features(Chosen(self._texts, self._shards[number]), self._families)


@dataclass(frozen=True)
class _Choice:
    strength: float
    weights: Weights


def _choose(
    tables: Sequence[Sparse],
    labels: Ints,
    classes: int,
    parts: Parts,
    settings: ClassifierSettings,
    progress: Progress,
) -> tuple[list[_Choice], list[Floats], list[dict[str, float]]]:
    """Each view's best strength and its weights, its scores on the texts that judged it, and what
    was tried."""
    told: list[dict[str, float]] = []
    choices: list[_Choice] = []
    inner: list[Floats] = []
    for table, tried, scaled in zip(tables, _TRIED, SCALED, strict=True):
        view = _View(table, labels, classes, scaled)
        options = (tried[1] * settings.strength / 10,) if settings.strength else tried
        best: tuple[float, _Choice, Floats] | None = None
        for strength in options:
            weights = view.fit(parts.tried, strength, best[1].weights if best else None)
            judged = weights.score(table.pick(parts.judging))
            loss = _loss([*inner, judged], labels[parts.judging])
            told.append({"view": len(choices) + 1, "strength": strength, "loss": loss})
            progress.advance(_STAGE)
            if best and loss > (1 - _GAIN) * best[0]:
                break
            best = (loss, _Choice(strength, weights), judged)
        assert best is not None
        choices.append(best[1])
        inner.append(best[2])
    return choices, inner, told


def _score_held_out(
    source: _Source, shards: Sequence[Ints], views: Sequence[Weights], held: NDArray[np.bool_]
) -> list[Floats]:
    """Each view's scores on the held-out texts, in their order."""
    places = np.cumsum(held) - 1
    outputs = max(2, len(views[0].base))
    scores = [np.empty((outputs, int(held.sum())), np.float32) for _ in views]
    # From the last on: its tables are still at hand.
    for number in reversed(range(len(shards))):
        rows = shards[number]
        for found, view, table in zip(scores, views, source.tables(number), strict=True):
            found[:, places[rows[held[rows]]]] = view.score(table.pick(held[rows]))
    return scores


def _of(parts: Parts, rows: Ints) -> Parts:
    return Parts(parts.learnt[rows], parts.held_out[rows], parts.tried[rows], parts.judging[rows])


@dataclass(frozen=True)
class _View:
    table: Sparse
    labels: Ints
    classes: int
    scaled: bool

    def fit(self, rows: NDArray[np.bool_], strength: float, start: Weights | None) -> Weights:
        table, labels = self.table.pick(rows), self.labels[rows]
        scale = ratios(table, labels, self.classes) if self.scaled else None
        return fit_weights(table, labels, self.classes, strength, scale, start)


def _loss(scores: Sequence[Floats], labels: Ints) -> float:
    """How badly views together tell labels, their own factors found."""
    found = zip(find_factors(scores, labels), scores, strict=True)
    logs = log_softmax(np.asarray(sum(factor * one for factor, one in found)))
    return -float(logs[np.arange(len(labels)), labels].mean())
