"""Rows of text with a mark before each: what lists and steps share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.create.scenes.base import Stage, ends_cleaned
from reelwright.media.drawing import Box, Type
from reelwright.media.typesetting import Setting


@dataclass(frozen=True)
class Row:
    """A row: its box, and its text set to stand in the middle of it."""

    box: Box
    setting: Setting
    kind: Type
    left: float
    """Where the text starts."""

    @property
    def text_box(self) -> Box:
        """Where the text stands."""
        top = self.box.top + (self.box.bottom - self.box.top - self.setting.height) / 2
        return Box(self.left, top, self.box.right, self.box.bottom)


@dataclass(frozen=True)
class Heading:
    """A heading that is set but not yet placed; `height` is 0 where there is none."""

    height: float = 0.0
    setting: Setting | None = None
    kind: Type | None = None

    def place(self, stage: Stage, top: float, left: float) -> None:
        """Add it, a short bar over it."""
        if self.setting is None or self.kind is None:
            return
        u = stage.u
        tint = (stage.colours.accent, stage.colours.second)[stage.pick(2)]
        stage.bar(Box(left, top, left + 72 * u, top + 12 * u), tint, radius=6 * u)
        box = Box(left, top + 44 * u, stage.box.right, stage.box.bottom)
        stage.lines(self.setting, self.kind, box, stage.colours.text)


def heading(stage: Stage, title: str) -> Heading:
    """Set a heading, to be placed over what it heads."""
    if not title:
        return Heading()
    text = ends_cleaned(title)
    kind = stage.type(text, title=True)
    room = (stage.width, stage.height * 0.28)
    setting = stage.set(text, kind, room, 92 * stage.theme.type.scale, lines=2, smallest=30)
    return Heading(44 * stage.u + setting.height + 52 * stage.u, setting, kind)


def rows(
    stage: Stage, items: Sequence[str], above: float, *, inset: float, gap: float, most: float
) -> list[Row]:
    """Place items under a heading, all in one size, in two columns where the frame is wide.

    Args:
        stage: where.
        items: their texts.
        above: how far down the heading reaches, in pixels.
        inset: from a row's left edge to its text, in units.
        gap: between rows, in units.
        most: the greatest height of a row, in units.
    """
    columns = 2 if stage.wide and len(items) > 3 else 1
    down = -(-len(items) // columns)
    across_gap = gap * 2 * stage.u
    width = (stage.width - across_gap * (columns - 1)) / columns
    room = stage.height - above
    height = min(most * stage.u, (room - gap * stage.u * (down - 1)) / down)
    right = 32 * stage.u
    inner = (width - inset * stage.u - right, height - 22 * stage.u)
    texts = [ends_cleaned(item) for item in items]
    kinds = [stage.type(text) for text in texts]
    first = [
        stage.set(text, kind, inner, 84, smallest=18, lines=3, leading=1.2)
        for text, kind in zip(texts, kinds, strict=True)
    ]
    size = min(setting.size for setting in first) / stage.u
    settings = [
        stage.set(text, kind, inner, size, smallest=18, lines=3, leading=1.2)
        for text, kind in zip(texts, kinds, strict=True)
    ]
    start_left = stage.box.left
    if stage.wide and columns == 1:
        # No wider than it must be, in the middle.
        needed = max(setting.width for setting in settings) + inset * stage.u + 2 * right
        width = min(width, max(needed, 0.56 * stage.width))
        start_left += (stage.width - width) / 2
    used = height * down + gap * stage.u * (down - 1)
    # Heading and rows stand in the middle as one block.
    start = stage.top_of(above + used) + above
    placed: list[Row] = []
    for number, (setting, kind) in enumerate(zip(settings, kinds, strict=True)):
        column, row = divmod(number, down)
        left = start_left + column * (width + across_gap)
        top = start + row * (height + gap * stage.u)
        box = Box(left, top, left + width, top + height)
        placed.append(Row(box, setting, kind, left + inset * stage.u))
    return placed
