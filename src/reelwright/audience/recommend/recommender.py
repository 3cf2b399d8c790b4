"""What a recommender is, and which there are.

To add one: a file with a class that fills in the facts, and writes `_fit` and `score`; a line in
`TABLE`. `score` takes histories, not known viewers, so whatever a viewer did a second ago counts
without fitting again (fold-in).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from reelwright.audience.interactions import Floats, Histories, Interactions, Ints
from reelwright.core import extras
from reelwright.core.errors import DataError, InputError, nearest
from reelwright.core.progress import Progress, Silent

TABLE = {
    "popularity": "reelwright.audience.recommend.popularity:Popularity",
    "transitions": "reelwright.audience.recommend.transitions:Transitions",
    "moment": "reelwright.audience.recommend.moment:Moment",
    "neighbours": "reelwright.audience.recommend.neighbours:Neighbours",
    "als": "reelwright.audience.recommend.als:Als",
    "bpr": "reelwright.audience.recommend.bpr:Bpr",
    "ease": "reelwright.audience.recommend.ease:Ease",
    "walk": "reelwright.audience.recommend.walk:Walk",
    "content": "reelwright.audience.recommend.content:Content",
    "two_tower": "reelwright.audience.recommend.two_tower:TwoTower",
    "sequential": "reelwright.audience.recommend.sequential:Sequential",
}

Features = Mapping[str, NDArray[np.float32]]
"""What videos look, sound and read like: by name, one row an item, all zero where nobody knows."""


class RecommenderSettings(BaseModel):
    """Base of a recommender's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Recommender(ABC):
    """One way to tell what a viewer may like next.

    Args:
        settings: this recommender's `Settings`; None takes the defaults.
    """

    name: ClassVar[str]
    recommends_for_new_items: ClassVar[bool] = False
    """Whether videos that nobody has seen can be recommended."""
    recommends_for_new_users: ClassVar[bool] = False
    """Whether a viewer without history gets an answer of worth."""
    needs_order: ClassVar[bool] = False
    """Whether it can only be fitted where the order of events is known."""
    needs_features: ClassVar[bool] = False
    """Whether it can only be fitted where features of the videos are known."""
    library: ClassVar[str] = ""
    """The library of the extra `learn` without which it can neither be fitted nor asked."""
    Settings: ClassVar[type[RecommenderSettings]] = RecommenderSettings

    def __init__(self, settings: RecommenderSettings | None = None) -> None:
        self.settings: Any = settings or self.Settings()

    def fit(
        self, log: Interactions, features: Features | None = None, progress: Progress | None = None
    ) -> Self:
        """Learn from interactions.

        Args:
            log: what viewers did.
            features: what the log's videos look, sound and read like.
            progress: who watches.

        Raises:
            DataError: nothing was liked, or order or features are needed and not known.
            MissingExtra: a library is needed and not installed.
        """
        if not (log.values > 0).any():
            raise DataError(
                "there is nothing to learn from: no interaction has a value above 0",
                hint="give rows of what viewers liked or finished",
            )
        if self.library:
            extras.need(self.library, extra="learn")
        if self.needs_order and not log.timed:
            raise DataError(f"{self.name} needs the times of interactions", hint=_WITHOUT)
        if self.needs_features and not features:
            raise DataError(f"{self.name} needs features of the videos", hint=_WITHOUT)
        self._fit(log, features or {}, progress or Silent())
        return self

    def update(
        self, log: Interactions, features: Features | None = None, progress: Progress | None = None
    ) -> Self:
        """Learn what came since.

        Args:
            log: all that it was fitted on, and more; videos keep their indexes, new ones follow.
            features, progress: as in `fit`.

        Those that can go on from what they know do; the others are fitted anew.
        """
        return self.fit(log, features, progress)

    @abstractmethod
    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None: ...

    @abstractmethod
    def score(self, histories: Histories) -> Floats:
        """How much each viewer would like each video: shape (viewers, videos), more is better."""

    def recommend(self, histories: Histories, n: int) -> tuple[Ints, Floats]:
        """The best `n` videos that each viewer has not seen, best first, with their scores.

        Viewers with fewer videos left get −1 with a score of minus infinity at the end.
        """
        return best(self.score(histories), histories, n)


_WITHOUT = "another recommender does without: see `reel feed train --help`"


def best(scores: Floats, histories: Histories, n: int) -> tuple[Ints, Floats]:
    """The `n` highest scores of each row among videos not seen; ties by the lower index."""
    scores = scores.copy()
    scores[histories.rows, histories.items] = -np.inf
    n = min(n, scores.shape[1])
    top = np.argpartition(-scores, n - 1, axis=1)[:, :n] if n < scores.shape[1] else None
    if top is None:
        top = np.tile(np.arange(n), (len(scores), 1))
    top.sort(axis=1)
    values = np.take_along_axis(scores, top, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    top, values = np.take_along_axis(top, order, 1), np.take_along_axis(values, order, 1)
    top[np.isneginf(values)] = -1
    return top.astype(np.int32), values


def standard(scores: Floats) -> Floats:
    """Each row with mean 0 and standard deviation 1, so that kinds of scores can be added."""
    spread = scores.std(1, keepdims=True)
    return ((scores - scores.mean(1, keepdims=True)) / np.where(spread > 0, spread, 1)).astype(
        np.float32
    )


def load_recommender(name: str) -> type[Recommender]:
    """The class of a recommender.

    Raises:
        InputError: there is none of that name; the hint lists those there are.
    """
    if name not in TABLE:
        there = f"there are auto, {', '.join(TABLE)}"
        close = nearest(name, TABLE)
        raise InputError(
            f'"{name}" is no recommender', hint=f"{close}; {there}" if close else there
        )
    module, _, cls = TABLE[name].partition(":")
    return getattr(import_module(module), cls)


def allowed(log: Interactions, features: Features | None = None) -> list[str]:
    """The names of those that can be fitted on a log, with the libraries that are installed."""
    return [name for name in TABLE if is_allowed(name, log, features)]


def is_allowed(name: str, log: Interactions, features: Features | None = None) -> bool:
    """Whether a recommender can be fitted on a log. Raises InputError where there is none."""
    cls = load_recommender(name)
    if (cls.needs_order and not log.timed) or (cls.needs_features and not features):
        return False
    return not cls.library or extras.is_there(cls.library)
