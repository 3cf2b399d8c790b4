"""picture: a still that fills the frame, under a slow camera move, with a line of text on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.media import drawing
from reelwright.media.drawing import Box
from reelwright.media.easing import cubic_in_out
from reelwright.media.frames import read_picture

_PHASES = 4
_ROOM = 1.10


class Params(SceneParams):
    """A picture's path (from the project's folder) and what to write on it (may be empty)."""

    picture: str = Field(min_length=1)
    reverse: bool = False
    """Whether the camera moves the other way."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """Never by itself: a picture has to be given."""
    return None


def compose(params: Params, stage: Stage) -> None:
    """The picture, a shade at its foot, the text on the shade.

    Raises FootageError where the picture is missing or damaged.
    """
    path = stage.root / params.picture
    reverse = params.reverse != bool(stage.seed % 2)
    stage.drawing.ground = Still(path, stage, reverse, shaded=bool(params.text.strip()))
    if not params.text.strip():
        return
    text = ends_cleaned(params.text)
    kind = stage.type(text, title=True)
    room = (stage.width, stage.height * 0.6)
    setting = stage.set(
        text, kind, room, 104 * stage.theme.type.scale, lines=4, smallest=34, strong=params.strong
    )
    # Latin letters reach below the em box.
    top = stage.box.bottom - setting.height - 0.1 * setting.size
    mark_top = top - 44 * stage.u
    mark = Box(stage.box.left, mark_top, stage.box.left + 72 * stage.u, mark_top + 12 * stage.u)
    stage.bar(mark, "#ffffff", radius=6 * stage.u)
    box = Box(stage.box.left, top, stage.box.right, stage.box.bottom)
    stage.lines(setting, kind, box, "#ffffff", strong="#ffd466", shadow=(14 * stage.u, "#000000b0"))


class Still:
    """A picture in slow motion along the side that has most to spare.

    Moving by parts of a pixel looks smooth but means resampling every frame. Instead the picture is
    sampled four times, a quarter of a pixel apart, once; a frame copies the one it needs.
    """

    def __init__(self, path: Path, stage: Stage, reverse: bool, *, shaded: bool) -> None:
        width, height = stage.format.width, stage.format.height
        from PIL import Image

        image = Image.fromarray(read_picture(path))
        scale = max(width / image.width, height / image.height)
        spare_x = image.width * scale - width
        spare_y = image.height * scale - height
        self._across = spare_x >= spare_y
        least = (width if self._across else height) * (_ROOM - 1)
        if max(spare_x, spare_y) < least:
            scale *= _ROOM
        # A third of a long panorama is far enough for one shot.
        side = image.width if self._across else image.height
        seen = width if self._across else height
        self._travel = min(side * scale - seen, seen * 0.18)
        self._reverse = reverse
        self._phases = [self._sample(image, scale, width, height, n) for n in range(_PHASES)]
        self._shade = _shade(stage) if shaded else None

    def _sample(self, image: Any, scale: float, width: int, height: int, phase: int) -> Any:
        import numpy as np
        from PIL import Image

        shift = phase / _PHASES / scale
        wide, high = width / scale, height / scale
        spare = self._travel / scale
        left, top = (image.width - wide) / 2, (image.height - high) / 2
        size = (width, height)
        if self._across:
            left, wide = left - spare / 2, wide + spare
            size = (width + int(self._travel), height)
            wide, left = size[0] / scale, left + shift
        else:
            top, high = top - spare / 2, high + spare
            size = (width, height + int(self._travel))
            high, top = size[1] / scale, top + shift
        left = min(max(0.0, left), image.width - wide)
        top = min(max(0.0, top), image.height - high)
        box = (left, top, left + wide, top + high)
        small = image.resize(size, Image.Resampling.BICUBIC, box=box)
        return drawing.image_of(np.asarray(small))

    def place(self, share: float) -> tuple[int, int]:
        """Which sample, and by how many pixels it is moved, at a share of the shot."""
        eased = 0.6 * share + 0.4 * cubic_in_out(share)
        moved = (1 - eased if self._reverse else eased) * max(0, int(self._travel) - 1)
        whole, phase = divmod(int(moved * _PHASES), _PHASES)
        return phase, whole

    def draw(self, canvas: Any, place: tuple[int, int]) -> None:
        """Draw it at a place."""
        phase, whole = place
        x, y = (-whole, 0) if self._across else (0, -whole)
        canvas.drawImage(self._phases[phase], x, y)
        if self._shade:
            canvas.drawImage(self._shade.image, self._shade.x, self._shade.y)


def _shade(stage: Stage) -> drawing.Picture:
    width, height = stage.format.width, stage.format.height
    top = round(height * 0.22)
    black = [drawing.colour("#000000", alpha) for alpha in (0.0, 0.44, 0.68, 0.76)]

    def draw(canvas: Any) -> None:
        canvas.drawPaint(drawing.linear_gradient((0, top), (0, height), black))

    return drawing.picture_of(Box(0, top, width, height), draw, pad=0)
