"""quote: somebody's words, and whose they are."""

from __future__ import annotations

from typing import Any

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage
from reelwright.create.scenes.meaning import find_quote
from reelwright.media import drawing
from reelwright.media.drawing import Box


class Params(SceneParams):
    """`text` is what was said; `author` may be empty."""

    author: str = ""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that is mostly somebody's words in quotation marks."""
    found = find_quote(line.say)
    if found is None:
        return None
    score = 0.88 if found[1] else 0.7
    return Fit("quote", score, "quotes somebody", {"text": found[0], "author": found[1]})


def compose(params: Params, stage: Stage) -> None:
    """A great quotation mark, the words, a short line and the author; from the left or centred."""
    centred = stage.wide or stage.pick(2) == 1
    text = params.text.strip().strip('“”"「」')
    mark_kind = stage.type("“", title=True)
    probe = drawing.ink_box("“", 0, 0, 100, mark_kind)
    size = 100 * 92 * stage.u / max(1.0, probe.bottom - probe.top)
    ink = drawing.ink_box("“", 0, 0, size, mark_kind)
    mark_high = ink.bottom - ink.top
    kind = stage.type(text)
    foot = 150 * stage.u if params.author else 0.0
    room = (stage.width, stage.height - mark_high - 56 * stage.u - foot)
    setting = stage.set(text, kind, room, 98 * stage.theme.type.scale, leading=1.42, smallest=30)
    total = mark_high + 56 * stage.u + setting.height + foot
    top = stage.top_of(total)
    x, y = stage.box.left - ink.left, top - ink.top
    if centred:
        x += (stage.width - (ink.right - ink.left)) / 2

    def draw(canvas: Any) -> None:
        drawing.draw_text(canvas, "“", x, y, size, mark_kind, drawing.paint(stage.colours.accent))

    stage.sprite(drawing.picture_of(ink.moved(x, y), draw), motion="pop", gap=0.12)
    stage.drawing.boxes.append(("“", ink.moved(x, y)))
    start = top + mark_high + 56 * stage.u
    below = Box(stage.box.left, start, stage.box.right, stage.box.bottom)
    align = "center" if centred else "left"
    stage.lines(setting, kind, below, stage.colours.text, align=align, gap=0.08)
    if params.author:
        _author(params.author, stage, start + setting.height + 60 * stage.u, centred)


def _author(name: str, stage: Stage, top: float, centred: bool) -> None:
    kind = stage.type(name)
    dash = 64 * stage.u
    setting = stage.set(
        name, kind, (stage.width - dash - 28 * stage.u, 80 * stage.u), 54, smallest=24, lines=1
    )
    middle = top + setting.height * 0.5
    left = stage.box.left
    if centred:
        left += (stage.width - setting.width - dash - 28 * stage.u) / 2
    line = Box(left, middle - 3 * stage.u, left + dash, middle + 3 * stage.u)
    stage.bar(line, stage.colours.accent, radius=3 * stage.u, gap=0.05)
    box = Box(left + dash + 28 * stage.u, top, stage.box.right, stage.box.bottom)
    stage.lines(setting, kind, box, stage.colours.muted)
