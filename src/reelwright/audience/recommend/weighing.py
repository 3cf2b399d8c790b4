"""How several recommenders are weighed together: by what would have told held-back likes best.

Each recommender speaks twice of a video: with its score, standardised row by row, and with the
place that it gives it. A blend is a weighted sum of these, and the weights are those of a
conditional logit (McFadden 1973): the likeliest under which the held-back videos were chosen among
all that stand near the top with anybody. That uses every viewer's whole list, where NDCG sees ten
places of it, so that a few hundred viewers are enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.interactions import Floats, Histories, Sparse
from reelwright.audience.recommend.recommender import Recommender, best, standard

DEPTH = 200
"""Places that are told apart; all after them are alike."""
_NEAR = 30
"""A video is weighed where anybody places it so high."""
_RIDGE = 3.0
"""What a weight's square costs, in viewers: evidence of fewer keeps weights low."""
_EARLY = 5.0
"""Added to a place before its logarithm: how little the first places differ."""
_LOW, _HIGH = -3.0, 8.0
_K = 10
_CELLS = 20_000_000

Weights = NDArray[np.float64]
"""Of shape (2, recommenders): what scores count, and what places count."""


@dataclass(frozen=True)
class Evidence:
    """What recommenders said of the videos near the top, viewer by viewer.

    Attributes:
        said: float32 of shape (2 × recommenders, viewers, videos): scores, then places.
        real: bool of shape (viewers, videos): False where a shorter list was filled up.
        hits: bool, the same: what was held back.
        wanted: of each viewer, how many videos were held back, near the top or not.
        singles: of each recommender and viewer, NDCG@10 of its own list.
    """

    said: Floats
    real: NDArray[np.bool_]
    hits: NDArray[np.bool_]
    wanted: NDArray[np.integer]
    singles: Floats

    def part(self, mask: NDArray[np.bool_]) -> Evidence:
        """That of some viewers."""
        said, singles = self.said[:, mask], self.singles[:, mask]
        return Evidence(said, self.real[mask], self.hits[mask], self.wanted[mask], singles)


def opinions(scores: Floats, histories: Histories) -> tuple[Floats, Floats]:
    """What scores say of each video: how high they are, and −log of the place they give it.

    Both of shape (viewers, videos). Places count among videos not seen, down to `DEPTH`.
    """
    places = np.full(scores.shape, _of_place(_beyond(scores.shape[1])), np.float32)
    top, values = best(scores, histories, DEPTH)
    # What has the lowest score of all was not named at all.
    rows, at = np.nonzero((top >= 0) & (values > scores.min(1, keepdims=True)))
    places[rows, top[rows, at]] = _of_place(at)
    return standard(scores).clip(_LOW, _HIGH), places


