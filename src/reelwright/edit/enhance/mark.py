"""The visible mark of AI-made content, over what was enhanced: drawn as the renderer draws it."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.nouns import Language
from reelwright.core.timeline import Mark, TextStyle
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import STEP, Picture
from reelwright.edit.export.ass import mark_fonts, write_mark
from reelwright.edit.export.asspage import Page
from reelwright.media import ffmpeg
from reelwright.media.fonts import link_fonts

_EDGE = Fraction(3, 100)
"""Of the shorter side, that is kept free beside the mark."""
_STRIP = 8
"""Letters' heights of the strip at the top that the mark is looked for in."""


class Marked(Filter):
    """Words in the upper left corner: of a clip for its first seconds, of a still for good.

    Args:
        text: the words.
        share: height of the letters, of the shorter side.
        seconds: that they stand.
        language: of the words.
    """

    name: ClassVar[str] = "mark"
    version: ClassVar[int] = 1
    deep: ClassVar[bool] = True

    def __init__(self, text: str, share: Fraction, seconds: Fraction, language: Language) -> None:
        self.text, self.share, self.seconds, self.language = text, share, seconds, language

    def key(self) -> Mapping[str, Any]:
        """Words, their height and their time."""
        return {"text": self.text, "share": str(self.share), "seconds": str(self.seconds)}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture by itself, by its time."""
        for picture in pictures:
            yield self._marked(picture) if picture.at < self.seconds else picture

    def _marked(self, picture: Picture) -> Picture:
        size = picture.width, picture.height
        dark, through = _draw(self.text, self.share, self.language, *size)
        high, wide = dark.shape[:2]
        fine = picture.fine
        rgb: Any = (picture.rgb if fine is None else fine).copy()
        part = rgb[:high, :wide]
        part[:] = np.round(dark * (1 if fine is None else STEP) + part * through)
        alpha = picture.alpha
        if alpha is not None:
            alpha = alpha.copy()
            cover = np.round(255 * (1 - through.min(axis=2))).astype(np.uint8)
            np.maximum(alpha[:high, :wide], cover, out=alpha[:high, :wide])
        made = replace(picture, alpha=alpha)
        return made.showing(rgb) if fine is None else made.showing_fine(rgb)

    def told(self) -> str:
        """What it says."""
        return f"label: marked “{self.text}”"


@lru_cache(maxsize=4)
def _draw(
    text: str, share: Fraction, language: Language, width: int, height: int
) -> tuple[Any, Any]:
    """What the mark adds to the upper left part of a picture (0 to 255), and the share of the
    picture that is seen through it: both height × width × 3.

    It is drawn over black and over white: what the two differ by is what shows through.
    """
    letters = math.ceil(min(width, height) * share)
    edge = round(min(width, height) * _EDGE)
    strip = min(height, edge + _STRIP * letters)
    page = Page(
        style=TextStyle(size=letters, safe=(edge, edge, edge, edge)),
        language=language,
        rate=Fraction(1),
        width=width,
        height=strip,
        factor=1.0,
        first=0,
        last=1,
    )
    mark = Mark(start=0, frames=1, text=text, height=letters)
    with tempfile.TemporaryDirectory(prefix="reel-mark-") as made:
        folder = Path(made)
        script = folder / "mark.ass"
        script.write_text(write_mark(mark, page), "utf-8")
        link_fonts(mark_fonts(mark, language), folder / "fonts")
        over = f"ass=filename={ffmpeg.quote(script)}:fontsdir={ffmpeg.quote(folder / 'fonts')}"
        seen: list[Any] = []
        for ground in ("black", "white"):
            out = folder / f"{ground}.rgb"
            source = f"color=c={ground}:s={width}x{strip}:r=1:d=1,format=rgb24,{over}"
            args = ["-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1"]
            ffmpeg.run(
                [*args, "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"],
                what="drawing the label",
                out=out,
            )
            seen.append(np.fromfile(out, np.uint8).reshape(strip, width, 3).astype(np.float32))
    dark, light = seen
    through = (light - dark) / 255
    covered = through.min(axis=2) < 1
    high = int(np.flatnonzero(covered.any(axis=1))[-1]) + 1
    wide = int(np.flatnonzero(covered.any(axis=0))[-1]) + 1
    return dark[:high, :wide], through[:high, :wide]
