"""How things moved since the picture before, and what of that picture is still true.

Flow is found between small copies by dense inverse search (Kroeger et al. 2016), from each place of
the new picture to where it was. Where the carried picture does not look like the new one (what came
into sight, light that changed, flow gone wrong), it is not to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Map = npt.NDArray[Any]
"""Numbers at each pixel: height × width (× channels), float32."""
Frame = npt.NDArray[np.uint8]
"""A picture: height × width × 3, RGB."""

_QUIET = 0.15
"""Pixels of the copy by which nothing moves."""
_FINE = 0.4
"""Standard deviation in pixels of what both copies are smoothed by: noise does not move."""


_CALM = 1.0
"""Likewise, further, of what flow is looked for in."""


@dataclass(frozen=True, eq=False)
class Motion:
    """From one picture to the next."""

    flow: Map
    """height × width × 2, pixels of the small copy: from where each place came (right, down)."""
    sure: Map
    """height × width, 0 to 1: how surely the new picture shows there what the old one did."""

    def carry(self, before: Any) -> Any:
        """What belonged to the old picture, at the places of the new one: any size and channels."""
        import cv2

        high, wide = before.shape[:2]
        across, down = _places(self.flow, wide, high)
        return cv2.remap(before, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def at(self, width: int, height: int) -> Map:
        """`sure` at another size."""
        import cv2

        if self.sure.shape == (height, width):
            return self.sure
        size = (width, height)
        return np.asarray(cv2.resize(self.sure, size, interpolation=cv2.INTER_LINEAR), np.float32)


class Follower:
    """Follows small copies of pictures, one after the other.

    Args:
        alike: difference of colour (0 to 255) at which half of the trust is gone.
        exact: whether movement must be known to parts of a pixel, which takes five times as long.
    """

    def __init__(self, alike: float = 14.0, *, exact: bool = False) -> None:
        cv2: Any = import_module("cv2")
        preset = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM if exact else cv2.DISOPTICAL_FLOW_PRESET_FAST
        self._search, self._alike = cv2.DISOpticalFlow_create(preset), np.float32(alike)
        self._before: tuple[Frame, Frame] | None = None

    def see(self, frame: Frame) -> Motion | None:
        """How the picture before became this one (RGB, 100 to 1300 pixels); None for the first."""
        import cv2

        now = np.asarray(cv2.GaussianBlur(frame, (0, 0), _FINE), np.uint8)
        gray = np.asarray(cv2.cvtColor(now, cv2.COLOR_RGB2GRAY), np.uint8)
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), _CALM), np.uint8)
        before, self._before = self._before, (now, gray)
        if before is None or before[1].shape != gray.shape or min(gray.shape) < 16:
            return None
        flow = np.asarray(self._search.calc(gray, before[1], None), np.float32)
        moved = Motion(flow, np.ones(gray.shape, np.float32)).carry(before[0])
        # Flow follows noise, too: what hardly moves stands still, and is not blurred for nothing.
        flow[np.square(flow).sum(2) < _QUIET**2] = 0
        off = _difference(now, moved) / self._alike
        return Motion(flow, np.asarray(1 / (1 + np.square(np.square(off))), np.float32))


def _difference(now: Frame, other: Frame) -> Map:
    """How far two pictures are apart around each place, in the channel that differs most."""
    import cv2

    off = cv2.absdiff(now, other)
    most = cv2.max(cv2.max(off[..., 0], off[..., 1]), off[..., 2])
    return np.asarray(cv2.blur(most.astype(np.float32), (5, 5)), np.float32)


def shrink(frame: Frame, side: int) -> Frame:
    """A copy whose longer side has at most so many pixels."""
    import cv2

    high, wide = frame.shape[:2]
    scale = side / max(high, wide)
    if scale >= 1:
        return frame
    size = max(2, round(wide * scale)), max(2, round(high * scale))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def _places(flow: Map, width: int, height: int) -> tuple[Map, Map]:
    """Where each place of a picture of this size came from, in its pixels: across, down."""
    import cv2

    high, wide = flow.shape[:2]
    if (wide, high) != (width, height):
        flow = np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR))
    across = np.arange(width, dtype=np.float32)[None] + flow[..., 0] * np.float32(width / wide)
    down = np.arange(height, dtype=np.float32)[:, None] + flow[..., 1] * np.float32(height / high)
    return across, down
