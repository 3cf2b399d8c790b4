from __future__ import annotations

import numpy as np
import pytest

from reelwright.audience.evaluation import Split, evaluate, judge, split_last, split_time
from reelwright.audience.interactions import Interactions, gather, histories_of
from reelwright.audience.recommend.als import AlsSettings
from reelwright.audience.recommend.bpr import BprSettings
from reelwright.audience.recommend.ease import solve
from reelwright.audience.recommend.neighbours import strongest
from reelwright.audience.recommend.popularity import Popularity, PopularitySettings
from reelwright.audience.recommend.recommender import (
    TABLE,
    Recommender,
    RecommenderSettings,
    load_recommender,
)
from reelwright.audience.recommend.sequential import SequentialSettings, batches_of, rows_of
from reelwright.audience.recommend.transitions import Transitions
from reelwright.audience.recommend.two_tower import TwoTowerSettings
from reelwright.core.errors import DataError, InputError

N_TASTES, PER_TASTE = 4, 15


def world(seed: int = 0, users: int = 120, length: int = 10) -> Interactions:
    """Viewers of one taste each, who like its videos one after another, in their order."""
    chance = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        taste = user % N_TASTES
        first = int(chance.integers(PER_TASTE))
        for step in range(length):
            item = taste * PER_TASTE + (first + step) % PER_TASTE
            rows.append((f"u{user}", f"v{item}", 1000.0 * step + user))
    users_of, items, times = zip(*rows, strict=True)
    names = [f"v{item}" for item in range(N_TASTES * PER_TASTE)]
    return gather(users_of, items, times, known_items=names)


def features(log: Interactions) -> dict[str, np.ndarray]:
    taste = np.arange(log.n_items) // PER_TASTE
    return {"image": np.eye(N_TASTES, dtype=np.float32)[taste] + 0.01}


def test_names_keep_their_indexes_and_rows_their_order() -> None:
    log = gather(["a", "b", "a"], ["x", "y", "z"], [3, 1, 2], known_items=["y"])
    assert (log.user_names, log.item_names) == (["a", "b"], ["y", "x", "z"])
    assert [log.item_names[item] for item in log.items] == ["y", "z", "x"]
    assert log.end == 3


def test_a_history_knows_how_old_each_like_is() -> None:
    log = gather("aaab", "xyzx", [1, 2, 3, 4], [1, 0, 1, 1])
    told = histories_of(log, np.array([1, 0]))
    assert told.items.tolist() == [0, 0, 1, 2]
    assert told.weighted(0.5).toarray().tolist() == [[1, 0, 0], [0.5, 0, 1]]
    assert told.part(1, 2).items.tolist() == [0, 1, 2]


SMALL: dict[str, RecommenderSettings] = {
    "sequential": SequentialSettings(width=16, blocks=1, epochs=12, rate=0.01, dropout=0),
    "two_tower": TwoTowerSettings(width=16, epochs=10, rate=0.02),
    "als": AlsSettings(factors=8),
    "bpr": BprSettings(factors=8),
}


def made(name: str) -> Recommender:
    """A recommender, small where it is a network or factors."""
    return load_recommender(name)(SMALL.get(name))


@pytest.mark.parametrize("name", TABLE)
def test_every_recommender_finds_a_viewers_taste(name: str) -> None:
    log = world()
    split = split_last(log)
    recommender = made(name)
    recommender.fit(split.train, features(log))
    scores = evaluate(recommender, split, [5])
    # A list of five by chance holds the one video that was left out in 5 of 51 cases.
    floor = {"popularity": 0.0, "moment": 0.0, "content": 0.3, "transitions": 0.95}.get(name, 0.5)
    assert scores["recall@5"] >= floor
    histories = histories_of(split.train, np.arange(6))
    items, values = recommender.recommend(histories, 5)
    assert items.shape == values.shape == (6, 5)
    for row, user in enumerate(range(6)):
        seen = set(split.train.items[split.train.users == user].tolist())
        assert not seen & set(items[row].tolist())
        assert values[row].tolist() == sorted(values[row].tolist(), reverse=True)
    again = made(name).fit(split.train, features(log)).recommend(histories, 5)
    assert np.array_equal(again[0], items)


@pytest.mark.parametrize("name", TABLE)
def test_flags_tell_the_truth(name: str) -> None:
    """Of videos nobody has seen, those of the viewer's taste come first with those who say so."""
    log = world(length=6)
    mine, foreign = [3, 4], [PER_TASTE + 3, PER_TASTE + 4]
    train = log.where(~np.isin(log.items, mine + foreign))
    recommender = made(name).fit(train, features(log))
    assert log.user_names[0] == "u0"
    scores = recommender.score(histories_of(train, np.array([0])))[0]
    found = bool(scores[mine].min() > scores[foreign].max())
    assert found == recommender.recommends_for_new_items


def test_popularity_follows_the_times() -> None:
    day = 86_400.0
    old = [("a", "x", i * 60.0) for i in range(50)]
    new = [("b", "y", 10 * day + i * 60.0) for i in range(20)]
    users, items, times = zip(*old, *new, strict=True)
    log = gather(users, items, times)
    assert Popularity().fit(log).counts.argmax() == 1
    slow = PopularitySettings(half_life=1000 * day)
    assert Popularity(slow).fit(log).counts.argmax() == 0


def test_transitions_read_order() -> None:
    log = gather("aaabbb", "xyzxyz", [1, 2, 3, 4, 5, 6])
    recommender = Transitions().fit(log)
    scores = recommender.score(histories_of(log.where(log.items == 1), np.array([0])))[0]
    assert scores[2] > 0 == scores[0]
    both = Transitions(Transitions.Settings.model_validate({"back": 0.5})).fit(log)
    scores = both.score(histories_of(log.where(log.items == 1), np.array([0])))[0]
    assert 0 < scores[0] == pytest.approx(scores[2] / 2)


