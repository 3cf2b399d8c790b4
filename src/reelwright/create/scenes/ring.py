"""ring: shares of a whole as arcs of a ring."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, Stage, ends_cleaned
from reelwright.create.scenes.charting import (
    MOST,
    ChartParams,
    Figures,
    Item,
    common_size,
    fitting_left,
    standing_out,
    tints,
)
from reelwright.create.scenes.figures import find_figure
from reelwright.create.scenes.meaning import clauses, essence
from reelwright.create.scenes.rows import heading
from reelwright.create.scenes.series import PERCENT, find_series, params_of
from reelwright.media import drawing
from reelwright.media.drawing import Box, measure
from reelwright.media.easing import quint_out

skia: Any = drawing.skia
_GROWS = 0.95
_SHARE = re.compile(
    r"(?:[%％]|percent)\s?(?:的[\u4e00-\u9fff]|of (?:the |all |our )?[a-z]+)"
    r"|占(?:了|比|到|据)?\D{0,4}$",
    re.IGNORECASE,
)


class Params(ChartParams):
    """Shares of a whole: of a hundred where they are percentages, else of their sum."""

    items: tuple[Item, ...] = Field(min_length=1, max_length=MOST)


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that divides a whole, or says what share of it something is."""
    series = find_series(line.say)
    if series is not None:
        if not series.whole:
            return None
        return Fit("ring", 0.89, "divides a whole into shares", params_of(series))
    figure = find_figure(line.say)
    if figure is None or figure.unit not in PERCENT or not 0 < figure.value < 100:
        return None
    if not _SHARE.search(figure.passage + line.say[figure.end :][:8]) and not _SHARE.search(
        line.say[: figure.start]
    ):
        return None
    clause = next((part for part in clauses(line.say) if figure.passage in part), line.say)
    label = clause if len(clause) > len(figure.passage) + 3 else line.say
    text = essence(label, language, (figure.passage,))
    params = {"title": text, "unit": "%", "decimals": figure.decimals}
    params["items"] = [{"label": text[:120], "value": figure.value}]
    return Fit("ring", 0.7, f"names a share: {figure.passage}", params)


def compose(params: Params, stage: Stage) -> None:
    """The ring, its figure in the middle; names and shares below it, in a landscape beside."""
    lone = len(params.items) == 1
    figures = Figures(params, stage)
    if lone:
        _lone(params, figures, stage)
        return
    u = stage.u
    best = standing_out(params)
    colours = tints(stage, len(params.items), best)
    above = heading(stage, params.title)
    many = len(params.items)
    gap = 56 * u
    room = stage.height - above.height
    if stage.wide or stage.height < stage.width * 0.95:
        across = min(room, 560 * u, stage.width * 0.46)
        pitch = min(room / many, 104 * u)
        wide = min(stage.width - across - 2 * gap, 640 * u)
        start = stage.box.left + (stage.width - across - 2 * gap - wide) / 2
        top = stage.top_of(above.height + across)
        middle = top + above.height + across / 2
        centre = (start + across / 2, middle)
        legend = Box(start + across + 2 * gap, middle - pitch * many / 2, 0, 0)
    else:
        pitch = min((room - gap) * 0.62 / many, 92 * u)
        across = min(room - gap - pitch * many, stage.width * 0.74)
        wide = _needed(params, figures, stage, pitch, across)
        top = stage.top_of(above.height + across + gap + pitch * many)
        start = (stage.box.left + stage.box.right - wide) / 2
        centre = ((stage.box.left + stage.box.right) / 2, top + above.height + across / 2)
        legend = Box(start, top + above.height + across + gap, 0, 0)
    above.place(stage, top, fitting_left(stage, above, start) if stage.wide else stage.box.left)
    _ring(params, stage, centre, across / 2, colours)
    if best is not None:
        _middle(figures, params.items[best].value, stage, centre, across)
    stage.turn(0.2)
    _legend(params, figures, stage, colours, Box(legend.left, legend.top, legend.left + wide,
                                                 legend.top + pitch * many), best)  # fmt: skip


def _needed(params: Params, figures: Figures, stage: Stage, pitch: float, across: float) -> float:
    """The width of the names and shares: the ring's where they fit it, at most the frame's."""
    number = min(56 * stage.u, pitch * 0.62)
    labels = (ends_cleaned(item.label) for item in params.items)
    name = max(measure(label, stage.type(label)) for label in labels)
    share = max(figures.width(item.value) for item in params.items)
    return min(stage.width, max(across, (name + share + 1.6) * number + 60 * stage.u))


def _lone(params: Params, figures: Figures, stage: Stage) -> None:
    """One share: a large ring with the figure in it, and what it is a share of."""
    u = stage.u
    text = ends_cleaned(params.title or params.items[0].label)
    kind = stage.type(text)
    if stage.wide:
        across = min(stage.height, 560 * u)
        room = (stage.width - across - 110 * u, stage.height)
    else:
        across = min(stage.width * 0.7, stage.height * 0.58)
        room = (stage.width, stage.height - across - 64 * u)
    setting = stage.set(text, kind, room, 76, smallest=28, lines=5, leading=1.36,
                        strong=params.strong)  # fmt: skip
    if stage.wide:
        start = stage.box.left + (stage.width - across - 110 * u - setting.width) / 2
        top = stage.top_of(across)
        centre = (start + across / 2, top + across / 2)
        left = start + across + 110 * u
        place = Box(left, centre[1] - setting.height / 2, stage.box.right, stage.box.bottom)
    else:
        top = stage.top_of(across + 64 * u + setting.height)
        centre = ((stage.box.left + stage.box.right) / 2, top + across / 2)
        place = Box(stage.box.left, top + across + 64 * u, stage.box.right, stage.box.bottom)
    _ring(params, stage, centre, across / 2, [stage.colours.accent])
    _middle(figures, params.items[0].value, stage, centre, across)
    stage.turn(0.15)
    stage.lines(
        setting,
        kind,
        place,
        stage.colours.text,
        strong=stage.colours.accent,
        align="left" if stage.wide else "center",
        gap=0.07,
    )


