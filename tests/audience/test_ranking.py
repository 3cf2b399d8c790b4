"""Rankers: learnt from showings, calibrated, compared, swapped, damaged; the simulator's truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from feeding import NOW, event, put
from reelwright.audience.catalogue import read_catalogue
from reelwright.audience.events import append_events
from reelwright.audience.feed import Feed
from reelwright.audience.models import list_models, load_good, roll_back, set_state
from reelwright.audience.ranking.features import FEATURES, Watches, facts_of, learn_watches
from reelwright.audience.ranking.learning import Learnt, read_material, train_ranker
from reelwright.audience.ranking.logistic import (
    CROSSES,
    Inputs,
    entropy,
    fit_logistic,
    fit_scale,
    log_odds,
    miscalibration,
    reliability,
    sigmoid,
)
from reelwright.audience.ranking.ranker import OUTCOMES, load_ranker
from reelwright.audience.ranking.showings import GOALS, gather_showings
from reelwright.audience.reading import read_events
from reelwright.audience.shelf import open_feed
from reelwright.audience.simulator import Simulation, World, WorldSettings
from reelwright.core.errors import DataError, FeedError, ModelError
from reelwright.core.settings import FeedSettings, GoalSettings
from reelwright.store.database import Database

SMALL = WorldSettings(viewers=60, videos=120, new=60, topics=4, visits=4, n=8, seed=3)
SETTINGS = FeedSettings(topic_cap=20, author_cap=20)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulation, Learnt]]:
    """Two days in a small world, and a ranker learnt from them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REEL_HOME", str(tmp_path_factory.mktemp("world")))
        database = open_feed(FeedSettings())
        simulation = Simulation(database, World.make(SMALL, 4), SETTINGS)
        simulation.run(2, rounds=12)
        yield simulation, train_ranker(database)
        database.close()


# --- the parts ------------------------------------------------------------------------------------


def test_what_is_learnt_is_what_was_there():
    chance = np.random.default_rng(0)
    dense = chance.normal(size=(6000, 3)).astype(np.float32)
    crosses = chance.integers(0, 40, (6000, 1)).astype(np.int32)
    odds = 1.5 * dense[:, 0] - dense[:, 1] + np.where(crosses[:, 0] < 20, 1, -1)
    came = (chance.random(6000) < sigmoid(odds)).astype(np.float32)
    weights = fit_logistic(Inputs(dense, crosses), came)
    assert weights.shape == (1 + 3 + CROSSES,)
    assert weights[1:4] == pytest.approx([1.5, -1, 0], abs=0.15)
    found = log_odds(Inputs(dense, crosses), weights)
    assert np.corrcoef(found, odds)[0, 1] > 0.98
    assert entropy(sigmoid(found), came) < 0.75
    assert entropy(np.full(6000, came.mean()), came) == pytest.approx(1)


def test_calibration_brings_back_what_was_told_too_sure():
    chance = np.random.default_rng(1)
    odds = chance.normal(size=8000)
    came = (chance.random(8000) < sigmoid(odds)).astype(np.float32)
    factor, offset = fit_scale(3 * odds + 1, came)
    assert factor == pytest.approx(1 / 3, abs=0.03)
    told = sigmoid(factor * (3 * odds + 1) + offset)
    assert miscalibration(reliability(told, came)) < 0.02
    assert miscalibration(reliability(sigmoid(3 * odds + 1), came)) > 0.1
    bins = reliability(told, came)
    assert len(bins) == 10
    assert all(a.told <= b.told for a, b in zip(bins, bins[1:], strict=False))


def test_watching_is_compared_among_videos_as_long():
    chance = np.random.default_rng(2)
    lengths = np.repeat([10.0, 100.0], 500).astype(np.float32)
    watched = (lengths * chance.random(1000)).astype(np.float32)
    watched[0] = np.nan
    ranks = learn_watches(lengths, watched).ranks(lengths, watched)
    assert ranks[0] == 0.5
    assert ranks[1:500].mean() == pytest.approx(ranks[500:].mean(), abs=0.02)
    assert abs(np.corrcoef(ranks[1:], lengths[1:])[0, 1]) < 0.05
    assert Watches(np.empty(0, np.float32), np.zeros((1, 2), np.float32)).ranks(
        lengths[:1], watched[:1]
    ) == [0.5]


