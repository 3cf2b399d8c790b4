"""A slow camera move over a still picture, towards its subject."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelwright.media import drawing
from reelwright.media.drawing import Box
from reelwright.media.easing import cubic_in_out
from reelwright.media.frames import read_picture
from reelwright.media.subject import find_subject

skia: Any = drawing.skia

_NEAR = 1.12
"""Enlargement where the camera is nearest."""
_FARTHEST = 0.16
"""Shares of a side that the camera travels at most in one shot."""


class Camera:
    """A picture seen through a view of a fixed size that moves from its middle to its subject.

    The picture is scaled well once, so that its nearest view has a pixel for each of the screen's;
    a frame then only shrinks it a little, for which linear sampling is good enough.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        *,
        reverse: bool = False,
        rise: float = 0.5,
        focus: tuple[float, float] | None = None,
    ) -> None:
        """Read the picture and look for its subject.

        Args:
            path: of the picture.
            width: of the view, in pixels.
            height: of the view, in pixels.
            reverse: whether the camera moves away from the subject instead.
            rise: how far down the view the subject comes to stand, as a share of its height.
            focus: where the subject is, 0 to 1; None looks for it.

        Raises:
            FootageError: the picture is missing or damaged.
        """
        import numpy as np
        from PIL import Image

        pixels = read_picture(path)
        high, wide = pixels.shape[:2]
        focus = focus or find_subject(pixels)
        # The widest view of this shape that the picture has, and the nearest.
        across, down = min(wide, high * width / height), min(high, wide * height / width)
        near, tall = across / _NEAR, down / _NEAR
        end = (
            _within(focus[0] * wide, near, wide),
            _within(focus[1] * high + (0.5 - rise) * tall, tall, high),
        )
        start = (
            _within(_towards(wide / 2, end[0], _FARTHEST * near), across, wide),
            _within(_towards(high / 2, end[1], _FARTHEST * tall), down, high),
        )
        views = [(*start, across, down), (*end, near, tall)]
        left = min(x - w / 2 for x, _, w, _ in views)
        top = min(y - h / 2 for _, y, _, h in views)
        right = max(x + w / 2 for x, _, w, _ in views)
        bottom = max(y + h / 2 for _, y, _, h in views)
        scale = width / near
        size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
        box = (max(0.0, left), max(0.0, top), min(wide, right), min(high, bottom))
        seen = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, box=box)
        self.image = drawing.image_of(np.asarray(seen))
        self._views = [
            ((x - left) * scale, (y - top) * scale, w * scale, h * scale) for x, y, w, h in views
        ]
        if reverse:
            self._views.reverse()

    def view(self, share: float) -> Box:
        """What is seen of `image` at a share of the shot, in its pixels."""
        eased = 0.55 * share + 0.45 * cubic_in_out(share)
        x, y, wide, high = (
            round(a + (b - a) * eased, 3) for a, b in zip(*self._views, strict=True)
        )
        return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _within(middle: float, length: float, whole: float) -> float:
    """The middle of a stretch, moved so that the stretch lies within 0 to `whole`."""
    return min(max(middle, length / 2), whole - length / 2) if length < whole else whole / 2


def _towards(start: float, end: float, most: float) -> float:
    """A point at most so far from the end, on the way from the start."""
    return min(max(start, end - most), end + most)
