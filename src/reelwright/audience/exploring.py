"""New videos get a fair trial: a share of all places is theirs, drawn by lot with known chances.

Who wins such a place follows Thompson sampling (Biometrika, 1933): a completion rate is drawn for
each from what is known of it, and the highest wins; how often each wins is its chance. A part goes
in equal shares to those who were hardly shown yet, so that none is passed over for good. Places are
then drawn by these chances, so the propensity that is noted is the one that was drawn by.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DRAWS = 256
_TRIAL, _EVEN = 0.35, 0.05
"""The parts that go in equal shares to those whose trial is not over, and to all."""
_TASTE = 2.0
"""How much a viewer's own fit moves chances: by e² from not at all to wholly theirs."""
_OWN = 0.7
"""The part of a viewer's draw that their own fit moves."""


def draw_chances(
    completions: NDArray[np.floating],
    shown: NDArray[np.floating],
    trial: int,
    chance: np.random.Generator,
) -> NDArray[np.float64]:
    """How likely each video of the pool gets a place for new ones; they sum to 1.

    Args:
        completions, shown: of the videos of the pool, so far.
        trial: showings up to which a video's trial is not over.
        chance: where luck comes from.
    """
    n = len(shown)
    if not n:
        return np.empty(0)
    good = np.minimum(completions, shown)
    draws = chance.beta(1 + good, 1 + shown - good, size=(_DRAWS, n))
    wins = np.bincount(draws.argmax(1), minlength=n) / _DRAWS
    even = np.full(n, 1 / n)
    waiting = shown < trial
    trials = waiting / waiting.sum() if waiting.any() else even
    return (1 - _TRIAL - _EVEN) * wins + _TRIAL * trials + _EVEN * even


def fit_chances(chances: NDArray[np.float64], fit: NDArray[np.floating]) -> NDArray[np.float64]:
    """The chances of a pool for one viewer, from those for all and how well each fits (−1 to 1)."""
    total = chances.sum()
    if not total > 0:
        return chances
    own = chances * np.exp(_TASTE * fit)
    return (1 - _OWN) * chances / total + _OWN * own / own.sum()
