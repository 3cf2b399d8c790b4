"""A recommender is trained on what viewers did; it serves only if it beats the one that does.

Both are judged on the newest events, which neither has learnt from: the new one is fitted on what
came before, the standing one is as it was saved. Where too little came since that was trained, its
kind is fitted anew on the same part. Who wins is then fitted on everything and swapped in.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience.catalogue import Catalogue, read_catalogue
from reelwright.audience.evaluation import Judged, Split, evaluate, split_time
from reelwright.audience.interactions import Interactions
from reelwright.audience.models import Outcome, keep_model, serving_row
from reelwright.audience.reading import fold, read_events
from reelwright.audience.recommend.recommender import Recommender
from reelwright.audience.recommend.saving import load_saved, recommender_of, save_recommender
from reelwright.audience.tables import EventRow, FeatureRow
from reelwright.audience.trial import candidates, try_all
from reelwright.core.errors import DataError, ModelError
from reelwright.core.progress import Progress, Silent
from reelwright.learn.folder import Card
from reelwright.store.database import Database

GOAL = "ndcg@10"
PART = 0.9
"""Of all interactions in time, what is learnt from where there is a tenth to judge by."""
FEWEST = 20
"""Likes in the test from which on it says something."""
_WORDS = 48
_WORDS_FOR = 200_000
"""Videos up to which what is said of them becomes features."""


@dataclass(frozen=True, kw_only=True)
class Trained(Outcome):
    """What came of training a recommender on so many interactions, `events`."""

    events: int


def train(
    database: Database, name: str = "auto", progress: Progress | None = None, force: bool = False
) -> Trained:
    """Fit a recommender on all events, and let it serve if it beats the one that does.

    Args:
        database: the feed's.
        name: which recommender.
        progress: who watches.
        force: it serves even if it is no better.

    Raises:
        InputError: there is no recommender of that name.
        DataError: nobody liked anything yet.
        StoreError: the disk is full.
    """
    began = time.monotonic()
    watcher = progress or Silent()
    cls = recommender_of(name)
    with database.reading() as session:
        log_of_events = read_events(session)
        log = fold(log_of_events)
        catalogue = read_catalogue(session)
        features = read_features(session, catalogue, log.n_items)
        standing = _standing(session)
    if not (log.values > 0).any():
        raise DataError(
            "there is nothing to learn from yet: nobody liked a video or watched one to its end",
            hint="watch some on the page of `reel serve`, or `reel feed import` events",
        )
    scores: dict[str, float] = {}
    before: dict[str, float] = {}
    split = _split(log, standing.since if standing else 0.0)
    if split is not None:
        scores = _judged(cls().fit(split.train, features, watcher), split)
        if standing:
            before = _judged(_rival(standing, split, features), split)
    better = not before or scores.get(GOAL, 0.0) > before.get(GOAL, 0.0)
    serves = force or standing is None or (better and bool(scores))
    number = 0
    if serves:
        final = cls().fit(log, features, watcher)
        number = _keep(database, name, final, log, log_of_events.last, scores)
    return Trained(
        name=f"{name}-{number}" if number else name,
        serves=serves,
        scores=scores,
        standing=standing.label if standing else "",
        before=before,
        events=len(log),
        seconds=time.monotonic() - began,
    )


@dataclass(frozen=True)
class _Standing:
    """The model that serves: `since` is the time of the newest event it may know."""

    label: str
    name: str
    folder: Path
    since: float


def _standing(session: Session) -> _Standing | None:
    row = serving_row(session)
    if row is None:
        return None
    newest = session.scalar(select(func.max(EventRow.time)).where(EventRow.number <= row.events))
    return _Standing(f"{row.name}-{row.number}", row.name, Path(row.folder), newest or 0.0)


def _split(log: Interactions, since: float) -> Split | None:
    """The part to learn from and the part to judge by; None where there is too little."""
    fresh = log.times > since
    if since and int((log.values[fresh] > 0).sum()) >= 2 * FEWEST:
        # Half of what the standing model does not know is learnt from, half judges.
        cut = len(log) - int(fresh.sum()) // 2
        first = np.arange(len(log)) < cut
        split = Split(log.where(first), log.where(~first))
    else:
        try:
            split = split_time(log, PART)
        except DataError:
            return None
    if int((split.test.values > 0).sum()) < FEWEST or not (split.train.values > 0).any():
        return None
    try:
        _judged(recommender_of("popularity")().fit(split.train), split)
    except DataError:
        # Nobody in it has a history.
        return None
    return split


def _rival(
    standing: _Standing, split: Split, features: Mapping[str, NDArray[np.float32]]
) -> Recommender:
    """The standing model as it was saved, if it knows none of the test, else its kind anew."""
    if len(split.test) and float(split.test.times.min()) > standing.since:
        try:
            saved = load_saved(standing.folder)
        except ModelError:
            pass
        else:
            if list(saved.items) == list(split.train.item_names):
                return saved.recommender
    return recommender_of(standing.name)().fit(split.train, features)


def _judged(recommender: Recommender, split: Split) -> dict[str, float]:
    return evaluate(recommender, split, (10, 20))


def _keep(
    database: Database,
    name: str,
    recommender: Recommender,
    log: Interactions,
    last: int,
    scores: Mapping[str, float],
) -> int:
    """Save a recommender and let it serve."""
    card = Card(
        data=[f"{len(log):,} interactions of {log.n_users:,} viewers, {log.n_items:,} videos"],
        split="the newest part in time held back for the scores, then fitted on everything",
        metric=f"{GOAL} over the whole catalogue",
        command=f"reel feed train --model {name}",
    )

    def save(folder: Path) -> None:
        save_recommender(folder, recommender, log.item_names, scores, card)

    return keep_model(database, None, name, last, scores, save)


def read_features(
    session: Session, catalogue: Catalogue, n_items: int
) -> dict[str, NDArray[np.float32]]:
    """What is known of the videos, for recommenders: kept vectors, and what is said of them.

    Titles, tags, authors and topics become `words`: a random projection of facets (Achlioptas,
    JCSS 2003), so that videos nobody has seen can be recommended by what they are.
    """
    found: dict[str, NDArray[np.float32]] = {}
    places = {number: place for place, number in enumerate(catalogue.numbers[:n_items].tolist())}
    rows = session.execute(
        select(FeatureRow.item, FeatureRow.name, FeatureRow.values).order_by(FeatureRow.item)
    )
    for item, name, values in rows:
        vector = np.frombuffer(values, "<f4")
        table = found.setdefault(name, np.zeros((n_items, len(vector)), np.float32))
        if item in places and table.shape[1] == len(vector):
            table[places[item]] = vector
    if catalogue.facet_names and n_items <= _WORDS_FOR:
        chance = np.random.default_rng(0)
        signs = chance.choice([-1.0, 1.0], (len(catalogue.facet_names), _WORDS)).astype(np.float32)
        found["words"] = np.asarray(catalogue.facets[:n_items] @ signs, np.float32)
    return found


def compare(database: Database, progress: Progress | None = None) -> list[Judged]:
    """All recommenders that the events allow, judged on the newest tenth; nothing changes.

    Raises:
        DataError: there is too little to judge by.
    """
    with database.reading() as session:
        log = fold(read_events(session))
        features = read_features(session, read_catalogue(session), log.n_items)
    split = split_time(log, PART)
    return try_all(
        candidates("all", split, features), split, features, (10, 20), progress or Silent()
    )
