"""Styles that do not boil: each picture agrees with the last one, carried along by what moved.

As in temporal anti-aliasing (Yang et al. 2020), what is carried counts most where the two pictures
show the same, and is held between the values around each place, so that nothing leaves a ghost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from reelwright.edit.enhance.frame import Picture, by_shot
from reelwright.edit.enhance.motion import Follower, Frame, Motion, shrink

_SIDE = 1152
"""Pixels of the longer side of the copy on which movement is followed."""
_KEEP = 0.9
"""Part of the last picture in the next one, where both show the same."""
_ALIKE = 30.0
"""Difference of colour (0 to 255) at which two pictures are half not the same."""
_APART = 48
"""How far beyond what stands around it a carried value may be."""
MEMORY = 56
"""Pictures after which what is kept of one is less than half a step of 255."""


def steady_shot(
    pictures: Iterator[Picture], paint: Callable[[Frame], Frame], strength: float = 1.0
) -> Iterator[Picture]:
    """Pictures in a style, shot by shot, each agreeing with the one before.

    Args:
        pictures: in order of showing.
        paint: the style, of one picture.
        strength: of the style; at 0 the picture stays as it is.
    """
    for shot in by_shot(pictures):
        follower = Follower(_ALIKE, exact=True)
        last: Frame | None = None
        for picture in shot:
            painted = paint(picture.rgb)
            motion = follower.see(shrink(picture.rgb, _SIDE))
            if motion is not None and last is not None and last.shape == painted.shape:
                painted = agree(painted, last, motion)
            last = painted
            yield picture.showing(mix(picture.rgb, painted, strength))


def agree(painted: Frame, last: Frame, motion: Motion) -> Frame:
    """A picture that goes on from the last one where it can."""
    import cv2

    high, wide = painted.shape[:2]
    carried = np.asarray(motion.carry(last), np.uint8)
    around = np.ones((3, 3), np.uint8)
    apart = np.full_like(painted, _APART)
    carried = cv2.max(carried, cv2.subtract(cv2.erode(painted, around), apart))
    carried = cv2.min(carried, cv2.add(cv2.dilate(painted, around), apart))
    keep = motion.at(wide, high) * np.float32(_KEEP)
    return np.asarray(cv2.blendLinear(carried, painted, keep, 1 - keep), np.uint8)


def mix(frame: Frame, painted: Frame, strength: float) -> Frame:
    """A picture and its style, by the style's strength."""
    import cv2

    if strength >= 1:
        return painted
    return np.asarray(cv2.addWeighted(painted, strength, frame, 1 - strength, 0), np.uint8)
