"""line: figures over time as a line that is drawn from left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, Stage, ends_cleaned
from reelwright.create.scenes.charting import (
    MOST,
    Above,
    ChartParams,
    Figures,
    Item,
    common_size,
    standing_out,
)
from reelwright.create.scenes.series import find_series, params_of
from reelwright.media import drawing
from reelwright.media.drawing import Box, colour
from reelwright.media.easing import back_out, cubic_in_out

skia: Any = drawing.skia
_GROWS = 1.1
"""Seconds the line takes from its first point to its last."""


class Params(ChartParams):
    """Figures in the order of time, at least three."""

    items: tuple[Item, ...] = Field(min_length=3, max_length=MOST)


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that says how something went over three points in time or more."""
    series = find_series(line.say)
    if series is None or not series.time or len(series.items) < 3:
        return None
    why = f"follows a figure over {len(series.items)} points in time"
    return Fit("line", 0.89, why, params_of(series))


def compose(params: Params, stage: Stage) -> None:
    """The heading, the line under its figures, the points in time below.

    Where no figure is far below the others the line starts from zero and stands on a base line;
    else it shows the range it moves in, without one.
    """
    u = stage.u
    labels = [ends_cleaned(item.label) for item in params.items]
    values = [item.value for item in params.items]
    figures = Figures(params, stage, bare=len(values) > 4)
    above = Above(stage, params.title, figures.note)
    many = len(values)
    width = min(stage.width, (420 if stage.wide else 999) * u * many)
    start = (stage.box.left + stage.box.right - width) / 2
    xs = _across(labels, start, width)
    step = min(b - a for a, b in pairwise(xs))
    room = (step * 0.94, 90 * u)
    size = common_size(stage, labels, room, 44, smallest=20, lines=2)
    settings = [stage.set(t, stage.type(t), room, size, smallest=18, lines=2) for t in labels]
    number = min([54 * u, *(step * 0.9 / figures.width(value) for value in values)])
    head, foot = number * 1.7, max(s.height for s in settings) + 30 * u
    low, high = min(values), max(values)
    # Where the lowest is far from nothing, the change is what is told.
    zero = low >= 0 and low <= 0.6 * high
    floor = 0.0 if zero else low - (high - low) * 0.16 if high > low else low - 1
    below = 0.0 if zero else number * 1.3
    plot = min(stage.height - above.height - head - foot - below, 520 * u)
    top = stage.top_of(above.height + head + plot + below + foot)
    above.place(stage, top, start if stage.wide else stage.box.left)
    base = top + above.height + head + plot
    scale = plot / ((high - floor) or 1.0)
    points = [(x, base - (value - floor) * scale) for x, value in zip(xs, values, strict=True)]
    if zero:
        rule = Box(start, base, start + width, base + 3 * u)
        stage.bar(rule, stage.colours.edge, gap=0.05)
    begun = stage.turn(0.0)
    _stroke(stage, points, base if zero else None, begun)
    best = standing_out(params)
    for at, (x, y) in enumerate(points):
        passed = begun + _GROWS * _arrival((x - xs[0]) / (xs[-1] - xs[0]))
        strong = at == best
        _dot(stage, (x, y), strong, passed)
        half = figures.width(values[at]) * number / 2 + 6 * u
        baseline = _clear(points, (x, y), half, number, base + below)
        _figure(stage, figures, values[at], (x, baseline), number, strong, passed)
        tone = stage.colours.text if strong else stage.colours.muted
        place = Box(x - room[0] / 2, base + below + 30 * u, x + room[0] / 2, stage.box.bottom)
        kind = stage.type(labels[at])
        for line, picture in zip(
            settings[at].lines,
            drawing.setting_pictures(settings[at], kind, tone, place, align="center"),
            strict=True,
        ):
            stage.drawing.boxes.append((drawing.line_text(line), picture.ink))
            stage.sprite(picture, motion="fade", delay=max(0.0, passed - 0.25))


