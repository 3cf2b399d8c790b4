"""What scenes are composed with: their parameters and the stage, which sets, places and times.

A scene is composed once: all text is set and drawn into small pictures. A frame then only moves
and fades those pictures over a background that wanders by whole pixels. That is why it is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.core.nouns import Format, Sticker
from reelwright.create.scenes.elements import Drawing, Element, mover, seconds_in
from reelwright.create.scenes.wording import ends_cleaned, language_of, narrow_marks, tokens
from reelwright.create.themes import Theme
from reelwright.media import drawing
from reelwright.media.drawing import Box, Picture, Type
from reelwright.media.easing import cubic_out
from reelwright.media.typesetting import Setting, set_text

__all__ = [
    "Drawing", "Element", "Fit", "SceneParams", "Stage", "content_box", "ends_cleaned",
    "language_of", "narrow_marks", "seconds_in", "tokens",
]  # fmt: skip

skia: Any = drawing.skia


class SceneParams(BaseModel):
    """Parameters that every scene takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(default="", max_length=400)
    """What the scene says."""
    strong: tuple[str, ...] = ()
    """Words of it to highlight."""
    font: str = ""
    """The font family asked for."""
    floor: float = Field(default=0.0, ge=0.0, le=0.95)
    """The share of the height that content stays above, where captions begin higher than usual;
    0 takes the format's own."""
    ceiling: float = Field(default=0.0, ge=0.0, le=0.6)
    """The share of the height that content stays below, where a mark stands lower than usual; 0
    takes the format's own."""
    logo: str = ""
    """A picture's path (from the project's folder), shown small above the content."""
    sticker: Sticker | None = None
    """A Lottie animation that plays over the scene."""
    background: str = ""
    """A picture's or clip's path (from the project's folder), shown behind the content in place of
    the theme's background."""


@dataclass(frozen=True)
class Fit:
    """That a scene suits a line."""

    scene: str
    score: float
    """0 to 1."""
    why: str
    params: dict[str, Any]


