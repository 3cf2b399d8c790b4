"""The parts that pages are made of, each alone: pure functions over arrays."""

from __future__ import annotations

import numpy as np
import pytest

from reelwright.audience.arranging import Candidates, Luck, fill_page
from reelwright.audience.exploring import draw_chances, fit_chances
from reelwright.audience.ranking.rates import expected_values, watch_ranks
from reelwright.audience.reranking import Arranger, Caps, Traits
from reelwright.audience.tables import KIND_CODES
from reelwright.audience.tallies import Tallies
from reelwright.core.settings import GoalSettings


def tallies(videos: int, **counts: list[float]) -> Tallies:
    made = Tallies.empty(videos, 0.0)
    for kind, values in counts.items():
        made.counts[KIND_CODES[kind]] = values
    return made


def page_of(
    scores: list[float], share: float, seed: int, n: int = 4, pool: int = 3
) -> list[tuple[int, float]]:
    """A page of candidates of which the last `pool` are new: which, and their propensities."""
    size = len(scores)
    young = np.arange(size) >= size - pool
    chances = np.where(young, np.arange(size) + 1.0, 0)
    flat = np.zeros(size)
    given = Candidates(
        np.arange(size), np.array(scores), flat, {}, flat.astype(int), young,
        chances / chances.sum(), np.zeros(size, bool),
    )  # fmt: skip
    slots = fill_page(given, arranger(scores, 0), n, Luck(share), np.random.default_rng(seed))
    return [(slot.candidate, slot.propensity) for slot in slots]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_the_share_of_new_videos_is_kept_over_many_pages(share: float):
    scores = [*np.linspace(1, 2, 30), *[5.0] * 30]
    pages = [page_of(scores, share, seed, n=20, pool=30) for seed in range(300)]
    new = np.mean([one >= 30 for page in pages for one, _ in page])
    # A share of none means that nothing is held for them: they compete.
    assert new == pytest.approx(share or 1, abs=0.012)


def test_propensities_are_how_often_a_video_stands_there():
    counts, told = np.zeros((2, 6)), np.zeros((2, 6))
    for seed in range(4000):
        page = page_of([3, 2, 1, 0, 0, 0], 0.4, seed)
        for rank in range(2):
            one, propensity = page[rank]
            counts[rank, one] += 1
            told[rank, one] += 1 / propensity
    # Inverse propensities of who may stand there sum to the pages (at the first place: to each).
    assert told[0][[0, 3, 4, 5]] / 4000 == pytest.approx(np.ones(4), abs=0.08)
    assert counts[0] / 4000 == pytest.approx(
        [0.6, 0, 0, 0.4 * 4 / 15, 0.4 * 5 / 15, 0.4 * 6 / 15], abs=0.03
    )


def test_every_new_video_has_its_chance_and_a_good_one_a_better():
    shown = np.array([100.0, 100, 0, 5])
    chances = draw_chances(np.array([20.0, 80, 0, 0]), shown, 20, np.random.default_rng(0))
    assert chances.sum() == pytest.approx(1)
    assert chances[1] > chances[0]
    assert chances[2:].min() > 0.17  # whose trial is not over
    fitted = fit_chances(chances, np.array([1.0, 0, 0, -1]))
    assert fitted.sum() == pytest.approx(1)
    assert fitted[0] > chances[0]
    assert fitted[3] >= 0.3 * chances[3]


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
