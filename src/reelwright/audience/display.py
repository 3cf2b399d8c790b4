"""What is the same for all viewers for a moment: what is popular, new, on trial, what it is worth.

Made anew every few seconds from the catalogue and the tallies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.candidates import EACH, Named
from reelwright.audience.catalogue import Catalogue
from reelwright.audience.exploring import draw_chances
from reelwright.audience.ranking.rates import expected_values
from reelwright.audience.tables import KIND_CODES
from reelwright.audience.tallies import Tallies
from reelwright.core.settings import FeedSettings

_POOL = 120
"""Videos on trial at the same time."""
_DEEP = 3
"""So many times as much is kept as a page asks for: viewers have seen much of it."""


@dataclass(frozen=True)
class Display:
    """What all pages draw upon.

    Attributes:
        popular, new: as sources of candidates.
        young: bool (videos,): younger than `FeedSettings.new_days`.
        trial: places of videos that get the places for new ones.
        chances: of each of these, how likely it gets one, to whoever; they sum to 1.
        values: float32 (videos,): what showing each is worth, see `ranking`.
    """

    popular: Named
    new: Named
    young: NDArray[np.bool_]
    trial: NDArray[np.int64]
    chances: NDArray[np.float64]
    values: NDArray[np.float32]


def arrange(catalogue: Catalogue, tallies: Tallies, settings: FeedSettings, now: float) -> Display:
    """Everything as it stands now (seconds since 1970)."""
    there = np.flatnonzero(catalogue.there)
    fame = tallies.fame[there]
    liked = _top(fame, _DEEP * EACH)
    liked = liked[fame[liked] > 0]
    popular = Named(there[liked], 1 / np.sqrt(np.arange(len(liked)) + 1.0))
    # Of two that came at once (a table of many), the one listed first goes first.
    newest = _top(catalogue.added[there], _DEEP * EACH)
    new = Named(there[newest], 1 / np.sqrt(np.arange(len(newest)) + 1.0))
    young = catalogue.added > now - settings.new_days * 86_400
    trial, chances = _trial(catalogue, tallies, settings, young, there)
    return Display(
        popular=popular,
        new=new,
        young=young,
        trial=trial,
        chances=chances,
        values=expected_values(tallies, catalogue.seconds, settings.goals),
    )


def _trial(
    catalogue: Catalogue,
    tallies: Tallies,
    settings: FeedSettings,
    young: NDArray[np.bool_],
    there: NDArray[np.intp],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The pool for new videos: the young, those first that had the fewest showings; where there
    are none, whatever had no fair trial yet."""
    pool = there[young[there]]
    if not len(pool):
        pool = there[tallies.shown(there) < settings.trial]
    shown = tallies.shown(pool)
    order = np.lexsort((-catalogue.added[pool], shown >= settings.trial))[:_POOL]
    pool, shown = pool[order], shown[order]
    chance = np.random.default_rng([settings.seed, int(shown.sum())])
    completed = tallies.counts[KIND_CODES["completion"], pool]
    return pool.astype(np.int64), draw_chances(completed, shown, settings.trial, chance)


def _top(scores: NDArray[np.floating], n: int) -> NDArray[np.intp]:
    if n < len(scores):
        best = np.sort(np.argpartition(-scores, n - 1)[:n])
        return best[np.argsort(-scores[best], kind="stable")]
    return np.argsort(-scores, kind="stable")
