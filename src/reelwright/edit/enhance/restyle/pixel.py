"""Pixel art: large square pixels in the few colours that suit a shot best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.motion import Frame, Map
from reelwright.edit.enhance.restyle.steady import mix

_ACROSS = 132
"""Large pixels of the shorter side."""
_COLOURS = 32
_STAY = 0.55
"""A large pixel keeps its colour unless another one is nearer than this share of its distance."""
_CALM = 0.7
"""Part of the last picture in the next one where a large pixel hardly changed."""
_SAME = 14.0
"""Difference (Lab) up to about which it hardly did."""
_LEVEL = ((0, 2), (3, 1))
"""Two colours are mixed as a chessboard of two by two (Bayer 1973)."""
_DITHER = 5.0
"""Lab steps by which the chessboard shifts."""
MEMORY = 12


def find_palette(frames: Sequence[Frame]) -> Map:
    """The colours that suit some pictures best: n × 3, Lab in bytes, darkest first.

    By k-means, begun from evenly spread quantiles: the same every time.
    """
    import cv2

    small = [_shrink(frame) for frame in frames]
    pixels = np.concatenate([_lab(each).reshape(-1, 3) for each in small])
    pixels = pixels[:: max(1, len(pixels) // 12_000)]
    order = pixels[np.lexsort((pixels[:, 2], pixels[:, 1], pixels[:, 0] // 24))]
    begin = order[np.linspace(0, len(order) - 1, _COLOURS).astype(int)]
    nearest = np.square(pixels[:, None] - begin[None]).sum(2).argmin(1).astype(np.int32)
    cv: Any = cv2
    stop = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 12, 0.5)
    _, _, centres = cv.kmeans(
        pixels, _COLOURS, nearest[:, None], stop, 1, cv2.KMEANS_USE_INITIAL_LABELS
    )
    centres = centres[np.isfinite(centres).all(1)]
    # A little more colour than there is: few colours look paler than many.
    centres[:, 1:] = 128 + 1.18 * (centres[:, 1:] - 128)
    return np.asarray(centres[np.argsort(centres[:, 0], kind="stable")], np.float32)


def paint_shot(pictures: Iterator[Picture], palette: Map, strength: float) -> Iterator[Picture]:
    """The pictures of a shot in large pixels; one keeps its colour until another fits better."""
    import cv2

    shown: Any = None
    calm: Map | None = None
    lab = np.clip(np.round(palette), 0, 255).astype(np.uint8)[None]
    colours = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)[0]
    for picture in pictures:
        now = _lab(_shrink(picture.rgb))
        if calm is not None:
            off = np.abs(now - calm).max(2, keepdims=True) / np.float32(_SAME)
            now = now + np.float32(_CALM) / (1 + np.square(np.square(off))) * (calm - now)
        calm = now
        rows, columns = np.indices(now.shape[:2])
        shift = (np.array(_LEVEL)[rows % 2, columns % 2] - 1.5) * (_DITHER / 4)
        wanted = now + np.dstack([shift, np.zeros_like(shift), np.zeros_like(shift)])
        far = np.square(wanted[:, :, None].astype(np.float32) - palette).sum(3)
        best = far.argmin(2)
        if shown is not None:
            own = np.take_along_axis(far, shown[..., None], 2)[..., 0]
            new = np.take_along_axis(far, best[..., None], 2)[..., 0]
            best = np.where(new < _STAY**2 * own, best, shown)
        shown = best
        size = (picture.width, picture.height)
        large = cv2.resize(colours[best], size, interpolation=cv2.INTER_NEAREST)
        yield picture.showing(mix(picture.rgb, np.asarray(large, np.uint8), strength))


def _shrink(frame: Frame) -> Frame:
    import cv2

    high, wide = frame.shape[:2]
    scale = min(1.0, _ACROSS / min(high, wide))
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lab(frame: Frame) -> Map:
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2LAB), np.float32)
