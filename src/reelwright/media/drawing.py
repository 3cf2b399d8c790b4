"""Drawing with Skia: text with the right font for every character, boxes, gradients, glows.

Colours are ``#rrggbb`` or ``#rrggbbaa``; positions and sizes are pixels, y downwards. Text is set
on a baseline 0.88 em under the top of its em box, as Chinese fonts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import Any

import skia as _skia

from reelwright.core.errors import FontError
from reelwright.media import emoji
from reelwright.media.fonts import FontFile, covering
from reelwright.media.typesetting import Line, Setting

skia: Any = _skia
"""Untyped on purpose: Skia's Python bindings carry no usable types."""

BASELINE = 0.88
_PROBE = 200.0


@dataclass(frozen=True)
class Type:
    """How letters look, but for their size and colour."""

    weight: int = 700
    serif: bool = False
    family: str = ""
    language: str = "zh"
    spacing: float = 0.0
    """Extra space after each character, in ems (for Latin capitals)."""


@dataclass(frozen=True)
class Box:
    """Where something was drawn: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, dx: float, dy: float) -> Box:
        """The same box elsewhere."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


@dataclass(frozen=True)
class Picture:
    """A raster image and where its top left corner stands."""

    image: Any
    x: int
    y: int
    ink: Box
    """The box of what can be seen of it, in the same space."""


def colour(text: str, alpha: float = 1.0) -> int:
    """A Skia colour from ``#rrggbb`` or ``#rrggbbaa``."""
    digits = text.lstrip("#")
    own = int(digits[6:8], 16) if len(digits) == 8 else 255
    return (round(own * alpha) << 24) | int(digits[:6], 16)


def paint(fill: str, alpha: float = 1.0, **more: Any) -> Any:
    """An anti-aliased Skia paint."""
    return skia.Paint(AntiAlias=True, Color=colour(fill, alpha), **more)


@lru_cache(maxsize=64)
def _typeface(font: FontFile) -> Any:
    # A manager of no fonts: the machine's own would set up fontconfig, which takes time and prints
    # warnings of its own, only to read a file that we name.
    face = skia.FontMgr.New_Custom_Empty().makeFromFile(str(font.path), font.index)
    if face is None:
        raise FontError(
            "the font cannot be used", where=str(font.path), hint="install it again, or remove it"
        )
    return face


@lru_cache(maxsize=256)
def _font(font: FontFile, size: float) -> Any:
    made = skia.Font(_typeface(font), size)
    made.setSubpixel(True)
    made.setLinearMetrics(True)
    made.setHinting(skia.FontHinting.kNone)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    return made


@lru_cache(maxsize=4096)
def _runs(text: str, kind: Type) -> tuple[tuple[str, FontFile | None], ...]:
    """A text in pieces of one font each; None is an emoji. What nothing can draw is left out."""
    runs: list[tuple[str, FontFile | None]] = []
    for part, is_emoji in emoji.split(emoji.drawable(text)):
        if is_emoji:
            runs.append((part, None))
            continue
        runs += covering(
            part, family=kind.family, weight=kind.weight, language=kind.language, serif=kind.serif
        )
    return tuple(runs)


@lru_cache(maxsize=8192)
def measure(text: str, kind: Type) -> float:
    """The width of a text in ems. Raises FontError for characters that no font covers."""
    width = 0.0
    for run, file in _runs(text, kind):
        wide = _font(file, _PROBE).measureText(run) / _PROBE if file else emoji.WIDTH
        width += wide + kind.spacing * (len(run) if file else 1)
    return width


def draw_text(
    canvas: Any, text: str, x: float, y: float, size: float, kind: Type, ink: Any
) -> float:
    """Draw a text on the baseline `y` from `x` on; gives back where it ends."""
    for run, file in _runs(text, kind):
        if file is None:
            emoji.draw(canvas, run, x, y, size)
            x += (emoji.WIDTH + kind.spacing) * size
            continue
        font = _font(file, size)
        pieces = list(run) if kind.spacing else [run]
        for piece in pieces:
            canvas.drawString(piece, x, y, font, ink)
            x += font.measureText(piece) + kind.spacing * size * len(piece)
    return x


def ink_box(text: str, x: float, y: float, size: float, kind: Type) -> Box:
    """The box of the ink of a text drawn on the baseline `y` from `x` on."""
    box: Box | None = None
    for run, file in _runs(text, kind):
        if file is None:
            half = emoji.HEIGHT / 2 * size
            middle = y - emoji.MIDDLE * size
            own = Box(x, middle - half, x + emoji.WIDTH * size, middle + half)
            box = own if box is None else union([box, own])
            x += (emoji.WIDTH + kind.spacing) * size
            continue
        font = _font(file, size)
        pieces = list(run) if kind.spacing else [run]
        for piece in pieces:
            bounds = skia.Rect()
            step = font.measureText(piece, skia.TextEncoding.kUTF8, bounds)
            if bounds.width() > 0 and bounds.height() > 0:
                own = Box(
                    x + bounds.left(), y + bounds.top(), x + bounds.right(), y + bounds.bottom()
                )
                box = own if box is None else union([box, own])
            x += step + kind.spacing * size * len(piece)
    return box or Box(x, y, x, y)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of these."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def line_text(line: Line) -> str:
    """A set line as it is drawn."""
    return "".join(token.text for token in line).rstrip()


