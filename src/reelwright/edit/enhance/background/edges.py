"""How much of each pixel at a person's edge is the person's: told from the colours on both sides.

Near the edge a pixel is a mixture of the person's colour and that of what is behind; both go on
smoothly from where they are pure (as in Bayesian matting, Chuang et al. 2001, with one colour a
side). Only the pixels near the edge are worked on: a tenth of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.background.guided import apply_guide
from reelwright.edit.enhance.background.plate import fill
from reelwright.edit.enhance.motion import Frame, Map

_PURE = 0.04
"""A small copy's pixels with a matte this near to 0 or 1 are pure, if their neighbours are."""
_ALIKE, _APART = 24.0, 70.0
"""Difference (RGB, 0 to 255) of the two sides up to which nothing is told, and from which all
is."""
_SOFT = 0.12
"""Part at either end of a mixture that noise alone makes."""
_ROW = 4096
"""Places looked up at once: OpenCV takes rows of up to 32,767."""


@dataclass(frozen=True, eq=False)
class Edge:
    """A matte, height × width from 0 to 1, and the colours behind it on a small copy."""

    matte: Map
    behind: Map
    """Small height × width × 3, RGB 0 to 255: of the old background, also where it is covered."""


def unmix(
    frame: Frame, small: Frame, person: Map, rough: Map, reach: int, guide: Map | None = None
) -> Edge:
    """The matte near the edge, from the colours on both sides.

    Args:
        frame: the picture.
        small: a copy of it.
        person: a matte of the copy, in size too.
        rough: a matte of the picture; stands where the two sides look alike, and away from the
        edge. reach: how far from the edge a pixel of the copy may still be a mixture. guide:
        `guided.fit_guide` of any copy, which then gives what stands where they look alike.
    """
    import cv2

    around = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inside = np.asarray(cv2.erode((person > 1 - _PURE).astype(np.float32), around), np.float32)
    outside = np.asarray(cv2.erode((person < _PURE).astype(np.float32), around), np.float32)
    colours = small.astype(np.float32)
    behind, before = fill(colours, outside), fill(colours, inside)
    matte = rough.copy()
    rim = cv2.dilate(((inside + outside) < 1).astype(np.uint8), np.ones((3, 3), np.uint8))
    size = (frame.shape[1], frame.shape[0])
    places = np.flatnonzero(cv2.resize(rim, size, interpolation=cv2.INTER_NEAREST))
    if not places.size:
        return Edge(matte, behind)
    rows, columns = np.divmod(places, frame.shape[1])
    pixels = frame.reshape(-1, 3)[places].astype(np.float32)
    apart = before - behind
    length = np.square(apart).sum(2)
    told = np.clip((np.sqrt(length) - _ALIKE) / (_APART - _ALIKE), 0, 1)
    told *= np.asarray(cv2.blur(1 - np.maximum(inside, outside), (3, 3)), np.float32)
    unit = apart / np.maximum(length, 1.0)[..., None]
    # share = (pixel − behind) · unit: linear in the pixel, so the small copy's numbers serve all.
    linear = look_up(np.dstack([unit, -(unit * behind).sum(2)]), rows, columns, size)
    sure = look_up(told, rows, columns, size)
    share = linear[:, 3] + np.einsum("ij,ij->i", linear[:, :3], pixels)
    share = np.clip((share - np.float32(_SOFT)) * np.float32(1 / (1 - 2 * _SOFT)), 0, 1)
    other = rough.reshape(-1)[places]
    if guide is not None:
        other = apply_guide(look_up(guide, rows, columns, size), pixels)
    matte.reshape(-1)[places] = other + sure * (share - other)
    return Edge(matte, behind)


def look_up(
    values: Map, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], size: tuple[int, int]
) -> Map:
    """What a copy of a picture holds at some of the picture's pixels, linearly between its own.

    Args:
        values: height × width (× channels) of the copy.
        rows: of the picture's pixels.
        columns: likewise.
        size: the picture's width and height.

    Returns:
        n (× channels).
    """
    import cv2

    high, wide = values.shape[:2]
    count = len(rows)
    padded = np.zeros((2, -(-count // _ROW) * _ROW), np.float32)
    padded[0, :count] = (columns + 0.5) * (wide / size[0]) - 0.5
    padded[1, :count] = (rows + 0.5) * (high / size[1]) - 0.5
    across, down = padded.reshape(2, -1, _ROW)
    found = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(-1, *values.shape[2:])[:count], np.float32)
