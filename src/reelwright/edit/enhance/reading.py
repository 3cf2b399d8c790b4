"""A clip's pictures, whole and upright: deinterlaced, in one colour space, past what is damaged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.core.nouns import MediaFacts
from reelwright.edit.enhance import graphs, tonemap
from reelwright.edit.enhance.frame import Picture, Pixels, coarse
from reelwright.media.decoding import SLACK, Reading, Span, alpha_decoder, read

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_EARLY = 4.0
"""Seconds before an instant at which reading begins where a file has no index."""
_LOST = 2.5
"""Usual steps between two pictures of an even rate from which on some are missing."""
_FEW_STEPS, _EVEN = 8, 0.9
"""Steps from which on a rate can be told, and the share of them that are alike in an even one."""
_FEW_TICKS = 10_000
"""Ticks a second at least of the stamps that are written."""
_MATRIX = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
"""Matrix coefficients of ITU-T H.273 → ffmpeg's names."""
_HD = 720
"""Lines from which on players take BT.709 for a file that does not say."""


@dataclass(frozen=True)
class Clip:
    """A video, and what must be known of it to read it."""

    path: Path
    facts: MediaFacts
    clock: int
    """Ticks a second in which its time stamps are whole, or nearly."""
    begun: Fraction
    """Seconds of the file's own count at which its first picture is shown."""
    indexed: bool
    alpha: bool
    transfer: str
    """``sdr``, ``pq`` or ``hlg``."""
    wide: bool
    """Whether its colours are those of BT.2020."""
    deep: bool = False
    """Whether pictures are read in 16 bits as well (`Picture.fine`), since it has more than 8."""

    @property
    def rate(self) -> Fraction:
        """Pictures a second, on average."""
        return self.facts.rate or Fraction(25)


def open_clip(path: Path, facts: MediaFacts) -> Clip:
    """What must be known of a video to read it.

    Raises:
        FootageError: it has no picture, or cannot be opened.
    """
    from reelwright.media.probing import has_index, open_media

    if facts.kind == "audio":
        raise FootageError(
            "has sound but no picture", where=str(path), hint="give a video or a picture"
        )
    with open_media(path) as container:
        film = container.streams.video[0]
        base = film.time_base or Fraction(1, 1000)
        context = film.codec_context
        format = context.format
        # A moving GIF says that it has alpha, and hardly ever has.
        alpha = bool(format and _has_alpha(format.name)) and context.name != "gif"
        alpha = alpha or alpha_decoder(film) is not None
        transfer = {16: "pq", 18: "hlg"}.get(int(context.color_trc), "sdr")
        wide = int(context.color_primaries) == 9
        bits = max((part.bits for part in format.components), default=8) if format else 8
        clock = base.denominator if base.numerator == 1 else 90_000
        return Clip(
            path=path,
            facts=facts,
            clock=clock * (1 if clock >= _FEW_TICKS else ceil(90_000 / clock)),
            begun=(film.start_time or 0) * base,
            indexed=has_index(container),
            alpha=alpha,
            transfer=transfer,
            wide=wide,
            # What is brought to BT.709 comes out with 8 bits.
            deep=bits > 8 and transfer == "sdr" and not wide,
        )


def _has_alpha(pixels: str) -> bool:
    return pixels.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16"))


def read_pictures(
    clip: Clip,
    changes: Sequence[Fraction] = (),
    *,
    start: Fraction = Fraction(0),
    damage: list[Span] | None = None,
) -> Iterator[Picture]:
    """A clip's pictures in order of showing, from an instant to its end.

    Args:
        clip: the video.
        changes: when new shots begin, in order.
        start: the first picture shown at or after this is the first one.
        damage: takes what could not be decoded of what was read, in seconds.

    Raises:
        FootageError: it cannot be opened or read any more.
        MediaError: its pictures cannot be converted.
    """
    lead = 2 / float(clip.rate) if clip.facts.interlaced else 0.0
    begin = max(0.0, float(start) - lead - (0.0 if clip.indexed else _EARLY))
    reading = Reading(
        clip.path, step=1 / float(clip.rate), start=begin, careful=True, alpha=clip.alpha
    )
    if damage is not None:
        reading.damage = damage
    deinterlace = (("bwdif", "mode=send_frame:deint=interlaced"),) if clip.facts.interlaced else ()
    turned = [0]
    times: list[float] = []

    def frames() -> Iterator[VideoFrame]:
        for at, frame in read(reading):
            times.append(at)
            turned[0] = frame.rotation
            exact = _exact(clip, frame, at)
            frame.pts, frame.time_base = round(exact * graphs.TICKS), Fraction(1, graphs.TICKS)
            yield frame

    try:
        for first, group in _by_matrix(frames()):
            steps = (*deinterlace, *_convert(clip, first, turned[0]))
            for frame in graphs.run_frames(group, steps):
                at = _on_clock(clip, frame)
                if at >= start - Fraction(SLACK):
                    yield _picture(clip, frame, at, turned[0], bisect_right(changes, at))
    finally:
        # What was lost whole leaves nothing that could be found broken.
        reading.damage.extend(_missing(times))


