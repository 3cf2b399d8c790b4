"""The parts that pages are made of, each alone: pure functions over arrays."""

from __future__ import annotations

import numpy as np
import pytest

from reelwright.audience.exploring import draw_new, explored_places
from reelwright.audience.ranking import expected_values, watch_ranks
from reelwright.audience.reranking import Arranger, Caps, Traits
from reelwright.audience.tables import KIND_CODES
from reelwright.audience.tallies import Tallies
from reelwright.core.settings import GoalSettings


def tallies(videos: int, **counts: list[float]) -> Tallies:
    made = Tallies.empty(videos, 0.0)
    for kind, values in counts.items():
        made.counts[KIND_CODES[kind]] = values
    return made


@pytest.mark.parametrize("share", [0.0, 0.05, 0.13, 0.2, 0.5, 1.0])
def test_the_share_of_new_videos_is_kept_over_many_pages(share: float):
    phases = np.random.default_rng(0).random(4000)
    places = [len(explored_places(20, share, phase)) for phase in phases]
    assert np.mean(places) / 20 == pytest.approx(share, abs=0.004)


def test_propensities_are_how_often_a_video_is_drawn():
    shown, good = np.array([100.0, 100, 0]), np.array([20.0, 80, 0])
    counts, told = np.zeros(3), np.zeros(3)
    for seed in range(600):
        (one, propensity), *_ = draw_new(good, shown, 1, np.random.default_rng(seed))
        counts[one] += 1
        told[one] += propensity
    assert counts[1] > counts[2] > 0 == counts[0]
    # What is told is what happens, over many pages (inverse propensities sum to the pages).
    inverse = [1 / draw_new(good, shown, 1, np.random.default_rng(s))[0][1] for s in range(600)]
    assert np.mean(inverse) == pytest.approx(2, rel=0.15)


def test_each_new_video_is_drawn_once():
    drawn = draw_new(np.zeros(5), np.zeros(5), 9, np.random.default_rng(1))
    assert sorted(one for one, _ in drawn) == [0, 1, 2, 3, 4]
    assert drawn[-1][1] == 1  # the last one left is certain


def test_a_video_is_worth_what_viewers_make_of_it_by_weights():
    made = tallies(
        3, impression=[100, 100, 0], completion=[90, 90, 0], like=[10, 10, 0],
        not_interested=[0, 20, 0],
    )  # fmt: skip
    seconds = np.full(3, 20.0)
    good, refused, unknown = expected_values(made, seconds, GoalSettings())
    assert good > unknown > refused
    kind = GoalSettings(not_interested=0)
    good, refused, _ = expected_values(made, seconds, kind)
    assert good == refused


def test_few_showings_prove_little():
    made = tallies(3, impression=[1, 200, 200], completion=[1, 180, 20])
    lucky, good, bad = expected_values(made, np.full(3, 20.0), GoalSettings())
    assert bad < lucky < good


def test_long_videos_are_not_better_for_being_watched_for_longer():
    made = Tallies.empty(20, 0.0)
    seconds = np.array([10.0] * 10 + [100.0] * 10)
    made.watches[:] = 1000
    made.watched[:10] = 1000 * np.linspace(2, 8, 10)
    made.watched[10:] = 1000 * np.linspace(15, 30, 10)
    ranks = watch_ranks(made, seconds)
    assert ranks[9] > ranks[10]
    assert ranks[:10].mean() == pytest.approx(ranks[10:].mean(), abs=0.01)


def arranger(scores: list[float], variety: float, **traits: object) -> Arranger:
    n = len(scores)
    given = {
        "alike": lambda one: np.eye(n)[one],
        "authors": np.full(n, -1),
        "topics": np.full(n, -1),
        "ai_made": np.zeros(n, bool),
    } | traits
    return Arranger(Traits(np.array(scores), **given), Caps(2, 2, 20), variety)  # type: ignore[arg-type]


def order(page: Arranger, n: int) -> list[int]:
    return [found[0] for _ in range(n) if (found := page.next())]


def test_without_reasons_the_scores_decide():
    assert order(arranger([1, 3, 2], 0), 5) == [1, 2, 0]


def test_likeness_costs_and_is_told():
    alike = np.eye(3)
    alike[0, 1] = alike[1, 0] = 1
    page = arranger([3, 2.9, 2.5], 3, alike=lambda one: alike[one])
    assert page.next() == (0, "")
    assert page.next() == (2, "variety: moved up past one too like those before it")


def test_caps_hold_until_nothing_else_is_left():
    page = arranger([5, 4, 3, 2], 0, authors=np.array([1, 1, 1, -1]))
    assert order(page, 3) == [0, 1, 3]
    assert page.next() == (2, "caps yield: nothing else is left")
    assert page.next() is None
