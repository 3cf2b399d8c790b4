"""`auto`: several recommenders weighed together, by how well they foretell what is held back.

All are fitted without the newest part of the log, weighed by what they say of it
(`weighing.py`), and those that count then learn that part as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field

from reelwright.audience.evaluation import Split, split_last, split_time
from reelwright.audience.interactions import Floats, Histories, Interactions, Sparse, histories_of
from reelwright.audience.recommend.recommender import (
    TABLE,
    Features,
    Recommender,
    RecommenderSettings,
    is_allowed,
    load_recommender,
)
from reelwright.audience.recommend.weighing import gather_evidence, opinions, weigh
from reelwright.core.errors import DataError
from reelwright.core.progress import Progress

_HOUR = 3_600.0
VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "popularity-hour": ("popularity", {"half_life": 2 * _HOUR}),
    "popularity-day": ("popularity", {"half_life": 24 * _HOUR}),
    "moment-day": ("moment", {"half_life": 8 * _HOUR}),
    "transitions-next": ("transitions", {"window": 1, "keep": 0.3}),
    "transitions-wide": ("transitions", {"window": 50, "gap": 0.98, "damping": 1.0}),
    "transitions-both": ("transitions", {"window": 50, "gap": 0.9, "keep": 0.5, "back": 0.3}),
}
"""Members that are another recommender with other settings; all read times."""
_LEFT_OUT = ("two_tower",)
"""For catalogues that are too large for the others; among others it adds nothing."""
_SMALL = ("bpr", "sequential")
_LARGE = 50_000
"""Videos from which on `_SMALL` take no part: each of their steps moves the vectors of all."""
_FAME = "popularity"
"""Where times are not known fame is no news: `walk` weighs it already."""
_HELD = 0.1
_CELLS, _FEWEST = 2_000_000_000, 200
"""Scores that are looked at for the weights, at most; and viewers, at least."""
_STAGE = "recommend"


class AutoSettings(RecommenderSettings):
    """Who takes part, and what is held back to weigh them."""

    members: tuple[str, ...] = ()
    """Names of recommenders or `VARIANTS`; none takes all that help and that the log allows."""
    like: Literal["time", "last"] = "time"
    """What is held back: the newest tenth, or the last like of some viewers. Where times are not
    known, the last in the order of the rows."""
    viewers: int = Field(default=2_000, ge=1)
    """The most viewers by whom weights are judged."""
    seed: int = Field(default=0, ge=0)


class Auto(Recommender):
    """A weighted sum of what several recommenders say."""

    name = "auto"
    recommends_for_new_items = True
    recommends_for_new_users = True
    Settings = AutoSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        names = list(self.settings.members) or _who(log, features)
        progress.start(_STAGE, 3 * len(names))
        like = self.settings.like if log.timed else "last"
        split = _hold_back(log, like, self.settings.seed)
        self.members: dict[str, Recommender] = {}
        first = split.train if split and len(names) > 1 else log
        for name in names:
            self.members[name] = _new(name).fit(first, features)
            progress.advance(_STAGE, 1, name)
        worth = np.ones((2, len(names)))
        if split is not None and len(names) > 1:
            worth = self._weigh(split, progress)
        self.by_score = dict(zip(names, worth[0].tolist(), strict=True))
        self.by_place = dict(zip(names, worth[1].tolist(), strict=True))
        self.weights = {
            name: total
            for name in names
            if (total := self.by_score[name] + self.by_place[name]) > 0
        }
        self.members = {name: self.members[name] for name in self.weights}
        for name, member in self.members.items():
            if first is not log:
                member.update(log, features)
            progress.advance(_STAGE, 1, name)
        progress.finish(_STAGE)

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        for name, member in self.members.items():
            high, places = opinions(member.score(histories), histories)
            scores += np.float32(self.by_score[name]) * high
            scores += np.float32(self.by_place[name]) * places
        return scores

    def _weigh(self, split: Split, progress: Progress) -> Any:
        truth = split.test.liked()
        users = np.unique(truth.users)
        cells = max(1, split.train.n_items * len(self.members))
        most = min(self.settings.viewers, max(_FEWEST, _CELLS // cells))
        if len(users) > most:
            chance = np.random.default_rng(self.settings.seed)
            users = np.sort(chance.choice(users, most, replace=False))
        evidence = gather_evidence(
            list(self.members.values()), histories_of(split.train, users), _held(truth, users)
        )
        progress.advance(_STAGE, len(self.members))
        return weigh(evidence)


def _who(log: Interactions, features: Features) -> list[str]:
    """The members that a log allows."""
    out = {*_LEFT_OUT, *(_SMALL if log.n_items > _LARGE else ())}
    if not log.timed:
        out |= {_FAME, *VARIANTS}
    names = [name for name in (*TABLE, *VARIANTS) if name not in out]
    return [name for name in names if is_allowed(_kind(name), log, features)]


def _kind(name: str) -> str:
    return VARIANTS[name][0] if name in VARIANTS else name


def _new(name: str) -> Recommender:
    cls = load_recommender(_kind(name))
    settings = VARIANTS[name][1] if name in VARIANTS else {}
    return cls(cls.Settings.model_validate(settings))


def _held(truth: Interactions, users: Any) -> Sparse:
    """What was held back, users by videos."""
    return truth.matrix()[users]


def _hold_back(log: Interactions, like: str, seed: int) -> Split | None:
    """The part that members are weighed by; None where the log is too small for one."""
    likes = np.bincount(log.users[log.values > 0])
    likes = likes[likes > 1]
    if len(likes) < 2:
        return None
    try:
        # Of viewers with few likes few are asked: what is held back is not learnt from.
        part = min(1.0, _HELD * float(np.median(likes)))
        split = split_time(log, 1 - _HELD) if like == "time" else split_last(log, seed, part)
    except DataError:
        return None
    known = np.isin(split.test.users, split.train.users[split.train.values > 0])
    usable = known & (split.test.values > 0)
    return Split(split.train, split.test.where(usable)) if usable.any() else None
