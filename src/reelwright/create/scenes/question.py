"""question: what is asked, then the answer; a question alone stands before a great mark."""

from __future__ import annotations

import re
from typing import Any

from reelwright.core.nouns import Language, Line, Role
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.explaining import find_question
from reelwright.create.scenes.meaning import essence, key_passages
from reelwright.create.scenes.statement import markers
from reelwright.media import drawing
from reelwright.media.drawing import Box


class Params(SceneParams):
    """`text` is the question; `answer` may be empty."""

    answer: str = ""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that asks, better one that also answers."""
    found = find_question(line.say)
    if found is None or line.role is Role.CALL:
        return None
    question, answer = found
    strong = key_passages(line, language)
    if not answer:
        params = {"text": question, "strong": tuple(w for w in strong if w in question)}
        return Fit("question", 0.56, "asks", params)
    shown = essence(_BECAUSE.sub("", answer), language, strong)
    marked = tuple(word for word in strong if word in shown and len(word) < len(shown))
    params = {"text": question, "answer": shown, "strong": marked}
    return Fit("question", 0.85, "asks and answers", params)


_BECAUSE = re.compile(r"^(?:因为是?|because )(?=.{4})", re.IGNORECASE)


def compose(params: Params, stage: Stage) -> None:
    """The question over a card with the answer; or the question alone, a great mark behind it."""
    if not params.answer.strip():
        _alone(params, stage)
        return
    u = stage.u
    question, answer = params.text.strip(), ends_cleaned(params.answer)
    kind, strong_kind = stage.type(question), stage.type(answer, title=True)
    scale = stage.theme.type.scale
    disc = 46 * u
    indent = disc * 2 + 30 * u
    pad = (56 if stage.height > 800 * u else 40) * u
    gap = 60 * u
    asked_room = (stage.width - indent, stage.height * 0.34)
    asked = stage.set(question, kind, asked_room, 90 * scale, smallest=28, lines=4, leading=1.34)
    head = max(asked.height, disc * 2)
    room = (stage.width - 2 * pad, stage.height - head - gap - 2 * pad)
    said = stage.set(
        answer, strong_kind, room, 118 * scale, smallest=32, lines=6, leading=1.36,
        strong=params.strong,
    )  # fmt: skip
    total = head + gap + said.height + 2 * pad
    top = stage.top_of(total)
    left, right = stage.box.left, stage.box.right
    if stage.wide:
        # No wider than it must be, in the middle.
        used = max(asked.width + indent, said.width + 2 * pad, 0.5 * stage.width)
        left += (stage.width - used) / 2
        right = left + used
    _disc(stage, (left + disc, top + head / 2), disc)
    box = Box(left + indent, top + (head - asked.height) / 2, right, top + head)
    stage.lines(asked, kind, box, stage.colours.muted, gap=0.07)
    stage.turn(0.35)
    low = top + head + gap
    around = Box(left, low, right, low + said.height + 2 * pad)
    stage.card(around, edge=stage.colours.accent, gap=0.12)
    box = Box(around.left + pad, low + pad, around.right - pad, around.bottom - pad)
    stage.lines(said, strong_kind, box, stage.colours.text, gap=0.07)
    stage.turn(0.1)
    markers(stage, said, strong_kind, box)


def _disc(stage: Stage, centre: tuple[float, float], radius: float) -> None:
    """A question mark on a disc (a seal where letters have serifs)."""
    kind = stage.type("a", title=True)
    size = radius * 1.3
    ink = drawing.ink_box("?", 0, 0, size, kind)
    x = centre[0] - (ink.left + ink.right) / 2
    y = centre[1] - (ink.top + ink.bottom) / 2
    around = Box(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)

    def draw(canvas: Any) -> None:
        corner = 10 * stage.u if stage.theme.type.serif else radius
        drawing.rounded(canvas, around, corner, drawing.paint(stage.colours.second))
        ink = drawing.paint(stage.colours.ground)
        drawing.draw_text(canvas, "?", x, y, size, kind, ink)

    stage.sprite(drawing.picture_of(around, draw), motion="pop", gap=0.1)


def _alone(params: Params, stage: Stage) -> None:
    u = stage.u
    text = params.text.strip()
    kind = stage.type(text, title=True)
    mark_kind = stage.type("a", title=True)
    size = min(stage.height * 1.05, stage.width * 1.1)
    ink = drawing.ink_box("?", 0, 0, size, mark_kind)
    middle = stage.box.right - (ink.right - ink.left) * 0.62
    x = middle - (ink.left + ink.right) / 2
    y = (stage.box.top + stage.box.bottom) / 2 - (ink.top + ink.bottom) / 2

    def draw(canvas: Any) -> None:
        faint = drawing.paint(stage.colours.accent, 0.16)
        drawing.draw_text(canvas, "?", x, y, size, mark_kind, faint)

    stage.sprite(drawing.picture_of(ink.moved(x, y), draw), gap=0.1)
    room = (stage.width, stage.height * 0.84)
    setting = stage.set(
        text, kind, room, 122 * stage.theme.type.scale, smallest=36, lines=6, leading=1.32,
        strong=params.strong,
    )  # fmt: skip
    foot = 70 * u
    top = stage.top_of(setting.height + foot)
    box = Box(stage.box.left, top, stage.box.right, top + setting.height)
    stage.lines(setting, kind, box, stage.colours.text, strong=stage.colours.accent, gap=0.08)
    low = box.bottom + foot - 12 * u
    stroke = Box(stage.box.left, low, stage.box.left + 150 * u, low + 12 * u)
    stage.bar(stroke, stage.colours.second, radius=6 * u)