def line_left(line: Line, size: float, kind: Type, left: float, width: float, align: str) -> float:
    """Where a line starts in a column.

    A full-width opening mark is half empty; at a left edge that half is left out, so that its ink
    is flush with the lines above and below.
    """
    text = line_text(line)
    wide = measure(text, kind) * size
    if align == "center":
        return left + (width - wide) / 2
    if align == "right":
        return left + width - wide
    mark = text[:1]
    if mark and mark in "“‘「『《（【" and measure(mark, kind) > 0.8:
        return left - max(0.0, ink_box(mark, 0, 0, size, kind).left - 0.05 * size)
    return left


def text_picture(
    line: Line,
    x: float,
    baseline: float,
    size: float,
    kind: Type,
    fill: str,
    *,
    strong: str = "",
    shadow: tuple[float, str] | None = None,
) -> Picture:
    """A line of text as a picture to be moved about.

    Args:
        line: the tokens of the line.
        x: where it starts.
        baseline: where it stands.
        size: height of the em.
        kind: the letters.
        fill: their colour.
        strong: the colour of highlighted tokens; empty for none.
        shadow: blur radius in pixels and colour of a soft shadow under the letters.
    """
    text = line_text(line)
    ink = ink_box(text, x, baseline, size, kind)
    pad = 2 + (ceil(shadow[0] * 3) if shadow else 0)
    left, top = floor(ink.left) - pad, floor(ink.top) - pad
    width = max(1, ceil(ink.right) + pad - left)
    height = max(1, ceil(ink.bottom) + pad - top)
    surface = new_surface(width, height)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)

    def all_tokens(plain: Any, marked: Any) -> None:
        at = x
        rest = len(text)
        for token in line:
            part = token.text[:rest]
            rest -= len(part)
            if part:
                draw_text(canvas, part, at, baseline, size, kind, marked if token.strong else plain)
                at += measure(part, kind) * size

    if shadow:
        blurred = paint(
            shadow[1], MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, shadow[0])
        )
        all_tokens(blurred, blurred)
    plain = paint(fill)
    all_tokens(plain, paint(strong) if strong else plain)
    return Picture(surface.makeImageSnapshot(), left, top, ink)


def setting_pictures(
    setting: Setting,
    kind: Type,
    fill: str,
    box: Box,
    *,
    strong: str = "",
    align: str = "left",
    shadow: tuple[float, str] | None = None,
) -> list[Picture]:
    """The lines of a set text as pictures, from the top of a box downwards."""
    made: list[Picture] = []
    for number, line in enumerate(setting.lines):
        y = box.top + setting.size * (BASELINE + setting.leading * number)
        x = line_left(line, setting.size, kind, box.left, box.right - box.left, align)
        made.append(
            text_picture(line, x, y, setting.size, kind, fill, strong=strong, shadow=shadow)
        )
    return made


def new_surface(width: int, height: int, *, opaque: bool = False) -> Any:
    """An empty surface in memory, BGRA."""
    alpha = skia.kOpaque_AlphaType if opaque else skia.kPremul_AlphaType
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, alpha)
    return skia.Surface.MakeRaster(info)


def buffer_surface(buffer: Any) -> Any:
    """A surface that draws straight into an array of H × W × 4 bytes, BGRA."""
    height, width = buffer.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    return skia.Surface.MakeRasterDirect(info, buffer)


def image_of(pixels: Any) -> Any:
    """An opaque Skia image of an array, H × W × 3 uint8 RGB; the pixels are copied."""
    import numpy as np

    height, width = pixels.shape[:2]
    full = np.full((height, width, 4), 255, np.uint8)
    full[..., :3] = pixels[..., ::-1]
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
    return skia.Image.MakeRasterCopy(skia.Pixmap(info, full, width * 4))


def picture_of(box: Box, draw: Any, pad: int = 2) -> Picture:
    """Whatever `draw(canvas)` draws inside a box, as a picture."""
    left, top = floor(box.left) - pad, floor(box.top) - pad
    surface = new_surface(ceil(box.right) + pad - left, ceil(box.bottom) + pad - top)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    draw(canvas)
    return Picture(surface.makeImageSnapshot(), left, top, box)


def rounded(canvas: Any, box: Box, radius: float, ink: Any) -> None:
    """A box with round corners."""
    rect = skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom)
    canvas.drawRoundRect(rect, radius, radius, ink)


def linear_gradient(
    start: tuple[float, float], end: tuple[float, float], colours: Sequence[int]
) -> Any:
    """A paint that goes through colours between two points, dithered against bands."""
    shader = skia.GradientShader.MakeLinear([skia.Point(*start), skia.Point(*end)], list(colours))
    return skia.Paint(Shader=shader, Dither=True, AntiAlias=True)


def radial_gradient(centre: tuple[float, float], radius: float, colours: Sequence[int]) -> Any:
    """A paint that goes through colours from a point outwards, dithered against bands."""
    shader = skia.GradientShader.MakeRadial(skia.Point(*centre), radius, list(colours))
    return skia.Paint(Shader=shader, Dither=True, AntiAlias=True)


def format_number(value: float, decimals: int, *, grouped: bool = False) -> str:
    """A number as shown: ``1234.5`` with one decimal and groups is ``1,234.5``."""
    return f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"
