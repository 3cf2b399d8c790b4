"""Enhanced pictures, encoded: a segment of a clip as a file, and segments as the finished one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright.core.errors import MediaError
from reelwright.edit.enhance.frame import STEP, Picture
from reelwright.edit.enhance.graphs import fine_scale, run_frames, to_frame
from reelwright.edit.render.join import (
    ahead_of,
    interleave,
    packets_for,
    packets_of,
    showing_order,
)
from reelwright.media import ffmpeg
from reelwright.media.encoders import X264_THREADS, Encoder, steady_args

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CRF = 12
"""x264's: no loss that is seen, since the result may be encoded once more."""
CRF_10 = 14
"""x265's, likewise."""
_PRESET = "veryfast"
_GROUP = 120
"""Pictures from one key frame to the next, at most."""
ALONE = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
"""Kinds of sound that MP4 and MOV may hold as they are."""


@dataclass(frozen=True)
class Film:
    """How the pictures of a clip are encoded."""

    width: int
    height: int
    clock: int
    """Ticks a second of its time stamps."""
    rate: Fraction
    alpha: bool = False
    deep: bool = False
    """Whether it is encoded in 10 bits, of pictures of 16."""

    @property
    def hevc(self) -> bool:
        """Whether it is HEVC: hardly any player shows H.264 of 10 bits."""
        return self.deep and not self.alpha

    @property
    def container(self) -> str:
        """ffmpeg's name of the format that segments are kept in, and the ending of their names."""
        return "mov" if self.alpha else "nut"

    def key(self) -> dict[str, Any]:
        """What of it decides a segment's bytes."""
        import av

        codec = f"x265 {_PRESET} {CRF_10}" if self.hevc else f"x264 {_PRESET} {CRF}"
        codec = f"prores {self.deep}" if self.alpha else codec
        versions = [list(version) for version in sorted(av.library_versions.values())]
        return {
            "size": [self.width, self.height],
            "clock": self.clock,
            "rate": str(self.rate),
            "codec": codec,
            "libraries": versions,
        }


@dataclass(frozen=True)
class Segment:
    """A stretch of the result, encoded."""

    path: Path
    stamps: Sequence[int]
    """When each picture is shown, in the film's ticks; the file's own stamps may be shifted."""


def write_segment(pictures: Iterable[Picture], film: Film, out: Path) -> Segment:
    """Encode pictures that follow one another; stamps stay what they are.

    What is odd is made even by repeating its last row or column, since colour is stored in pairs.

    Returns:
        The segment; nothing is written when there are no pictures.

    Raises:
        MediaError: they cannot be encoded.
        StoreError: the disk is full or may not be written.
    """
    import av
    from av.error import FFmpegError

    stamps: list[int] = []
    options = {"fflags": "+bitexact"}
    if film.container == "mov":
        options["video_track_timescale"] = str(film.clock)
    frames = _frames(pictures, film)
    first = next(frames, None)
    if first is None:
        return Segment(out, stamps)
    try:
        with av.open(f"file:{out}", "w", format=film.container, options=options) as made:
            stream: Any = made.add_stream(*_codec(film))
            stream.width, stream.height = first.width, first.height
            stream.pix_fmt = first.format.name
            stream.time_base = stream.codec_context.time_base = Fraction(1, film.clock)
            stream.codec_context.gop_size = _GROUP
            stream.codec_context.thread_count = X264_THREADS
            stream.codec_context.color_range = 1
            for name in ("colorspace", "color_primaries", "color_trc"):
                setattr(stream.codec_context, name, 1)
            for frame in _and_rest(first, frames):
                made.mux(stream.encode(frame))
                stamps.append(int(frame.pts or 0))
            made.mux(stream.encode(None))
    except FFmpegError as error:
        if isinstance(error, OSError):
            raise ffmpeg.disk_error(error, out) from error
        raise MediaError(f"the pictures cannot be encoded ({error})") from error
    return Segment(out, stamps)