def _ring(
    params: Params,
    stage: Stage,
    centre: tuple[float, float],
    radius: float,
    colours: Sequence[str],
) -> None:
    """The arcs, growing clockwise from the top; what is missing to a whole is a quiet track."""
    thick = radius * 0.26
    values = [max(0.0, item.value) for item in params.items]
    percent = params.unit.lower() in PERCENT
    whole = max(sum(values), 100.0 if percent else 0.0) or 1.0
    if percent and abs(sum(values) - 100) <= 2:
        # 33 + 33 + 33: rounding leaves no gap.
        whole = sum(values)
    r = radius - thick / 2
    oval = skia.Rect.MakeLTRB(centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r)
    # A gap between neighbours, in degrees.
    gap = 1.6 if len(values) > 1 else 0.0
    inks: list[Any] = []
    for fill in (stage.colours.edge, *colours):
        ink = drawing.paint(fill)
        ink.setStyle(skia.Paint.kStroke_Style)
        ink.setStrokeWidth(thick)
        inks.append(ink)
    open_end = sum(values) < whole * 0.999

    def draw(canvas: Any, p: float) -> None:
        turned = quint_out(p) if p < 1 else 1.0
        if open_end:
            canvas.drawArc(oval, -90, 360, False, inks[0])
        at = -90.0
        for value, ink in zip(values, inks[1:], strict=True):
            sweep = value / whole * 360 * turned
            if sweep > gap:
                canvas.drawArc(oval, at + gap / 2, sweep - gap, False, ink)
            at += sweep

    stage.add(draw, length=_GROWS, gap=0.1)


def _middle(
    figures: Figures, value: float, stage: Stage, centre: tuple[float, float], across: float
) -> None:
    """A figure counting up in the middle of the ring."""
    size = min(across * 0.25, across * 0.56 / figures.width(value))
    left = centre[0] - figures.width(value) * size / 2
    probe = figures.box(value, left, 0, size)
    baseline = centre[1] - (probe.top + probe.bottom) / 2
    tone = stage.colours.accent
    end = left + figures.width(value) * size

    def draw(canvas: Any, p: float) -> None:
        now = value * quint_out(p) if p < 1 else value
        figures.draw(canvas, now, end - figures.width(now) * size, baseline, size, tone)

    stage.add(draw, length=_GROWS, gap=0.0)
    stage.drawing.boxes.append((figures.shown(value), figures.box(value, left, baseline, size)))


def _legend(
    params: Params,
    figures: Figures,
    stage: Stage,
    colours: Sequence[str],
    box: Box,
    best: int | None,
) -> None:
    """Names and shares, a line each, with a swatch of the arc's colour."""
    u = stage.u
    pitch = (box.bottom - box.top) / len(params.items)
    swatch = min(34 * u, pitch * 0.44)
    inset = swatch + 26 * u
    values = [item.value for item in params.items]
    most = max(figures.width(value) for value in values)
    number = min(56 * u, pitch * 0.62, (box.right - box.left) * 0.4 / most)
    room = (box.right - box.left - inset - most * number - 24 * u, pitch * 0.94)
    labels = [ends_cleaned(item.label) for item in params.items]
    size = common_size(stage, labels, room, number / u, smallest=18, lines=2)
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = box.top + pitch * (at + 0.5)
        mark = Box(box.left, middle - swatch / 2, box.left + swatch, middle + swatch / 2)
        _swatch(stage, mark, colours[at])
        kind = stage.type(label)
        setting = stage.set(label, kind, room, size, smallest=16, lines=2, leading=1.16)
        place = Box(box.left + inset, middle - setting.height / 2, box.right, stage.box.bottom)
        stage.lines(setting, kind, place, stage.colours.text, motion="right", gap=0.0)
        x = box.right - figures.width(value) * number
        baseline = middle + number * 0.36
        ink = figures.box(value, x, baseline, number)
        tone = stage.colours.accent if at == best else stage.colours.text
        picture = drawing.picture_of(
            ink, _writing(figures, value, (x, baseline), number, tone), pad=4
        )
        stage.sprite(picture, motion="right", gap=0.0)
        stage.drawing.boxes.append((figures.shown(value), ink))
        stage.turn(0.1)


def _writing(
    figures: Figures, value: float, at: tuple[float, float], size: float, tone: str
) -> Any:
    return lambda canvas: figures.draw(canvas, value, *at, size, tone)


def _swatch(stage: Stage, box: Box, fill: str) -> None:
    radius = (box.right - box.left) * (0.12 if stage.theme.type.serif else 0.5)
    ink = drawing.paint(fill)
    picture = drawing.picture_of(box, lambda canvas: drawing.rounded(canvas, box, radius, ink))
    stage.sprite(picture, motion="pop", gap=0.0)
