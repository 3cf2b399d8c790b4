"""The fonts of captions and marks, and how large libass draws them.

libass takes ``Fontsize`` as the font's ascent plus descent as Windows counts them (OS/2
``usWinAscent`` and ``usWinDescent``), not as the em: `points` turns the size asked for into that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Language

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

CAPTION_WEIGHT = 700
MARK_WEIGHT = 500

Runs = list[tuple[str, "FontFile"]]
"""A text in pieces, each with the font that draws it."""


def caption_runs(text: str, family: str, language: Language) -> Runs:
    """The fonts of a caption's line. Raises FontError where none covers a character."""
    return _runs(text, family, CAPTION_WEIGHT, language)


def mark_runs(text: str, language: Language) -> Runs:
    """The fonts of a mark. Raises FontError where none covers a character."""
    # A Chinese font has the Latin letters too: one font, and so one box of one height.
    mixed = any(char > "\u2e80" for char in text)
    return _runs(text, "", MARK_WEIGHT, "zh" if mixed else language)


def mark_size(height: int, text: str, fonts: list[FontFile]) -> float:
    """The em in pixels at which every letter of a mark is at least `height` pixels high.

    Chinese characters fill at least 0.84 of the em; Latin capitals and digits as much as the font
    says. Small letters are not counted: no mark the rule asks for needs them.
    """
    latin = any(char.isascii() and char.isalnum() for char in text)
    share = min(_metrics(font).capital for font in fonts) if latin else 0.84
    # Two pixels more: the soft edge of a letter is no part of its height.
    return (height + 2) / share


@dataclass(frozen=True)
class _Metrics:
    """Of a font, in ems: libass' line above and below the baseline, and a capital's height."""

    above: float
    below: float
    capital: float


def _metrics(font: FontFile) -> _Metrics:
    return _read_metrics(font.path, font.index)


@lru_cache(maxsize=64)
def _read_metrics(path: Path, index: int) -> _Metrics:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        # fontTools makes the tables' fields as it reads them: they have no types to check.
        tables: Any = font
        em = tables["head"].unitsPerEm
        windows = tables.get("OS/2", None)
        above, below = (windows.usWinAscent, windows.usWinDescent) if windows else (0, 0)
        if above + below == 0:
            above, below = tables["hhea"].ascent, -tables["hhea"].descent
        # Fonts older than OpenType 1.2 do not say; most capitals are higher than this.
        capital = getattr(windows, "sCapHeight", 0) or 0.65 * em
    return _Metrics(above / em, below / em, capital / em)


def below(font: FontFile, size: float) -> float:
    """Pixels that libass keeps under the baseline of letters of this size."""
    return _metrics(font).below * size


def above(font: FontFile, size: float) -> float:
    """Pixels that libass keeps over the baseline of letters of this size."""
    return _metrics(font).above * size


def points(font: FontFile, size: float) -> float:
    """libass' font size for an em of `size` pixels."""
    metrics = _metrics(font)
    return size * (metrics.above + metrics.below)


def _runs(text: str, family: str, weight: int, language: Language) -> Runs:
    from reelwright.media.fonts import covering

    return covering(text, family=family, weight=weight, language=language) if text else []
