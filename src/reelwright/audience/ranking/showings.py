"""Showings and what came of them: what a ranker learns from.

A showing is a viewer and a video: whatever they did with it, under the time of the first event.
Of a log without impressions every video that somebody did something with was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.checks import TIMED
from reelwright.audience.interactions import Floats, Ints, Times
from reelwright.audience.reading import MOST_WORTH, WORTH, Log
from reelwright.audience.tables import KIND_CODES, KINDS, EventRow, RequestRow

GOALS = ("completion", "like", "comment", "share", "follow", "skip", "not_interested")
"""What can come of a showing, each with a weight in `core.settings.GoalSettings`."""
SOURCES = ("model", "taste", "popular", "new", "explore")
"""Where a page's video came from, as its place tells."""
_TIMED = np.array([kind in TIMED for kind in KINDS])
_WORTH = np.array([WORTH[kind] for kind in KINDS], np.float32)


@dataclass(frozen=True)
class Showings:
    """Showings in the order of time.

    Attributes:
        users: index of the viewer.
        items: place of the video in the catalogue.
        times: of the first event, in seconds since 1970.
        outcomes: bool (goals, n): what of `GOALS` came of it.
        watched: seconds watched at most; NaN where no event tells.
        worth: what it was worth to the viewer, as `reading.fold` has it.
        source: place in `SOURCES`, −1 where no page is known.
        relevance: what the page's sources said of it, 0 where no page is known.
        rank: its place on the page, 0 where not known.
        n_users: indexes of viewers run below.
    """

    users: Ints
    items: Ints
    times: Times
    outcomes: NDArray[np.bool_]
    watched: Floats
    worth: Floats
    source: NDArray[np.int8]
    relevance: Floats
    rank: Ints
    n_users: int

    def __len__(self) -> int:
        return len(self.users)


@dataclass(frozen=True)
class Origins:
    """Where impressions came from: a row each, sorted by viewer and video (indexes of a `Log`)."""

    pairs: NDArray[np.int64]
    source: NDArray[np.int8]
    relevance: Floats
    rank: Ints


def gather_showings(log: Log, origins: Origins | None = None) -> Showings:
    """Showings of a log: its events by viewer and video. An `unlike` takes a like back."""
    n_items = max(1, len(log.item_names))
    pairs = log.users.astype(np.int64) * n_items + log.items
    order = np.argsort(pairs, kind="stable")
    sorted_pairs = pairs[order]
    firsts = np.flatnonzero(np.diff(sorted_pairs, prepend=-1))
    kinds = log.kinds[order]
    if not len(firsts):
        empty = np.empty(0, np.float32)
        none = np.empty(0, np.int32)
        outcomes = np.zeros((len(GOALS), 0), bool)
        return Showings(
            none, none, np.empty(0), outcomes, empty, empty, none.astype(np.int8), empty, none, 0
        )
    outcomes = np.stack(
        [np.logical_or.reduceat(kinds == KIND_CODES[goal], firsts) for goal in GOALS]
    )
    likes = np.add.reduceat((kinds == KIND_CODES["like"]).astype(np.int32), firsts)
    taken = np.add.reduceat((kinds == KIND_CODES["unlike"]).astype(np.int32), firsts)
    outcomes[GOALS.index("like")] = likes > taken
    seconds = np.where(_TIMED[kinds], log.values[order], -1.0)
    watched = np.maximum.reduceat(seconds, firsts)
    worth = np.add.reduceat(_WORTH[kinds], firsts).clip(-MOST_WORTH, MOST_WORTH)
    times = np.minimum.reduceat(log.times[order], firsts)
    rows = order[firsts]
    by_time = np.argsort(times, kind="stable")
    users, items = log.users[rows][by_time], log.items[rows][by_time]
    source, relevance, rank = _origins(sorted_pairs[firsts][by_time], origins)
    return Showings(
        users,
        items,
        times[by_time],
        outcomes[:, by_time],
        np.where(watched < 0, np.nan, watched).astype(np.float32)[by_time],
        worth.astype(np.float32)[by_time],
        source,
        relevance,
        rank,
        len(log.user_names),
    )


def _origins(
    pairs: NDArray[np.int64], origins: Origins | None
) -> tuple[NDArray[np.int8], Floats, Ints]:
    source = np.full(len(pairs), -1, np.int8)
    relevance, rank = np.zeros(len(pairs), np.float32), np.zeros(len(pairs), np.int32)
    if origins is not None and len(origins.pairs):
        at = np.searchsorted(origins.pairs, pairs).clip(max=len(origins.pairs) - 1)
        known = origins.pairs[at] == pairs
        source[known] = origins.source[at[known]]
        relevance[known] = origins.relevance[at[known]]
        rank[known] = origins.rank[at[known]]
    return source, relevance, rank


def read_origins(session: Session, log: Log, numbers: Sequence[NDArray[np.integer]]) -> Origins:
    """Where the impressions of a log came from, by the pages that the feed noted.

    Args:
        session: one to read with.
        log: names are its indexes.
        numbers: of viewers and of videos in the database, rising, in the order of the log's names.
    """
    row, page = EventRow, RequestRow
    query = select(row.viewer, row.item, row.rank, page.sources, page.scores)
    query = query.join(page, page.id == row.request).where(
        row.kind == KIND_CODES["impression"], row.rank.is_not(None), page.sources.is_not(None)
    )
    found: list[tuple[int, int, int, int, float]] = []
    codes = {name: place for place, name in enumerate(SOURCES)}
    for viewer, item, rank, sources, scores in session.execute(query):
        if rank is not None and sources and scores and rank < min(len(sources), len(scores)):
            found.append((viewer, item, rank, codes.get(sources[rank], -1), scores[rank]))
    rows = np.array(found, np.float64).reshape(-1, 5)
    users = np.searchsorted(numbers[0], rows[:, 0].astype(np.int64))
    items = np.searchsorted(numbers[1], rows[:, 1].astype(np.int64))
    pairs = users.astype(np.int64) * max(1, len(log.item_names)) + items
    order = np.argsort(pairs, kind="stable")
    rows = rows[order]
    return Origins(
        pairs[order],
        rows[:, 3].astype(np.int8),
        rows[:, 4].astype(np.float32),
        rows[:, 2].astype(np.int32),
    )