def _and_rest(first: VideoFrame, rest: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    yield first
    yield from rest


def _codec(film: Film) -> tuple[str, Fraction, dict[str, str]]:
    if film.alpha:
        return "prores_ks", film.rate, {"profile": "4444", "flags": "+bitexact"}
    if film.hevc:
        # How many frames are encoded at once changes what comes out.
        told = f"pools={X264_THREADS}:frame-threads=1:open-gop=0:info=0:log-level=error"
        options = {"preset": _PRESET, "crf": str(CRF_10), "flags": "+bitexact"}
        return "libx265", film.rate, options | {"x265-params": told}
    options = {"preset": _PRESET, "crf": str(CRF), "profile": "high", "flags": "+cgop+bitexact"}
    told = steady_args(Encoder("libx264"))
    return "libx264", film.rate, options | ({"x264-params": told[1]} if told else {})


def _frames(pictures: Iterable[Picture], film: Film) -> Iterator[VideoFrame]:
    def given() -> Iterator[VideoFrame]:
        for picture in pictures:
            rgb: Any = picture.rgb if picture.fine is None else picture.fine
            if film.alpha:
                alpha: Any = picture.alpha
                if alpha is None:
                    alpha = np.full(rgb.shape[:2], 255, np.uint8)
                alpha = alpha if picture.fine is None else alpha.astype(np.uint16) * STEP
                frame = to_frame(np.dstack([rgb, alpha]))
            else:
                if picture.alpha is not None:
                    rgb = np.round(rgb * (picture.alpha[..., None] / 255)).astype(rgb.dtype)
                odd = [(0, side % 2) for side in rgb.shape[:2]]
                frame = to_frame(np.pad(rgb, [*odd, (0, 0)], mode="edge"))
            frame.pts = round(picture.at * film.clock)
            frame.time_base = Fraction(1, film.clock)
            yield frame

    pixels = "yuv420p10le" if film.deep else "yuv420p"
    pixels = "yuva444p10le" if film.alpha else pixels
    yield from run_frames(
        given(), (fine_scale("out_color_matrix=bt709:out_range=tv"), ("format", pixels))
    )


def join_segments(
    segments: Sequence[Segment],
    sound: Path | None,
    out: Path,
    *,
    film: Film,
    begun: Fraction = Fraction(0),
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write the finished file: MP4, or MOV by its name; nothing is encoded again.

    Args:
        segments: what `write_segment` wrote, in order.
        sound: the file whose sound goes with it, all its tracks, or None.
        out: the file.
        film: how the segments were encoded.
        begun: seconds of the sound's count at which the first picture is shown.
        metadata: keys and values for the file.

    Raises:
        MediaError: they do not fit together.
        StoreError: the disk is full or may not be written.
    """
    import av
    from av.error import FFmpegError

    options = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"}
    kind = "mov" if out.suffix.lower() == ".mov" else "mp4"
    # Stamps are kept to the tick only if the track counts in the same ticks.
    options["video_track_timescale"] = str(film.clock)
    try:
        with ExitStack() as opened:
            target = opened.enter_context(av.open(f"file:{out}", "w", format=kind, options=options))
            first = opened.enter_context(av.open(f"file:{segments[0].path}"))
            shown = target.add_stream_from_template(first.streams.video[0])
            shown.time_base = Fraction(1, film.clock)
            # Players go by the name: Apple's know HEVC by no other, and ProRes with alpha neither.
            if tag := "ap4h" if film.alpha else "hvc1" if film.hevc else "":
                shown.codec_context.codec_tag = tag
            target.metadata.update(metadata or {})
            tracks: list[Iterator[Packet]] = []
            if sound is not None:
                tune = opened.enter_context(av.open(f"file:{sound}"))
                for number in range(len(tune.streams.audio)):
                    # A container of its own for each: packets are read in the file's order.
                    own = opened.enter_context(av.open(f"file:{sound}"))
                    given = own.streams.audio[number]
                    voice = target.add_stream_from_template(given)
                    tracks.append(_later(packets_for(voice, own, given), begun))
            tracks.append(_film(segments, shown, film))
            interleave(target, tracks)
    except OSError as error:
        raise ffmpeg.disk_error(error, out) from error
    except FFmpegError as error:
        raise MediaError(f"the segments cannot be joined ({error})", where=str(out)) from error


def _later(packets: Iterator[Packet], begun: Fraction) -> Iterator[Packet]:
    for packet in packets:
        if packet.time_base is not None and packet.pts is not None and packet.dts is not None:
            shift = round(begun / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            yield packet


def _film(segments: Sequence[Segment], stream: VideoStream, film: Film) -> Iterator[Packet]:
    delay = max(ahead_of(showing_order(packets_of(each.path)[0])) for each in segments)
    usual = round(film.clock / film.rate)
    shown: list[int] = []
    """The stamps of the last few packets, in order of showing: decoding runs so far ahead."""
    for number, segment in enumerate(segments):
        packets, _ = packets_of(segment.path)
        order = showing_order(packets)
        stamps = segment.stamps
        if len(order) != len(stamps):
            raise MediaError("pictures of a segment are missing", where=str(segment.path))
        if not shown:
            step = stamps[1] - stamps[0] if len(stamps) > 1 else 1
            shown = [stamps[0] - step * (delay - n) for n in range(delay)]
        shown += stamps
        after = segments[number + 1].stamps[0] if number + 1 < len(segments) else None
        until = [*stamps[1:], after if after is not None else stamps[-1] + usual]
        for index, (packet, place) in enumerate(zip(packets, order, strict=True)):
            packet.time_base = Fraction(1, film.clock)
            packet.pts, packet.dts = stamps[place], shown[index]
            packet.duration = until[place] - stamps[place]
            packet.stream = stream
            yield packet
        shown = shown[len(packets) :]
