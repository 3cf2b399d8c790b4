"""Where the videos of a page come from: the trained model, tastes, what is popular, what is new.

Each source names some videos with scores between 0 and 1. A source that knows nothing of a viewer
names none; what is popular and what is new always answer, so that nobody's page is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.catalogue import Catalogue, spread
from reelwright.audience.interactions import Floats, Histories, Ints
from reelwright.audience.recommend.recommender import Recommender

EACH = 300
"""Videos a source names, at most."""
SHARES: dict[str, float] = {"model": 1.0, "taste": 0.6, "popular": 0.25, "new": 0.1}
"""What a source's score of 1 counts."""
HISTORY = 200
"""Videos of a viewer that are read back, the newest."""
_FACETS = 12
OF_FACET = 60
"""Videos of one facet that a taste names, at most."""
_KEEP, _HALF = 0.95, 14 * 86_400.0
_DENSE = 50_000
"""Videos from which on only tables that are sparse are asked: a score for each would take long."""


@dataclass(frozen=True)
class Named:
    """What one source says: places of videos, and its scores for them, the best first."""

    places: NDArray[np.integer]
    scores: NDArray[np.floating]

    def head(self, n: int) -> Named:
        """The first `n`."""
        return Named(self.places[:n], self.scores[:n])


def by_model(
    recommender: Recommender, places: Ints | None, histories: Histories, n: int = EACH
) -> Named:
    """What a trained model names for the one viewer of `histories`, which it indexes its way.

    Args:
        places: the catalogue's place of each of the model's videos (−1: it lacks that one); None
            where they are the same.
    """
    if not (histories.values > 0).any() and not recommender.recommends_for_new_users:
        return Named(np.empty(0, np.int64), np.empty(0, np.float32))
    if histories.n_items > _DENSE:
        found, scores = _sparse(recommender, histories)
    else:
        top, values = recommender.recommend(histories, n)
        kept = (top[0] >= 0) & np.isfinite(values[0])
        found, scores = top[0][kept], values[0][kept]
    if places is not None:
        found = places[found]
        found, scores = found[found >= 0], scores[found >= 0]
    return _scaled(found, scores, n)


def _sparse(recommender: Recommender, histories: Histories) -> tuple[Any, Any]:
    """The members' sparse tables alone, read from the few videos of the history."""
    members: Mapping[str, Recommender] = getattr(recommender, "members", {"": recommender})
    weights: Mapping[str, float] = getattr(recommender, "weights", {"": 1.0})
    total: Any = None
    for name, member in members.items():
        table: Any = getattr(member, "table", None)
        if not hasattr(table, "indptr"):
            continue
        row = histories.weighted(float(member.settings.keep)) @ table
        top = float(row.data.max()) if row.nnz else 0.0
        if top > 0:
            part = row * (weights[name] / top)
            total = part if total is None else total + part
    if total is None:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    return total.indices, total.data


@dataclass(frozen=True)
class Taste:
    """What a viewer thinks of the facets of what they saw.

    Attributes:
        facets: which, rising.
        liked: float32, how much they like each: the newest videos count most.
        worth, met: float32, sums of what videos with it were worth to them, and of its weights.
        all: how many facets the catalogue has.
    """

    facets: NDArray[np.integer]
    liked: Floats
    worth: Floats
    met: Floats
    all: int

    def spread(self, values: NDArray[np.floating], facets: NDArray[np.integer]) -> Floats:
        """Values of the taste's own facets, for other facets: 0 for what they never met.

        By a row of all facets: looking each up among the taste's own takes far longer.
        """
        row = np.zeros(self.all, np.float32)
        row[self.facets] = values
        return row[facets]


def taste_of(
    catalogue: Catalogue,
    places: NDArray[np.integer],
    values: NDArray[np.floating],
    times: NDArray[np.floating],
    now: float,
) -> Taste:
    """What a viewer thinks of facets, from the videos they saw.

    Args:
        places, values, times: the viewer's history, oldest first.
    """
    rows, columns, shares = spread(catalogue.facets, places)
    ages = np.arange(len(places))[::-1]
    days = np.maximum(0, now - times) / _HALF
    weights = np.sign(values) * np.sqrt(np.abs(values)) * _KEEP**ages * np.exp2(-days)
    facets = distinct(columns)
    index = np.empty(catalogue.facets.shape[1], np.int32)
    index[facets] = np.arange(len(facets))
    own = index[columns]
    sums = (weights[rows] * shares, values[rows] * shares, shares)
    liked, worth, met = (np.bincount(own, one, len(facets)).astype(np.float32) for one in sums)
    return Taste(facets, liked, worth, met, len(index))


