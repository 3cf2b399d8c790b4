"""number: a figure that counts up, its unit beside it, what it is about below."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.figures import TIMES, find_change, find_figure, find_numeral
from reelwright.create.scenes.meaning import clauses, essence
from reelwright.media import drawing
from reelwright.media.drawing import Box, format_number, measure
from reelwright.media.easing import quint_out


class Params(SceneParams):
    """A figure; `text` says what it is about."""

    value: float = Field(ge=-1e15, le=1e15)
    decimals: int = Field(default=0, ge=0, le=6)
    grouped: bool = False
    """Whether thousands are set apart."""
    prefix: str = Field(default="", max_length=4)
    unit: str = Field(default="", max_length=16)
    start: float | None = Field(default=None, ge=-1e15, le=1e15)
    """What the figure was before; shown small above it, and where the counting starts."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line with a figure that has a unit or a currency."""
    change = find_change(line.say)
    figure = change[0] if change else find_figure(line.say)
    written = figure is None
    figure = figure or find_numeral(line.say)
    if figure is None:
        return None
    clause = next((part for part in clauses(line.say) if figure.passage in part), line.say)
    label = clause if len(clause) > len(figure.passage) + 3 else line.say
    params: dict[str, Any] = {
        "text": essence(label, language, (figure.passage,)),
        "strong": (figure.passage,),
        "value": figure.value,
        "decimals": figure.decimals,
        "grouped": figure.grouped,
        "prefix": figure.prefix,
        "unit": figure.unit,
    }
    if change:
        return Fit("number", 0.83, "says how a figure changed", {**params, "start": change[1]})
    # A span of time is more often the condition than the point.
    if written:
        # 四百级台阶: written in characters it weighs less.
        return Fit("number", 0.6, f"names a figure: {figure.passage}", params)
    score = 0.68 if re.match(TIMES, figure.unit) else 0.8
    return Fit("number", score, f"names a figure: {figure.passage}", params)


def compose(params: Params, stage: Stage) -> None:
    """The figure as large as the width allows, then a bar, then the sentence."""
    centred = (stage.wide or stage.pick(2) == 1) and params.start is None
    shown = format_number(params.value, params.decimals, grouped=params.grouped)
    kind = stage.type(params.unit or params.text or "0", title=True)
    prefix, unit = measure(params.prefix, kind) * 0.5, measure(params.unit, kind) * 0.42
    ems = prefix + measure(shown, kind) + (unit + 0.08 if params.unit else 0)
    size = min(360 * stage.u, stage.width / ems, stage.height * 0.44)
    text = ends_cleaned(params.text) if params.text else ""
    plain = stage.type(text or "a")
    label = stage.set(
        text,
        plain,
        (stage.width, stage.height - size * 0.8 - 226 * stage.u),
        74,
        leading=1.36,
        strong=params.strong,
        smallest=30,
        lines=5,
    )
    before = _before(params)
    above = 96 * stage.u if before else 0.0
    tall = above + size * 0.78 + 120 * stage.u + label.height
    top = stage.top_of(tall)
    baseline = top + above + size * 0.76
    if before:
        _from(before, params.value >= (params.start or 0.0), stage, top)
    left = stage.box.left + ((stage.width - ems * size) / 2 if centred else 0.0)
    _figure(params, stage, shown, kind, size, (left, baseline))
    # Under a figure in the middle a track is not much wider than it.
    spare = max(0.0, stage.width - max(ems * size * 1.3, 480 * stage.u)) / 2 if centred else 0.0
    rule = Box(
        stage.box.left + spare,
        baseline + 56 * stage.u,
        stage.box.right - spare,
        baseline + 72 * stage.u,
    )
    _rule(params, stage, rule, centred)
    below = Box(stage.box.left, rule.bottom + 44 * stage.u, stage.box.right, stage.box.bottom)
    stage.lines(
        label,
        plain,
        below,
        stage.colours.text,
        strong=stage.colours.accent,
        align="center" if centred else "left",
        gap=0.07,
    )


