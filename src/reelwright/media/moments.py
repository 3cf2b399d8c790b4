"""The moment of a clip that stands for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.core.nouns import MediaFacts
from reelwright.media.frames import Frame, to_rgb
from reelwright.media.probing import colours, open_media

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_MOMENTS = (0.1, 0.35, 0.6, 0.85, 0.0)
"""Where in a clip to look for a picture to stand for it, as shares of its length."""
_HLG = 18
"""Hybrid log-gamma among the transfer functions of ITU-T H.273."""
_DARK, _PLAIN = 24, 6
"""Mean luma and deviation (of 255) below which a picture stands for nothing."""


def telling_frame(path: Path, facts: MediaFacts, side: int) -> Frame:
    """A frame that shows something: of a few key frames the first that is neither dark nor plain,
    else the liveliest.

    Args:
        path: a video.
        facts: what probing said of it.
        side: pixels of its longer side, at most.

    Returns:
        Height × width × 3, RGB, upright, in standard dynamic range.

    Raises:
        FootageError: it cannot be decoded.
    """
    from av.error import FFmpegError

    best: tuple[float, Frame] | None = None
    with open_media(path) as container:
        film = container.streams.video[0]
        film.thread_type = "AUTO"
        base = film.time_base or Fraction(1, 1000)
        for share in _MOMENTS:
            at = (film.start_time or 0) + int(Fraction(facts.seconds * share) / base)
            try:
                container.seek(at, stream=film, backward=True)
                frame = _small(next(container.decode(film)), side)
            except (FFmpegError, StopIteration):
                continue  # a damaged moment says nothing of the others
            liveliness = float(frame.std())
            if best is None or liveliness > best[0]:
                best = liveliness, frame
            if frame.mean() >= _DARK and liveliness >= _PLAIN:
                break
    if best is None:
        raise FootageError("has no frame that can be decoded", where=str(path))
    if facts.hdr:
        from reelwright.media.tone import to_sdr

        return to_sdr(best[1], hlg=colours(path)[1] == _HLG)
    return best[1]


def _small(frame: VideoFrame, side: int) -> Frame:
    # Anamorphic pixels are squared: what is shown is as wide as people see it.
    wide, high = frame.width, frame.height
    upright = to_rgb(frame, None if max(wide, high) <= side else _width(frame, side))
    return np.ascontiguousarray(upright)


def _width(frame: VideoFrame, side: int) -> int:
    turned = round(frame.rotation / 90) % 2
    wide, high = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return max(1, round(wide * side / max(wide, high)))
