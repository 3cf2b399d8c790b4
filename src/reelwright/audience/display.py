"""What is the same for all viewers for a moment: what is popular, new, on trial, what it is worth.

Made anew every few seconds from the catalogue and the tallies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.candidates import EACH, Named
from reelwright.audience.catalogue import Catalogue
from reelwright.audience.ranking import expected_values
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
        trial: places of videos that get the places for new ones.
        values: float32 (videos,): what showing each is worth, see `ranking`.
    """

    popular: Named
    new: Named
    trial: NDArray[np.int64]
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
    shown = tallies.shown(there)
    young = catalogue.added[there] > now - settings.new_days * 86_400
    on_trial = np.flatnonzero(young | (shown < settings.trial))
    order = np.lexsort((-catalogue.added[there][on_trial], shown[on_trial] >= settings.trial))
    return Display(
        popular=popular,
        new=new,
        trial=there[on_trial[order][:_POOL]],
        values=expected_values(tallies, catalogue.seconds, settings.goals),
    )


def _top(scores: NDArray[np.floating], n: int) -> NDArray[np.intp]:
    if n < len(scores):
        best = np.sort(np.argpartition(-scores, n - 1)[:n])
        return best[np.argsort(-scores[best], kind="stable")]
    return np.argsort(-scores, kind="stable")
