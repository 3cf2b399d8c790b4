"""steps: what to do one after the other, along a line that grows."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage
from reelwright.create.scenes.listing import badge
from reelwright.create.scenes.rows import heading, rows
from reelwright.media import drawing
from reelwright.media.drawing import Box
from reelwright.media.easing import cubic_in_out

_MARKS = re.compile(
    r"(?:第[一二三四五六]|最后[一1]?|下[一1])步(?:就是|是)?[，,：:]?|首先(?:是|要)?[，,]?|其次[，,]?"
    r"|然后(?:是)?[，,]?|接着(?:是)?[，,]?|最后(?:就是|是)?[，,]?|先(?=[^，。]{2,12}[，,]再)"
    r"|(?<=[，,])再"
    r"|\b(?:step (?:one|two|three|four|\d)[,:]?|first,?|then,?|next,?|after that,?|finally,?|"
    r"the (?:first|next|last|final) step is(?: to)?)\s",
    re.IGNORECASE,
)
_EDGES = " ，。、；：,.;:"


class Params(SceneParams):
    """Steps under a heading."""

    steps: tuple[str, ...] = Field(min_length=1, max_length=6)
    title: str = ""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that says what comes first and what then."""
    marks = list(_MARKS.finditer(line.say))
    if not 2 <= len(marks) <= 6:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(line.say)]
    found = [
        line.say[mark.end() : end].strip(_EDGES).removesuffix(" and").strip(_EDGES)
        for mark, end in zip(marks, ends, strict=True)
    ]
    if not all(2 <= len(step) <= 60 for step in found):
        return None
    title = line.say[: marks[0].start()].strip(_EDGES)
    return Fit("steps", 0.86, f"goes in {len(found)} steps", {"title": title, "steps": found})


def compose(params: Params, stage: Stage) -> None:
    """Numbered points on a line from top to bottom, their texts beside them."""
    above = heading(stage, params.title)
    placed = rows(stage, params.steps, above.height, inset=108, gap=30, most=200)
    above.place(stage, placed[0].box.top - above.height, placed[0].box.left)
    columns: dict[float, list[Box]] = {}
    for row in placed:
        columns.setdefault(row.box.left, []).append(row.box)
    for left, boxes in columns.items():
        x = left + 38 * stage.u
        middles = [(box.top + box.bottom) / 2 for box in boxes]
        _thread(stage, x, middles[0], middles[-1])
    for number, row in enumerate(placed):
        badge(stage, row.box, str(number + 1), inset=38)
        stage.lines(row.setting, row.kind, row.text_box, stage.colours.text, gap=0.0)
        stage.turn(0.14)


def _thread(stage: Stage, x: float, top: float, bottom: float) -> None:
    ink = drawing.paint(stage.colours.edge)
    half = 3 * stage.u

    def draw(canvas: Any, p: float) -> None:
        end = top + (bottom - top) * cubic_in_out(p)
        drawing.rounded(canvas, Box(x - half, top, x + half, end), half, ink)

    stage.add(draw, length=0.8, gap=0.0)
