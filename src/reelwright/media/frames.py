"""Single frames and pictures, upright, as arrays or Pillow images."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image as Picture

Frame = npt.NDArray[np.uint8]

EXIF_TURN = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
"""EXIF orientation → degrees clockwise to turn (Exif 2.3, tag 0x0112)."""
_MOST_PIXELS = 300_000_000
_HEIF = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"heif"))
_EARLIER = (0, 4, 16, 64, 256, 1 << 32)
"""Seconds before an instant at which reading is begun, one after the other, until the frame shown
then is found. Files without an index are entered anywhere, show nothing up to a key frame and tell
wrong times up to the next one: there the first of these is left out."""


def open_picture(path: Path) -> Picture:
    """Open a still picture with Pillow. Raises FootageError naming the file."""
    from PIL import Image, UnidentifiedImageError

    # Pillow would warn of what phones make today; what is too large is decided below.
    Image.MAX_IMAGE_PIXELS = None
    readable = True
    try:
        with path.open("rb") as file:
            if file.read(12)[4:] in _HEIF:
                readable = _reads_heif()
        image = Image.open(path)
    except UnidentifiedImageError as error:
        raise FootageError(
            "is a kind of picture that cannot be read here",
            where=str(path),
            hint="convert it to jpg or png" if readable else 'pip install "reelwright[heic]"',
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FootageError(f"cannot be read ({error})", where=str(path)) from error
    if image.width * image.height > _MOST_PIXELS:
        image.close()
        raise FootageError(
            f"is too large ({image.width}×{image.height})", where=str(path), hint="make it smaller"
        )
    return image


@lru_cache(maxsize=1)
def _reads_heif() -> bool:
    """Whether Pillow can read what iPhones save; lets it, where the extra ``heic`` is there."""
    try:
        heif: Any = import_module("pillow_heif")
    except ImportError:
        return False
    heif.register_heif_opener()
    return True


def read_picture(path: Path, side: int = 8192) -> Frame:
    """A still picture, upright: height × width × 3, RGB; what is transparent shows black.

    Args:
        path: the picture.
        side: pixels that are enough for its longer side: it may come smaller than it is, though not
            smaller than that, where decoding it so is quicker.

    Raises FootageError when it is missing, damaged or no picture.
    """
    from PIL import Image, ImageOps

    with open_picture(path) as image:
        try:
            # JPEG can be decoded at a fraction of its size; nothing shown needs more than 8K.
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            if "A" in upright.mode or "transparency" in upright.info:
                full = upright.convert("RGBA")
                ground = Image.new("RGBA", full.size, (0, 0, 0, 255))
                upright = Image.alpha_composite(ground, full)
            elif upright.mode.startswith("I;16"):
                upright = upright.point(lambda value: value / 257, "L")  # type: ignore[arg-type]
            return np.array(upright.convert("RGB"), np.uint8)
        except (OSError, SyntaxError, ValueError) as error:
            raise FootageError(
                f"is damaged or cut short ({error})", where=str(path), hint="copy it again"
            ) from error


def read_frames(path: Path, seconds: Sequence[float], width: int | None = None) -> list[Frame]:
    """The frames shown at these instants, upright.

    Args:
        path: a video or a picture (which shows the same at any instant).
        seconds: from the start of the video. An instant after the end gives the last frame.
        width: scale to this width, keeping the shape.

    Returns:
        One array a wanted instant, in the order asked: height × width × 3, RGB.

    Raises:
        FootageError: it cannot be read, or has no picture.
    """
    from reelwright.media.probing import is_picture, open_media

    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise FootageError(f"cannot be read ({error.strerror})", where=str(path)) from error
    if is_picture(head):
        picture = _resize(read_picture(path), width)
        return [picture for _ in seconds]
    from av.error import FFmpegError

    found: dict[float, Frame] = {}
    with open_media(path) as container:
        if not container.streams.video:
            raise FootageError("has no picture", where=str(path), hint="give a video or a picture")
        film = container.streams.video[0]
        film.thread_type = "AUTO"
        try:
            for wanted in sorted(set(seconds)):
                shown = _frame_at(container, film, wanted)
                if shown is not None:
                    found[wanted] = to_rgb(shown, width)
                elif found:
                    found[wanted] = list(found.values())[-1]
        except FFmpegError as error:
            raise FootageError(f"cannot be decoded ({error.strerror})", where=str(path)) from error
    if len(found) < len(set(seconds)):
        raise FootageError("has no frame that can be decoded", where=str(path))
    return [found[wanted] for wanted in seconds]


def _frame_at(container: InputContainer, film: VideoStream, second: float) -> VideoFrame | None:
    """The frame that is shown at a second from the start; after the end, the last one."""
    from reelwright.media.probing import has_index

    base = film.time_base or Fraction(1, 1000)
    origin = (film.start_time or 0) * base
    # 1.9 s is a little less than 57/30 s in binary, and means it.
    at = Fraction(max(0.0, second)) + origin + Fraction(1, 10_000)
    ends = origin + film.duration * base if film.duration else at
    shown: VideoFrame | None = None
    for earlier in _EARLIER if has_index(container) else _EARLIER[1:]:
        goal = max(origin, min(at, ends) - earlier)
        container.seek(int(goal / base), stream=film, backward=True)
        shown = None
        for frame in container.decode(film):
            # Frame n owns the instants from its own stamp to the next one's.
            if shown is not None and (frame.pts or 0) * base > at:
                break
            shown = frame
        if goal == origin or (shown is not None and (shown.pts or 0) * base <= at):
            break
    return shown


def to_rgb(frame: VideoFrame, width: int | None) -> Frame:
    """A decoded frame, upright, as an array: height × width × 3, RGB, scaled to a width."""
    turn = round(frame.rotation / 90) % 4
    wide, high = frame.width, frame.height
    size: dict[str, Any] = {}
    if width:
        across = high if turn % 2 else wide
        size = {
            "width": max(1, round(wide * width / across)),
            "height": max(1, round(high * width / across)),
        }
    rgb = frame.reformat(format="rgb24", src_colorspace=colour_matrix(frame), **size).to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, turn).astype(np.uint8, copy=False))


def colour_matrix(frame: VideoFrame) -> int | None:
    """The matrix to decode a frame's colours with, as `VideoFrame.reformat` takes it.

    Files that do not say follow their size: BT.709 for HD, BT.601 below (as players do).
    """
    from av.video.reformatter import Colorspace

    said = int(frame.colorspace)
    return int(Colorspace.ITU709) if said == 1 or (said == 2 and frame.height >= 720) else None


def _resize(picture: Frame, width: int | None) -> Frame:
    if not width or width == picture.shape[1]:
        return picture
    from PIL import Image

    high = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return np.array(Image.fromarray(picture).resize((width, high), Image.Resampling.LANCZOS))
