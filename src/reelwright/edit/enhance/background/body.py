"""Where a person is, told from a face: head and hair around it, shoulders and body below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Box
from reelwright.edit.enhance.motion import Map

SURE, FAR = 5.0, -4.0
"""Log odds of a person in the middle of a face or chest, and well away from them."""
_LIKELY = 1.0
"""Within the usual outline."""
_AROUND_IT = (-0.5, -1.0, -1.7, -2.5)
"""In rings around it, where hair, arms and wide clothes may be, the innermost first."""
_ALONE = 0.6
"""Log odds in the middle of a picture in which nobody's face is seen."""
_REACH = 7.5
"""How far below a face its body goes on, in face widths: beyond, legs and feet are narrower."""

# Outlines in face widths from the middle of the face, which reaches from brows to chin: right half,
# from top to bottom.
_CORE = ((0.0, -0.55), (0.3, -0.45), (0.4, 0.0), (0.28, 0.5), (0.25, 0.9), (0.75, 1.5), (0.75, 4.0))
_OUTLINE = (
    *((0.0, -1.25), (0.45, -1.15), (0.75, -0.7), (0.8, -0.1), (0.7, 0.4), (0.65, 0.75)),
    *((1.2, 1.05), (1.5, 1.6), (1.6, 2.6), (1.5, 4.5), (1.1, _REACH)),
)
_AROUND = (
    *((0.0, -2.1), (0.9, -1.9), (1.6, -1.1), (1.9, 0.0), (2.0, 0.3), (2.2, 0.6)),
    *((2.9, 0.9), (3.1, 1.6), (3.1, 2.6), (2.8, 4.5), (2.0, _REACH + 1.5)),
)
"""Point by point the same as `_OUTLINE`, farther out."""


def draw_bodies(faces: Sequence[Box], width: int, height: int) -> Map:
    """The log odds of a person at each pixel, from faces alone.

    Args:
        faces: as shares of the picture, brows to chin.
        width: of the map, in pixels.
        height: likewise.

    Returns:
        height × width, `FAR` to `SURE`. Without faces: a little for the middle, against the upper
        corners, where people are filmed least.
    """
    if not faces:
        return _draw_middle(width, height)
    maps = [_draw(face, width, height) for face in faces]
    return np.maximum.reduce(maps)


def _draw(face: Box, width: int, height: int) -> Map:
    import cv2

    side = float(np.sqrt(face.width * width * face.height * height))
    middle = (
        (face.left + face.width / 2) * width,
        (face.top + face.height / 2) * height,
    )
    odds = np.full((height, width), FAR, np.float32)
    for outline, value in _rings():
        # What reaches far down goes on to the lower edge: a body that is cut off has no end.
        both = np.concatenate([outline, (outline * (-1, 1))[::-1]]) * side + middle
        cv2.fillPoly(odds, [np.round(both * 16).astype(np.int32)], value, cv2.LINE_8, 4)
    return np.asarray(cv2.GaussianBlur(odds, (0, 0), max(0.6, side * 0.12)), np.float32)


def _rings() -> Iterator[tuple[npt.NDArray[np.float64], float]]:
    """Outlines (right halves) and the odds within them, the widest first."""
    inner, outer = np.array(_OUTLINE), np.array(_AROUND)
    for number in reversed(range(len(_AROUND_IT))):
        yield inner + (outer - inner) * (number + 1) / len(_AROUND_IT), _AROUND_IT[number]
    yield inner, _LIKELY
    yield np.array(_CORE), SURE


def _draw_middle(width: int, height: int) -> Map:
    across = np.linspace(-1, 1, width, dtype=np.float32)[None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    away = (across / 0.55) ** 2 + np.where(down < 0, (down / 0.75) ** 2, 0)
    return np.maximum(_ALONE - 1.2 * away, -2.5).astype(np.float32)
