"""What a ranker looks at: how a video did so far, how the viewer is, how well both fit.

The same numbers are made of a log, as things stood before each showing, and of the feed's memory,
as they stand now. Rates are smoothed, and told as the logarithm of how far they lie from the mean:
0 is what nobody knows better. Seconds watched become the share of watches of videos about as long
that were shorter (D2Q, Zhan et al., KDD 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.catalogue import FACET_KINDS, Catalogue, spread
from reelwright.audience.interactions import Floats
from reelwright.audience.ranking.logistic import CROSSES, Inputs
from reelwright.audience.ranking.showings import GOALS, SOURCES, Showings

PRIOR = 20.0
"""Showings of an average video that each one starts with."""
PRIOR_VIEWER = 5.0
"""The same of viewers."""
PRIOR_TASTE = 2.0
"""Worth of videos that a viewer's liking for something must outweigh to be believed."""
OF_VIEWER = ("completion", "like", "skip")
"""Goals of which viewers' own rates are looked at."""
FEATURES = (
    *(f"item {goal}" for goal in GOALS),
    "item watch",
    *(f"viewer {goal}" for goal in OF_VIEWER),
    *(f"taste {kind}" for kind in FACET_KINDS),
    *("age", "shown", "seen", "length", "relevance", "rank"),
    *(f"from {source}" for source in SOURCES),
    *("taste × completion", "taste × watch"),
)
_BINS, _STEPS = 10, 101
_LENGTHS = np.array([10, 20, 30, 60, 120, 300])
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Watches:
    """How long videos of about one length are watched for.

    Attributes:
        edges: lengths in seconds at which the bins end; one fewer than there are bins.
        quantiles: (bins, steps): seconds watched, from the shortest watch to the longest.
    """

    edges: Floats
    quantiles: Floats

    def ranks(self, lengths: Floats, watched: Floats) -> Floats:
        """The share of watches of such videos that are shorter, 0 to 1; 0.5 where NaN."""
        ranks = np.full(len(watched), 0.5, np.float32)
        bins = np.searchsorted(self.edges, lengths, side="right")
        known = ~np.isnan(watched)
        steps = np.linspace(0, 1, self.quantiles.shape[1])
        for one, quantiles in enumerate(self.quantiles):
            here = known & (bins == one)
            # Where many watches are of one length, their middle is what is meant.
            low = np.searchsorted(quantiles, watched[here], "left").clip(max=len(steps) - 1)
            high = (np.searchsorted(quantiles, watched[here], "right") - 1).clip(min=0)
            ranks[here] = (steps[low] + steps[high]) / 2
        return ranks


def learn_watches(lengths: Floats, watched: Floats) -> Watches:
    """From showings: lengths of the videos, and seconds watched (NaN where nobody knows)."""
    known = ~np.isnan(watched)
    lengths, watched = lengths[known], watched[known]
    if not len(watched):
        return Watches(np.empty(0, np.float32), np.zeros((1, 2), np.float32))
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, _BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, lengths, side="right")
    steps = np.linspace(0, 1, _STEPS)
    overall = np.quantile(watched, steps)
    rows = [
        np.quantile(watched[bins == one], steps) if (bins == one).sum() >= 20 else overall
        for one in range(len(edges) + 1)
    ]
    return Watches(edges.astype(np.float32), np.array(rows, np.float32))


@dataclass(frozen=True)
class Facts:
    """What is known at a showing, a row each.

    Attributes:
        item_counts: (goals, n): of the video; item_shown: (n) how often it was shown.
        item_watched: (n) seconds it was watched for on average; NaN where nobody knows.
        viewer_counts: (`OF_VIEWER`, n) and viewer_shown: (n) of the viewer.
        tastes: (kinds of facets, n), −1 to 1: how the viewer liked what the video is.
        ages: seconds since the video came. lengths: seconds, 0 where not known.
        source, relevance, rank: as in `Showings`.
        viewers, authors, topics: numbers of these; −1 where not known.
        times: seconds since 1970.
    """

    item_counts: NDArray[np.floating]
    item_shown: NDArray[np.floating]
    item_watched: Floats
    viewer_counts: NDArray[np.floating]
    viewer_shown: NDArray[np.floating]
    tastes: NDArray[np.floating]
    ages: NDArray[np.floating]
    lengths: Floats
    source: NDArray[np.integer]
    relevance: NDArray[np.floating]
    rank: NDArray[np.integer]
    viewers: NDArray[np.int64]
    authors: NDArray[np.integer]
    topics: NDArray[np.integer]
    times: NDArray[np.float64]

    def part(self, rows: slice | NDArray[np.integer]) -> Facts:
        """Some of the rows."""
        return Facts(**{name: values[..., rows] for name, values in vars(self).items()})