class Stage:
    """Where a scene is composed: sizes, colours, letters, and the drawing so far.

    `u` is a pixel of a frame whose short side is 1080; all sizes are given in it. `box` is where
    content may stand: clear of captions below and of the platform's buttons.
    """

    def __init__(self, format: Format, theme: Theme, seed: int, params: SceneParams) -> None:
        self.format = format
        self.theme = theme
        self.colours = theme.palette
        self.seed = seed
        self.u = min(format.width, format.height) / 1080
        self.box = content_box(format, params.floor, params.ceiling)
        self.width = self.box.right - self.box.left
        self.height = self.box.bottom - self.box.top
        self.wide = format.width > format.height * 1.2
        """Whether the frame is a landscape."""
        self.root = Path()
        self.family = params.font
        self.drawing = Drawing()
        self._next = 0.0

    def type(self, text: str, *, title: bool = False, spacing: float = 0.0) -> Type:
        """The letters for a text: of a title or of the body."""
        own = self.theme.type
        return Type(
            weight=own.title if title else own.body,
            serif=own.serif,
            family=self.family,
            language=language_of(text),
            spacing=spacing,
        )

    def set(
        self,
        text: str,
        kind: Type,
        room: tuple[float, float],
        largest: float,
        *,
        smallest: float = 30,
        lines: int = 99,
        leading: float = 1.28,
        strong: Sequence[str] = (),
    ) -> Setting:
        """Set a text into `room` (pixels), at most `largest` (units) high."""
        text = narrow_marks(text, kind)
        return set_text(
            tokens(text, [narrow_marks(passage, kind) for passage in strong]),
            lambda part: drawing.measure(part, kind),
            room,
            largest=largest * self.u,
            smallest=min(smallest, largest) * self.u,
            leading=leading,
            most_lines=lines,
        )

    def top_of(self, tall: float) -> float:
        """Where a block `tall` pixels high begins, to stand in the middle as the eye sees it.

        That is a little below the middle of the box: captions mostly have one line, and leave the
        room of the other free.
        """
        return self.box.top + max(0.0, self.height - tall) * 0.54

    def pick(self, choices: int) -> int:
        """Which of several layouts this shot takes, 0 to `choices` - 1: by its seed."""
        return self.seed // 7 % choices

    def turn(self, gap: float | None = None) -> float:
        """The moment the next element comes in."""
        now = self._next
        self._next += self.theme.motion.stagger if gap is None else gap
        return now

    def lines(
        self,
        setting: Setting,
        kind: Type,
        box: Box,
        fill: str,
        *,
        strong: str = "",
        align: str = "left",
        motion: str = "rise",
        gap: float | None = None,
        shadow: tuple[float, str] | None = None,
    ) -> list[Picture]:
        """Add the lines of a set text, one coming in after the other."""
        pictures = drawing.setting_pictures(
            setting, kind, fill, box, strong=strong, align=align, shadow=shadow
        )
        for line, picture in zip(setting.lines, pictures, strict=True):
            self.drawing.boxes.append((drawing.line_text(line), picture.ink))
            self.sprite(picture, motion=motion, gap=gap)
        return pictures

    def sprite(
        self,
        picture: Picture,
        *,
        motion: str = "rise",
        gap: float | None = None,
        delay: float | None = None,
    ) -> None:
        """Add a picture that comes in: rise, fade, left, right, pop or wipe."""
        at = self.turn(gap) if delay is None else delay
        move = self.theme.motion
        self.drawing.elements.append(
            Element(mover(picture, motion, move.travel * self.u, move.ease), at, move.length)
        )

    def add(
        self,
        draw: Callable[[Any, float], None],
        *,
        length: float | None = None,
        gap: float | None = None,
        delay: float | None = None,
    ) -> None:
        """Add something that draws itself, given how far it has come (0 to 1, not eased)."""
        at = self.turn(gap) if delay is None else delay
        self.drawing.elements.append(
            Element(draw, at, self.theme.motion.length if length is None else length)
        )

    def bar(self, box: Box, fill: str, *, radius: float = 0.0, gap: float | None = None) -> None:
        """Add a filled box that grows from the left."""
        ink = drawing.paint(fill)

        def draw(canvas: Any, p: float) -> None:
            grown = box.left + (box.right - box.left) * cubic_out(p)
            if grown - box.left > 1:
                drawing.rounded(canvas, Box(box.left, box.top, grown, box.bottom), radius, ink)

        self.add(draw, gap=gap)

    def card(
        self,
        box: Box,
        *,
        fill: str = "",
        edge: str = "",
        motion: str = "rise",
        radius: float = 28,
        gap: float | None = None,
    ) -> None:
        """Add a box with round corners to stand behind text."""
        corner = radius * self.u if not self.theme.type.serif else 6 * self.u

        def draw(canvas: Any) -> None:
            drawing.rounded(canvas, box, corner, drawing.paint(fill or self.colours.card))
            line = drawing.paint(edge or self.colours.edge)
            line.setStyle(skia.Paint.kStroke_Style)
            line.setStrokeWidth(2 * self.u)
            drawing.rounded(canvas, box, corner, line)

        self.sprite(drawing.picture_of(box, draw, pad=4), motion=motion, gap=gap)


def content_box(format: Format, floor: float = 0.0, ceiling: float = 0.0) -> Box:
    """Where scenes may put content: 8 to 92 % across, from 12 % down to where captions begin.

    Captions of two lines begin at two thirds of an upright frame and further down in wider ones,
    which the platforms cover less. The mark of AI-made content stands above 12 %.

    Args:
        format: the picture.
        floor: the share of the height to stay above; 0 takes the format's own.
        ceiling: the share of the height to stay below; 0 takes the format's own.
    """
    w, h = format.width, format.height
    tall = h / w
    own = 0.66 if tall > 1.5 else 0.67 if tall > 1.1 else 0.68 if tall > 0.9 else 0.72
    top, bottom = max(0.12, ceiling), floor or own
    return Box(round(w * 0.08), round(h * top), round(w * 0.92), round(h * bottom))
