"""Emoji: where they stand in a text, how much room they take, and how they are drawn in colour.

libass draws outlines only and Skia's simple text joins no sequences (a family is three people and
two joiners), so emoji are taken out of every text and drawn one by one, each glyph found through
the font's own ligatures. Where the machine has no colour font, they are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

from reelwright.media.fonts import FontFile, covers, emoji_font

WIDTH = 1.2
"""Room of an emoji, in ems of the text it stands in."""
HEIGHT = 1.06
"""Height and width of its picture at most, in ems."""
MIDDLE = 0.37
"""How far above the baseline its middle stands, in ems: that of a Chinese character."""

# Characters that are emoji by themselves, and those that are with a selector after them
# (Unicode, emoji-data.txt: Emoji_Presentation, and Emoji).
_ALONE = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f3fa"
    "\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f900-\U0001faff"
)
_WITH = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f170-\U0001f19a"
)
_ONE = (
    f"(?:[{_ALONE}](?!\ufe0e)|[{_WITH}](?=\ufe0f))\ufe0f?[\U0001f3fb-\U0001f3ff]?"
    "[\U000e0020-\U000e007f]*"
)
_EMOJI = re.compile(
    f"{_ONE}(?:\u200d(?:{_ONE}|[{_WITH}]))*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
)


def split(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is an emoji; the pieces joined give the text."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _EMOJI.finditer(text):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((match[0], True))
        at = match.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def has_emoji(text: str) -> bool:
    """Whether there is an emoji in a text."""
    return _EMOJI.search(text) is not None


def without(text: str) -> str:
    """A text without its emoji, and without the spaces that stood around them."""
    return re.sub(r"  +", " ", _EMOJI.sub("", text)) if has_emoji(text) else text


def drawable(text: str) -> str:
    """A text without the emoji that no colour font here can draw."""
    if not has_emoji(text):
        return text
    kept = "".join(part for part, emoji in split(text) if not emoji or can_draw(part))
    return kept if kept == text else re.sub(r"  +", " ", kept)


@lru_cache(maxsize=512)
def can_draw(emoji: str) -> bool:
    """Whether a colour font of this machine has an emoji."""
    return bool(emoji_font()) and covers(emoji_font(), emoji[:1])


@dataclass(frozen=True)
class _Tables:
    """What is asked of a colour font: glyphs by character, ligatures, and pictures by glyph."""

    characters: dict[int, str]
    joined: dict[tuple[str, ...], str]
    pictures: Callable[[str], bytes | None]


def _glyph(emoji: str, tables: _Tables) -> str:
    """The glyph of an emoji: the ligature of its sequence, else that of its first character."""
    known = tables.characters
    full = [known[ord(char)] for char in emoji if ord(char) in known]
    bare = [known[ord(char)] for char in emoji if ord(char) in known and char != "\ufe0f"]
    for names in (full, bare):
        while len(names) > 1:
            # The longest ligature first; what it leaves over is tried again with it.
            sizes = (n for n in range(len(names), 1, -1) if tuple(names[:n]) in tables.joined)
            size = next(sizes, 0)
            if not size:
                break
            names = [tables.joined[tuple(names[:size])], *names[size:]]
        if len(names) == 1:
            return names[0]
    return bare[0] if bare else ""


@lru_cache(maxsize=4)
def _tables(font: FontFile) -> _Tables:
    from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]

    # From memory: pictures are asked for as long as the process lives, and no file stays open.
    opened: Any = TTFont(BytesIO(font.path.read_bytes()), fontNumber=font.index, lazy=True)
    lookups: list[Any] = opened["GSUB"].table.LookupList.Lookup if "GSUB" in opened else []
    joined: dict[tuple[str, ...], str] = {}
    for lookup in lookups:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for each in ligatures:
                    joined.setdefault((first, *each.Component), each.LigGlyph)
    return _Tables(opened.getBestCmap(), joined, lambda glyph: _bitmap(opened, glyph))


def _bitmap(font: Any, glyph: str) -> bytes | None:
    """The PNG a font keeps of a glyph (Google's CBDT, Apple's sbix), the largest there is."""
    if "CBDT" in font:
        found = [strike[glyph] for strike in font["CBDT"].strikeData if glyph in strike]
        return bytes(found[-1].imageData) if found else None
    if "sbix" in font:
        strikes = font["sbix"].strikes
        for size in sorted(strikes, reverse=True):
            one = strikes[size].glyphs.get(glyph)
            if one is not None and one.graphicType == "png " and one.imageData:
                return bytes(one.imageData)
    return None


def draw(canvas: Any, emoji: str, x: float, y: float, size: float) -> None:
    """Draw an emoji into its room.

    Args:
        canvas: Skia's.
        emoji: one that `can_draw`.
        x: where its room begins.
        y: the baseline of the text it stands in.
        size: the em of that text.
    """
    import skia as untyped

    skia: Any = untyped
    font = emoji_font()
    if font is None:
        return
    picture = _picture(emoji, font)
    scale = HEIGHT * size / max(picture.width(), picture.height())
    wide, high = picture.width() * scale, picture.height() * scale
    left, top = x + (WIDTH * size - wide) / 2, y - MIDDLE * size - high / 2
    target = skia.Rect.MakeXYWH(left, top, wide, high)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    canvas.drawImageRect(picture, target, sampling)


@lru_cache(maxsize=128)
def _picture(emoji: str, font: FontFile) -> Any:
    """An emoji at the size its font keeps it in."""
    import skia as untyped

    skia: Any = untyped
    tables = _tables(font)
    png = tables.pictures(_glyph(emoji, tables))
    if png is not None:
        image = skia.Image.MakeFromEncoded(skia.Data.MakeWithCopy(png))
    else:
        # Outlines in layers (Microsoft's COLR): Skia draws them.
        own = skia.Font(skia.Typeface.MakeFromFile(str(font.path), font.index), 128)
        bounds = skia.Rect()
        own.measureText(emoji[:1], skia.TextEncoding.kUTF8, bounds)
        wide, high = max(1, ceil(bounds.width())), max(1, ceil(bounds.height()))
        surface = skia.Surface.MakeRasterN32Premul(wide, high)
        ink = skia.Paint(AntiAlias=True)
        surface.getCanvas().drawString(emoji[:1], -bounds.left(), -bounds.top(), own, ink)
        image = surface.makeImageSnapshot()
    return image.withDefaultMipmaps()


def write_picture(emoji: str, size: float, out: Path) -> None:
    """Write an emoji's room as a PNG: `side(size)` pixels each way, the rest transparent."""
    import skia as untyped

    skia: Any = untyped
    pixels = side(size)
    surface = skia.Surface.MakeRasterN32Premul(pixels, pixels)
    # The room's middle is the picture's.
    x, y = (pixels - WIDTH * size) / 2, pixels / 2 + MIDDLE * size
    draw(surface.getCanvas(), emoji, x, y, size)
    surface.makeImageSnapshot().save(str(out), skia.EncodedImageFormat.kPNG)


def side(size: float) -> int:
    """Pixels of an emoji's picture each way, in text of `size`; even, as video likes it."""
    return max(2, round(WIDTH * size / 2) * 2)
