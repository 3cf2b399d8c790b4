"""ffmpeg's picture filters inside this process: frames in, frames out, one line of filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright.core.errors import MediaError
from reelwright.edit.enhance.frame import Picture, by_shot

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Steps = Sequence[tuple[str, str]]
"""Names of filters with their options, one behind the other."""

TICKS = 1_000_000
"""Of a second, in which filters are told when a picture is shown."""
_FINE = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"


def fine_scale(options: str = "") -> tuple[str, str]:
    """The step that converts sizes and colours exactly, rather than fast."""
    return "scale", f"{options}:flags={_FINE}" if options else f"flags={_FINE}"


def run_frames(
    frames: Iterable[VideoFrame], steps: Steps, *, threads: int = 1
) -> Iterator[VideoFrame]:
    """Decoded frames through a line of filters; the line is begun anew where their kind changes.

    Raises MediaError when a filter cannot do what it is told.
    """
    line: _Line | None = None
    for frame in frames:
        if line is None or not line.takes(frame):
            if line is not None:
                yield from line.push(None)
            line = _Line(frame, steps, threads)
        yield from line.push(frame)
    if line is not None:
        yield from line.push(None)


def run_pictures(
    pictures: Iterable[Picture], steps: Steps, *, pixels: str = "yuv444p", threads: int = 1
) -> Iterator[Picture]:
    """Pictures through filters that give one for each, in the same order and of the same size.

    Args:
        pixels: the kind of pixels (ffmpeg's name) that the filters work on; full range.
    """
    waiting: list[Picture] = []

    def frames() -> Iterator[VideoFrame]:
        for number, picture in enumerate(pictures):
            waiting.append(picture)
            frame = to_frame(picture.rgb)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            yield frame

    convert = fine_scale("out_color_matrix=bt709:out_range=pc"), ("format", pixels)
    back = fine_scale("in_color_matrix=bt709:in_range=pc"), ("format", "rgb24")
    for frame in run_frames(frames(), (*convert, *steps, *back), threads=threads):
        yield waiting.pop(0).showing(to_rgb(frame))


def run_shots(
    pictures: Iterator[Picture], steps: Steps, *, pixels: str = "yuv444p"
) -> Iterator[Picture]:
    """The same, begun anew for each shot, for filters that remember."""
    for shot in by_shot(pictures):
        yield from run_pictures(shot, steps, pixels=pixels)


def to_frame(rgb: Any) -> VideoFrame:
    """An array (height × width × 3 or 4, RGB or with alpha, of 8 or 16 bits) as a frame."""
    from av.video.frame import VideoFrame

    kind = "rgb24" if rgb.shape[2] == 3 else "rgba"
    if rgb.dtype == np.uint16:
        kind = "rgb48le" if rgb.shape[2] == 3 else "rgba64le"
    return VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format=kind)


def to_rgb(frame: VideoFrame) -> Any:
    """A frame of interleaved channels as an array of its own."""
    return np.ascontiguousarray(frame.to_ndarray())


class _Line:
    """One line of filters, made for frames of one kind."""

    def __init__(self, frame: VideoFrame, steps: Steps, threads: int) -> None:
        import av.filter
        from av.error import FFmpegError

        self._kind = _kind(frame)
        self._graph = av.filter.Graph()
        self._graph.threads = threads
        base = frame.time_base or Fraction(1, TICKS)
        given = f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
        given += f":time_base={base.numerator}/{base.denominator}:pixel_aspect=1/1"
        given += f":colorspace={int(frame.colorspace)}:range={int(frame.color_range)}"
        try:
            nodes = [self._graph.add("buffer", given)]
            nodes += [self._graph.add(name, options or None) for name, options in steps]
            nodes.append(self._graph.add("buffersink"))
            self._graph.link_nodes(*nodes).configure()
        except (FFmpegError, ValueError) as error:
            named = ", ".join(name for name, _ in steps)
            raise MediaError(f"the filters {named} cannot be set up ({error})") from error

    def takes(self, frame: VideoFrame) -> bool:
        return _kind(frame) == self._kind

    def push(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        from av.error import BlockingIOError as NotYet
        from av.error import EOFError as Over
        from av.error import FFmpegError

        try:
            self._graph.vpush(frame)
            while True:
                yield self._graph.vpull()
        except (NotYet, Over):
            return
        except FFmpegError as error:
            raise MediaError(f"a filter failed ({error})") from error


def _kind(frame: VideoFrame) -> tuple[int, int, str, int, int]:
    said = int(frame.colorspace), int(frame.color_range)
    return frame.width, frame.height, frame.format.name, *said