def test_only_what_came_before_is_known_of_a_showing(feed: Database):
    put(feed, "v1", "v2", tags=["tea"])
    with feed.writing() as session:
        rows = [
            event("ann", "v1", "completion", time=NOW - 90, value=20.0),
            event("bob", "v1", "skip", time=NOW - 80, value=1.0),
            event("ann", "v2", "like", time=NOW - 70),
            event("ann", "v2", "unlike", time=NOW - 60),
        ]
        append_events(session, rows, now=NOW)
    with feed.reading() as session:
        showings = gather_showings(read_events(session))
        facts = facts_of(showings, read_catalogue(session), np.array([1, 2]))
    assert showings.outcomes[GOALS.index("like")].tolist() == [False] * 3
    assert facts.item_shown.tolist() == [0, 1, 0]
    assert facts.item_counts[GOALS.index("completion")].tolist() == [0, 1, 0]
    assert facts.viewer_shown.tolist() == [0, 0, 1]
    assert facts.tastes.sum(0)[0] == facts.tastes.sum(0)[1] == 0 < facts.tastes.sum(0)[2]


# --- learning -----------------------------------------------------------------------------------


def test_a_ranker_foretells_better_than_rates_and_is_calibrated(told: tuple[Simulation, Learnt]):
    _, learnt = told
    assert learnt.serves
    assert learnt.standing == "rates"
    assert learnt.scores["entropy"] < learnt.before["entropy"]
    assert learnt.scores["completion calibration"] < 0.08
    assert {"completion", "like", "skip", "watch"} <= set(learnt.reliability) <= set(OUTCOMES)


def test_pages_are_better_with_it_and_new_videos_keep_their_share(told: tuple[Simulation, Learnt]):
    simulation, _ = told
    database = simulation.database
    rows = [row.number for row in list_models(database) if row.part == "ranking"]
    set_state(database, rows[0], "refused")
    world = simulation.world.chance.bit_generator.state
    plain = simulation.run(0.5, rounds=12)
    simulation.world.chance.bit_generator.state = world
    set_state(database, rows[0], "serving")
    ranked = simulation.run(0.5, rounds=12)
    assert ranked.regret < plain.regret
    assert ranked.regret < 0.6
    assert (plain.new + ranked.new) / (plain.showings + ranked.showings) == pytest.approx(
        0.2, rel=0.15
    )


def test_where_nothing_new_came_the_standing_one_goes_on(told: tuple[Simulation, Learnt]):
    simulation, learnt = told
    again = train_ranker(simulation.database)
    assert not again.serves or again.scores["entropy"] < again.before["entropy"]
    assert again.standing == learnt.name


def test_every_page_tells_where_its_videos_came_from(told: tuple[Simulation, Learnt]):
    simulation, _ = told
    with simulation.database.reading() as session:
        showings = read_material(session).showings
    assert (showings.source >= 0).mean() > 0.99
    assert (showings.source == 4).mean() == pytest.approx(0.2, abs=0.05)
    assert showings.rank.max() == SMALL.n - 1


def test_a_damaged_ranker_yields_to_the_last_good_one(
    told: tuple[Simulation, Learnt], tmp_path: Path
):
    simulation, _ = told
    database = simulation.database
    first = train_ranker(database, force=True)
    second = train_ranker(database, force=True)
    row = next(one for one in list_models(database) if one.state == "serving" and one.part)
    assert f"{row.name}-{row.number}" == second.name
    weights = Path(row.folder) / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError):
        load_ranker(Path(row.folder))
    said: list[str] = []
    page = Feed(database, SETTINGS, lambda: simulation.now, said.append).page("u1")
    assert page.places
    assert any(f"{second.name} does not serve" in line for line in said)
    assert any(f"{first.name} serves again" in line for line in said)
    (number, _, ranker), _ = load_good(database, "ranking", load_ranker)
    assert first.name == f"ranking-{number}"
    assert ranker.weights.shape == (len(OUTCOMES), 1 + len(FEATURES) + CROSSES)
    assert roll_back(database, "ranking").startswith("ranking-")


def test_too_little_to_learn_from_is_told(feed: Database):
    put(feed, "v1")
    with pytest.raises(DataError, match="0 showings"):
        train_ranker(feed)
    with pytest.raises(FeedError, match="no earlier model"):
        roll_back(feed, "ranking")


def test_goals_decide_what_a_showing_is_worth(told: tuple[Simulation, Learnt]):
    simulation, _ = told
    (_, _, ranker), _ = load_good(simulation.database, "ranking", load_ranker)
    with simulation.database.reading() as session:
        facts = read_material(session).facts.part(slice(-400, None))
    chances = ranker.foretell(facts)
    assert chances.shape == (len(OUTCOMES), 400)
    assert ((chances > 0) & (chances < 1)).all()
    none = dict.fromkeys(OUTCOMES, 0.0)
    likes = ranker.values(facts, GoalSettings.model_validate(none | {"like": 1.0}))
    skips = ranker.values(facts, GoalSettings.model_validate(none | {"skip": -1.0}))
    assert np.corrcoef(likes, chances[GOALS.index("like")])[0, 1] > 0.95
    assert np.corrcoef(skips, chances[GOALS.index("skip")])[0, 1] < -0.95
