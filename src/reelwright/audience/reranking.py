"""From the best videos to a good page: no two too much alike side by side, nobody takes it over.

Greedily, place by place: the highest score less what likeness to the videos just before costs
(maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998), under caps by author, topic and
AI-made share. Where caps leave nothing, they yield: a page is never empty for their sake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
        alike: how like one of them, named by its index, each is: (n,), 0 to 1.
        authors, topics: codes; −1 where nobody knows.
        ai_made: whether AI made part of it.
    """

    scores: NDArray[np.floating]
    alike: Callable[[int], NDArray[np.floating]]
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
        self._near = np.zeros((_BACK, len(traits.scores)))
        self._authors = _Share(traits.authors, caps.author)
        self._topics = _Share(traits.topics, caps.topic)
        self._ai = 0
        self._reckon()

    def take(self, candidate: int) -> None:
        """Put this one into the next place."""
        self.free[candidate] = False
        self._near[len(self.page) % _BACK] = self.traits.alike(candidate)
        self.page.append(candidate)
        self._authors.take(candidate)
        self._topics.take(candidate)
        self._ai += bool(self.traits.ai_made[candidate])
        self._reckon()

    def _reckon(self) -> None:
        """What holds until the next is taken: whom caps let pass, what likeness leaves of each."""
        capped = self._authors.full | self._topics.full
        if self._ai >= self.caps.ai:
            capped |= self.traits.ai_made
        self._fitting = ~capped
        near = self._near[: len(self.page)]
        cost = self.cost * near.max(axis=0) if self.page else 0.0
        self._scores = self.traits.scores - cost

    def next(self) -> tuple[int, str] | None:
        """Fill the next place with the best that fits, and tell as `best` does."""
        found = self.best()
        if found:
            self.take(found[0])
        return found

    def best(self, allowed: NDArray[np.bool_] | None = None) -> tuple[int, str] | None:
        """The best for the next place (among those allowed), and the rule that decided.

        The rule is empty where the highest score won. None where no candidate is left.
        """
        free = self.free if allowed is None else self.free & allowed
        if not free.any():
            return None
        scores, rule = self.standing(free)
        best = int(scores.argmax())
        if not rule:
            highest = int(np.where(free, self.traits.scores, -np.inf).argmax())
            if best != highest:
                rule = self._why(highest, fits=bool(scores[highest] > -np.inf))
        return best, rule

    def standing(self, free: NDArray[np.bool_]) -> tuple[NDArray[np.floating], str]:
        """What each candidate stands at for the next place, −inf for those that do not fit, and the
        rule where caps yield."""
        fitting = free & self._fitting
        rule = ""
        if not fitting.any():
            fitting, rule = free, "caps yield: nothing else is left"
        return np.where(fitting, self._scores, -np.inf), rule

    def _why(self, passed: int, *, fits: bool) -> str:
        """Why the one with the highest score did not get the place."""
        if fits:
            return "variety: moved up past one too like those before it"
        if self._authors.full[passed]:
            return "cap by author: moved up past one of an author who has their share"
        if self._topics.full[passed]:
            return "cap by topic: moved up past one of a topic that has its share"
        return "cap on AI-made videos: moved up past one more of them"


class _Share:
    """Which candidates share a code that has its share of the page; `full` tells."""

    def __init__(self, codes: NDArray[np.integer], cap: int) -> None:
        self._codes, self._cap = codes, cap
        self._counts: Counter[int] = Counter()
        self.full = np.zeros(len(codes), bool)

    def take(self, candidate: int) -> None:
        code = int(self._codes[candidate])
        self._counts[code] += 1
        if code >= 0 and self._counts[code] == self._cap:
            self.full |= self._codes == code
