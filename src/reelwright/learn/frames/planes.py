"""Frames as they are encoded: a plane of light and two of colour, each of a fourth the size.

New frames are made of such planes from end to end, which is half the work of RGB and loses nothing
between the clip and the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError, ModelError

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def decode(path: Path) -> Iterator[Bytes]:
    """The frames of a kept clip: 3/2 H × W bytes, light above, colours below (I420).

    Raises:
        ModelError: the clip is missing or damaged.
    """
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path)) as container:
            film = container.streams.video[0]
            film.thread_type = "AUTO"
            for frame in container.decode(film):
                yield np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
    except (FFmpegError, FootageError, IndexError) as error:
        raise ModelError(
            "the clip of the model is missing or damaged",
            where=str(path),
            hint="train it again, or copy it again",
        ) from error


def split(frame: npt.NDArray[Any]) -> tuple[Any, Any, Any]:
    """Light (H × W) and two colours (H/2 × W/2), as views."""
    high, wide = frame.shape[0] * 2 // 3, frame.shape[1]
    rest = frame[high:].reshape(2, high // 2, wide // 2)
    return frame[:high], rest[0], rest[1]


def shrink(frame: Bytes, size: tuple[int, int]) -> Bytes:
    """The light of a frame, small: height × width."""
    import cv2

    return np.asarray(cv2.resize(split(frame)[0], size, interpolation=cv2.INTER_AREA), np.uint8)


def small_size(wide: int, high: int, across: int) -> tuple[int, int]:
    """The width and height that frames are shrunk to: at most `across` pixels across."""
    width = min(across, wide)
    return width, max(2, round(high * width / wide))
