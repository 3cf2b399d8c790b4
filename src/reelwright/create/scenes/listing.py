"""list: items on cards, numbered, coming in one after the other."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage
from reelwright.create.scenes.enumerating import find_items
from reelwright.create.scenes.rows import heading, rows
from reelwright.media import drawing
from reelwright.media.drawing import Box


class Params(SceneParams):
    """Items under a heading (`text`, may be empty)."""

    items: tuple[str, ...] = Field(min_length=1, max_length=6)
    title: str = ""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that counts things up."""
    title, items = find_items(line.say)
    if not items:
        return None
    return Fit("list", 0.84, f"counts up {len(items)} things", {"title": title, "items": items})


def compose(params: Params, stage: Stage) -> None:
    """A heading, then a card for each item (or a hairline under it), its number at the left."""
    above = heading(stage, params.title)
    cards = stage.pick(2) == 0
    inset = 136 if cards else 112
    placed = rows(stage, params.items, above.height, inset=inset, gap=26, most=204)
    above.place(stage, placed[0].box.top - above.height, placed[0].box.left)
    for number, row in enumerate(placed):
        if cards:
            stage.card(row.box, motion="right", gap=0.0)
            badge(stage, row.box, str(number + 1))
        else:
            low = row.box.bottom + 13 * stage.u
            if number + 1 < len(placed):
                hair = Box(row.box.left, low - 1.5 * stage.u, row.box.right, low + 1.5 * stage.u)
                stage.bar(hair, stage.colours.edge, gap=0.0)
            _numeral(stage, row.box, str(number + 1), row.setting.size)
        stage.lines(row.setting, row.kind, row.text_box, stage.colours.text, motion="right",
                    gap=0.0)  # fmt: skip
        stage.turn(0.13)


def _numeral(stage: Stage, box: Box, text: str, beside: float) -> None:
    """A number in the accent, as large as what it counts."""
    kind = stage.type("1", title=True)
    size = min(beside * 1.25, 92 * stage.u, (box.bottom - box.top) * 0.9)
    ink = drawing.ink_box(text, 0, 0, size, kind)
    x = box.left + 6 * stage.u - ink.left
    y = (box.top + box.bottom) / 2 - (ink.top + ink.bottom) / 2

    def draw(canvas: Any) -> None:
        drawing.draw_text(canvas, text, x, y, size, kind, drawing.paint(stage.colours.accent))

    stage.sprite(drawing.picture_of(ink.moved(x, y), draw), motion="pop", gap=0.0)
    stage.drawing.boxes.append((text, ink.moved(x, y)))


def badge(stage: Stage, box: Box, text: str, inset: float = 72) -> None:
    """A filled disc (a seal where letters have serifs) with a number.

    It stands in a row's middle, `inset` units from its left edge.
    """
    high = box.bottom - box.top
    radius = min(36 * stage.u, high * 0.3)
    centre = (box.left + inset * stage.u, (box.top + box.bottom) / 2)
    around = Box(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    kind = stage.type("1", title=True)
    size = radius * 1.15
    ink = drawing.ink_box(text, 0, 0, size, kind)
    x = centre[0] - (ink.left + ink.right) / 2
    y = centre[1] - (ink.top + ink.bottom) / 2

    def draw(canvas: Any) -> None:
        round_by = 8 * stage.u if stage.theme.type.serif else radius
        drawing.rounded(canvas, around, round_by, drawing.paint(stage.colours.accent))
        drawing.draw_text(canvas, text, x, y, size, kind, drawing.paint(stage.colours.on_accent))

    stage.sprite(drawing.picture_of(around, draw), motion="pop", gap=0.0)
    stage.drawing.boxes.append((text, ink.moved(x, y)))