def build_inputs(facts: Facts, means: Floats, watches: Watches) -> Inputs:
    """Features of `FEATURES` and hashed crosses.

    Args:
        facts: what is known.
        means: rate of each of `GOALS` over all showings.
        watches: how long videos are watched for.
    """
    n = len(facts.item_shown)
    rows = np.zeros((len(FEATURES), n), np.float32)
    goals = len(GOALS)
    mean = np.maximum(means.astype(np.float64), 1e-6)[:, None]
    shown = np.maximum(facts.item_shown, facts.item_counts)
    rows[:goals] = np.log((facts.item_counts + PRIOR * mean) / (shown + PRIOR) / mean)
    sure = facts.item_shown / (facts.item_shown + PRIOR)
    rows[goals] = 2 * sure * (watches.ranks(facts.lengths, facts.item_watched) - 0.5)
    own = mean[[GOALS.index(goal) for goal in OF_VIEWER]]
    at = goals + 1
    top = np.maximum(facts.viewer_shown, facts.viewer_counts)
    rows[at : at + len(own)] = np.log(
        (facts.viewer_counts + PRIOR_VIEWER * own) / (top + PRIOR_VIEWER) / own
    )
    at += len(own)
    rows[at : at + len(facts.tastes)] = facts.tastes
    taste = facts.tastes.sum(0)
    at += len(facts.tastes)
    rows[at] = np.log1p(np.maximum(0, facts.ages) / 3600) / 3 - 1
    rows[at + 1] = np.log1p(facts.item_shown) / 3 - 1
    rows[at + 2] = np.log1p(facts.viewer_shown) / 3 - 1
    rows[at + 3] = np.log1p(facts.lengths) / 2 - 1.7
    rows[at + 4] = facts.relevance
    rows[at + 5] = np.minimum(facts.rank, 20) / 20
    at += 6
    known = facts.source >= 0
    rows[at + facts.source[known], np.flatnonzero(known)] = 1
    at += len(SOURCES)
    rows[at] = taste * rows[0]
    rows[at + 1] = taste * rows[goals]
    return Inputs(np.ascontiguousarray(rows.T), _crosses(facts))


def _crosses(facts: Facts) -> NDArray[np.int32]:
    length = np.searchsorted(_LENGTHS, facts.lengths)
    hours = (facts.times // (6 * 3600) % 4).astype(np.int64)
    return np.stack(
        [
            _hash(1, facts.viewers, length),
            _hash(2, facts.authors, np.int64(0)),
            _hash(3, facts.topics, hours),
        ],
        axis=1,
    )


def _hash(
    kind: int, first: NDArray[np.integer], second: NDArray[np.integer] | np.int64
) -> NDArray[np.int32]:
    """Places in the table of crosses, of pairs of numbers."""
    mixed = first.astype(np.int64).astype(np.uint64) * np.uint64(kind * 2 + 1)
    mixed = (mixed + np.asarray(second).astype(np.uint64) * np.uint64(7919)) * _ODD
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _ODD) >> np.uint64(64 - CROSSES.bit_length() + 1)).astype(np.int32)


def facts_of(showings: Showings, catalogue: Catalogue, viewers: NDArray[np.int64]) -> Facts:
    """What was known before each showing.

    Args:
        showings: in the order of time; only earlier ones count.
        viewers: number of each viewer in the database, by index.
    """
    items, users = showings.items, showings.users
    ones = np.ones(len(showings))
    told = ~np.isnan(showings.watched)
    watched = _before(items, np.where(told, showings.watched, 0.0))
    watches = _before(items, told.astype(np.float64))
    own = [GOALS.index(goal) for goal in OF_VIEWER]
    return Facts(
        item_counts=np.stack([_before(items, one.astype(float)) for one in showings.outcomes]),
        item_shown=_before(items, ones),
        item_watched=_mean(watched, watches),
        viewer_counts=np.stack([_before(users, showings.outcomes[one] * 1.0) for one in own]),
        viewer_shown=_before(users, ones),
        tastes=_tastes_before(showings, catalogue),
        ages=showings.times - catalogue.added[items],
        lengths=catalogue.seconds[items],
        source=showings.source,
        relevance=showings.relevance,
        rank=showings.rank,
        viewers=viewers[users],
        authors=catalogue.authors[items],
        topics=catalogue.topics[items],
        times=showings.times,
    )


def _mean(total: NDArray[np.float64], count: NDArray[np.float64]) -> Floats:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _before(keys: NDArray[np.integer], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row, the sum of the values of earlier rows with its key."""
    order = np.argsort(keys, kind="stable")
    sums = np.cumsum(values[order]) - values[order]
    firsts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    sizes = np.diff(np.append(firsts, len(keys)))
    sums -= np.repeat(sums[firsts], sizes) if len(firsts) else 0
    found = np.empty(len(keys))
    found[order] = sums
    return found


def _tastes_before(showings: Showings, catalogue: Catalogue) -> NDArray[np.float64]:
    """How each viewer had liked what each video is, by kind of facet."""
    table = catalogue.facets
    rows, columns, weights = spread(table, showings.items)
    width = max(1, table.shape[1])
    keys = showings.users[rows].astype(np.int64) * width + columns
    liked = _before(keys, weights * showings.worth[rows].astype(np.float64))
    met = _before(keys, weights.astype(np.float64))
    return tastes_by_kind(
        weights * liked / (met + PRIOR_TASTE), rows, catalogue.facet_kinds[columns], len(showings)
    )


def tastes_by_kind(
    values: NDArray[np.floating],
    rows: NDArray[np.integer],
    kinds: NDArray[np.integer],
    n: int,
) -> NDArray[np.float64]:
    """Sums of what a viewer thinks of a video's facets: (kinds of facets, videos)."""
    places = kinds.astype(np.int64) * n + rows
    sums = np.bincount(places, values, len(FACET_KINDS) * n).astype(np.float64)
    return sums.reshape(len(FACET_KINDS), n)
