"""`auto`: several recommenders weighed together, by how well they foretell what is held back.

Each one's scores are standardised row by row and added with weights. The weights are those under
which the newest part of the log, held back from the fitting, is ranked best; a recommender that
does not help gets none and costs nothing later. Then all are fitted again on the whole log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reelwright.audience.evaluation import Split, split_last, split_random, split_time
from reelwright.audience.interactions import Floats, Histories, Interactions, histories_of
from reelwright.audience.recommend.recommender import (
    TABLE,
    Features,
    Recommender,
    RecommenderSettings,
    best,
    is_allowed,
    load_recommender,
)
from reelwright.audience.recommend.walk import standard
from reelwright.core.progress import Progress


class AutoSettings(RecommenderSettings):
    """Who takes part, and what is held back to weigh them."""

    members: tuple[str, ...] = ()
    """Names of recommenders; empty takes all that the log allows."""
    like: Literal["time", "last", "random"] = "time"
    """What is held back: the newest tenth, everybody's last, or one of some at random."""
    viewers: int = Field(default=2_000, ge=1)
    """The most viewers by whom weights are judged."""
    depth: int = Field(default=100, ge=10)
    """How many of each member's best videos are weighed against each other."""
    seed: int = Field(default=0, ge=0)


_STEPS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 4.0)
"""Weights that are tried for one member while the others stand still."""
_ROUNDS = 3
_K = 10
_STAGE = "recommend"


class Auto(Recommender):
    """A weighted sum of standardised scores."""

    name = "auto"
    recommends_for_new_items = True
    recommends_for_new_users = True
    Settings = AutoSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        names = [name for name in self.settings.members or TABLE if is_allowed(name, log, features)]
        progress.start(_STAGE, 2 * len(names))
        split = _hold_back(log, self.settings.like if log.timed else "random", self.settings.seed)
        self.weights = dict.fromkeys(names, 1.0)
        if split is not None and len(names) > 1:
            self.weights = self._weigh(names, split, features, progress)
        self.members: dict[str, Recommender] = {}
        for name, weight in self.weights.items():
            if weight:
                self.members[name] = load_recommender(name)().fit(log, features)
            progress.advance(_STAGE, 1, name)
        progress.finish(_STAGE)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        for name, member in self.members.items():
            scores += np.float32(self.weights[name]) * standard(member.score(histories))
        return scores

    def _weigh(
        self, names: Sequence[str], split: Split, features: Features, progress: Progress
    ) -> dict[str, float]:
        truth = split.test.liked()
        users = np.unique(truth.users)
        if len(users) > self.settings.viewers:
            chance = np.random.default_rng(self.settings.seed)
            users = np.sort(chance.choice(users, self.settings.viewers, replace=False))
        histories = histories_of(split.train, users)
        tables: list[Floats] = []
        for name in names:
            member = load_recommender(name)().fit(split.train, features)
            tables.append(standard(member.score(histories)))
            progress.advance(_STAGE, 1, name)
        places = {int(user): row for row, user in enumerate(users)}
        chosen = np.isin(truth.users, users)
        rows = np.array([places[int(user)] for user in truth.users[chosen]])
        return dict(
            zip(names, _ascend(tables, histories, rows, truth.items[chosen], self.settings.depth),
                strict=True)
        )  # fmt: skip


def _hold_back(log: Interactions, like: str, seed: int) -> Split | None:
    """The part that members are weighed by; None where the log is too small for one."""
    splits = {
        "time": lambda: split_time(log, 0.9),
        "last": lambda: split_last(log),
        "random": lambda: split_random(log, seed, 0.3),
    }
    if (np.bincount(log.users[log.values > 0]) > 1).sum() < 2:
        return None
    split = splits[like]()
    known = np.isin(split.test.users, split.train.users[split.train.values > 0])
    usable = known & (split.test.values > 0)
    return Split(split.train, split.test.where(usable)) if usable.any() else None


def _ascend(
    tables: Sequence[Floats],
    histories: Histories,
    rows: NDArray[np.integer],
    items: NDArray[np.integer],
    depth: int,
) -> list[float]:
    """Weights with the highest NDCG, by coordinate ascent from the best single member."""
    wanted = np.zeros(tables[0].shape, bool)
    wanted[rows, items] = True
    wanted[histories.rows, histories.items] = False
    tops = np.concatenate([best(table, histories, depth)[0] for table in tables], axis=1)
    tops.sort(axis=1)
    # A video that several members name is weighed once; what pads short lists never.
    fresh = np.concatenate([np.ones((len(tops), 1), bool), np.diff(tops, axis=1) > 0], axis=1)
    fresh &= tops >= 0
    taken = np.stack([np.take_along_axis(table, tops, 1) for table in tables])
    hits = np.take_along_axis(wanted, tops, 1) & fresh
    ideal = np.cumsum(1 / np.log2(np.arange(_K) + 2))[wanted.sum(1).clip(1, _K) - 1]

    def worth(weights: NDArray[np.float64]) -> float:
        scores = np.where(fresh, np.tensordot(weights.astype(np.float32), taken, 1), -np.inf)
        k = min(_K, scores.shape[1])
        top = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(scores, top, 1), axis=1, kind="stable")
        found = np.take_along_axis(hits, np.take_along_axis(top, order, 1), 1)
        return float(((found / np.log2(np.arange(k) + 2)).sum(1) / ideal).mean())

    alone = [worth(row) for row in np.eye(len(tables))]
    weights = np.eye(len(tables))[int(np.argmax(alone))]
    reached = max(alone)
    for _ in range(_ROUNDS):
        before = reached
        for member in np.argsort(alone)[::-1]:
            for step in _STEPS:
                tried = weights.copy()
                tried[member] = step
                if tried.any() and (value := worth(tried)) > reached:
                    weights, reached = tried, value
        if reached == before:
            break
    return weights.tolist()
