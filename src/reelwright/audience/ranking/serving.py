"""What a ranker looks at when a page is made: the feed's memory as it stands now."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.candidates import Entries, Taste
from reelwright.audience.catalogue import Catalogue
from reelwright.audience.interactions import Floats
from reelwright.audience.memory import Viewer
from reelwright.audience.ranking.features import (
    OF_VIEWER,
    PRIOR_TASTE,
    Facts,
    tastes_by_kind,
)
from reelwright.audience.ranking.showings import GOALS
from reelwright.audience.tables import KIND_CODES
from reelwright.audience.tallies import Tallies

_GOALS = np.array([KIND_CODES[goal] for goal in GOALS])
_LIKE, _UNLIKE = GOALS.index("like"), KIND_CODES["unlike"]
_OWN = [KIND_CODES[goal] for goal in OF_VIEWER]


def present_facts(
    catalogue: Catalogue,
    tallies: Tallies,
    viewer: Viewer,
    taste: Taste,
    entries: Entries,
    places: NDArray[np.int64],
    source: NDArray[np.integer],
    relevance: Floats,
    now: float,
) -> Facts:
    """What is known of each video for this viewer.

    Args:
        taste: of the viewer; entries: facets of the videos.
        places: of the videos in the catalogue.
        source, relevance: as in `showings.Showings`.
        now: seconds since 1970.
    """
    n = len(places)
    counts = tallies.counts[_GOALS[:, None], places]
    counts[_LIKE] = np.maximum(0, counts[_LIKE] - tallies.counts[_UNLIKE, places])
    watches = tallies.watches[places]
    mean = tallies.watched[places] / np.maximum(watches, 1)
    opinions = taste.spread(taste.worth / (taste.met + PRIOR_TASTE), entries.facets)
    kinds = catalogue.facet_kinds[entries.facets]
    own = np.array([viewer.counts[kind] for kind in _OWN], np.float64)
    return Facts(
        item_counts=counts,
        item_shown=tallies.shown(places),
        item_watched=np.where(watches > 0, mean, np.nan).astype(np.float32),
        viewer_counts=np.repeat(own[:, None], n, 1),
        viewer_shown=np.full(n, float(len(viewer.seen))),
        tastes=tastes_by_kind(entries.weights * opinions, entries.rows, kinds, n),
        ages=now - catalogue.added[places],
        lengths=catalogue.seconds[places],
        source=source,
        relevance=relevance,
        rank=np.zeros(n, np.int32),
        viewers=np.full(n, viewer.number or -1, np.int64),
        authors=catalogue.authors[places],
        topics=catalogue.topics[places],
        times=np.full(n, now),
    )
