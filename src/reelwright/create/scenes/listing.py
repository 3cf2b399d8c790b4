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
    """A heading, then a card for each item with its number at the left."""
    above = heading(stage, params.title)
    for number, row in enumerate(rows(stage, params.items, above, inset=136, gap=26, most=196)):
        stage.card(row.box, motion="right", gap=0.0)
        badge(stage, row.box, str(number + 1))
        stage.lines(row.setting, row.kind, row.text_box, stage.colours.text, motion="right",
                    gap=0.0)  # fmt: skip
        stage.turn(0.13)


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
