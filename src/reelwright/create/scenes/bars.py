"""bars: figures side by side as bars that grow from zero."""

from __future__ import annotations

from typing import Any

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, Stage, ends_cleaned
from reelwright.create.scenes.charting import (
    Above,
    ChartParams,
    Figures,
    blend,
    common_size,
    standing_out,
)
from reelwright.create.scenes.series import find_series, in_time, params_of
from reelwright.media import drawing
from reelwright.media.drawing import Box, measure
from reelwright.media.easing import quint_out
from reelwright.media.typesetting import Setting

_GROWS = 0.75
"""Seconds a bar takes."""


class Params(ChartParams):
    """Figures to compare."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that sets two figures or more of one kind beside each other."""
    series = find_series(line.say)
    if series is None:
        return None
    score = 0.86
    if series.whole or (series.time and len(series.items) > 2):
        # A ring or a line says more.
        score = 0.8
    return Fit("bars", score, f"compares {len(series.items)} figures", params_of(series))


def compose(params: Params, stage: Stage) -> None:
    """Columns where names are short, else bars that lie under (in a landscape beside) them."""
    labels = [ends_cleaned(item.label) for item in params.items]
    widest = max(measure(label, stage.type(label)) for label in labels)
    column = stage.width / len(labels)
    upright = widest * 38 * stage.u <= column * 0.92 and len(labels) <= 6
    if upright and (stage.wide or in_time(labels) or stage.pick(2) == 0):
        _columns(params, labels, stage)
    else:
        _lying(params, labels, stage)


def _fills(params: Params, stage: Stage) -> tuple[int | None, list[str]]:
    best = standing_out(params)
    quiet = blend(stage.colours.second, stage.colours.ground, 0.62)
    return best, [stage.colours.accent if n == best else quiet for n in range(len(params.items))]


def _columns(params: Params, labels: list[str], stage: Stage) -> None:
    u = stage.u
    figures = Figures(params, stage)
    above = Above(stage, params.title, figures.note)
    best, fills = _fills(params, stage)
    many = len(labels)
    # Few columns stand close together, in the middle.
    step = min(stage.width / many, (300 if stage.wide else 330) * u)
    wide = min(step * 0.62, 190 * u)
    start = (stage.box.left + stage.box.right) / 2 - step * many / 2
    room = (step * 0.94, 96 * u)
    size = common_size(stage, labels, room, 46, smallest=22, lines=2)
    settings = [stage.set(t, stage.type(t), room, size, smallest=20, lines=2) for t in labels]
    foot = max(setting.height for setting in settings) + 22 * u
    values = [item.value for item in params.items]
    number = min([58 * u, *(step * 0.96 / figures.width(value) for value in values)])
    head = number * 1.3
    plot = min(stage.height - above.height - foot - head, 620 * u)
    top = stage.top_of(above.height + head + plot + foot)
    above.place(stage, top, start if stage.wide else stage.box.left)
    low, high = min(0.0, *values), max(0.0, *values)
    if low < 0:
        plot -= head
    scale = plot / ((high - low) or 1.0)
    zero = top + above.height + head + high * scale
    edge = Box(start, zero, start + step * many, zero + 3 * u)
    stage.bar(edge, stage.colours.edge, gap=0.05)
    bottom = zero - low * scale + (head if low < 0 else 0.0)
    for at, (value, setting) in enumerate(zip(values, settings, strict=True)):
        centre = start + step * (at + 0.5)
        strong = at == best
        bar = Box(centre - wide / 2, zero - value * scale, centre + wide / 2, zero)
        baseline = bar.top + (number * 0.98 if value < 0 else -number * 0.3)
        _grown(stage, figures, value, bar, fills[at], strong, number, baseline, upright=True)
        tone = stage.colours.text if strong else stage.colours.muted
        place = Box(centre - room[0] / 2, bottom + 22 * u, centre + room[0] / 2, stage.box.bottom)
        _label(stage, setting, labels[at], place, tone, "center")
        stage.turn(0.11)


