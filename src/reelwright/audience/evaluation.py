"""How good recommenders are: over the full catalogue, never against sampled negatives.

What a viewer has seen is taken out of their list. Sampled negatives rank models wrongly (Krichene
and Rendle, KDD 2020), so there are none here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.groups import by_age, by_history, diversity
from reelwright.audience.interactions import Histories, Interactions, Ints, histories_of
from reelwright.audience.recommend.recommender import Recommender
from reelwright.core.errors import DataError

_AT_ONCE = 256
"""Viewers scored together: bounds memory to this many rows of the whole catalogue."""


@dataclass(frozen=True)
class Split:
    """What is learnt from, and what is to be foretold; the same names in both."""

    train: Interactions
    test: Interactions


def split_last(log: Interactions, seed: int = 0, part: float = 1.0) -> Split:
    """Leave-last-out: each viewer's last liked video is the test, all before it the training set.

    Viewers with fewer than two likes are only learnt from. Without times the order is that of rows.

    Args:
        part: of how many viewers, chosen by `seed`; the rest keep all they have.
    """
    users = log.users[log.values > 0]
    places = np.flatnonzero(log.values > 0)
    last = np.full(log.n_users, -1)
    last[users] = places
    asked = np.bincount(users, minlength=log.n_users) > 1
    if part < 1:
        asked &= np.random.default_rng(seed).random(log.n_users) < part
    if not asked.any():
        raise DataError("no viewer has two likes: there is nothing to leave out")
    is_test = np.zeros(len(log), bool)
    is_test[last[asked]] = True
    after = np.arange(len(log)) > last[log.users]
    return Split(log.where(~is_test & ~(after & asked[log.users])), log.where(is_test))


def split_time(log: Interactions, part: float = 0.8) -> Split:
    """Global temporal split: the first `part` of all rows in time is learnt from."""
    if not log.timed:
        raise DataError("a split in time needs the times of interactions")
    cut = int(len(log) * part)
    if not 0 < cut < len(log):
        raise DataError(f"{len(log)} interactions are too few to be split in time")
    first = np.arange(len(log)) < cut
    return Split(log.where(first), log.where(~first))


def split_random(log: Interactions, seed: int = 0, part: float = 1.0) -> Split:
    """One like at random of viewers with two or more is the test: for logs without times.

    Args:
        part: of how many of these viewers; the rest keep all they have.
    """
    order = np.random.default_rng(seed).permutation(np.flatnonzero(log.values > 0))
    counted = np.bincount(log.users[order], minlength=log.n_users)
    chosen = np.full(log.n_users, -1)
    chosen[log.users[order]] = order
    is_test = np.zeros(len(log), bool)
    asked = np.random.default_rng(seed + 1).random(log.n_users) < part
    is_test[chosen[(counted > 1) & asked]] = True
    if not is_test.any():
        raise DataError("no viewer has two likes: there is nothing to leave out")
    return Split(log.where(~is_test), log.where(is_test))


def evaluate(
    recommender: Recommender, split: Split, ks: Sequence[int] = (10, 20)
) -> dict[str, float]:
    """Ranking metrics of a fitted recommender, averaged over the viewers of the test.

    A viewer counts when the test holds something they liked and had not seen before, and the
    training set holds something they did; those without a history are judged apart.

    Returns:
        For each k: `recall@k` (of what was liked, the share in the list), `hr@k` (anything of it),
        `ndcg@k` (binary gain), `mrr@k`, `coverage@k` (share of the catalogue in any list),
        `novelty@k` (mean −log2 of the share of viewers who know the video), `diversity@k`, `users`;
        for the first k by history and by age of the videos, as in `groups`; and
        `ndcg@k_new_users`, `new_users` where the test has viewers without a history.

    Raises:
        DataError: the test holds nothing that a viewer with a history liked.
    """
    truth = _truth(split)
    has_history = np.bincount(split.train.users, minlength=split.train.n_users) > 0
    known = has_history[truth.users]
    if not known.any():
        raise DataError(
            "the test holds nothing that a viewer with a history liked and had not seen before",
            hint="it takes viewers who liked something before, and something new after",
        )
    scores = _score(recommender, split.train, truth.where(known), ks)
    if not known.all():
        new = _score(recommender, split.train, truth.where(~known), ks)
        scores |= {f"ndcg@{k}_new_users": new[f"ndcg@{k}"] for k in ks}
        scores["new_users"] = new["users"]
    return scores


def _score(
    recommender: Recommender, train: Interactions, truth: Interactions, ks: Sequence[int]
) -> dict[str, float]:
    users = np.unique(truth.users)
    rows = np.searchsorted(users, truth.users)
    n_liked = np.bincount(rows, minlength=len(users))
    listed = _lists(recommender, train, users, max(ks))
    # A video of −1 (the list ends) is in no set of keys.
    keys = np.arange(len(users))[:, None] * np.int64(train.n_items) + listed
    wanted = rows * np.int64(train.n_items) + truth.items
    hits = np.isin(keys, wanted) & (listed >= 0)
    fame = np.bincount(train.items, minlength=train.n_items)
    share = np.maximum(fame, 1) / max(1, train.n_users)
    scores: dict[str, float] = {}
    for k in ks:
        scores |= _metrics(hits[:, :k], n_liked, listed[:, :k], share, k)
    k = ks[0]
    found = np.isin(wanted, keys[:, :k][listed[:, :k] >= 0])
    scores |= diversity(train, listed, ks)
    scores |= by_history(train, users, _gains(hits[:, :k], n_liked), k)
    return {**scores, **by_age(train, truth, found, k), "users": float(len(users))}


@dataclass(frozen=True)
class Judged:
    """A recommender's scores, and what they cost."""

    name: str
    scores: dict[str, float]
    fit_seconds: float
    score_seconds: float
    """Processor seconds to score and rank all viewers of the test."""
    megabytes: float = 0.0
    """What the fitted recommender holds in arrays."""


