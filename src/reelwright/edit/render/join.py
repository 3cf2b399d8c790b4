"""Joining: the encoded segments one after another, beside the sound, nothing encoded again."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import MediaError
from reelwright.media import ffmpeg

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream


def join(
    segments: Sequence[Path],
    sound: Path,
    out: Path,
    *,
    rate: Fraction,
    frames: int,
    metadata: Mapping[str, str],
) -> None:
    """Write the finished MP4, its index first.

    Args:
        segments: MP4 files of one encoder with one set of parameters, each beginning with an IDR
            frame and referring to nothing outside itself.
        sound: a file with one AAC track.
        out: written whole; constant memory.
        rate: frames a second.
        frames: how many there must be in all.
        metadata: keys and values for ``moov.udta.meta``, whatever the keys are.

    Raises:
        MediaError: the segments do not fit together, or frames are missing.
        StoreError: the disk is full or read-only.
    """
    # What the longest needs is nearly always what all need; then each is opened only once.
    guess = _reordering(max(segments, key=lambda path: path.stat().st_size))
    try:
        _write(segments, sound, out, rate, frames, metadata, guess)
    except _ReordersMoreError:
        delay = max(_reordering(path) for path in segments)
        _write(segments, sound, out, rate, frames, metadata, delay)


class _ReordersMoreError(Exception):
    """A segment shows its frames in an order farther from that of decoding than was guessed."""


def _write(
    segments: Sequence[Path],
    sound: Path,
    out: Path,
    rate: Fraction,
    frames: int,
    metadata: Mapping[str, str],
    delay: int,
) -> None:
    import av
    from av.error import FFmpegError

    # Without use_metadata_tags keys that ffmpeg does not know are dropped in silence.
    options = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"}
    try:
        with (
            av.open(str(out), "w", format="mp4", options=options) as target,
            av.open(str(segments[0])) as first,
            av.open(str(sound)) as tune,
        ):
            film = target.add_stream_from_template(first.streams.video[0])
            film.time_base = 1 / rate
            voice = target.add_stream_from_template(tune.streams.audio[0])
            target.metadata.update(metadata)
            parameters = first.streams.video[0].codec_context.extradata
            pictures = _pictures(segments, parameters, rate, delay, film)
            tones = packets_for(voice, tune, tune.streams.audio[0])
            # Where both begin at one instant, sound comes first.
            count = interleave(target, (tones, pictures))[1]
    except OSError as error:
        raise ffmpeg.disk_error(error, out) from error
    except FFmpegError as error:
        raise MediaError(f"the segments cannot be joined ({error})", where=str(out)) from error
    if count != frames:
        raise MediaError(f"the video has {count} frames instead of {frames}", where=str(out))


def showing_order(packets: Sequence[Packet]) -> list[int]:
    """For each packet, in order of decoding, its place in order of showing."""
    stamps = sorted(int(packet.pts or 0) for packet in packets)
    place = {stamp: index for index, stamp in enumerate(stamps)}
    if len(place) != len(packets):
        raise MediaError("two frames of a segment have the same time")
    return [place[int(packet.pts or 0)] for packet in packets]


def packets_for(voice: AudioStream, tune: InputContainer, given: AudioStream) -> Iterator[Packet]:
    """The packets of a track of sound, on their way into another file."""
    for packet in tune.demux(given):
        if packet.dts is not None:
            packet.stream = voice
            yield packet


def packets_of(path: Path) -> tuple[list[Packet], bytes | None]:
    """A segment's packets in order of decoding, and the parameters it was encoded with.

    Raises MediaError when it does not begin with a key frame.
    """
    import av

    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        packets = [packet for packet in source.demux(stream) if packet.size]
        if not packets or not packets[0].is_keyframe:
            raise MediaError("a segment does not begin with a key frame", where=str(path))
        return packets, stream.codec_context.extradata


def _reordering(path: Path) -> int:
    """By how many frames decoding must run ahead of showing."""
    packets, _ = packets_of(path)
    return ahead_of(showing_order(packets))


def ahead_of(order: Sequence[int]) -> int:
    """By how many frames decoding runs ahead of showing at most."""
    return max(0, *(index - place for index, place in enumerate(order)))


def _pictures(
    segments: Sequence[Path],
    parameters: bytes | None,
    rate: Fraction,
    delay: int,
    film: VideoStream,
) -> Iterator[Packet]:
    done = 0
    for path in segments:
        packets, own = packets_of(path)
        if own != parameters:
            raise MediaError(
                "a segment was encoded with other parameters", where=str(path), hint="reel clean"
            )
        order = showing_order(packets)
        if ahead_of(order) > delay:
            raise _ReordersMoreError
        for index, (packet, place) in enumerate(zip(packets, order, strict=True)):
            packet.time_base = 1 / rate
            # Time is counted in frames; decoding keeps a constant lead, so nothing ever runs back.
            packet.pts = done + place
            packet.dts = done + index - delay
            packet.duration = 1
            packet.stream = film
            yield packet
        done += len(packets)


def interleave(target: Any, tracks: Sequence[Iterator[Packet]]) -> list[int]:
    """Write the packets of several tracks, each in order of decoding, in order of time.

    Returns how many there were of each track.
    """
    counts = [0] * len(tracks)

    def numbered(track: int) -> Iterator[tuple[Packet, int]]:
        return ((packet, track) for packet in tracks[track])

    every = [numbered(track) for track in range(len(tracks))]
    for packet, track in heapq.merge(*every, key=lambda pair: _when(pair[0])):
        target.mux(packet)
        counts[track] += 1
    return counts


def _when(packet: Packet) -> Fraction:
    return (packet.dts or 0) * (packet.time_base or Fraction(0))
