"""From the best videos to a good page: no two too much alike side by side, nobody takes it over.

Greedily, place by place: the highest score less what likeness to the videos just before costs
(maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998), under caps by author, topic and
AI-made share. Where caps leave nothing, they yield: a page is never empty for their sake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BACK = 5
"""Videos before it that one is compared with."""


@dataclass(frozen=True)
class Caps:
    """The most videos of a page that share an author, a topic, or are AI-made."""

    author: int
    topic: int
    ai: int


@dataclass(frozen=True)
class Traits:
    """What of each candidate a page must heed; arrays of the same length.

    Attributes:
        scores: the higher, the better.
        alike: (n, n), 0 to 1.
        authors, topics: codes; −1 where nobody knows.
        ai_made: whether AI made part of it.
    """

    scores: NDArray[np.floating]
    alike: NDArray[np.floating]
    authors: NDArray[np.integer]
    topics: NDArray[np.integer]
    ai_made: NDArray[np.bool_]


class Arranger:
    """Fills a page, place by place. Candidates are named by their index in `traits`.

    Args:
        traits: of all candidates.
        caps: see `Caps`.
        variety: what full likeness costs, in units of the spread of scores.
    """

    def __init__(self, traits: Traits, caps: Caps, variety: float) -> None:
        self.traits = traits
        self.caps = caps
        self.cost = variety * float(np.std(traits.scores) if len(traits.scores) > 1 else 0)
        self.free = np.ones(len(traits.scores), bool)
        self.page: list[int] = []

    def take(self, candidate: int) -> None:
        """Put this one into the next place."""
        self.free[candidate] = False
        self.page.append(candidate)

    def next(self, allowed: NDArray[np.bool_] | None = None) -> tuple[int, str] | None:
        """Fill the next place with the best that fits: which one, and the rule that decided.

        The rule is empty where the highest score won. None where no candidate is left.
        """
        free = self.free if allowed is None else self.free & allowed
        if not free.any():
            return None
        fitting = free & ~self._capped()
        rule = ""
        if not fitting.any():
            fitting, rule = free, "caps yield: nothing else is left"
        scores = self.traits.scores - self.cost * self._likeness()
        best = int(np.argmax(np.where(fitting, scores, -np.inf)))
        highest = int(np.argmax(np.where(free, self.traits.scores, -np.inf)))
        if not rule and best != highest:
            rule = self._why(highest, fitting)
        self.take(best)
        return best, rule

    def _why(self, passed: int, fitting: NDArray[np.bool_]) -> str:
        """Why the one with the highest score did not get the place."""
        if fitting[passed]:
            return "variety: moved up past one too like those before it"
        kept = (self.traits.authors, self.caps.author, "author")
        if self._full(*kept[:2])[passed]:
            return "cap by author: moved up past one of an author who has their share"
        if self._full(self.traits.topics, self.caps.topic)[passed]:
            return "cap by topic: moved up past one of a topic that has its share"
        return "cap on AI-made videos: moved up past one more of them"

    def _full(self, codes: NDArray[np.integer], cap: int) -> NDArray[np.bool_]:
        used = codes[self.page]
        names, counts = np.unique(used[used >= 0], return_counts=True)
        return np.isin(codes, names[counts >= cap])

    def _capped(self) -> NDArray[np.bool_]:
        traits, caps = self.traits, self.caps
        capped = self._full(traits.authors, caps.author) | self._full(traits.topics, caps.topic)
        if int(traits.ai_made[self.page].sum()) >= caps.ai:
            capped |= traits.ai_made
        return capped

    def _likeness(self) -> NDArray[np.floating]:
        before = self.page[-_BACK:]
        return self.traits.alike[:, before].max(1) if before else np.zeros(len(self.free))