def judge(
    recommender: Recommender, split: Split, features: dict | None, ks: Sequence[int]
) -> Judged:
    """Fit a recommender and judge it, with the processor seconds both took."""
    began = time.process_time()
    recommender.fit(split.train, features)
    fitted = time.process_time()
    scores = evaluate(recommender, split, ks)
    done = time.process_time()
    held = _held(recommender) / 1e6
    return Judged(recommender.name, scores, fitted - began, done - fitted, held)


def _held(value: object, depth: int = 3) -> int:
    """Bytes of the arrays and tensors that a recommender holds, its members' among them."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if parameters := getattr(value, "parameters", None):
        return sum(one.nbytes for one in parameters())
    if depth and isinstance(value, dict):
        return sum(_held(one, depth - 1) for one in value.values())
    if depth and hasattr(value, "__dict__"):
        return _held(vars(value), depth)
    return 0


def _truth(split: Split) -> Interactions:
    """What the test's viewers liked and had not seen, each video once."""
    liked = split.test.liked()
    n = split.train.n_items
    keys = liked.users.astype(np.int64) * n + liked.items
    seen = split.train.users.astype(np.int64) * n + split.train.items
    first = np.zeros(len(keys), bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return liked.where(first & ~np.isin(keys, seen))


def _lists(
    recommender: Recommender, train: Interactions, users: NDArray[np.integer], k: int
) -> Ints:
    histories = histories_of(train, users)
    parts = [recommender.recommend(part, k)[0] for part in batches_of(histories, _AT_ONCE)]
    return np.concatenate(parts)


def batches_of(histories: Histories, size: int) -> Iterator[Histories]:
    """Histories of `size` viewers at a time."""
    for first in range(0, len(histories), size):
        yield histories.part(first, min(first + size, len(histories)))


def _metrics(
    hits: NDArray[np.bool_],
    n_liked: NDArray[np.integer],
    listed: Ints,
    known: NDArray[np.float64],
    k: int,
) -> dict[str, float]:
    first = np.where(hits.any(1), 1 / (hits.argmax(1) + 1), 0)
    shown = listed[listed >= 0]
    return {
        f"recall@{k}": float((hits.sum(1) / n_liked).mean()),
        f"hr@{k}": float(hits.any(1).mean()),
        f"ndcg@{k}": float(_gains(hits, n_liked).mean()),
        f"mrr@{k}": float(first.mean()),
        f"coverage@{k}": float(len(np.unique(shown)) / len(known)),
        f"novelty@{k}": float(-np.log2(known[shown]).mean()) if len(shown) else 0.0,
    }


def _gains(hits: NDArray[np.bool_], n_liked: NDArray[np.integer]) -> NDArray[np.float64]:
    """NDCG of each list."""
    gains = 1 / np.log2(np.arange(hits.shape[1]) + 2)
    ideal = np.cumsum(gains)[np.minimum(n_liked, hits.shape[1]) - 1]
    return (hits * gains).sum(1) / ideal
