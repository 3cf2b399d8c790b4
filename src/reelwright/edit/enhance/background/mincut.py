"""The cut through a picture that follows its edges and what is known of its pixels.

The minimum of ∑ g·|∇u| − ∑ odds·u over 0 ≤ u ≤ 1 is the minimum cut of the continuous graph,
without a grid's preference for some directions (Appleton and Talbot 2006; Chan, Esedoglu and
Nikolova 2006), found by the primal-dual steps of Chambolle and Pock (2011). It can begin from the
last picture's cut.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.motion import Map

_STEP = 0.35
"""Of both variables: their product times 8 must stay below 1."""
_FLOOR = 0.04
"""What a cut costs along the strongest edge, against one through even ground."""


def edge_weights(lab: npt.NDArray[np.uint8]) -> Map:
    """What a cut between a pixel and its next costs: 2 × height × width (down, right), 0 to 1.

    As in GrabCut (Rother et al. 2004): exp(−d² ⁄ 2⟨d²⟩) of the difference of colours.
    """
    values = lab.astype(np.float32)
    costs = np.zeros((2, *lab.shape[:2]), np.float32)
    down = np.square(values[1:] - values[:-1]).sum(2)
    right = np.square(values[:, 1:] - values[:, :-1]).sum(2)
    mean = (down.sum() + right.sum()) / max(1, down.size + right.size) + 2.0
    costs[0, :-1] = np.exp(-down / (2 * mean))
    costs[1, :, :-1] = np.exp(-right / (2 * mean))
    return np.maximum(costs, _FLOOR)


def cut(odds: Map, costs: Map, begin: Map, steps: int) -> Map:
    """Where the person is: height × width, 0 or 1 but for few pixels between.

    Args:
        odds: the log odds of the person at each pixel.
        costs: of cuts, in the same measure: see `edge_weights`.
        begin: a guess, 0 to 1.
        steps: how many; 60 from a poor guess, 20 from the last picture's cut.
    """
    u = begin.copy()
    bar = begin.copy()
    down, right = np.zeros_like(u), np.zeros_like(u)
    pull = odds * np.float32(_STEP)
    least_down, least_right = -costs[0], -costs[1]
    step = np.float32(_STEP)
    for _ in range(steps):
        down[:-1] += step * (bar[1:] - bar[:-1])
        right[:, :-1] += step * (bar[:, 1:] - bar[:, :-1])
        # Each direction for itself: the anisotropic norm, which is what a graph of pixels has.
        np.clip(down, least_down, costs[0], out=down)
        np.clip(right, least_right, costs[1], out=right)
        spread = down + right
        spread[1:] -= down[:-1]
        spread[:, 1:] -= right[:, :-1]
        new = u + step * spread + pull
        np.clip(new, 0, 1, out=new)
        bar = 2 * new - u
        u = new
    return u
