"""How good a face looks in a frame: large enough, whole, in light, turned to us, eyes open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Box

if TYPE_CHECKING:
    import cv2

SIDE = 160
"""Pixels across at which a face is looked at."""
UPPER = 0.65
"""Share of a face, from its top, in which its eyes are."""
_OPEN = 0.2
"""Height of what is dark in an open eye, as a share of the eye's surroundings."""
_RIM = 0.012
"""Nearer to the frame's edge than this share of it, a face is cut off."""


def rate_portrait(frame: npt.NDArray[np.uint8], faces: Sequence[Box]) -> float:
    """How good the best face of a frame looks, 0 (there is none) to 1.

    Args:
        frame: height × width × 3, RGB.
        faces: those known of in it.
    """
    largest = sorted(faces, key=lambda face: -face.width * face.height)[:3]
    return max((_rate(frame, face) for face in largest), default=0.0)


def _rate(frame: npt.NDArray[np.uint8], face: Box) -> float:
    import cv2

    high, wide = frame.shape[:2]
    left, right = (round(min(max(v, 0), 1) * wide) for v in (face.left, face.left + face.width))
    top, bottom = (round(min(max(v, 0), 1) * high) for v in (face.top, face.top + face.height))
    if right - left < 12 or bottom - top < 12:
        return 0.0
    share = max(face.width, face.height)
    size = min(1.0, share / 0.16) * min(1.0, max(0.3, (1.1 - share) / 0.2))
    whole = (
        min(face.left, face.top) > _RIM
        and max(face.left + face.width, face.top + face.height) < 1 - _RIM
    )
    scale = SIDE / (right - left)
    shape = SIDE, max(1, round((bottom - top) * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    crop = cv2.resize(np.ascontiguousarray(frame[top:bottom, left:right]), shape, interpolation=how)
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    light = float(gray.mean()) / 255
    lit = min(1.0, max(0.0, (light - 0.12) / 0.2), max(0.0, (0.95 - light) / 0.15))
    sharp = min(1.0, float(np.log1p(cv2.Laplacian(gray, cv2.CV_32F).var())) / 5)
    seen = _eyes(gray[: max(24, round(shape[1] * UPPER))])
    frontal = min(2, len(seen)) / 2
    opened = sum(sorted(seen)[-2:]) / 2
    good = 0.4 + 0.25 * frontal + 0.2 * opened + 0.15 * sharp
    return round(size * lit * good * (1.0 if whole else 0.45), 4)


def find_eyes(gray: Any) -> list[tuple[int, int, int, int]]:
    """The eyes in the upper part of a face `SIDE` pixels across (gray): left, top, width, height.

    Found by a cascade of Haar features (Viola and Jones 2001), the left one first.
    """
    if min(gray.shape) < 24:
        return []
    boxes = _cascade().detectMultiScale(gray, 1.1, 4, minSize=(22, 22), maxSize=(60, 60))
    return sorted((int(x), int(y), int(wide), int(high)) for x, y, wide, high in boxes)


def _eyes(gray: Any) -> list[float]:
    """How far open each eye is that is seen, 0 to 1."""
    found: list[float] = []
    for x, y, wide, high in find_eyes(gray):
        eye = gray[y + round(high * 0.3) : y + round(high * 0.85)]
        eye = eye[:, x + round(wide * 0.15) : x + round(wide * 0.85)]
        # The iris is dark from lid to lid; of a closed eye only the lashes are.
        dark = np.sort((eye < 0.68 * np.median(eye)).sum(axis=0))[-4:]
        found.append(min(1.0, float(dark.mean()) / high / _OPEN))
    return found


@lru_cache(maxsize=1)
def _cascade() -> cv2.CascadeClassifier:
    """OpenCV's own, which sees eyes behind glasses too."""
    import cv2

    folder = Path(cv2.__file__).parent / "data"
    return cv2.CascadeClassifier(str(folder / "haarcascade_eye_tree_eyeglasses.xml"))
