"""picture: a still that fills the frame, under a slow camera move, with a line of text on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.camera import Camera
from reelwright.media import drawing
from reelwright.media.drawing import Box

skia: Any = drawing.skia


class Params(SceneParams):
    """A picture's path (from the project's folder) and what to write on it (may be empty)."""

    picture: str = Field(min_length=1)
    reverse: bool = False
    """Whether the camera moves away from the subject rather than towards it."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """Never by itself: a picture has to be given."""
    return None


def compose(params: Params, stage: Stage) -> None:
    """The picture, a shade at its foot, the text on the shade.

    Raises FootageError where the picture is missing or damaged.
    """
    path = stage.root / params.picture
    stage.drawing.ground = Still(path, stage, params.reverse, shaded=bool(params.text.strip()))
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
    """A picture that fills the frame, the camera moving slowly towards its subject."""

    def __init__(self, path: Path, stage: Stage, reverse: bool, *, shaded: bool) -> None:
        width, height = stage.format.width, stage.format.height
        # Text and captions cover the lower half: the subject comes to stand above the middle.
        self._camera = Camera(path, width, height, reverse=reverse, rise=0.42 if shaded else 0.47)
        self._frame = skia.Rect.MakeWH(width, height)
        self._shade = _shade(stage) if shaded else None

    def place(self, share: float) -> Box:
        """What is seen of the picture at a share of the shot."""
        return self._camera.view(share)

    def draw(self, canvas: Any, place: Box) -> None:
        """Draw it as seen from a place."""
        seen = skia.Rect.MakeLTRB(place.left, place.top, place.right, place.bottom)
        canvas.drawImageRect(self._camera.image, seen, self._frame, _linear())
        if self._shade:
            canvas.drawImage(self._shade.image, self._shade.x, self._shade.y)


@lru_cache(maxsize=1)
def _linear() -> Any:
    return skia.SamplingOptions(skia.FilterMode.kLinear)


def _shade(stage: Stage) -> drawing.Picture:
    width, height = stage.format.width, stage.format.height
    top = round(height * 0.22)
    black = [drawing.colour("#000000", alpha) for alpha in (0.0, 0.44, 0.68, 0.76)]

    def draw(canvas: Any) -> None:
        canvas.drawPaint(drawing.linear_gradient((0, top), (0, height), black))

    return drawing.picture_of(Box(0, top, width, height), draw, pad=0)