def _lying(params: Params, labels: list[str], stage: Stage) -> None:
    u = stage.u
    figures = Figures(params, stage)
    above = Above(stage, params.title, figures.note)
    best, fills = _fills(params, stage)
    many = len(labels)
    gap = 36 * u
    pitch = min((stage.height - above.height + gap) / many, (150 if stage.wide else 244) * u)
    row = pitch - gap
    top = stage.top_of(above.height + pitch * many - gap)
    above.place(stage, top, stage.box.left)
    beside = stage.wide
    room = (stage.width * 0.3, row) if beside else (stage.width, row * 0.46)
    size = common_size(stage, labels, room, 58, smallest=20, lines=2 if beside else 1)
    settings = [
        stage.set(t, stage.type(t), room, size, smallest=18, lines=2 if beside else 1)
        for t in labels
    ]
    left = stage.box.left
    if beside:
        left += max(setting.width for setting in settings) + 36 * u
    thick = min(row * 0.8, 84 * u) if beside else min(row * 0.46, 92 * u)
    values = [item.value for item in params.items]
    most = max(figures.width(value) for value in values)
    number = min(68 * u, thick * 0.92, (stage.box.right - left) * 0.45 / most)
    reach = stage.box.right - left - most * number - 24 * u
    low, high = min(0.0, *values), max(0.0, *values)
    if low < 0:
        reach -= most * number + 24 * u
        left += most * number + 24 * u
    scale = reach / ((high - low) or 1.0)
    zero = left - low * scale
    start = top + above.height
    edge = Box(zero - 3 * u, start, zero, start + pitch * many - gap)
    if beside:
        stage.bar(edge, stage.colours.edge, gap=0.05)
    for at, (value, setting) in enumerate(zip(values, settings, strict=True)):
        ceiling = start + pitch * at
        strong = at == best
        tone = stage.colours.text if strong else stage.colours.muted
        if beside:
            y = ceiling + (row - thick) / 2
            middle = ceiling + (row - setting.height) / 2
            place = Box(stage.box.left, middle, edge.left - 33 * u, stage.box.bottom)
            if low < 0:
                place = Box(stage.box.left, middle, stage.box.left + room[0], stage.box.bottom)
            _label(stage, setting, labels[at], place, tone, "left" if low < 0 else "right")
        else:
            y = ceiling + row - thick
            place = Box(stage.box.left, y - setting.height - 14 * u, stage.box.right, y)
            _label(stage, setting, labels[at], place, tone, "left")
        bar = Box(zero, y, zero + value * scale, y + thick)
        baseline = y + thick / 2 + number * 0.36
        _grown(stage, figures, value, bar, fills[at], strong, number, baseline, upright=False)
        stage.turn(0.11)


def _label(stage: Stage, setting: Setting, text: str, place: Box, tone: str, align: str) -> None:
    stage.lines(setting, stage.type(text), place, tone, align=align, motion="fade", gap=0.0)


def _grown(
    stage: Stage,
    figures: Figures,
    value: float,
    bar: Box,
    fill: str,
    strong: bool,
    size: float,
    baseline: float,
    *,
    upright: bool,
) -> None:
    """A bar that grows from zero, and its figure counting up at its end."""
    u = stage.u
    radius = (4 if stage.theme.type.serif else 14) * u
    ink = drawing.paint(fill)
    tone = stage.colours.accent if strong else stage.colours.text
    down, back = value < 0, 18 * u

    def at(share: float) -> tuple[Box, float, float]:
        if upright:
            end = bar.bottom + (bar.top - bar.bottom) * share
            x = (bar.left + bar.right) / 2 - figures.width(value * share) * size / 2
            return Box(bar.left, end, bar.right, bar.bottom), x, baseline + end - bar.top
        end = bar.left + (bar.right - bar.left) * share
        own = figures.width(value * share) * size
        x = end - back - own if down else end + back
        return Box(bar.left, bar.top, end, bar.bottom), x, baseline

    def draw(canvas: Any, p: float) -> None:
        share = quint_out(p) if p < 1 else 1.0
        grown, x, y = at(share)
        _cut(canvas, grown, radius, ink, upright)
        figures.draw(canvas, value * share, x, y, size, tone)

    _, x, y = at(1.0)
    stage.drawing.boxes.append((figures.shown(value), figures.box(value, x, y, size)))
    stage.add(draw, length=_GROWS, gap=0.0)


def _cut(canvas: Any, bar: Box, radius: float, ink: Any, upright: bool) -> None:
    """A bar that is round at its end only."""
    left, right = sorted((bar.left, bar.right))
    top, bottom = sorted((bar.top, bar.bottom))
    if right - left < 0.5 or bottom - top < 0.5:
        return
    canvas.save()
    canvas.clipRect(drawing.skia.Rect.MakeLTRB(left, top, right, bottom), True)
    over = 2 * radius
    if upright:
        grown = bar.bottom < bar.top
        box = Box(left, top - over * grown, right, bottom + over * (not grown))
    else:
        back = bar.right < bar.left
        box = Box(left - over * (not back), top, right + over * back, bottom)
    drawing.rounded(canvas, box, radius, ink)
    canvas.restore()
