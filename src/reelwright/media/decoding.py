"""Decoding a video from end to end: past what is damaged, and over what nobody wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Span = tuple[float, float]
"""From one second of a file to another."""

SLACK = 1e-4
"""Seconds by which a time stamp that is rounded to its base may come early."""
_JUMP = 0.4
"""Seconds between two wanted frames from which on a jump to a key frame is thought of."""
_WORTH = 8
"""A jump must spare the decoding of so many frames: it empties the decoder."""
_MOST_THREADS = 8
_TRIES = 50
"""Times that reading goes on after a place where the file's structure is broken."""


@dataclass
class Reading:
    """What is to be read of a video, and what was found to be damaged in it."""

    path: Path
    step: float
    """Seconds that a frame is shown, on average."""
    start: float = 0.0
    end: float | None = None
    lean: int = 0
    """1 leaves out the frames that no other depends on, 2 all that look ahead (B frames)."""
    wanted: Callable[[], float] = lambda: 0.0
    """From which second on a frame is wanted next; what lies before may be jumped over."""
    damage: list[Span] = field(default_factory=lambda: [])
    careful: bool = False
    """Decode as the file's maker meant it, for whoever sees the frames at full size."""
    alpha: bool = False
    """Decode transparency too where a decoder of its own is needed for it (`alpha_decoder`)."""

    def mark(self, at: float) -> None:
        """Note that the frame at this second is damaged or missing."""
        if at >= self.start - SLACK and (self.end is None or at < self.end):
            self.damage.append((max(0.0, at), max(0.0, at) + self.step))


def read(reading: Reading) -> Iterator[tuple[float, VideoFrame]]:
    """The frames of a video in order of showing, with their seconds from its first time stamp.

    Raises:
        FootageError: it cannot be opened, has no picture, or cannot be read any more.
    """
    from reelwright.media.probing import open_media

    with open_media(reading.path) as container:
        if not container.streams.video:
            hint = "give a video"
            raise FootageError("has no picture", where=str(reading.path), hint=hint)
        film = container.streams.video[0]
        _set_up(film, reading)
        base = film.time_base or Fraction(1, 1000)
        origin = film.start_time or 0
        keys = key_times(film, base, origin)
        decoder = alpha_decoder(film) if reading.alpha else None
        goal: float | None = reading.start if reading.start > _JUMP else None
        last = reading.start - reading.step
        tried: float | None = None
        while True:
            # Right after a jump, frames may lack what came before them; that is no damage.
            clean = goal is None or not _jump(container, film, goal, base, origin)
            goal = None
            for frame, stamp in _frames(container, film, reading.path, decoder):
                at = float((stamp - origin) * base) if stamp is not None else last + reading.step
                if frame is None:
                    reading.mark(at)
                    continue
                if reading.end is not None and at >= reading.end - SLACK:
                    return
                clean = clean or frame.key_frame
                if frame.is_corrupt and clean:
                    reading.mark(at)
                # A jump may land before what was read already: the index of some files is off.
                if at < reading.start - SLACK or at <= last:
                    continue
                yield at, frame
                last = at
                wanted = reading.wanted()
                ahead = _key_before(keys, wanted) > at + _WORTH * reading.step
                if wanted > at + _JUMP and ahead and wanted != tried:
                    goal = tried = wanted
                    break
            if goal is None:
                return


def _set_up(film: VideoStream, reading: Reading) -> None:
    import os

    film.thread_type = "AUTO"
    # Twice as many as cores: some wait while the last frame is shrunk.
    film.codec_context.thread_count = min(_MOST_THREADS, 2 * (os.cpu_count() or 1))
    if not reading.careful:
        # Smoothing the edges of blocks takes a sixth of the time and is not seen in small frames.
        film.codec_context.options = {"skip_loop_filter": "all"}
    if reading.lean:
        film.codec_context.skip_frame = "NONREF" if reading.lean == 1 else "BIDIR"


def key_times(film: VideoStream, base: Fraction, origin: int) -> npt.NDArray[np.float64]:
    """When key frames are shown, in seconds, as far as the file's index tells."""
    stamps = sorted(entry.timestamp for entry in film.index_entries if entry.is_keyframe)
    # Indexes tell when frames are decoded: as long before they are shown as the first one is.
    early = origin - stamps[0] if stamps and film.index_entries[0].is_keyframe else 0
    return (np.array(stamps, np.float64) + early - origin) * float(base)


def _key_before(keys: npt.NDArray[np.float64], at: float) -> float:
    """The last key frame at or before a second; −1 where none is known."""
    place = int(np.searchsorted(keys, at, side="right")) - 1
    return float(keys[place]) if place >= 0 else -1.0


def _jump(
    container: InputContainer, film: VideoStream, to: float, base: Fraction, origin: int
) -> bool:
    from av.error import FFmpegError

    try:
        container.seek(origin + floor(Fraction(to) / base), stream=film, backward=True)
    except FFmpegError:
        return False  # some formats cannot be entered: all of it is decoded then
    return True


def alpha_decoder(film: VideoStream) -> Any:
    """A decoder that gives the transparency of a VP8 or VP9 film in WebM, which is a second film
    beside the first that ffmpeg's own decoders leave away; None where there is none, or no decoder.
    """
    from av.codec import CodecContext
    from av.codec.codec import UnknownCodecError

    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(film.codec_context.name)
    if name is None or film.metadata.get("alpha_mode") != "1":
        return None
    try:
        return CodecContext.create(name, "r")
    except UnknownCodecError:
        return None


def _frames(
    container: InputContainer, film: VideoStream, path: Path, decoder: Any
) -> Iterator[tuple[VideoFrame | None, int | None]]:
    """Decoded frames and their stamps, on past errors: there the frame is None."""
    from av.error import FFmpegError

    if decoder:
        # What was begun before a jump is not gone on with.
        decoder.flush_buffers()
    tries = 0
    while tries < _TRIES:
        try:
            for packet in container.demux(film):
                tries = 0 if packet.size else tries
                frames: list[VideoFrame] = []
                try:
                    frames = decoder.decode(packet) if decoder else packet.decode()
                except FFmpegError:
                    if packet.size:
                        yield None, packet.pts
                for frame in frames:
                    yield frame, frame.pts if frame.pts is not None else frame.dts
            return
        except FFmpegError as error:
            if isinstance(error, OSError):
                raise FootageError(
                    f"cannot be read any more ({error.strerror})",
                    where=str(path),
                    hint="check that its disk is connected, and try again",
                ) from error
            tries += 1
            yield None, None


def joined(spans: list[Span], gap: float = 0.5) -> list[Span]:
    """Stretches in order, those nearer to each other than `gap` seconds as one, to the ms."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return [(round(start, 3), round(end, 3)) for start, end in found]