def gather_evidence(members: Sequence[Recommender], histories: Histories, held: Sparse) -> Evidence:
    """Ask all recommenders for the videos of all viewers.

    Args:
        held: viewers by videos: what was held back.
    """
    parts: list[Evidence] = []
    size = max(1, _CELLS // max(1, histories.n_items * len(members)))
    for first in range(0, len(histories), size):
        last = min(first + size, len(histories))
        parts.append(_ask(members, histories.part(first, last), held[first:last].toarray() > 0))
    return _joined(parts)


def weigh(evidence: Evidence) -> Weights:
    """Weights for a blend, drawn to the best single recommender as far as the evidence is thin.

    How much better the blend is than the best single one is measured on viewers that its weights
    were not fitted on; the chance that it is better at all is the blend's share.
    """
    n = evidence.singles.shape[0]
    alone = int(np.argmax(evidence.singles.mean(1)))
    if not evidence.hits.any():
        return np.ones((2, n))
    whole = _fitted(evidence, np.ones(n, bool))
    single = _fitted(evidence, np.arange(n) == alone)
    share = _chance(_honest(evidence) - evidence.singles[alone])
    mixed = (share * whole + (1 - share) * single).reshape(2, n)
    mixed[:, mixed.sum(0) < 0.01 * mixed.sum()] = 0
    return mixed / mixed.sum() if mixed.any() else np.ones((2, n))


def ndcg(order: Floats, hits: NDArray[np.bool_], wanted: NDArray[np.integer]) -> Floats:
    """NDCG@10 of each viewer's list, by scores of which minus infinity is no video."""
    k = min(_K, order.shape[1])
    top = np.argpartition(-order, k - 1, axis=1)[:, :k]
    top = np.take_along_axis(
        top, np.argsort(-np.take_along_axis(order, top, 1), axis=1, kind="stable"), 1
    )
    found = np.take_along_axis(hits, top, 1)
    gains = 1 / np.log2(np.arange(_K) + 2)
    ideal = np.cumsum(gains)[wanted.clip(1, _K) - 1]
    return ((found * gains[:k]).sum(1) / ideal).astype(np.float32)


def _ask(members: Sequence[Recommender], histories: Histories, held: NDArray[np.bool_]) -> Evidence:
    spoken = [opinions(member.score(histories), histories) for member in members]
    held[histories.rows, histories.items] = False
    near = _of_place(_NEAR - 1)
    wanted = held.sum(1)
    tops = np.any([places >= near for _, places in spoken], axis=0)
    tops[histories.rows, histories.items] = False
    width = max(1, int(tops.sum(1).max(initial=0)))
    at = np.argsort(~tops, axis=1, kind="stable")[:, :width]
    real = np.take_along_axis(tops, at, 1)
    hits = np.take_along_axis(held, at, 1) & real
    scores = [np.take_along_axis(one, at, 1) for one, _ in spoken]
    places = [np.take_along_axis(one, at, 1) for _, one in spoken]
    singles = [ndcg(np.where(real, one, -np.inf), hits, wanted) for one in places]
    return Evidence(np.stack(scores + places), real, hits, wanted, np.stack(singles))


def _joined(parts: Sequence[Evidence]) -> Evidence:
    width = max(part.real.shape[1] for part in parts)

    def wide(table: NDArray[Any]) -> NDArray[Any]:
        missing = [(0, 0)] * (table.ndim - 1) + [(0, width - table.shape[-1])]
        return np.pad(table, missing)

    return Evidence(
        np.concatenate([wide(part.said) for part in parts], axis=1),
        np.concatenate([wide(part.real) for part in parts]),
        np.concatenate([wide(part.hits) for part in parts]),
        np.concatenate([part.wanted for part in parts]),
        np.concatenate([part.singles for part in parts], axis=1),
    )


def _fitted(evidence: Evidence, who: NDArray[np.bool_]) -> Weights:
    """The likeliest weights, none below zero, of some recommenders; the others have none."""
    from scipy.optimize import minimize

    chosen = np.tile(who, 2)
    weights = np.zeros(len(chosen))
    used = evidence.hits.any(1)
    if not used.any():
        return weights
    said, real = evidence.said[np.ix_(chosen, used)], evidence.real[used]
    spread = said[:, real].std(1)
    spread = np.where(spread > 1e-6, spread, 1.0)
    said = said / spread[:, None, None].astype(np.float32)
    goal = (evidence.hits / np.maximum(1, evidence.hits.sum(1, keepdims=True)))[used]
    n = len(real)
    reached = np.tensordot(said, goal, 2) / n

    def loss(tried: Weights) -> tuple[float, Weights]:
        order = np.where(real, np.tensordot(tried.astype(np.float32), said, 1), -1e9)
        order -= order.max(1, keepdims=True)
        odds = np.exp(order)
        total = odds.sum(1, keepdims=True)
        value = -((order - np.log(total)) * goal).sum() / n + _RIDGE * (tried**2).sum() / n
        slope = np.tensordot(said, odds / total, 2) / n - reached + 2 * _RIDGE * tried / n
        return float(value), slope.astype(np.float64)

    start = np.full(len(said), 0.1)
    found: Any = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start),
        options={"maxiter": 50},
    )  # fmt: skip
    weights[chosen] = found.x / spread
    return weights


def _honest(evidence: Evidence) -> Floats:
    """NDCG@10 of each viewer, by weights fitted on the other half of them."""
    reached = np.zeros(len(evidence.real), np.float32)
    everybody = np.ones(evidence.singles.shape[0], bool)
    for half in _halves(len(reached)):
        weights = _fitted(evidence.part(~half), everybody)
        mine = evidence.part(half)
        order = np.tensordot(weights.astype(np.float32), mine.said, 1)
        reached[half] = ndcg(np.where(mine.real, order, -np.inf), mine.hits, mine.wanted)
    return reached


def _halves(n: int) -> Iterator[NDArray[np.bool_]]:
    odd = np.arange(n) % 2 == 1
    yield odd
    yield ~odd


def _chance(differences: Floats) -> float:
    """The chance that the mean these are drawn from is above 0; one half where nobody can say."""
    n = len(differences)
    error = float(differences.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    if error == 0:
        return 0.5
    return 0.5 * (1 + math.erf(float(differences.mean()) / error / math.sqrt(2)))


def _of_place(place: Any) -> Any:
    return -np.log(np.asarray(place, np.float32) + np.float32(_EARLY))


def _beyond(n: int) -> float:
    """The place that stands for all after `DEPTH`: in their middle."""
    return (min(n, DEPTH) + n) / 2