def by_taste(catalogue: Catalogue, taste: Taste, best_of: Callable[[int], Ints]) -> Named:
    """The best known videos of the facets that a viewer likes most.

    Args:
        taste: of `taste_of`.
        best_of: the best known videos of a facet.
    """
    liked = np.argsort(-taste.liked, kind="stable")[:_FACETS]
    parts = [best_of(int(taste.facets[one])) for one in liked if taste.liked[one] > 0]
    found = distinct(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return _scaled(found, likeness(Entries.of(catalogue, found), taste), EACH)


def best_of_facet(catalogue: Catalogue, facet: int, fame: NDArray[np.floating]) -> Ints:
    """The best known videos of a facet: `OF_FACET` of them at most."""
    table = catalogue.by_facet
    part = table.indices[table.indptr[facet] : table.indptr[facet + 1]]
    return part if len(part) <= OF_FACET else _best(part, fame[part], OF_FACET)


@dataclass(frozen=True)
class Entries:
    """Facets of some videos, entry by entry: of which video, which facet, with what weight.

    Attributes:
        n: how many videos; `rows` are indexes into them.
    """

    rows: NDArray[np.int64]
    facets: NDArray[np.integer]
    weights: Floats
    n: int

    @staticmethod
    def of(catalogue: Catalogue, places: NDArray[np.integer]) -> Entries:
        """Of the videos at these places."""
        return Entries(*spread(catalogue.facets, places), len(places))

    def alike(self, facets: int) -> Callable[[int], Floats]:
        """How like one of the videos each is: the product of their rows.

        Args:
            facets: how many the catalogue has.
        """
        row = np.zeros(facets, np.float32)
        ends = np.searchsorted(self.rows, np.arange(self.n + 1)).tolist()

        def to(one: int) -> Floats:
            own = slice(ends[one], ends[one + 1])
            row[self.facets[own]] = self.weights[own]
            found = np.bincount(self.rows, self.weights * row[self.facets], self.n)
            row[self.facets[own]] = 0
            return found.astype(np.float32)

        return to


def likeness(entries: Entries, taste: Taste) -> Floats:
    """How well videos fit a taste: −1 (all that they dislike) to 1."""
    size = float(np.linalg.norm(taste.liked)) or 1.0
    fit = np.bincount(
        entries.rows, entries.weights * taste.spread(taste.liked, entries.facets), entries.n
    )
    return (fit / size).astype(np.float32)


def _best(places: NDArray[Any], scores: NDArray[Any], n: int) -> NDArray[Any]:
    return places[np.argpartition(-scores, n - 1)[:n]]


def distinct(places: NDArray[Any]) -> NDArray[Any]:
    """Each once, rising: by sorting, which for so few is faster than NumPy's tables of hashes."""
    rising = np.sort(places)
    return rising[np.flatnonzero(np.diff(rising, prepend=-1))]


def _scaled(places: NDArray[Any], scores: NDArray[Any], n: int) -> Named:
    """The `n` best, with scores that run from 1 down to above 0, by how they compare."""
    if not len(places):
        return Named(np.empty(0, np.int64), np.empty(0, np.float32))
    order = np.lexsort((places, -scores))[:n]
    places, scores = places[order], scores[order].astype(np.float64)
    low, high = float(scores.min()), float(scores.max())
    spread = high - low
    # The last one is named as well: it is better than all that are not.
    scaled = 0.1 + 0.9 * (scores - low) / spread if spread > 0 else np.ones(len(scores))
    return Named(places, scaled.astype(np.float32))


def merged(
    sources: Mapping[str, Named], shown: NDArray[np.bool_], left_out: NDArray[np.integer]
) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """All that sources name, each video once, and each source's scores for them (0: not named).

    Args:
        shown: of each video of the catalogue, whether it may be shown at all.
        left_out: places of videos that this viewer is not to be given.
    """
    named = np.concatenate([one.places for one in sources.values()] or [np.empty(0, np.int64)])
    order = np.argsort(named, kind="stable")
    rising = named[order]
    new = np.diff(rising, prepend=-1) > 0
    places = rising[new].astype(np.int64)
    kept = shown[places]
    if len(left_out):
        seen = distinct(left_out)
        at = np.searchsorted(seen, places).clip(max=len(seen) - 1)
        kept &= seen[at] != places
    # Where each that was named went: behind the last where it is not kept.
    to = np.where(kept, np.cumsum(kept) - 1, kept.sum())
    own = np.empty(len(named), np.int64)
    own[order] = to[np.cumsum(new) - 1]
    places = places[kept]
    table: dict[str, Floats] = {}
    first = 0
    for name, one in sources.items():
        scores = np.zeros(len(places) + 1, np.float32)
        scores[own[first : first + len(one.places)]] = one.scores
        table[name] = scores[:-1]
        first += len(one.places)
    return places, table
