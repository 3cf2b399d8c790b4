"""How the linear part of a classifier is fitted: strengths tried, judged, and learnt from all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.core.progress import Progress
from reelwright.learn.classifier.deciding import find_factors, log_softmax
from reelwright.learn.classifier.examples import Parts
from reelwright.learn.classifier.features import Families, count_features
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

_TRIED = ((3.0, 12.0, 50.0), (0.02, 0.1, 0.5), (2.0, 8.0, 32.0))
"""Strengths that are tried for each view beside those before it, as long as each gains enough."""
_GAIN = 0.005
"""The part of the loss that is enough: less is chance, and the weaker one is surer."""
_STAGE = "linear"


@dataclass(frozen=True)
class Taught:
    """A linear model, and what is known of it.

    Attributes:
        model: learnt from all texts.
        scores: of each view, on the held-out texts, by the model that did not see them.
        factors: of each view, found on texts that neither model of theirs saw.
        strengths: of each view.
    """

    model: Linear
    scores: list[Floats]
    factors: list[float]
    strengths: list[float]


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
    progress.start(_STAGE, (2 if settings.strength else 4) * len(VIEWS))
    families = Families(settings.grams, settings.words, settings.gaps)
    counts = count_features(texts, families)
    vocabulary = make_vocabulary(counts, families, settings.least)
    chosen: list[float] = []
    inner: list[Floats] = []
    scores: list[Floats] = []
    final: list[Weights] = []
    tables = vocabulary.tables(counts)
    for table, tried, scaled in zip(tables, _TRIED, SCALED, strict=True):
        view = _View(table, labels, classes, scaled)
        options = (tried[1] * settings.strength / 10,) if settings.strength else tried
        best: tuple[float, float, Weights, Floats] | None = None
        for strength in options:
            weights = view.fit(parts.tried, strength, best[2] if best else None)
            judged = weights.score(table.pick(parts.judging))
            loss = _loss([*inner, judged], labels[parts.judging])
            progress.advance(_STAGE)
            if best and loss > (1 - _GAIN) * best[0]:
                break
            best = (loss, strength, weights, judged)
        assert best is not None
        _, strength, weights, judged = best
        chosen.append(strength)
        inner.append(judged)
        weights = view.fit(parts.learnt, strength, weights)
        scores.append(weights.score(table.pick(parts.held_out)))
        final.append(view.fit(np.ones(len(labels), bool), strength, weights))
        progress.advance(_STAGE)
    progress.finish(_STAGE)
    factors = find_factors(inner, labels[parts.judging])
    return Taught(Linear(vocabulary, tuple(final)), scores, factors, chosen)


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
