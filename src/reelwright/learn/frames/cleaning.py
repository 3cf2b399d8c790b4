"""Clean-up between frames: noise that comes and goes, and light that flickers.

Both work on frames as they come (I420 bytes, see `planes`) and hold one frame back, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt

from reelwright.learn.frames.planes import split

Bytes = npt.NDArray[np.uint8]

_SLOW = 0.1
"""By how much of its distance the light that frames are held to follows theirs."""
_MOST = 12.0
"""Grey levels that a frame may be made lighter or darker by."""


def clean(frames: Iterator[Bytes], denoise: float = 0.0, deflicker: float = 0.0) -> Iterator[Bytes]:
    """Frames with less noise and flicker.

    Args:
        frames: I420.
        denoise: how many grey levels of change from frame to frame count as noise; 0 for none.
        deflicker: how much of each frame's departure from the usual light is taken back, 0 to 1.
    """
    if deflicker:
        frames = _deflicker(frames, deflicker)
    return _denoise(frames, denoise) if denoise else frames


def _denoise(frames: Iterator[Bytes], noise: float) -> Iterator[Bytes]:
    """A running mean over time that lets go where more changes than noise would."""
    import cv2

    first = next(frames, None)
    if first is None:
        return
    steps = np.arange(256, dtype=np.float32) / noise
    # As far as noise goes a quarter of the new frame is taken, beyond three times that all of it.
    table = np.clip(0.25 + 0.75 * (steps - 1) / 2, 0.25, 1.0).astype(np.float32)
    held = first.astype(np.float32)
    yield first
    for frame in frames:
        apart = cv2.absdiff(frame, np.round(held).astype(np.uint8))
        held += table[np.asarray(cv2.blur(apart, (3, 3)), np.uint8)] * (frame - held)
        yield np.round(held).astype(np.uint8)


def _deflicker(frames: Iterator[Bytes], strength: float) -> Iterator[Bytes]:
    """Each frame's mean light brought to that of those before."""
    import cv2

    first = next(frames, None)
    if first is None:
        return
    usual = float(split(first)[0].mean())
    for frame in chain([first], frames):
        light = split(frame)[0]
        now = float(light.mean())
        change = float(np.clip((usual - now) * strength, -_MOST, _MOST))
        usual += _SLOW * (now - usual)
        table = np.clip(np.round(np.arange(256) + change), 0, 255).astype(np.uint8)
        out = frame.copy()
        split(out)[0][:] = cv2.LUT(np.ascontiguousarray(light), table)
        yield out
