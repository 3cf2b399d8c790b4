"""A matte that follows the picture's finest edges: the guided filter (He, Sun and Tang 2010).

Within a small window the matte is taken for a linear function of the picture's colour. The function
is found on a small copy and laid over the whole picture ("Fast guided filter", He and Sun 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.motion import Map


def fit_guide(guide: Map, matte: Map, radius: int, smooth: float) -> Map:
    """The linear functions: height × width × 4, weights of red, green and blue, and a constant.

    Args:
        guide: height × width × 3, colours from 0 to 1.
        matte: height × width, 0 to 1.
        radius: half a window's side.
        smooth: variance of colour from which on an edge is one (ε in the paper).
    """
    import cv2

    side = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Map) -> Map:
        return np.asarray(cv2.blur(values, side, borderType=cv2.BORDER_REFLECT), np.float32)

    # Planes that lie together in memory: three times as fast as one array of three channels.
    r, g, b = (np.ascontiguousarray(guide[..., n]) for n in range(3))
    mr, mg, mb, even = mean(r), mean(g), mean(b), mean(matte)
    rr, rg, rb = mean(r * r) - mr * mr + smooth, mean(r * g) - mr * mg, mean(r * b) - mr * mb
    gg, gb, bb = (
        mean(g * g) - mg * mg + smooth,
        mean(g * b) - mg * mb,
        mean(b * b) - mb * mb + smooth,
    )
    sr, sg, sb = (
        mean(r * matte) - mr * even,
        mean(g * matte) - mg * even,
        mean(b * matte) - mb * even,
    )
    # The inverse of a symmetric 3 × 3 matrix, by its cofactors.
    c0, c1, c2 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c3, c4, c5 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    size = 1 / (rr * c0 + rg * c1 + rb * c2)
    wr = (c0 * sr + c1 * sg + c2 * sb) * size
    wg = (c1 * sr + c3 * sg + c4 * sb) * size
    wb = (c2 * sr + c4 * sg + c5 * sb) * size
    return np.dstack([mean(wr), mean(wg), mean(wb), mean(even - wr * mr - wg * mg - wb * mb)])


def apply_guide(fit: Map, colours: npt.NDArray[Any]) -> Map:
    """The matte of pixels (… × 3, 0 to 255) by their functions (… × 4): 0 to 1."""
    matte = fit[..., 3] * np.float32(255)
    for channel in range(3):
        matte += fit[..., channel] * colours[..., channel]
    matte *= np.float32(1 / 255)
    return np.clip(matte, 0, 1, out=matte)