def _figure(
    params: Params,
    stage: Stage,
    shown: str,
    kind: drawing.Type,
    size: float,
    at: tuple[float, float],
) -> None:
    left, baseline = at
    start = left + measure(params.prefix, kind) * 0.5 * size
    # The last digit stands still while the figure grows to the left of it.
    end = start + measure(shown, kind) * size
    ink = drawing.paint(stage.colours.accent)
    small = drawing.paint(stage.colours.text)
    start_at = params.start or 0.0

    def draw(canvas: Any, p: float) -> None:
        value = start_at + (params.value - start_at) * quint_out(p) if p < 1 else params.value
        now = format_number(value, params.decimals, grouped=params.grouped)
        if p < 1:
            ink.setAlphaf(min(1.0, p * 6))
        else:
            ink.setAlphaf(1.0)
        first = end - measure_digits(now, kind) * size
        if params.prefix:
            drawing.draw_text(canvas, params.prefix, left, baseline, size * 0.5, kind, ink)
        drawing.draw_text(canvas, now, first, baseline, size, kind, ink)

    stage.add(draw, length=0.85, gap=0.1)
    stage.drawing.boxes.append((shown, drawing.ink_box(shown, start, baseline, size, kind)))
    if params.prefix:
        box = drawing.ink_box(params.prefix, left, baseline, size * 0.5, kind)
        stage.drawing.boxes.append((params.prefix, box))
    if params.unit:
        beside = end + 0.08 * size
        box = drawing.ink_box(params.unit, beside, baseline, size * 0.42, kind)
        stage.drawing.boxes.append((params.unit, box))
        stage.sprite(
            drawing.picture_of(
                box,
                lambda canvas: drawing.draw_text(
                    canvas, params.unit, beside, baseline, size * 0.42, kind, small
                ),
                pad=4,
            ),
            motion="left",
        )


def _before(params: Params) -> str:
    if params.start is None:
        return ""
    first = format_number(params.start, params.decimals, grouped=params.grouped)
    return (
        f"{params.prefix}{first}{' ' * params.unit.isascii() * params.unit.isalpha()}{params.unit}"
    )


def _from(before: str, up: bool, stage: Stage, top: float) -> None:
    """What the figure was, and an arrow that says whether it rose or fell."""
    u = stage.u
    kind = stage.type(before)
    size = 64 * u
    setting = stage.set(before, kind, (stage.width - 90 * u, 80 * u), 64, smallest=26, lines=1)
    box = Box(stage.box.left, top, stage.box.right, top + size)
    stage.lines(setting, kind, box, stage.colours.muted)
    x = stage.box.left + setting.width + 52 * u
    middle, reach = top + setting.size * 0.5, 20 * u * (-1 if up else 1)
    around = Box(x - 26 * u, middle - 26 * u, x + 26 * u, middle + 26 * u)

    def draw(canvas: Any) -> None:
        ink = drawing.paint(stage.colours.second)
        ink.setStrokeWidth(7 * u)
        ink.setStrokeCap(drawing.skia.Paint.kRound_Cap)
        end = (x + 18 * u, middle + reach)
        canvas.drawLine(x - 18 * u, middle - reach, *end, ink)
        canvas.drawLine(*end, end[0] - 22 * u, end[1], ink)
        canvas.drawLine(*end, end[0], end[1] - reach * 1.1, ink)

    stage.sprite(drawing.picture_of(around, draw), motion="fade", gap=0.1)


def measure_digits(text: str, kind: drawing.Type) -> float:
    """The width of a figure in ems, digit by digit: whole figures would fill the memory."""
    return sum(measure(char, kind) for char in text)


def _rule(params: Params, stage: Stage, box: Box, centred: bool) -> None:
    """A track across, filled to the share that a percentage says; else a short accent."""
    share = params.value / 100 if params.unit in {"%", "％", "percent"} else None
    if share is None or not 0 <= share <= 1:
        left = box.left + ((box.right - box.left - 120 * stage.u) / 2 if centred else 0.0)
        short = Box(left, box.top, left + 120 * stage.u, box.top + 12 * stage.u)
        stage.bar(short, stage.colours.second, radius=6 * stage.u)
        return
    radius = 8 * stage.u
    track, fill = drawing.paint(stage.colours.edge), drawing.paint(stage.colours.second)

    def draw(canvas: Any, p: float) -> None:
        drawing.rounded(canvas, box, radius, track)
        end = box.left + max(2 * radius, (box.right - box.left) * share * quint_out(p))
        drawing.rounded(canvas, Box(box.left, box.top, end, box.bottom), radius, fill)

    stage.add(draw, length=0.8)