def _missing(times: Sequence[float]) -> list[Span]:
    """Stretches in which pictures are missing, where all others follow evenly."""
    steps = np.diff(times)
    if len(steps) < _FEW_STEPS:
        return []
    usual = float(np.median(steps))
    even = np.abs(steps - usual) < 0.15 * usual
    if even.mean() < _EVEN:
        return []
    lost: list[int] = np.flatnonzero(steps > _LOST * usual).tolist()
    return [(float(times[n]) + usual, float(times[n + 1])) for n in lost]


def _exact(clip: Clip, frame: VideoFrame, at: float) -> Fraction:
    if frame.pts is None or frame.time_base is None:
        return Fraction(round(at * graphs.TICKS), graphs.TICKS)
    return frame.pts * frame.time_base - clip.begun


def _on_clock(clip: Clip, frame: VideoFrame) -> Fraction:
    """When a frame is shown, as its file said: filters count in other ticks."""
    seconds = (frame.pts or 0) * (frame.time_base or Fraction(1, graphs.TICKS))
    return Fraction(round(seconds * clip.clock), clip.clock)


def _by_matrix(
    frames: Iterator[VideoFrame],
) -> Iterator[tuple[VideoFrame, Iterator[VideoFrame]]]:
    """Frames in groups of one colour matrix and range, with the first of each."""
    waiting = next(frames, None)

    def group(first: VideoFrame) -> Iterator[VideoFrame]:
        nonlocal waiting
        kind = int(first.colorspace), int(first.color_range)
        while waiting is not None and kind == (int(waiting.colorspace), int(waiting.color_range)):
            yield waiting
            waiting = next(frames, None)

    while waiting is not None:
        yield waiting, group(waiting)


def _convert(clip: Clip, frame: VideoFrame, turned: int) -> graphs.Steps:
    """The filters from a decoded frame to RGB of the size it is shown at."""
    width, height = clip.facts.width, clip.facts.height
    if round(turned / 90) % 2:
        width, height = height, width
    said = int(frame.colorspace)
    matrix = _MATRIX.get(said, "bt709" if frame.height >= _HD else "bt601")
    full = int(frame.color_range) == 2 or frame.format.name.startswith("yuvj")
    if clip.transfer != "sdr" or clip.wide:
        pixels = "rgb48le"
    elif clip.alpha:
        pixels = "rgba64le" if clip.deep else "rgba"
    else:
        pixels = "rgb48le" if clip.deep else "rgb24"
    options = f"w={width}:h={height}:in_color_matrix={matrix}:in_range={'pc' if full else 'tv'}"
    if frame.format.is_rgb:
        options = f"w={width}:h={height}"
    return graphs.fine_scale(options), ("format", pixels)


def _picture(clip: Clip, frame: VideoFrame, at: Fraction, turned: int, shot: int) -> Picture:
    pixels = graphs.to_rgb(frame)
    pixels = np.ascontiguousarray(np.rot90(pixels, round(turned / 90) % 4))
    if clip.transfer != "sdr" or clip.wide:
        return Picture(tonemap.to_sdr(pixels, clip.transfer), at, shot)
    alpha: Pixels | None = None
    if clip.alpha:
        opaque: Any = np.ascontiguousarray(pixels[..., 3])
        alpha = coarse(opaque) if clip.deep else opaque
        pixels = np.ascontiguousarray(pixels[..., :3])
    if clip.deep:
        return Picture(coarse(pixels), at, shot, alpha, fine=pixels)
    return Picture(np.asarray(pixels, np.uint8), at, shot, alpha)
