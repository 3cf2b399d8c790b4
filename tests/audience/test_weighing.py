"""`auto`: what its members say, how they are weighed, and what it does with little evidence."""

from __future__ import annotations

import numpy as np
import pytest

from reelwright.audience.evaluation import Split, evaluate, split_last
from reelwright.audience.interactions import Interactions, gather, histories_of
from reelwright.audience.recommend.als import solve_rows
from reelwright.audience.recommend.auto import Auto, AutoSettings
from reelwright.audience.recommend.sequential import Sequential, SequentialSettings
from reelwright.audience.recommend.weighing import DEPTH, gather_evidence, opinions, weigh

CHEAP = ("popularity", "transitions", "neighbours")


def ring(users: int = 60, length: int = 8, videos: int = 30) -> Interactions:
    """Viewers who go round a ring of videos, each from a place of their own."""
    rows = [
        (f"u{user}", f"v{(user + step) % videos}", 100.0 * step + user / 100)
        for user in range(users)
        for step in range(length)
    ]
    names, items, times = zip(*rows, strict=True)
    return gather(names, items, times, known_items=[f"v{n}" for n in range(videos)])


def test_opinions_are_standard_scores_and_places_among_what_is_unseen() -> None:
    log = gather("a", "x", known_items=list("xyzw"))
    told = histories_of(log, np.array([0]))
    scores, places = opinions(np.array([[9, 5, 7, 0]], np.float32), told)
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    order = np.argsort(-places[0])
    assert order[:2].tolist() == [2, 1]
    # The video seen, and the one with the lowest score, stand with all that were not named.
    assert places[0, 0] == places[0, 3] < places[0, 1]


def test_places_beyond_the_depth_are_alike() -> None:
    log = gather("a", ["v0"], known_items=[f"v{n}" for n in range(2 * DEPTH)])
    scores = np.arange(2 * DEPTH, dtype=np.float32)[None]
    places = opinions(scores, histories_of(log, np.array([0])))[1]
    assert len(np.unique(places)) == DEPTH + 1


def test_auto_is_at_least_as_good_as_its_best_member() -> None:
    split = split_last(ring())
    auto = Auto(AutoSettings(members=CHEAP, like="last")).fit(split.train)
    assert evaluate(auto, split, [1])["ndcg@1"] > 0.95
    assert max(auto.weights, key=lambda name: auto.weights[name]) == "transitions"
    assert sum(auto.weights.values()) == pytest.approx(1)


def test_a_member_that_only_guesses_does_no_harm() -> None:
    split = split_last(ring())
    good = Auto(AutoSettings(members=("transitions",), like="last")).fit(split.train)
    mixed = Auto(AutoSettings(members=("popularity", "transitions"), like="last")).fit(split.train)
    floor = 0.97 * evaluate(good, split, [5])["ndcg@5"]
    assert evaluate(mixed, split, [5])["ndcg@5"] >= floor


def test_without_evidence_all_count_alike() -> None:
    log = ring(4)
    told = histories_of(log, np.arange(4))
    auto = Auto(AutoSettings(members=CHEAP)).fit(log)
    held = log.matrix()[np.arange(4)] * 0
    evidence = gather_evidence(list(auto.members.values()), told, held)
    assert np.array_equal(weigh(evidence), np.ones((2, len(auto.members))))


def test_times_that_nobody_knows_leave_out_who_reads_them() -> None:
    timed = ring()
    log = Interactions(
        timed.users,
        timed.items,
        np.zeros(len(timed)),
        timed.values,
        timed.user_names,
        timed.item_names,
        timed=False,
    )
    auto = Auto().fit(log)
    assert auto.by_place.keys().isdisjoint({"transitions", "moment", "popularity-day"})
    assert np.isfinite(auto.score(histories_of(log, np.arange(2)))).all()


def test_a_factor_solves_its_equation() -> None:
    chance = np.random.default_rng(5)
    table = gather("aab", "xyx", known_items=list("xyz")).matrix()
    other = chance.standard_normal((3, 2)).astype(np.float32)
    solved = solve_rows(table, other, sure=4.0, ridge=0.5)
    liked = table.toarray()
    slope = ((1 + 4 * liked) * (liked - solved @ other.T)) @ other - 0.5 * solved
    assert np.abs(slope).max() < 1e-4


def test_the_sequential_one_learns_what_came_since() -> None:
    log = ring()
    before = log.where(log.times < 400)
    small = SequentialSettings(width=16, blocks=1, epochs=20, rate=0.01, dropout=0, anew=0)
    model = Sequential(small).fit(before)
    more = gather(
        [*(log.user_names[u] for u in log.users), *(f"u{n}" for n in range(60))],
        [*(log.item_names[i] for i in log.items), *["new"] * 60],
        [*log.times.tolist(), *[1000.0] * 60],
    )
    model.update(more)
    told = more.where(more.items != more.item_names.index("new"))
    scores = model.score(histories_of(told, np.arange(60)))
    assert scores.shape == (60, 31)
    assert (scores[:, 30] > np.median(scores, axis=1)).mean() > 0.75


def test_some_videos_stand_for_all_when_there_are_many() -> None:
    split = split_last(ring())
    settings = SequentialSettings(width=16, blocks=1, epochs=20, rate=0.01, dropout=0, negatives=10)
    model = Sequential(settings).fit(split.train)
    assert evaluate(model, split, [3])["recall@3"] > 0.6


def test_metrics_are_told_apart() -> None:
    log = ring()
    train, test = log.where(log.times < 600), log.where(log.times >= 600)
    scores = evaluate(Auto(AutoSettings(members=CHEAP)).fit(train), Split(train, test), [2, 5])
    assert 0 < scores["diversity@5"] <= 1
    assert scores["ndcg@2_short_histories"] > 0.5
    assert scores["recall@2_old_items"] > 0.5
