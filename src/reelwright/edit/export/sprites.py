"""The emoji of captions: pictures to lay over what libass drew, in the room it left them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.core.nouns import Format
from reelwright.core.timeline import Caption, Timeline
from reelwright.edit.export.asspage import Page, page_of
from reelwright.edit.export.captionlines import SetLine, set_caption, set_translation, width_of
from reelwright.media import emoji


@dataclass(frozen=True)
class Sprite:
    """An emoji in its place, in pixels of the picture; seen from frame `first` to before `last`."""

    emoji: str
    size: float
    """Height of the letters beside it; its picture is `media.emoji.side` of that wide and high."""
    x: int
    y: int
    first: int
    last: int


def emoji_of(
    timeline: Timeline, *, first: int = 0, last: int | None = None, scale: Format | None = None
) -> list[Sprite]:
    """The emoji of captions and translations, as pictures. Takes what `write_ass` takes."""
    page = page_of(timeline, first, last, scale)
    if page.style.name == "none":
        return []
    found: list[Sprite] = []
    for caption in timeline.text.captions:
        if not emoji.has_emoji(caption.text + "".join(caption.translation)):
            continue
        lines = set_caption(caption, page)
        lines += set_translation(caption, page) if page.style.name == "bilingual" else []
        for line in lines:
            found += _sprites(line, caption, page)
    return found


def _sprites(line: SetLine, caption: Caption, page: Page) -> Iterator[Sprite]:
    size = round(line.size * page.factor, 2)
    half = emoji.side(size) / 2
    middle = (line.base - emoji.MIDDLE * line.size) * page.factor
    for word in line.words:
        # A word that is typed brings its emoji along.
        start = word.timed.start if page.style.name == "typewriter" else caption.start
        window = page.window(start, caption.start + caption.frames - start)
        at = word.left * page.factor
        for piece in word.pieces:
            wide = width_of(piece, page) * size
            if piece.font is None and window is not None:
                x, y = round(at + wide / 2 - half), round(middle - half)
                yield Sprite(piece.text, size, x, y, *window)
            at += wide
