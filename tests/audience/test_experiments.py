"""Experiments: who is in which arm, what came of it, what arms that look on would have earned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from feeding import NOW, put
from reelwright.audience.estimating import (
    Logged,
    difference,
    doubly_robust,
    effective,
    ips,
    mean_of,
    snips,
)
from reelwright.audience.events import append_events
from reelwright.audience.experiments import (
    CONTROL,
    Arm,
    Experiment,
    define,
    list_experiments,
    look,
    read_running,
    settings_of,
    stop,
)
from reelwright.audience.feed import Feed
from reelwright.audience.pages import keep_pages
from reelwright.audience.simulator import Simulation, World, WorldSettings
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Event
from reelwright.core.settings import FeedSettings, GoalSettings
from reelwright.store.database import Database

SETTINGS = FeedSettings()


# --- estimates ------------------------------------------------------------------------------------


def bandit(n: int, seed: int) -> tuple[Logged, float]:
    """Choices among five by one policy, what they earned, and what another would earn in truth."""
    chance = np.random.default_rng(seed)
    kinds = chance.integers(0, 3, n)
    worth = np.array([[0.1, 0.5, 0.3, 0.9, 0.2], [0.8, 0.2, 0.4, 0.1, 0.3], [0.5] * 5])
    shown = np.array([[0.4, 0.3, 0.1, 0.1, 0.1], [0.1, 0.4, 0.3, 0.1, 0.1], [0.2] * 5])
    other = np.array([[0.05, 0.1, 0.05, 0.7, 0.1], [0.7, 0.05, 0.05, 0.1, 0.1], [0.2] * 5])
    chosen = np.array([chance.choice(5, p=shown[kind]) for kind in kinds])
    rewards = (chance.random(n) < worth[kinds, chosen]).astype(float)
    # What is foretold is another scale, and half wrong.
    foretold = 3 * worth[:, ::-1] / 2 + 3 * worth / 2 - 1
    logged = Logged(
        np.arange(n) // 4, rewards, shown[kinds, chosen], other[kinds, chosen],
        foretold[kinds, chosen], (other * foretold).sum(1)[kinds],
    )  # fmt: skip
    return logged, float((other * worth).sum(1).mean())


@pytest.mark.parametrize("estimate", [ips, snips, doubly_robust])
def test_estimates_are_true_on_average_and_their_intervals_hold(estimate):
    told = [(estimate(logged), truth) for logged, truth in (bandit(400, s) for s in range(80))]
    assert np.mean([one.value for one, _ in told]) == pytest.approx(told[0][1], abs=0.01)
    inside = np.mean([one.low <= truth <= one.high for one, truth in told])
    assert 0.87 <= inside <= 1


def test_a_model_of_rewards_makes_estimates_calmer_and_blind_means_are_wrong():
    logs = [bandit(400, seed) for seed in range(60)]
    truth = logs[0][1]
    wide = np.std([ips(logged).value for logged, _ in logs])
    assert np.std([snips(logged).value for logged, _ in logs]) < wide
    assert np.std([doubly_robust(logged).value for logged, _ in logs]) < wide
    assert abs(np.mean([logged.rewards.mean() for logged, _ in logs]) - truth) > 0.1
    assert 50 < effective(logs[0][0]) < 400


def test_means_are_over_viewers_and_of_nobody_there_is_none():
    viewers = np.repeat(np.arange(20), 50)
    values = np.repeat(np.random.default_rng(0).normal(size=20), 50)
    one = mean_of(viewers, values)
    # A thousand showings of twenty viewers prove no more than twenty.
    assert one.high - one.low > 0.5
    assert one.viewers == 20
    more = difference(one, replace(one, value=one.value + 5, low=one.low + 5, high=one.high + 5))
    assert more.low > 0
    assert mean_of(np.empty(0, int), np.empty(0)).viewers == 0


# --- arms -----------------------------------------------------------------------------------------


def test_who_is_in_which_arm_stays_so():
    one = Experiment("one", (Arm("a", 0.3), Arm("b", 0.2), Arm("watching", 0)))
    arms = [one.arm_of(f"u{n}") for n in range(5000)]
    shares = Counter(arms)
    assert shares["a"] / 5000 == pytest.approx(0.3, abs=0.02)
    assert shares["b"] / 5000 == pytest.approx(0.2, abs=0.02)
    assert shares["watching"] == 0
    assert arms == [one.arm_of(f"u{n}") for n in range(5000)]
    other = Experiment("two", one.arms)
    both = [other.arm_of(f"u{n}") == "a" for n in range(5000) if arms[n] == "a"]
    assert np.mean(both) == pytest.approx(0.3, abs=0.04)  # experiments do not follow each other


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ([Arm("a", 0.6), Arm("b", 0.6)], "between 0 and 1"),
        ([Arm("a", -1)], "between 0 and 1"),
        ([], "one arm or more"),
        ([Arm("a", 0.1), Arm("a", 0.1)], "name of its own"),
        ([Arm("../a", 0.1)], "cannot be the name"),
        ([Arm(CONTROL, 0.1)], "cannot be the name"),
        ([Arm("a", 0.5, {"explore": 3})], "explore cannot be"),
        ([Arm("a", 0.5, {"url": "sqlite:////etc/x"})], "cannot set"),
        ([Arm("a", 0.5, {"goals.nothing": 1})], "cannot set"),
    ],
)
def test_what_cannot_be_an_experiment_is_told(feed: Database, arms: list[Arm], said: str):
    with pytest.raises(FeedError, match=said), feed.writing() as session:
        define(session, "x", arms, "skip", SETTINGS, NOW)


def test_one_experiment_runs_at_a_time_and_can_be_stopped(feed: Database):
    with feed.writing() as session:
        define(session, "one", [Arm("a", 0.5, {"goals.like": 9.0})], "skip", SETTINGS, NOW)
    with pytest.raises(FeedError, match="still runs"), feed.writing() as session:
        define(session, "two", [Arm("a", 0.5)], "skip", SETTINGS, NOW)
    with pytest.raises(FeedError, match="cannot guard"), feed.writing() as session:
        define(session, "two", [Arm("a", 0.5)], "luck", SETTINGS, NOW)
    with feed.reading() as session:
        running = read_running(session)
        assert running is not None
        assert settings_of(SETTINGS, running.arms[0]).goals.like == 9
        with pytest.raises(FeedError, match="no such"):
            look(session, "nothing", GoalSettings())
        assert look(session, "one", GoalSettings()).sides[0].viewers == 0
    with feed.writing() as session:
        stop(session, "one", NOW + 1)
    with pytest.raises(FeedError, match="no experiment"), feed.writing() as session:
        stop(session, "one", NOW + 2)
    with feed.reading() as session:
        assert read_running(session) is None
        assert [row.stopped for row in list_experiments(session)] == [NOW + 1]


def test_an_arm_that_is_better_is_found_and_one_that_harms_is_told(feed: Database):
    put(feed, *(f"good{n}" for n in range(30)), tags=["tea"], added=NOW - 9e6)
    put(feed, *(f"bad{n}" for n in range(30)), tags=["cars"], added=NOW - 60)
    arms = [Arm("fresh", 0.5, {"explore": 0.9})]
    with feed.writing() as session:
        define(session, "x", arms, "not_interested", SETTINGS, NOW - 10)
    names = count()
    service = Feed(feed, SETTINGS, lambda: NOW, name=lambda: f"r{next(names)}")
    pages = [service.page(f"u{n}", 6) for n in range(60)]
    assert {page.arm for page in pages} == {"fresh", CONTROL}
    events = [
        Event(
            user=page.user, item=place.item, time=NOW, request=page.request, rank=rank,
            kind="completion" if place.item.startswith("good") else "not_interested",
        )
        for page in pages
        for rank, place in enumerate(page.places)
    ]  # fmt: skip
    with feed.writing() as session:
        keep_pages(session, [page.page for page in pages])
        append_events(session, events, now=NOW)
    with feed.reading() as session:
        control, fresh = look(session, "x", GoalSettings()).sides
    assert control.showings + fresh.showings == 360
    assert fresh.value_more is not None
    assert fresh.guard_more is not None
    assert fresh.value_more.high < 0 < fresh.guard_more.low
    assert fresh.verdict == "harmful"


def test_what_an_arm_that_looks_on_would_earn_is_what_it_earns(feed: Database):
    """Pages are shuffled; another way to fill them serves half of the viewers, and looks on."""
    if not feed.is_sqlite:
        return  # the world is slow, and the database makes no difference to it
    size = WorldSettings(viewers=120, videos=300, new=40, topics=4, visits=4, n=6, seed=5)
    settings = FeedSettings(shuffle=0.6, explore=0.3)
    calm = {"explore": 0.1, "shuffle": 0.3}
    simulation = Simulation(feed, World.make(size, 2), settings)
    simulation.run(0.5, rounds=6)
    with feed.writing() as session:
        arms = [Arm("calm", 0.5, calm), Arm("looking-on", 0, calm)]
        define(session, "x", arms, "skip", settings, simulation.now)
    simulation.run(1, rounds=8)
    with feed.reading() as session:
        told = look(session, "x", settings.goals)
    (shadow,), (control, calm_side) = told.shadows, told.sides
    assert 300 < shadow.showings < control.showings
    truth = calm_side.value.value
    for estimate in (shadow.ips, shadow.snips, shadow.doubly_robust):
        assert estimate.value == pytest.approx(truth, rel=0.2)
        assert estimate.low < calm_side.value.high
        assert estimate.high > calm_side.value.low
    assert calm_side.verdict in ("open", "better")
