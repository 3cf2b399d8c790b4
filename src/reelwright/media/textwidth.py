"""How wide text is, by the advances of the fonts it will be drawn with. No drawing engine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.media import emoji
from reelwright.media.fonts import FontFile, covering

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_SIZE = 200
"""Pixels an em is measured at: advances are rounded to 1/64 of a pixel there."""


@lru_cache(maxsize=8192)
def ems(text: str, *, family: str = "", weight: int = 400, language: str = "zh") -> float:
    """Width of one line of text in ems, kerning within a run included.

    Args:
        text: without line breaks. Emoji that no font here can draw take no room.
        family: the family to prefer, as in `covering`.
        weight: 100 to 900.
        language: ``zh`` or ``en``.

    Raises:
        FontError: no font covers some characters, or `family` is not on this machine.
    """
    width = 0.0
    for part, is_emoji in emoji.split(text):
        if is_emoji:
            width += emoji.WIDTH if emoji.can_draw(part) else 0.0
            continue
        runs = covering(part, family=family, weight=weight, language=language)
        width += sum(_font(font.path, font.index).getlength(run) for run, font in runs) / _SIZE
    return width


def advance(text: str, font: FontFile) -> float:
    """Width of a text in one font, in ems."""
    return _font(font.path, font.index).getlength(text) / _SIZE


@lru_cache(maxsize=16)
def _font(path: Path, index: int) -> FreeTypeFont:
    from PIL import ImageFont

    # The basic engine: what libass draws, near enough, without a shaping library that not every
    # build of Pillow has.
    return ImageFont.truetype(str(path), _SIZE, index=index, layout_engine=ImageFont.Layout.BASIC)
