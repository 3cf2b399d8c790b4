"""Where every word of a caption stands, to the pixel: lines centred, words never moving.

Styles that draw something behind a word, or a word by itself, need its place; all of them take it
from here, so that a word stands where it would stand in a plain line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.core.nouns import Language
from reelwright.core.timeline import (
    CAPTION_MARGINS,
    TRANSLATION_LINE,
    TRANSLATION_SIZE,
    Caption,
    TimedWord,
)
from reelwright.edit.export.asspage import Page, plain
from reelwright.edit.export.letters import CAPTION_WEIGHT, above, below, caption_runs
from reelwright.media import emoji

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

LINE = 1.32
"""Distance of baselines, in letter sizes."""
DESCENT = 0.22
"""What Latin and Chinese letters reach below their baseline, in letter sizes."""

_TAIL = re.compile(r"[\s，。、；：！？…—,.;:!?·]+$")


@dataclass(frozen=True)
class Piece:
    """A stretch of one font; an emoji has none."""

    text: str
    font: FontFile | None


@dataclass(frozen=True)
class SetWord:
    """A word in its place. All measures are pixels of the timeline."""

    timed: TimedWord
    pieces: tuple[Piece, ...]
    left: float
    width: float
    core: float
    """Width without the punctuation, emoji and space after it."""


@dataclass(frozen=True)
class SetLine:
    """A line in its place."""

    words: tuple[SetWord, ...]
    size: float
    """Height of the letters."""
    base: float
    """Where its baseline is, from the top."""
    above: float
    """What libass keeps above the baseline, and below it."""
    below: float

    font: FontFile
    """The font of its first letters."""


def set_caption(caption: Caption, page: Page) -> list[SetLine]:
    """The lines of a caption in their places; empty lines are left out."""
    style = page.style
    foot = page.height - style.safe[3]
    if style.name == "bilingual":
        # Room for two lines of translation, always: the caption never stands elsewhere.
        foot -= style.size * (TRANSLATION_SIZE * TRANSLATION_LINE * 2 + 0.16)
    lines: list[SetLine] = []
    for index, line in enumerate(caption.lines):
        over = len(caption.lines) - 1 - index
        base = foot - style.size * (DESCENT + LINE * over)
        made = _set(line, style.size, base, page, page.language)
        if made:
            lines.append(made)
    return lines


def set_translation(caption: Caption, page: Page) -> list[SetLine]:
    """The lines of a caption's translation in their places, below it."""
    size = page.style.size * TRANSLATION_SIZE
    foot = page.height - page.style.safe[3] - size * DESCENT
    lines: list[SetLine] = []
    for index, text in enumerate(caption.translation):
        word = TimedWord(text=text, start=caption.start, end=caption.start + caption.frames)
        base = foot - size * TRANSLATION_LINE * (1 - index)
        made = _set((word,), size, base, page, language_of(text))
        if made:
            lines.append(made)
    return lines


def width_of(piece: Piece, page: Page) -> float:
    """Width of a piece in letter sizes."""
    return _ems(piece.text, page, page.language)


def space_width(font: FontFile, page: Page) -> float:
    """Width of a space that never breaks, in letter sizes, in the family of a font."""
    from reelwright.media.textwidth import advance

    return advance("\u00a0", font)


def tight(word: SetWord, line: SetLine, page: Page) -> tuple[tuple[Piece, ...], float, float]:
    """A word without the emoji and spaces at its ends: pieces, left edge and width in pixels.

    libass drops a space at an event's end, so a word in an event of its own is measured without.
    """
    pieces, left = list(word.pieces), word.left
    while pieces and pieces[0].font is None:
        left += width_of(pieces.pop(0), page) * line.size
    while pieces and (pieces[-1].font is None or not pieces[-1].text.strip()):
        pieces.pop()
    if pieces:
        pieces[-1] = Piece(pieces[-1].text.rstrip(), pieces[-1].font)
        lead = pieces[0].text.lstrip()
        left += (
            width_of(pieces[0], page) - width_of(Piece(lead, pieces[0].font), page)
        ) * line.size
        pieces[0] = Piece(lead, pieces[0].font)
    wide = sum(width_of(piece, page) for piece in pieces) * line.size
    return tuple(pieces), left, wide


def language_of(text: str) -> Language:
    """The language whose fonts a translation is set in."""
    return "zh" if any("\u2e80" < char < "\uff00" for char in text) else "en"


def _set(
    line: Sequence[TimedWord], size: float, base: float, page: Page, language: Language
) -> SetLine | None:
    shown = _shown(line, page, language)
    widths = [_ems(text, page, language) for text in shown]
    total = sum(widths)
    if not "".join(shown):
        return None
    left, _, right, _ = page.style.safe
    room = (page.width - 2 * max(left, right)) / size - 2 * CAPTION_MARGINS.get(
        page.style.name, 0.0
    )
    # Captions are cut to fit; only a single word wider than the picture, or a line edited by hand,
    # is made smaller.
    if 0 < room < total:
        size *= room / total
    at = page.width / 2 - total * size / 2
    words: list[SetWord] = []
    for word, text, wide in zip(line, shown, widths, strict=True):
        bare = emoji.without(text)
        core = _ems(_TAIL.sub("", bare) or bare, page, language)
        pieces = tuple(_pieces(text, page.style.family, language))
        words.append(SetWord(word, pieces, at, wide * size, core * size))
        at += wide * size
    fonts = [piece.font for word in words for piece in word.pieces if piece.font]
    if not fonts:  # nothing but emoji
        fonts = [font for _, font in caption_runs("0", page.style.family, language)]
    tall, deep = max(above(font, size) for font in fonts), max(below(font, size) for font in fonts)
    return SetLine(tuple(words), size, base, tall, deep, fonts[0])


def _pieces(text: str, family: str, language: Language) -> Iterator[Piece]:
    for part, is_emoji in emoji.split(text):
        if is_emoji:
            yield Piece(part, None)
        else:
            yield from (Piece(*run) for run in caption_runs(part, family, language))


def _ems(text: str, page: Page, language: Language) -> float:
    from reelwright.media.textwidth import ems

    return ems(text, family=page.style.family, weight=CAPTION_WEIGHT, language=language)


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def _quoted(text: str, page: Page, language: Language) -> str:
    """English with straight quotation marks where the font's curly ones are a whole em wide.

    Chinese fonts draw them for Chinese, and libass cannot ask for the narrow ones.
    """
    if language == "zh":
        # An apostrophe inside a Latin word is no Chinese quotation mark.
        return re.sub(r"(?<=[A-Za-z])’(?=[A-Za-z])", "'", text)
    if text == text.translate(_STRAIGHT):
        return text
    return text.translate(_STRAIGHT) if _ems("“", page, language) > 0.7 else text


def _shown(line: Sequence[TimedWord], page: Page, language: Language) -> list[str]:
    """The words' texts as drawn, with the spaces at both ends of the line taken off."""
    parts = [emoji.drawable(_quoted(plain(word.text), page, language)) for word in line]
    for index in range(len(parts)):
        parts[index] = parts[index].lstrip()
        if parts[index]:
            break
    for index in range(len(parts) - 1, -1, -1):
        parts[index] = parts[index].rstrip()
        if parts[index]:
            break
    return parts
