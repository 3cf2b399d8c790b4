"""Landmarks of a picture: points that look the same in every copy of it, each with a short code.

The points and their surroundings are SIFT's (Lowe, "Distinctive image features from scale-invariant
keypoints", 2004). A description of 128 numbers becomes 128 bits, each telling whether its number
is above the description's median (Zhou et al., "Scalar quantization for large scale image search",
2012), so that light and contrast do not matter, nothing has to be learnt, and the distance of two
is a count of bits. What a point of the mirrored picture would be called follows by moving bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.media.patches import grey

Codes = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

CODE_BYTES = 16
PIXELS = 61_000
"""A frame of a film is brought to this size first: what can be told apart in 330×185."""
MOST = 120
"""Landmarks of one frame of a film, the strongest."""

_CONTRAST = 0.02
_FLAT = 10
_PARTS = 4
_EACH = 4
_LEAST_SIDE = 16


@dataclass(frozen=True)
class Landmarks:
    """The landmarks of one picture, the strongest first."""

    points: Points
    """n × 2: x and y as shares (0 to 1) of the whole picture, borders included."""
    codes: Codes
    """n × 16 bytes."""


NONE = Landmarks(np.zeros((0, 2), np.float32), np.zeros((0, CODE_BYTES), np.uint8))


def find_landmarks(
    picture: npt.NDArray[np.uint8], *, pixels: int = PIXELS, most: int = MOST
) -> Landmarks:
    """The landmarks of a picture (height × width, luma, or height × width × 3, RGB).

    Even borders, as of a letterbox, are left out before it is brought to size, so that the picture
    inside them is seen as large as it is without them.
    """
    cv2 = _cv2()
    gray = to_light(picture)
    high, wide = gray.shape
    top, bottom, left, right = find_inside(gray)
    inside = gray[top:bottom, left:right]
    if min(inside.shape) < _LEAST_SIDE:
        return NONE
    scale = (pixels / inside.size) ** 0.5
    size = (max(8, round(inside.shape[1] * scale)), max(8, round(inside.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(inside), size, interpolation=way)
    # Faint detail counts where there is no other: light and contrast may be part of an edit.
    finder = cv2.SIFT_create(2 * most, contrastThreshold=_CONTRAST)
    marks, numbers = finder.detectAndCompute(small, None)
    if numbers is None:
        return NONE
    order = _choose(marks, size)[:most]
    points = np.array([marks[n].pt for n in order], np.float32)
    shown = np.array([(right - left) / size[0], (bottom - top) / size[1]], np.float32)
    points = (points + 0.5) * shown + np.array([left, top], np.float32)
    values: npt.NDArray[np.float32] = np.asarray(numbers, np.float32)[order]
    bits = values > np.median(values, axis=1, keepdims=True)
    return Landmarks(
        np.clip(points / np.array([wide, high], np.float32), 0, 1).astype(np.float32),
        np.packbits(bits, axis=1),
    )


def _cv2() -> Any:
    # What OpenCV says of its own types is too vague to be of use.
    import cv2

    return cv2


def to_light(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The luma of a picture (height × width × 3, RGB, or luma already)."""
    return picture if picture.ndim == 2 else grey(picture)


def _choose(marks: Any, size: tuple[int, int]) -> list[int]:
    """The numbers of the marks to keep, those first that are the strongest of their part.

    Letters in a caption or a logo are stronger than most of what a picture shows; they may not take
    the places of all else.
    """
    order = sorted(
        range(len(marks)), key=lambda n: (-marks[n].response, marks[n].pt, marks[n].angle)
    )
    taken: dict[tuple[int, int], int] = {}
    ranks: list[tuple[int, int]] = []
    for place, number in enumerate(order):
        x, y = marks[number].pt
        part = (int(x * _PARTS / size[0]), int(y * _PARTS / size[1]))
        taken[part] = taken.get(part, 0) + 1
        ranks.append(((taken[part] - 1) // _EACH, place))
    return [order[place] for _, place in sorted(ranks)]


def find_inside(gray: npt.NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """What is inside the even borders of a picture: top, bottom, left, right (exclusive).

    A picture that is even all over is all inside.
    """
    rows = np.flatnonzero(_varies(gray, 1))
    if not len(rows):
        return 0, gray.shape[0], 0, gray.shape[1]
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(_varies(gray[top:bottom], 0))
    if not len(columns):
        return 0, gray.shape[0], 0, gray.shape[1]
    return top, bottom, int(columns[0]), int(columns[-1]) + 1


def _varies(gray: npt.NDArray[np.uint8], axis: int) -> npt.NDArray[np.bool_]:
    low, high = np.percentile(gray, (2, 98), axis=axis)
    return (high - low) > _FLAT


def mirror_codes(codes: Codes) -> Codes:
    """The codes that the landmarks would have in the mirrored picture (n × 16 bytes)."""
    bits = np.unpackbits(codes, axis=1)
    return np.packbits(bits[:, _mirrored()], axis=1)


def mirror(marks: Landmarks) -> Landmarks:
    """The landmarks of the mirrored picture."""
    points = marks.points.copy()
    points[:, 0] = 1 - points[:, 0]
    return Landmarks(points, mirror_codes(marks.codes))


def _mirrored() -> npt.NDArray[np.int64]:
    # 4 rows × 4 columns × 8 directions, laid along the point's own direction: mirroring swaps the
    # rows, which lie across it, and turns every direction the other way round.
    order = np.arange(128).reshape(4, 4, 8)[::-1]
    return order[:, :, (-np.arange(8)) % 8].reshape(-1)
