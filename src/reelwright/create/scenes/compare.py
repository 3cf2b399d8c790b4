"""compare: two sides on two cards; where the first is denied, it is crossed out."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.meaning import find_sides
from reelwright.create.scenes.rows import heading
from reelwright.media import drawing
from reelwright.media.drawing import Box

skia: Any = drawing.skia


class Params(SceneParams):
    """Two sides."""

    first: str = Field(min_length=1, max_length=120)
    second: str = Field(min_length=1, max_length=120)
    title: str = ""
    """What they are sides of."""
    denied: bool = False
    """Whether the first side is wrong and the second right."""
    best: int = Field(default=2, ge=0, le=2)
    """Which side stands out, 1 or 2; 0 for neither."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that sets two things against each other."""
    found = find_sides(line.say)
    if found is None:
        return None
    params = {
        "title": found.topic,
        "first": found.first,
        "second": found.second,
        "denied": found.denied,
        "best": found.best,
    }
    return Fit(
        "compare", 0.76 if found.denied else 0.66, "sets two sides against each other", params
    )


def compose(params: Params, stage: Stage) -> None:
    """One card over the other (beside it in a landscape), the better one in the accent."""
    gap = 36 * stage.u
    above = heading(stage, params.title)
    room = stage.height - above.height
    if stage.wide:
        wide, high = (stage.width - gap) / 2, min(room, 420 * stage.u)
        step = (wide + gap, 0.0)
    else:
        wide, high = stage.width, min((room - gap) / 2, 360 * stage.u)
        step = (0.0, high + gap)
    used = high if stage.wide else high * 2 + gap
    top = stage.top_of(above.height + used) + above.height
    above.place(stage, top - above.height, stage.box.left)
    first = Box(stage.box.left, top, stage.box.left + wide, top + high)
    second = first.moved(*step)
    pad, sign = 52 * stage.u, 84 * stage.u
    inner = (wide - 2 * pad - (sign + 24 * stage.u), high - pad)
    texts = [ends_cleaned(params.first), ends_cleaned(params.second)]
    kinds = [stage.type(text, title=True) for text in texts]
    size = 92 * stage.theme.type.scale
    for text, kind in zip(texts, kinds, strict=True):
        size = min(size, stage.set(text, kind, inner, size, smallest=22).size / stage.u)
    for number, (box, text, kind) in enumerate(zip((first, second), texts, kinds, strict=True)):
        good = number == params.best - 1
        own = (stage.colours.accent, stage.colours.second)[number]
        stage.card(
            box,
            fill=stage.colours.accent if good else "",
            edge=stage.colours.accent if good else "" if params.best else own,
            motion="right" if number else "left",
            gap=0.05,
        )
        setting = stage.set(text, kind, inner, size, smallest=22, leading=1.22)
        ink = stage.colours.on_accent if good else stage.colours.text
        if params.denied and not good:
            ink = stage.colours.muted
        middle = (box.top + box.bottom) / 2
        _sign(stage, (box.left + pad + sign / 2, middle), sign / 2, number, good, params)
        left = box.left + pad + sign + 28 * stage.u
        place = Box(left, middle - setting.height / 2, box.right - pad, box.bottom)
        stage.lines(setting, kind, place, ink, motion="right" if number else "left", gap=0.03)
        stage.turn(0.16)


def _sign(
    stage: Stage,
    centre: tuple[float, float],
    radius: float,
    number: int,
    good: bool,
    params: Params,
) -> None:
    """✕ and ✓ where one side is wrong; A and B where both stand."""
    x, y = centre
    around = Box(x - radius, y - radius, x + radius, y + radius)
    fill = stage.colours.on_accent if good else stage.colours.edge
    ink = stage.colours.accent if good else stage.colours.text
    if not params.best:
        fill = (stage.colours.accent, stage.colours.second)[number]
        ink = stage.colours.on_accent if number == 0 else stage.colours.ground
    kind = stage.type("A", title=True)
    letter = "AB"[number]
    size = radius * 1.05
    box = drawing.ink_box(letter, 0, 0, size, kind)
    lx, ly = x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2

    def draw(canvas: Any) -> None:
        round_by = 8 * stage.u if stage.theme.type.serif else radius
        drawing.rounded(canvas, around, round_by, drawing.paint(fill))
        if not params.denied:
            drawing.draw_text(canvas, letter, lx, ly, size, kind, drawing.paint(ink))
            return
        stroke = drawing.paint(ink)
        stroke.setStrokeWidth(radius * 0.2)
        stroke.setStrokeCap(skia.Paint.kRound_Cap)
        r = radius * 0.36
        ends = (
            [((-1.1, 0.05), (-0.3, 0.85)), ((-0.3, 0.85), (1.15, -0.8))]
            if good
            else [((-1, -1), (1, 1)), ((-1, 1), (1, -1))]
        )
        for (x1, y1), (x2, y2) in ends:
            canvas.drawLine(x + x1 * r, y + y1 * r, x + x2 * r, y + y2 * r, stroke)

    stage.sprite(drawing.picture_of(around, draw), motion="pop", gap=0.03)
    if not params.denied:
        stage.drawing.boxes.append((letter, box.moved(lx, ly)))
