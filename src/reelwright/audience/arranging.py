"""A page out of scored candidates: place by place, the best, or by lot one of the new.

Each place is one for new videos with a chance of `share`, independent of all others: so that share
is held over many pages whatever is popular, and the propensity of what stands at a place is known
exactly: the chance that the place is drawn for and this one wins it, and that it is not and this
one is the best of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.reranking import Arranger


@dataclass(frozen=True)
class Candidates:
    """What a page may be made of; arrays of one length.

    Attributes:
        places: in the catalogue.
        scores: what they are placed by.
        relevance: what their sources said of them together.
        table: by name, what else is told of them.
        source: index of the source that said most.
        young: whether they are new, so that they come by lot alone (while others are left).
        chances: how likely each wins a place for new ones; 0 of those that are in no lottery.
        held: whether they were given a moment ago: they come last.
    """

    places: NDArray[np.int64]
    scores: NDArray[np.floating]
    relevance: NDArray[np.floating]
    table: Mapping[str, NDArray[np.floating]]
    source: NDArray[np.integer]
    young: NDArray[np.bool_]
    chances: NDArray[np.float64]
    held: NDArray[np.bool_]

    def part(self, rows: NDArray[np.integer]) -> Candidates:
        """Some of them."""
        table = {name: values[rows] for name, values in self.table.items()}
        arrays = {name: values[rows] for name, values in vars(self).items() if name != "table"}
        return Candidates(table=table, **arrays)


@dataclass(frozen=True)
class Slot:
    """A place that was filled.

    Attributes:
        candidate: by which.
        propensity: how likely it was to stand here, given those before it.
        drawn: whether it won one of the places for new videos.
        rule: what moved it.
        expected: what the candidates foretell of a place that was given, each by how likely it was.
    """

    candidate: int
    propensity: float
    drawn: bool
    rule: str
    expected: float


@dataclass(frozen=True)
class Luck:
    """What of a page is left to luck.

    Attributes:
        share: the chance of each place to be one for new videos; 0: they compete like all others.
        shuffle: how far scores may lie apart for the lower one to win now and then; 0: never.
    """

    share: float
    shuffle: float = 0.0


_DRAWN = "trial: this place is for new videos"
_AMONG = 20
"""Candidates among which a shuffled place is drawn."""


def fill_page(
    candidates: Candidates,
    arranger: Arranger,
    n: int,
    luck: Luck,
    chance: np.random.Generator,
    given: Sequence[int] | None = None,
) -> list[Slot]:
    """Places of a page, the first one first.

    Args:
        candidates: what it may be made of.
        arranger: over their scores.
        n: places; fewer are filled where no candidate is left.
        luck: what of it is left to luck.
        chance: where luck comes from.
        given: the page as it already is, by another policy: what is told is how likely this one
            would have filled each place so, after the same ones before it.
    """
    lottery = np.where(candidates.held, 0.0, candidates.chances)
    usual = ~candidates.held & ~(candidates.young & (luck.share > 0))
    foretold = candidates.table.get("value", np.zeros(len(candidates.places)))
    draws = chance.random((n, 2))
    page: list[Slot] = []
    total = float(lottery.sum())
    for rank in range(n if given is None else len(given)):
        share = luck.share if total > 0 else 0.0
        among, chances, rule = _usual(candidates, arranger, usual, luck.shuffle)
        if not len(among):
            break
        drawn = bool(draws[rank, 0] < share)
        if given is not None:
            one = given[rank]
        elif drawn:
            one = _draw(lottery, draws[rank, 1])
            rule = _DRAWN
        else:
            one = int(among[_draw(chances, draws[rank, 1]) if len(among) > 1 else 0])
        propensity = (1 - share) * float(chances[among == one].sum())
        if share:
            propensity += share * float(lottery[one]) / total
        expected = 0.0
        if given is not None:
            expected = (1 - share) * float(chances @ foretold[among])
            expected += share * float(lottery @ foretold) / total if share else 0.0
        if candidates.held[one]:
            rule = "given a moment ago: nothing else is left"
        page.append(Slot(one, min(1.0, propensity), drawn, rule, expected))
        arranger.take(one)
        if lottery[one]:
            lottery[one] = 0
            total = float(lottery.sum())
    return page


def _usual(
    candidates: Candidates, arranger: Arranger, usual: NDArray[np.bool_], shuffle: float
) -> tuple[NDArray[np.intp], NDArray[np.float64], str]:
    """Who may get a place that is not for new videos, how likely, and the rule that decided."""
    allowed: NDArray[np.bool_] | None = arranger.free & usual
    if not allowed.any():
        # None but new ones are left, or none but those just given.
        allowed = arranger.free & ~candidates.held
        allowed = allowed if allowed.any() else None
    found = arranger.best(allowed)
    if found is None:
        return np.empty(0, np.intp), np.empty(0), ""
    if not shuffle:
        return np.array([found[0]]), np.ones(1), found[1]
    scores, _ = arranger.standing(arranger.free if allowed is None else allowed)
    among = np.argsort(-scores, kind="stable")[:_AMONG]
    among = among[scores[among] > -np.inf]
    odds = np.exp((scores[among] - scores[among[0]]) / shuffle)
    return among, odds / odds.sum(), found[1]


def _draw(chances: NDArray[np.float64], at: float) -> int:
    sums = np.cumsum(chances)
    one = int(np.searchsorted(sums, at * sums[-1], side="right"))
    return min(one, int(np.flatnonzero(chances)[-1]))
