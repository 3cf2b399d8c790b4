"""Probing: what a media file is, and a clear error where it is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.errors import FootageError
from reelwright.core.nouns import MediaFacts

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_LISTS = {"hls", "concat", "dash", "sdp", "rtsp", "tty", "image2", "webvtt", "srt", "ass", "lrc"}
"""Formats that are text, or lists that send the reader to other files or to the network."""
_HDR = {16: "PQ", 18: "HLG"}
"""Transfer functions of ITU-T H.273 that need tone-mapping."""
_LOOK = 600
"""Packets looked at to tell whether the frame rate varies."""

GOOD = "give a file that plays: mp4, mov, mkv, webm, gif, jpg, png, webp, wav, mp3, m4a"


def probe(path: Path) -> MediaFacts:
    """Facts of a media file. Reads its headers, a frame, and some of its time stamps.

    A moving GIF is a video; a picture has no length and no rate.

    Raises:
        FootageError: it is missing, empty, cut short, or no media; says which and what to do.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except FileNotFoundError:
        raise FootageError(
            "there is no such file", where=str(path), hint="check the name, or copy the file there"
        ) from None
    except OSError as error:
        raise FootageError(
            f"cannot be read ({error.strerror})", where=str(path), hint="it must be a readable file"
        ) from error
    if not head:
        raise FootageError(
            "is empty (0 bytes)", where=str(path), hint="copy it again; the copy did not finish"
        )
    if is_picture(head):
        return _picture(path)
    return _moving(path, head)


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a still picture: JPEG, PNG, WebP, BMP, TIFF, AVIF, HEIF."""
    if head[4:8] == b"ftyp":
        return head[8:12] in (b"avif", b"heic", b"heix", b"mif1", b"heif")
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"II*\0", b"MM\0*"))


def _picture(path: Path) -> MediaFacts:
    from PIL import Image

    from reelwright.media.frames import EXIF_TURN, open_picture

    with open_picture(path) as image:
        turn = EXIF_TURN.get(image.getexif().get(0x0112, 1), 0)
        width, height = image.size if turn % 180 == 0 else image.size[::-1]
        try:
            # A picture that is cut short says so only when all of it is read. A JPEG need not be
            # drawn in full for that.
            image.draft("RGB", (64, 64))
            image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise FootageError(
                f"is damaged or cut short ({error})", where=str(path), hint="copy it again"
            ) from error
        return MediaFacts(
            kind="picture",
            width=width,
            height=height,
            rotation=turn,
            codec=(image.format or "").lower(),
            pixel_format=image.mode,
        )


def open_media(path: Path) -> InputContainer:
    """Open a media file with PyAV. Raises FootageError as `probe` does."""
    import av
    from av.error import FFmpegError

    options = {"protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path}", options=options)
    except FFmpegError as error:
        raise _why_not(path) from error
    if set(container.format.name.split(",")) & _LISTS:
        container.close()
        raise FootageError("is text, not media", where=str(path), hint=GOOD)
    return container


def _why_not(path: Path) -> FootageError:
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return FootageError(
            "is cut short: its index is missing, so it cannot be played (moov atom not found)",
            where=str(path),
            hint="copy or download it again; the recording or the copy did not finish",
        )
    if b"\0" not in head:
        return FootageError("is text, not media", where=str(path), hint=GOOD)
    return FootageError("is not a media file, or it is damaged", where=str(path), hint=GOOD)


def _moving(path: Path, head: bytes) -> MediaFacts:
    from av.error import FFmpegError

    with open_media(path) as container:
        # A cover picture inside a sound file is a video stream by form only.
        films = [s for s in container.streams.video if not _is_cover(s)]
        sound = container.streams.audio
        seconds = float(container.duration / 1_000_000) if container.duration else 0.0
        if not films:
            if not sound:
                raise FootageError("has neither picture nor sound", where=str(path), hint=GOOD)
            return MediaFacts(
                kind="audio",
                seconds=seconds,
                has_sound=True,
                codec=sound[0].codec_context.name,
            )
        film = films[0]
        try:
            stamps = _stamps(container, film)
            if container.format.name.startswith("mov") and seconds > 1:
                _reach_end(container, film, path)
            container.seek(0)
            frame = next(container.decode(film))
        except (FFmpegError, StopIteration) as error:
            raise FootageError(
                "is damaged: no picture in it can be decoded",
                where=str(path),
                hint="copy it again, or convert it to mp4 (H.264)",
            ) from error
        if film.duration and film.time_base:
            seconds = float(film.duration * film.time_base)
        elif not seconds and stamps:
            seconds = _length(container, film)
        if head.startswith(b"GIF8") and len(stamps) < 2:
            return MediaFacts(kind="picture", width=frame.width, height=frame.height, codec="gif")
        turn = round(-frame.rotation / 90) * 90 % 360
        width, height = _shown(frame.width, frame.height, film.sample_aspect_ratio)
        if turn % 180:
            width, height = height, width
        return MediaFacts(
            kind="video",
            seconds=seconds,
            width=width,
            height=height,
            rotation=turn,
            rate=_rate(film),
            variable_rate=_varies(stamps, film),
            hdr=film.codec_context.color_trc in _HDR,
            interlaced=bool(frame.interlaced_frame),
            has_sound=bool(sound),
            codec=film.codec_context.name,
            pixel_format=frame.format.name,
        )


def _is_cover(stream: VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _shown(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    if aspect and aspect != 1 and aspect > 0:
        width = max(1, round(width * aspect))
    return width, height


def _rate(film: VideoStream) -> Fraction | None:
    rate = film.average_rate or film.guessed_rate
    # Broken headers claim thousands of frames a second; such a rate is no fact.
    return rate if rate and 1 <= rate <= 240 else None


def _stamps(container: InputContainer, film: VideoStream) -> list[int]:
    found: list[int] = []
    for packet in container.demux(film):
        if packet.pts is not None:
            found.append(packet.pts)
        if len(found) >= _LOOK:
            break
    # In order of showing; the last few may miss neighbours that come later in the file.
    found.sort()
    return found[:-8] if len(found) >= _LOOK else found


def _varies(stamps: list[int], film: VideoStream) -> bool:
    steps = sorted(b - a for a, b in pairwise(stamps))
    if len(steps) < 3 or not film.time_base:
        return False
    middle = steps[len(steps) // 2]
    # Time bases of a millisecond round 33.37 to 33 or 34; the odd lost frame is no varying rate.
    slack = max(1.5, middle * 0.1)
    return sum(abs(step - middle) > slack for step in steps) > len(steps) * 0.01


def _reach_end(container: InputContainer, film: VideoStream, path: Path) -> None:
    if not film.duration or not film.time_base:
        return
    end = (film.start_time or 0) + film.duration
    container.seek(end, stream=film, backward=True)
    there = max((p.pts for p in container.demux(film) if p.pts is not None and p.size), default=0)
    if (end - there) * film.time_base > 1:
        raise FootageError(
            "is cut short: the end that its index promises is not there",
            where=str(path),
            hint="copy or download it again; the copy did not finish",
        )


def _length(container: InputContainer, film: VideoStream) -> float:
    container.seek(0)
    ends = [(p.pts or 0) + (p.duration or 0) for p in container.demux(film)]
    return float(max(ends, default=0) * (film.time_base or 0))


def colours(path: Path) -> tuple[int, int]:
    """Matrix coefficients and transfer function of a video, as numbered by ITU-T H.273.

    2 is "does not say". Raises FootageError as `probe` does.
    """
    with open_media(path) as container:
        context = container.streams.video[0].codec_context
        return int(context.colorspace), int(context.color_trc)


@dataclass(frozen=True)
class Entry:
    """How ffmpeg enters a file in the middle."""

    lead: Fraction = Fraction(0)
    """Seconds between the first time stamp of the file and that of its picture: Reelwright counts
    from the picture's, ffmpeg from the file's. Without a picture, the sound's counts."""
    early: int = 0
    """Seconds before an instant at which reading must begin to have the frame shown at it. Files
    are entered by the order of decoding, and where they have no index by guessing."""


def entry(path: Path, facts: MediaFacts) -> Entry:
    """How to enter a video or a sound file. Raises FootageError as `probe` does."""
    with open_media(path) as container:
        shown = [
            *(s for s in container.streams.video if not _is_cover(s)),
            *container.streams.audio,
        ]
        first = shown[0] if shown else None
        lead = Fraction(0)
        if first is not None and first.start_time is not None and first.time_base is not None:
            begun = Fraction(container.start_time or 0, 1_000_000)
            lead = first.start_time * first.time_base - begun
        indexed = has_index(container)
    return Entry(lead, 4 if not indexed else 2 if facts.variable_rate else 0)


def has_index(container: InputContainer) -> bool:
    """Whether files of this format tell where each key frame lies."""
    return bool({"mp4", "matroska", "gif"} & set(container.format.name.split(",")))
