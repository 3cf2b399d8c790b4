"""Larger pictures: Lanczos interpolation, a network of our own, or one of the person's.

A network of our own makes luma, where what is sharp is seen; differences of colour are
interpolated, kept within what stands around them, so that no coloured rims appear. Networks look at
each picture by itself and change their mind with its noise, so what one adds to interpolation is
averaged over two pictures wherever nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from reelwright.core.errors import InputError
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import STEP, Fine, Look, Picture, Pixels, by_shot
from reelwright.edit.enhance.luma import Plane, colours_of, from_luma, luma_of

if TYPE_CHECKING:
    from reelwright.core.ports import PictureEnlarger
    from reelwright.edit.enhance.order import Order

SCALES = (2, 3, 4)
MOST = 16_384
"""Pixels of the longer side of what is made."""
_STILL = 2.5
"""Difference of luma (of 255) between two pictures up to about which a place stands still."""
_SHARE = 0.5
"""Of the picture before, in what the network adds to places that stand still."""


class Interpolate(Filter):
    """Lanczos interpolation: nothing is made up.

    Args:
        scale: times as wide and as high.
    """

    name: ClassVar[str] = "lanczos"
    version: ClassVar[int] = 1
    deep: ClassVar[bool] = True

    def __init__(self, scale: int) -> None:
        self.scale = scale

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Both sides times the scale."""
        return width * self.scale, height * self.scale

    def key(self) -> Mapping[str, Any]:
        """The scale."""
        return {"scale": self.scale}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture by itself."""
        for picture in pictures:
            if picture.fine is None:
                yield picture.showing(interpolate(picture.rgb, self.scale))
            else:
                yield picture.showing_fine(_interpolate_fine(picture.fine, self.scale))

    def told(self) -> str:
        """What it does."""
        return f"upscale: ×{self.scale} by Lanczos interpolation"


class Sharpen(Filter):
    """Enlarges by a network of our own; ×3 and ×4 by running it twice.

    Args:
        scale: times as wide and as high.
        model: the folder of an upscaler; by default the one that comes with us.
        say: is told when memory runs out.

    Raises:
        ModelError: it is no upscaler, or is damaged.
        MissingExtra: it has not been exported to ONNX, and torch is not installed.
    """

    name: ClassVar[str] = "upscaler"
    version: ClassVar[int] = 1
    deep: ClassVar[bool] = True
    synthesises: ClassVar[bool] = True
    memory: ClassVar[int] = 1

    def __init__(
        self, scale: int, model: Path | None = None, say: Callable[[str], None] = lambda _: None
    ) -> None:
        from reelwright.edit.enhance.upscaler.running import SHIPPED, Enlarger

        self.scale, self.model = scale, model
        self._enlarge = Enlarger(model or SHIPPED, say)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Both sides times the scale."""
        return width * self.scale, height * self.scale

    def key(self) -> Mapping[str, Any]:
        """The scale, and the hash of the network."""
        return {"scale": self.scale, **self._enlarge.key()}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Luma by the network, calmed over time; colour interpolated."""
        for shot in by_shot(pictures):
            before: _Made | None = None
            for picture in shot:
                fine = picture.fine
                given: Any = picture.rgb if fine is None else fine.astype(np.float32) / STEP
                small = luma_of(given)
                plain = _scaled(small, self.scale)
                made = _Made(small, self._large(small) - plain)
                added = made.added if before is None else _calmed(made, before)
                before = made
                large = from_luma(plain + added, _large_colours(given, self.scale))
                if fine is None:
                    yield picture.showing(np.rint(large).astype(np.uint8))
                else:
                    yield picture.showing_fine(np.rint(large * STEP).astype(np.uint16))

    def told(self) -> str:
        """What it does."""
        which = f"the network in {self.model}" if self.model else "the network that comes with us"
        return f"upscale: ×{self.scale} by {which}; what it adds is made up"

    def _large(self, luma: Plane) -> Plane:
        """Luma at the wanted size, by as many passes as it takes."""
        high, wide = luma.shape
        large = luma
        while len(large) < high * self.scale:
            large = self._enlarge(large)
        return _shrunk(large, (wide * self.scale, high * self.scale))


@dataclass(frozen=True)
class _Made:
    """What came of one picture: its small luma, and what the network adds to interpolation."""

    small: Plane
    added: Plane


class Given(Filter):
    """Enlarges by a model that the person gives.

    Args:
        scale: times as wide and as high; what the model makes is shrunk to it.
        path: of the model's file.
        model: who enlarges by it.
    """

    name: ClassVar[str] = "enlarger"
    version: ClassVar[int] = 1
    synthesises: ClassVar[bool] = True

    def __init__(self, scale: int, path: Path, model: PictureEnlarger) -> None:
        self.scale, self.path, self._model = scale, path, model

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Both sides times the scale."""
        return width * self.scale, height * self.scale

    def key(self) -> Mapping[str, Any]:
        """The scale, and what decides the model's answers."""
        return {"scale": self.scale, **self._model.key()}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture by itself, by as many passes as it takes."""
        for picture in pictures:
            wide, high = self.size(picture.width, picture.height)
            large = picture.rgb
            while large.shape[0] < high:
                larger = self._model.enlarge(large)
                if larger.shape[0] <= large.shape[0]:
                    hint = "give a model of ×2, ×3 or ×4"
                    raise InputError("does not enlarge", where=str(self.path), hint=hint)
                large = larger
            yield picture.showing(_shrunk(large, (wide, high)))

    def told(self) -> str:
        """What it does."""
        return f"upscale: ×{self.scale} by {self.path.name}; what it adds is made up"


def plan_upscale(look: Look, order: Order) -> Filter | str:
    """The filter that enlarges as asked.

    Raises:
        InputError: it would become too large, or the model cannot be used.
        MissingExtra: the model needs a library that is not installed.
    """
    scale, wanted = order.upscale, order.upscaler
    if scale not in SCALES:
        return "upscale: ×1 leaves it as it is"
    size = max(look.facts.width, look.facts.height) * scale
    if size > MOST:
        raise InputError(
            f"would become {size} pixels long; {MOST} is the most",
            where=str(look.path),
            hint="choose a smaller --upscale",
        )
    say = look.steps.progress.say
    if wanted == "lanczos":
        return Interpolate(scale)
    if wanted == "auto":
        return Sharpen(scale, say=say)
    path = Path(wanted).expanduser()
    if path.is_dir():
        return Sharpen(scale, path, say)
    from reelwright.providers.upscale import load_enlarger

    return Given(scale, path, load_enlarger(path, say))


def interpolate(rgb: Pixels, scale: int) -> Pixels:
    """A picture larger by Lanczos interpolation (three lobes), as Pillow does it."""
    from PIL import Image

    size = (rgb.shape[1] * scale, rgb.shape[0] * scale)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def _interpolate_fine(fine: Fine, scale: int) -> Fine:
    from PIL import Image

    size = (fine.shape[1] * scale, fine.shape[0] * scale)
    planes = [
        Image.fromarray(fine[..., n].astype(np.float32)).resize(size, Image.Resampling.LANCZOS)
        for n in range(3)
    ]
    large = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    return np.clip(np.rint(large), 0, 65_535).astype(np.uint16)


def _scaled(plane: Plane, scale: int) -> Plane:
    """A plane larger, by interpolation."""
    import cv2

    size = (plane.shape[1] * scale, plane.shape[0] * scale)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LANCZOS4), np.float32)


def _large_colours(rgb: Any, scale: int) -> Plane:
    """Differences of colour, larger; nowhere beyond those of the nine small pixels around."""
    import cv2

    small = colours_of(rgb)
    size = (rgb.shape[1] * scale, rgb.shape[0] * scale)
    around = np.ones((3, 3), np.uint8)

    def spread(values: Any) -> Any:
        return cv2.resize(values, size, interpolation=cv2.INTER_NEAREST)

    large = cv2.resize(small, size, interpolation=cv2.INTER_LANCZOS4)
    large = cv2.min(large, spread(cv2.dilate(small, around)))
    return np.asarray(cv2.max(large, spread(cv2.erode(small, around))), np.float32)


def _calmed(now: _Made, before: _Made) -> Plane:
    """What the network adds to a picture, averaged with what it added to the one before wherever
    the small pictures are alike."""
    import cv2

    high, wide = now.added.shape
    change = cv2.GaussianBlur(now.small - before.small, (0, 0), 1.5)
    most = cv2.dilate(np.abs(change), np.ones((5, 5), np.uint8))
    alike = np.float32(_SHARE) * np.exp(-np.square(most / np.float32(_STILL)))
    share = cv2.resize(alike, (wide, high), interpolation=cv2.INTER_LINEAR)
    return np.asarray(now.added + share * (before.added - now.added), np.float32)


def _shrunk(large: Any, size: tuple[int, int]) -> Any:
    """A plane of floats, or a picture, at a smaller size; as it is where it has that size."""
    if (large.shape[1], large.shape[0]) == size:
        return large
    from PIL import Image

    return np.asarray(Image.fromarray(large).resize(size, Image.Resampling.LANCZOS))