def test_ease_solves_its_equation() -> None:
    """Steck's constrained least squares: the gradient is zero off the diagonal."""
    chance = np.random.default_rng(1)
    x = (chance.random((40, 6)) < 0.4).astype(np.float64)
    table = solve((x.T @ x).astype(np.float32), 3.0).astype(np.float64)
    gradient = x.T @ (x @ table - x) + 3.0 * table
    np.fill_diagonal(gradient, 0)
    assert np.abs(gradient).max() < 1e-3
    assert not np.diag(table).any()


def test_the_strongest_of_each_row_stay() -> None:
    from scipy.sparse import csr_array

    kept = strongest(csr_array(np.array([[1.0, 3, 2], [0, 0, 5], [0, -1, 0]])), 2).toarray()
    assert kept.tolist() == [[0, 3, 2], [0, 0, 5], [0, 0, 0]]


class Fixed(Recommender):
    name = "fixed"

    def _fit(self, log, features, progress) -> None: ...

    def score(self, histories):
        """The first video is the best, the last the worst."""
        return np.tile(-np.arange(histories.n_items, dtype=np.float32), (len(histories), 1))


def test_long_histories_are_learnt_from_in_pieces_that_share_an_item() -> None:
    log = gather("a" * 8 + "b", "stuvwxyzs", range(9))
    assert [row.tolist() for row in rows_of(log, 3)] == [[4, 5, 6, 7], [1, 2, 3, 4], [0, 1]]


def test_batches_hold_every_row_once_and_no_more_than_asked() -> None:
    chance = np.random.default_rng(2)
    rows = [np.arange(n, dtype=np.int32) for n in chance.integers(2, 30, 100)]
    batches = batches_of(rows, padding=99, seed=1, tokens=60)
    assert sorted(int((row < 99).sum()) for batch in batches for row in batch) == sorted(
        map(len, rows)
    )
    assert max(batch.size for batch in batches) <= 60
    other = batches_of(rows, padding=99, seed=2, tokens=60)
    assert [batch.shape for batch in batches] != [batch.shape for batch in other]


def test_metrics_are_those_of_the_books() -> None:
    train = gather("aabbc", "vwvwx", [1, 2, 3, 4, 5], known_items=list("uvwxyz"))
    # a: ranks u x y z; liked x (2nd) and z (4th). b: liked u (1st). c: ranks u v w y z; liked z.
    test = gather(
        "aabcd", "xzuzu", [6] * 5, known_users=train.user_names, known_items=train.item_names
    )
    train = Interactions(
        train.users,
        train.items,
        train.times,
        train.values,
        test.user_names,
        test.item_names,
    )
    scores = evaluate(Fixed().fit(train), Split(train, test), [2, 4])
    log2 = np.log2
    assert scores["users"] == 3
    assert scores["new_users"] == 1
    assert scores["recall@2"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert scores["hr@2"] == pytest.approx(2 / 3)
    assert scores["mrr@4"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    ndcg = ((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)) + 1 + 0) / 3
    assert scores["ndcg@4"] == pytest.approx(ndcg)
    assert scores["ndcg@2_new_users"] == 1


def test_what_was_seen_or_disliked_is_no_goal() -> None:
    train = gather("ab", "xy", [1, 2], known_items=list("xyz"))
    test = gather("aaa", "xyz", [3, 4, 5], [1, -1, 1], train.user_names, train.item_names)
    assert evaluate(Fixed().fit(train), Split(train, test), [2])["recall@2"] == 1


def test_leave_last_out_leaves_each_viewers_last_like_out() -> None:
    log = gather("aaabbc", "xyzxyx", [1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 1])
    split = split_last(log)
    assert [
        (log.user_names[u], log.item_names[i])
        for u, i in zip(split.test.users, split.test.items, strict=True)
    ] == [("a", "y"), ("b", "y")]
    assert len(split.train) == 3


def test_a_split_in_time_has_the_past_on_one_side() -> None:
    split = split_time(world(), 0.8)
    assert split.train.times.max() <= split.test.times.min()
    assert len(split.train) == 960


def test_a_judgement_tells_what_it_cost() -> None:
    log = world()
    judged = judge(load_recommender("transitions")(), split_last(log), None, [5])
    assert judged.name == "transitions"
    assert judged.fit_seconds > 0 < judged.score_seconds


@pytest.mark.parametrize("name", TABLE)
def test_one_viewer_and_one_video_are_no_error(name: str) -> None:
    log = gather("a", "x", [1.0])
    recommender = made(name).fit(log, {"image": np.ones((1, 2), np.float32)})
    items, values = recommender.recommend(histories_of(log, np.array([0])), 20)
    assert items.tolist() == [[-1]]
    assert np.isneginf(values).all()


def test_what_cannot_be_learnt_from_is_refused() -> None:
    hated = gather("a", "x", [1.0], [-1.0])
    with pytest.raises(DataError, match="nothing to learn from"):
        Popularity().fit(hated)
    with pytest.raises(DataError, match="needs the times"):
        Transitions().fit(gather("a", "x"))
    with pytest.raises(DataError, match="needs features"):
        load_recommender("content")().fit(gather("a", "x"))
    with pytest.raises(DataError, match="needs the times"):
        split_time(gather("a", "x"))
    with pytest.raises(DataError, match="two likes"):
        split_last(gather("a", "x", [1.0]))
    with pytest.raises(InputError, match="no recommender"):
        load_recommender("teapot")
