"""A ranker is learnt from the newest showings, and serves only if it foretells better.

The log is cut in time: weights are fitted on the first part, calibrated on the next, and judged on
the newest, which the ranker that serves has not seen either. Who wins is fitted anew, up to the
newest showing but the part that calibrates.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience.catalogue import read_catalogue
from reelwright.audience.interactions import Floats
from reelwright.audience.models import Outcome, keep_model, serving_row
from reelwright.audience.ranking.features import (
    Facts,
    Watches,
    build_inputs,
    facts_of,
    learn_watches,
)
from reelwright.audience.ranking.logistic import (
    CROSSES,
    Bin,
    Doubles,
    entropy,
    fit_logistic,
    fit_scale,
    log_odds,
    miscalibration,
    reliability,
    sigmoid,
)
from reelwright.audience.ranking.ranker import OUTCOMES, Ranker, load_ranker, save_ranker
from reelwright.audience.ranking.showings import Showings, gather_showings, read_origins
from reelwright.audience.reading import read_events
from reelwright.audience.tables import EventRow, ItemRow, ModelRow, ViewerRow
from reelwright.core.errors import DataError, ModelError
from reelwright.core.progress import Progress, Silent
from reelwright.learn.folder import Card
from reelwright.store.database import Database

GOAL = "entropy"
"""Normalised entropy, the mean over outcomes by how much they say: the less, the better."""
NEWEST = 400_000
"""Showings that are learnt from, at most."""
FEWEST = 300
"""Showings to judge by, at least; of an outcome `_RARE` to learn from."""
_RARE = 20
_FIT, _CALIBRATE = 0.8, 0.1
_SAMPLE = 1000


@dataclass(frozen=True, kw_only=True)
class Learnt(Outcome):
    """What came of learning a ranker; before the first one ``rates`` serve.

    Attributes:
        showings: how many were learnt from.
        reliability: for each outcome, what was foretold against what came.
    """

    showings: int
    reliability: dict[str, list[Bin]]


def train_ranker(
    database: Database, progress: Progress | None = None, *, force: bool = False
) -> Learnt:
    """Learn a ranker, and let it serve if it foretells the newest showings better.

    Args:
        database: the feed's.
        progress: who watches.
        force: it serves even if it is no better.

    Raises:
        DataError: there are too few showings to learn from.
        StoreError: the disk is full.
    """
    began = time.monotonic()
    watcher = progress or Silent()
    watcher.start("ranking", 2 * len(OUTCOMES))
    with database.reading() as session:
        material = read_material(session)
        row = serving_row(session, "ranking")
        since = _newest(session, row.events) if row else 0.0
    showings, facts = material.showings, material.facts
    n = len(showings)
    if n < 4 * FEWEST:
        raise DataError(
            f"there are {n:,} showings; a ranker is learnt from {4 * FEWEST:,} and more",
            hint="until then videos are ranked by the rates of all viewers",
        )
    first = max(0, n - NEWEST)
    test = int(first + (n - first) * (_FIT + _CALIBRATE))
    fresh = int(np.searchsorted(showings.times, since, "right"))
    if row and n - fresh >= 2 * FEWEST:
        # What the standing one does not know: half is learnt from, half judges.
        test = max(test, fresh + (n - fresh) // 2)
    middle = first + int((test - first) * _FIT / (_FIT + _CALIBRATE))
    ranker = learn(showings, facts, (first, middle, test), watcher)
    newest = slice(test, n)
    targets = targets_of(showings, facts, ranker.watches, newest)
    scores, bins = judge(ranker.foretell(facts.part(newest)), targets)
    rival = _rival(row) if row else None
    told = rival.foretell(facts.part(newest)) if rival else _rates(ranker, facts.part(newest))
    before, _ = judge(told, targets)
    # One that knows the answers is no measure: then too little came since, and it goes on.
    knows = rival is not None and float(showings.times[test]) <= since
    better = scores[GOAL] < before[GOAL] and not knows
    name = "ranking"
    if serves := force or better:
        middle = first + int((n - first) * (_FIT + _CALIBRATE))
        final = learn(showings, facts, (first, middle, n), watcher)
        card = Card(
            data=[f"{n - first:,} showings of {showings.n_users:,} viewers"],
            split="fitted on the first nine tenths in time, calibrated on the newest",
            metric="normalised entropy of what was foretold of the newest tenth",
            command="reel feed train",
        )
        number = keep_model(
            database,
            "ranking",
            "ranking",
            material.last,
            scores,
            lambda folder: save_ranker(folder, final, scores, card),
        )
        name = f"ranking-{number}"
    watcher.finish("ranking")
    return Learnt(
        name=name,
        serves=serves,
        scores=scores,
        standing=f"{row.name}-{row.number}" if row else "rates",
        before=before,
        showings=n - first,
        seconds=time.monotonic() - began,
        reliability=bins,
    )


@dataclass(frozen=True)
class Material:
    """What a ranker is learnt from; `last` is the number of the newest event."""

    showings: Showings
    facts: Facts
    last: int


def read_material(session: Session) -> Material:
    """All showings of the feed with what was known before each."""
    log = read_events(session)
    catalogue = read_catalogue(session)
    numbers = [
        np.array(session.scalars(select(column).order_by(column)).all(), np.int64)
        for column in (ViewerRow.number, ItemRow.number)
    ]
    showings = gather_showings(log, read_origins(session, log, numbers))
    return Material(showings, facts_of(showings, catalogue, numbers[0]), log.last)


def _newest(session: Session, last: int) -> float:
    """The time of the newest event that a model of this last event may know."""
    return session.scalar(select(func.max(EventRow.time)).where(EventRow.number <= last)) or 0.0


def _rival(row: ModelRow) -> Ranker | None:
    """The ranker that serves, if it can be read."""
    try:
        return load_ranker(Path(row.folder))
    except ModelError:
        return None


def learn(
    showings: Showings, facts: Facts, cuts: tuple[int, int, int], progress: Progress
) -> Ranker:
    """A ranker from showings.

    Args:
        showings, facts: in the order of time.
        cuts: rows from which on weights are fitted, from which on they are calibrated, and where
            that ends.
        progress: who watches; advanced by one for each outcome.
    """
    first, middle, end = cuts
    fitted, newer = slice(first, middle), slice(middle, end)
    means = showings.outcomes[:, fitted].mean(1).astype(np.float32)
    watches = learn_watches(facts.lengths[fitted], showings.watched[fitted])
    inputs, later = (build_inputs(facts.part(one), means, watches) for one in (fitted, newer))
    targets, after = (targets_of(showings, facts, watches, one) for one in (fitted, newer))
    weights = np.zeros((len(OUTCOMES), 1 + inputs.dense.shape[1] + CROSSES), np.float32)
    scales = np.zeros((len(OUTCOMES), 2), np.float32)
    for place in range(len(OUTCOMES)):
        known = ~np.isnan(targets[place])
        came = float(np.nansum(targets[place]))
        if min(came, known.sum() - came) < _RARE:
            weights[place] = _plain_weights(place, means, inputs.dense.shape[1])
            scales[place] = 1, 0
        else:
            weights[place] = fit_logistic(inputs.part(np.flatnonzero(known)), targets[place][known])
            odds = log_odds(later, weights[place])
            known = ~np.isnan(after[place])
            scales[place] = fit_scale(odds[known], after[place][known])
        progress.advance("ranking", 1)
    odds = log_odds(later, weights) * scales[:, :1] + scales[:, 1:]
    picked = np.linspace(0, odds.shape[1] - 1, min(_SAMPLE, odds.shape[1])).astype(int)
    sample = sigmoid(odds[:, picked]).astype(np.float32)
    return Ranker(means, watches, weights, scales, sample)


def _plain_weights(place: int, means: Floats, width: int) -> Floats:
    """Of an outcome too rare to learn of: the video's own smoothed rate, and nothing else."""
    weights = np.zeros(1 + width + CROSSES, np.float32)
    mean = float(means[place]) if place < len(means) else 0.5
    mean = min(max(mean, 1e-5), 1 - 1e-5)
    weights[0] = np.log(mean / (1 - mean))
    weights[1 + place] = 1
    return weights


