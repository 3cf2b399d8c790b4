"""What is put behind a person: the place itself out of focus, a colour, a picture, a video."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import FootageError, InputError
from reelwright.edit.enhance.background.edges import Edge
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.motion import Frame, Map
from reelwright.store.artefacts import hash_content

_SOFT = 1 / 45
"""Radius of the circle that a point becomes out of focus, of the longer side."""
_COPY = 320
"""Pixels of the longer side of the copy that is put out of focus."""
_BLUR = "blur"


Painter = Callable[[Picture, Edge], Frame]
"""A picture with its edge → its background, of the picture's size."""


class Ground(ABC):
    """A background: settings only, as a filter's."""

    synthesises: bool = True
    """Whether it shows what the camera did not see."""

    @abstractmethod
    def key(self) -> Mapping[str, Any]:
        """What decides it."""

    @abstractmethod
    def told(self) -> str:
        """What it is, in a few words."""

    @abstractmethod
    def begin(self) -> Painter:
        """A function that gives each picture's background; pictures come in order of showing."""


class Blur(Ground):
    """The place itself, out of focus; the person leaves no stain in it."""

    synthesises = False

    def key(self) -> Mapping[str, Any]:
        """Nothing but what it is."""
        return {"ground": _BLUR}

    def told(self) -> str:
        """What it is."""
        return "out of focus"

    def begin(self) -> Painter:
        """See `Ground`."""
        return lambda picture, edge: put_out_of_focus(picture.rgb, edge.matte)


def put_out_of_focus(frame: Frame, matte: Map) -> Frame:
    """What is behind the person, as a wide lens opening shows it: bright points become discs."""
    import cv2

    high, wide = frame.shape[:2]
    scale = min(1.0, _COPY / max(high, wide))
    size = max(2, round(wide * scale)), max(2, round(high * scale))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.float32)
    person = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.float32)
    # Light adds up, not its coding: squares are near enough to light.
    free = np.maximum(0, 1 - 1.5 * np.asarray(cv2.dilate(person, np.ones((3, 3), np.uint8))))
    free = (free + 1e-4)[..., None].astype(np.float32)
    radius = max(1, round(max(size) * _SOFT))
    disc = np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2), np.float32
    )
    disc /= disc.sum()
    light = cv2.filter2D(
        np.dstack([np.square(small) * free, free]), -1, disc, borderType=cv2.BORDER_REFLECT
    )
    # Far inside the person nothing is seen through the disc: there a wide blur stands in.
    wider = cv2.GaussianBlur(light, (0, 0), radius * 2.0)
    light = light + 0.02 * wider
    soft = np.sqrt(light[..., :3] / light[..., 3:])
    whole = cv2.resize(soft.astype(np.uint8), (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.asarray(whole, np.uint8)


class Plain(Ground):
    """One colour (red, green, blue: 0 to 255)."""

    def __init__(self, colour: tuple[int, int, int]) -> None:
        self.colour = colour

    def key(self) -> Mapping[str, Any]:
        """The colour."""
        return {"ground": list(self.colour)}

    def told(self) -> str:
        """The colour."""
        return "#{:02x}{:02x}{:02x}".format(*self.colour)

    def begin(self) -> Painter:
        """See `Ground`."""
        return lambda picture, _: np.full(picture.rgb.shape, self.colour, np.uint8)


class Still(Ground):
    """A picture that fills the frame."""

    def __init__(self, path: Path) -> None:
        from reelwright.media.frames import read_picture

        self.path = path
        self._frame = read_picture(path)

    def key(self) -> Mapping[str, Any]:
        """The picture's content."""
        return {"ground": hash_content(self.path)}

    def told(self) -> str:
        """Its name."""
        return self.path.name

    def begin(self) -> Painter:
        """See `Ground`."""
        filled: list[Frame] = []

        def paint(picture: Picture, _: Edge) -> Frame:
            if not filled:
                filled.append(fill_frame(self._frame, picture.width, picture.height))
            return filled[0]

        return paint


class Film(Ground):
    """A video that fills the frame, again from its beginning when it is over."""

    def __init__(self, path: Path) -> None:
        from reelwright.edit.enhance.reading import open_clip
        from reelwright.media.probing import probe

        self.path = path
        facts = probe(path)
        self._clip = open_clip(path, facts)
        if facts.seconds <= 0:
            raise FootageError("is too short for a background", where=str(path))
        self._seconds = Fraction(facts.seconds).limit_denominator(90_000)

    def key(self) -> Mapping[str, Any]:
        """The video's content."""
        return {"ground": hash_content(self.path)}

    def told(self) -> str:
        """Its name."""
        return self.path.name

    def begin(self) -> Painter:
        """See `Ground`."""
        turn, frames = Fraction(-1), iter(())
        shown: Frame | None = None
        ahead: Picture | None = None

        def paint(picture: Picture, _: Edge) -> Frame:
            nonlocal turn, frames, shown, ahead
            now, at = divmod(picture.at, self._seconds)
            late: Picture | None = None
            if now != turn:
                turn, frames = Fraction(now), self._frames(at)
                late, ahead = next(frames), next(frames, None)
            while ahead is not None and ahead.at <= at:
                late, ahead = ahead, next(frames, None)
            if late is not None or shown is None:
                assert late is not None
                shown = fill_frame(late.rgb, picture.width, picture.height)
            return shown

        return paint

    def _frames(self, at: Fraction) -> Iterator[Picture]:
        """Its pictures from the one shown at an instant on."""
        from reelwright.edit.enhance.reading import read_pictures

        early = max(Fraction(0), at - 2 / self._clip.rate)
        found = False
        for picture in read_pictures(self._clip, start=early):
            found = True
            yield picture
        if not found:
            # The last picture is over before the file is.
            yield from read_pictures(self._clip)


def fill_frame(frame: Frame, width: int, height: int) -> Frame:
    """A picture that fills a frame: scaled, its middle cut out."""
    import cv2

    high, wide = frame.shape[:2]
    if (wide, high) == (width, height):
        return frame
    scale = max(width / wide, height / high)
    across, down = min(wide, round(width / scale)), min(high, round(height / scale))
    left, top = (wide - across) // 2, (high - down) // 2
    part = np.ascontiguousarray(frame[top : top + down, left : left + across])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)


def read_ground(asked: str) -> Ground:
    """The background that is asked for: ``blur``, a colour like ``#00aa55``, a picture or a video.

    Raises:
        InputError: it is none of these.
        FootageError: the file cannot be read.
    """
    from PIL import ImageColor

    from reelwright.media.probing import is_picture

    if asked == _BLUR:
        return Blur()
    path = Path(asked).expanduser()
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(64)
        return Still(path) if is_picture(head) else Film(path)
    try:
        red, green, blue = ImageColor.getrgb(asked)[:3]
    except ValueError:
        raise InputError(
            f'"{asked}" is no background: there is no such file, and no such colour',
            where="--background",
            hint="give blur, a colour like #00aa55, a picture or a video",
        ) from None
    return Plain((red, green, blue))
