"""New videos get a fair trial: some places of every page are theirs, by Thompson sampling.

For each video in the pool a completion rate is drawn from what is known of it (Beta), and the
highest wins; who was hardly shown is drawn widely, so it gets its turn. How often a video would
have won is its propensity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DRAWS = 32


def explored_places(n: int, share: float, phase: float) -> list[int]:
    """Which of `n` places go to new videos: `share` of them, evenly spread.

    Args:
        phase: 0 to 1, drawn for each page, so that any share is kept over many pages.

    >>> explored_places(10, 0.2, 0.0)
    [4, 9]
    """
    marks = np.floor(np.arange(n + 1) * share + phase + 1e-9)
    return np.flatnonzero(np.diff(marks) > 0).tolist()


def draw_new(
    completions: NDArray[np.floating],
    shown: NDArray[np.floating],
    n: int,
    chance: np.random.Generator,
) -> list[tuple[int, float]]:
    """`n` videos of the pool, each with how likely it was chosen given those before it.

    Args:
        completions, shown: of the videos of the pool, so far.
        n: how many are wanted; fewer come where the pool is smaller.
        chance: where luck comes from.

    Returns:
        Indexes into the pool, each once, with propensities in (0, 1].
    """
    good = np.minimum(completions, shown)
    draws = chance.beta(1 + good, 1 + shown - good, size=(_DRAWS, len(shown)))
    chosen: list[tuple[int, float]] = []
    for row in range(min(n, len(shown))):
        winners = draws.argmax(1)
        # One draw decides; the others only say how likely that was.
        one = int(winners[row % _DRAWS])
        chosen.append((one, float((winners == one).mean())))
        draws[:, one] = -1
    return chosen
