"""A platform's safe area as a picture to lay over a draft: what is covered, where text goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelwright.core.nouns import Format, Language
from reelwright.core.timeline import TextStyle
from reelwright.create.captions import top_of
from reelwright.create.platforms import safe_area
from reelwright.store.atomic import replacing

_WORDS = {
    "zh": ("{}的安全区", "平台的标题和按钮", "字幕"),
    "en": ("safe area: {}", "the platform's own text and buttons", "captions"),
}
_SHADE, _EDGE, _CAPTIONS = "#ff2d5566", "#ffffff", "#35e0ff"


def draw_guide(
    platform: str, format: Format, style: TextStyle, language: Language, out: Path
) -> None:
    """Write the safe area of a platform as a PNG with transparency.

    What the platform covers is shaded, the safe area has an edge, and the place of captions of two
    lines is outlined; each says its name.

    Args:
        platform: one of `create.platforms.SAFE`.
        format: the picture's size.
        style: of the captions.
        language: of the names.
        out: the file, ``.png``.

    Raises:
        SettingError: there is no such platform.
        StoreError: the file cannot be written.
    """
    from reelwright.media import drawing
    from reelwright.media.drawing import Box, Type

    skia: Any = drawing.skia
    left, top, right, bottom = safe_area(platform, format)
    width, height = format.width, format.height
    u = min(width, height) / 1080
    surface = drawing.new_surface(width, height)
    canvas = surface.getCanvas()
    safe = Box(left, top, width - right, height - bottom)
    shade = drawing.paint(_SHADE)
    for box in (
        Box(0, 0, width, safe.top),
        Box(0, safe.bottom, width, height),
        Box(0, safe.top, safe.left, safe.bottom),
        Box(safe.right, safe.top, width, safe.bottom),
    ):
        drawing.rounded(canvas, box, 0, shade)
    # Captions are centred on the picture: the wider margin counts on both sides.
    side = max(left, right)
    captions = Box(side, top_of(style, format) + 0.4 * style.size, width - side, safe.bottom)
    boxes = [(safe, _EDGE, 4.0)]
    boxes += [(captions, _CAPTIONS, 4.0)] if style.name != "none" else []
    for box, colour, thick in boxes:
        line = drawing.paint(colour, Style=skia.Paint.kStroke_Style, StrokeWidth=thick * u)
        line.setPathEffect(skia.DashPathEffect.Make([22 * u, 14 * u], 0))
        drawing.rounded(canvas, box, 0, line)
    kind, size = Type(weight=700, language=language), 34 * u
    name, covered, text = _WORDS[language]
    labels = [
        (name.format(platform), safe.left + 14 * u, safe.top - 14 * u, _EDGE),
        (covered, safe.left + 14 * u, safe.bottom + 52 * u, _EDGE),
    ]
    if style.name != "none":
        labels.append((text, captions.left + 14 * u, captions.top - 14 * u, _CAPTIONS))
    for words, x, y, colour in labels:
        halo = drawing.paint("#000000c0", Style=skia.Paint.kStroke_Style, StrokeWidth=7 * u)
        drawing.draw_text(canvas, words, x, y, size, kind, halo)
        drawing.draw_text(canvas, words, x, y, size, kind, drawing.paint(colour))
    with replacing(out) as temporary:
        surface.makeImageSnapshot().save(str(temporary), skia.EncodedImageFormat.kPNG)