def _clear(
    points: Sequence[tuple[float, float]],
    at: tuple[float, float],
    half: float,
    size: float,
    lowest: float,
) -> float:
    """The baseline of a figure near its point, over the line or under it, wherever it is nearer.

    Args:
        points: of the line.
        at: the figure's point.
        half: half the width of the figure.
        size: height of its em.
        lowest: how far down it may reach.
    """
    x, y = at
    near = [y]
    for (x1, y1), (x2, y2) in pairwise(points):
        for edge in (x - half, x + half):
            if x1 <= edge <= x2:
                near.append(y1 + (y2 - y1) * (edge - x1) / (x2 - x1))
    over, under = min(near) - size * 0.55, max(near) + size * 1.25
    fits = under + size * 0.2 <= lowest
    return under if fits and max(near) - y < y - min(near) - size * 0.1 else over


def _across(labels: Sequence[str], start: float, width: float) -> list[float]:
    """Where the points stand: evenly, or as far apart as their years are."""
    many = len(labels)
    step = width / many
    found = [re.match(r"\d{4}", label) for label in labels]
    years = [int(each.group()) for each in found if each]
    gaps = [b - a for a, b in pairwise(years)]
    span = sum(gaps)
    if len(years) == many and min(gaps) > 0 and min(gaps) / span * (many - 1) > 0.45:
        inner = width - step
        return [start + step / 2 + inner * (year - years[0]) / span for year in years]
    return [start + step * (at + 0.5) for at in range(many)]


def _arrival(share: float) -> float:
    """The progress at which the eased line reaches a share of its way."""
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if cubic_in_out(middle) < share else (low, middle)
    return high


def _stroke(
    stage: Stage, points: Sequence[tuple[float, float]], base: float | None, begun: float
) -> None:
    """The line, and the area under it where it stands on zero."""
    u = stage.u
    first, last = points[0][0], points[-1][0]
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    box = Box(first - 8 * u, top - 8 * u, last + 8 * u, max(bottom, base or bottom) + 8 * u)

    def paint(canvas: Any) -> None:
        if base is not None:
            area = _path([*points, (last, base), (first, base)])
            tint = stage.colours.second
            shade = drawing.linear_gradient(
                (0, top), (0, base), [colour(tint, 0.34), colour(tint, 0.03)]
            )
            canvas.drawPath(area, shade)
        ink = drawing.paint(stage.colours.second)
        ink.setStyle(skia.Paint.kStroke_Style)
        ink.setStrokeWidth(9 * u)
        ink.setStrokeJoin(skia.Paint.kRound_Join)
        ink.setStrokeCap(skia.Paint.kRound_Cap)
        canvas.drawPath(_path(points), ink)

    picture = drawing.picture_of(box, paint)

    def draw(canvas: Any, p: float) -> None:
        if p >= 1:
            canvas.drawImage(picture.image, picture.x, picture.y)
            return
        reached = first + (last - first) * cubic_in_out(p)
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(0, 0, reached, stage.format.height))
        canvas.drawImage(picture.image, picture.x, picture.y)
        canvas.restore()

    stage.add(draw, length=_GROWS, delay=begun)


def _path(points: Sequence[tuple[float, float]]) -> Any:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _dot(stage: Stage, at: tuple[float, float], strong: bool, delay: float) -> None:
    """A point on the line; a larger one in the accent where it stands out."""
    radius = (19 if strong else 12) * stage.u
    fill = drawing.paint(stage.colours.accent if strong else stage.colours.second)
    rim = drawing.paint(stage.colours.ground)

    def draw(canvas: Any, p: float) -> None:
        grown = radius * max(0.0, back_out(p))
        canvas.drawCircle(*at, grown * 1.42, rim)
        canvas.drawCircle(*at, grown, fill)

    stage.add(draw, length=0.35, delay=max(0.0, delay - 0.08))


def _figure(
    stage: Stage,
    figures: Figures,
    value: float,
    foot: tuple[float, float],
    size: float,
    strong: bool,
    delay: float,
) -> None:
    """A value over its point, its middle at `foot`."""
    x = foot[0] - figures.width(value) * size / 2
    box = figures.box(value, x, foot[1], size)
    tone = stage.colours.accent if strong else stage.colours.text
    picture = drawing.picture_of(
        box, lambda canvas: figures.draw(canvas, value, x, foot[1], size, tone), pad=4
    )
    stage.sprite(picture, motion="rise" if not strong else "pop", delay=delay)
    stage.drawing.boxes.append((figures.shown(value), box))