def _rates(ranker: Ranker, facts: Facts) -> Doubles:
    """What is foretold without a ranker: the smoothed rates of all viewers."""
    inputs = build_inputs(facts, ranker.means, ranker.watches)
    rows = range(len(OUTCOMES))
    width = inputs.dense.shape[1]
    weights = np.stack([_plain_weights(place, ranker.means, width) for place in rows])
    return sigmoid(log_odds(inputs, weights))


def targets_of(showings: Showings, facts: Facts, watches: Watches, rows: slice) -> Floats:
    """What came of showings: (outcomes, n); NaN where nobody knows how long was watched."""
    watched = showings.watched[rows]
    ranks = np.where(np.isnan(watched), np.nan, watches.ranks(facts.lengths[rows], watched))
    outcomes = showings.outcomes[:, rows].astype(np.float32)
    return np.concatenate([outcomes, ranks[None].astype(np.float32)])


def judge(told: Doubles, targets: Floats) -> tuple[dict[str, float], dict[str, list[Bin]]]:
    """How well outcomes were foretold.

    Returns:
        `entropy` (mean over outcomes that came, each by the square root of how often), of each
        outcome its own, and its `calibration` error; and for each outcome what was foretold
        against what came.
    """
    scores: dict[str, float] = {}
    bins: dict[str, list[Bin]] = {}
    total = weight = 0.0
    for place, name in enumerate(OUTCOMES):
        known = ~np.isnan(targets[place])
        came = float(np.nansum(targets[place]))
        if min(came, float(known.sum()) - came) < 5:
            continue
        one = entropy(told[place][known], targets[place][known])
        bins[name] = reliability(told[place][known], targets[place][known])
        scores[name] = round(one, 5)
        scores[f"{name} calibration"] = round(miscalibration(bins[name]), 5)
        share = came**0.5
        total, weight = total + one * share, weight + share
    scores[GOAL] = round(float(total / weight), 5) if weight else 1.0
    return scores, bins
