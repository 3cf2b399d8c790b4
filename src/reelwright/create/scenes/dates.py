"""dates: what was when, along a line of time that grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.events import find_events
from reelwright.create.scenes.rows import heading
from reelwright.media import drawing
from reelwright.media.drawing import Box, Type
from reelwright.media.easing import cubic_in_out
from reelwright.media.typesetting import Setting


class Event(BaseModel):
    """What was when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str = Field(min_length=1, max_length=60)
    what: str = Field(min_length=1, max_length=120)


class Params(SceneParams):
    """Events in order, under a heading."""

    events: tuple[Event, ...] = Field(min_length=1, max_length=5)
    title: str = ""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that tells of two dates or more."""
    title, found = find_events(line.say)
    if not found:
        return None
    events = [{"when": each.when, "what": each.what} for each in found]
    spoken = " → ".join(each.when for each in found)
    return Fit("dates", 0.87, f"tells of dates: {spoken}", {"title": title, "events": events})


def compose(params: Params, stage: Stage) -> None:
    """Dates over their events along a line downwards; beside them; along one to the right."""
    if stage.wide:
        _across(params, stage)
        return
    dates = [ends_cleaned(event.when) for event in params.events]
    short = all(len(date) <= 5 for date in dates)
    _down(params, stage, beside=short and stage.pick(2) == 1)


def _all(
    stage: Stage,
    texts: Sequence[str],
    room: tuple[float, float],
    largest: float,
    smallest: float,
    lines: int,
    *,
    title: bool = False,
) -> list[tuple[Setting, Type]]:
    """Texts set in one size, the largest at which all of them fit."""
    kinds = [stage.type(text, title=title) for text in texts]

    def at(size: float) -> list[Setting]:
        return [
            stage.set(text, kind, room, size, smallest=smallest, lines=lines, leading=1.22)
            for text, kind in zip(texts, kinds, strict=True)
        ]

    size = min(setting.size for setting in at(largest)) / stage.u
    return list(zip(at(size), kinds, strict=True))


def _down(params: Params, stage: Stage, *, beside: bool) -> None:
    u = stage.u
    above = heading(stage, params.title)
    extra = 26 * u if above.height else 0.0
    count = len(params.events)
    room = stage.height - above.height - extra
    share = min(room / count, (300 if beside else 400) * u)
    gap = min(44 * u, share * 0.18)
    high = share - gap
    spine = stage.box.left + 22 * u
    left = spine + 58 * u
    dates = [event.when for event in params.events]
    whats = [ends_cleaned(event.what) for event in params.events]
    if beside:
        column = stage.width * 0.3
        spine = stage.box.left + column
        left = spine + 54 * u
        when = _all(stage, dates, (column - 48 * u, high * 0.6), 96, 20, 1, title=True)
        what = _all(stage, whats, (stage.box.right - left, high), 80, 18, 3)
    else:
        inner = stage.box.right - left
        when = _all(stage, dates, (inner, high * 0.4), 124, 20, 1, title=True)
        what = _all(stage, whats, (inner, high * 0.5), 80, 18, 3)
    blocks = [
        max(a.height, b.height) if beside else a.height + 18 * u + b.height
        for (a, _), (b, _) in zip(when, what, strict=True)
    ]
    # Rows are as high as they must be; what is left goes between them, up to a point.
    spare = room - sum(blocks)
    between = min(120 * u, spare / max(1, count - 1)) if count > 1 else 0.0
    used = sum(blocks) + between * (count - 1)
    head = above.height + extra
    start = stage.top_of(head + used) + head
    above.place(stage, start - head, stage.box.left)
    tops = [start + sum(blocks[:n]) + between * n for n in range(count)]
    points = [
        top + (block / 2 if beside else setting.height * 0.5)
        for top, block, (setting, _) in zip(tops, blocks, when, strict=True)
    ]
    _thread(stage, (spine, points[0]), (spine, max(points[-1], points[0] + 1)))
    for number, top in enumerate(tops):
        (date, date_kind), (event, event_kind) = when[number], what[number]
        _point(stage, spine, points[number], last=number == count - 1)
        if beside:
            box = Box(stage.box.left, points[number] - date.height / 2, spine - 44 * u, top)
            stage.lines(date, date_kind, box, stage.colours.accent, align="right", gap=0.0)
            box = Box(left, points[number] - event.height / 2, stage.box.right, top)
            stage.lines(event, event_kind, box, stage.colours.text, motion="right", gap=0.0)
        else:
            box = Box(left, top, stage.box.right, top + date.height)
            stage.lines(date, date_kind, box, stage.colours.accent, motion="right", gap=0.0)
            low = top + date.height + 18 * u
            box = Box(left, low, stage.box.right, low + event.height)
            stage.lines(event, event_kind, box, stage.colours.text, motion="right", gap=0.0)
        stage.turn(0.2)


def _across(params: Params, stage: Stage) -> None:
    u = stage.u
    above = heading(stage, params.title)
    count = len(params.events)
    gap = 72 * u
    column = min((stage.width - gap * (count - 1)) / count, 620 * u)
    span = column * count + gap * (count - 1)
    left = stage.box.left + (stage.width - span) / 2
    room = stage.height - above.height
    dates = [event.when for event in params.events]
    whats = [ends_cleaned(event.what) for event in params.events]
    when = _all(stage, dates, (column, room * 0.22), 104, 20, 1, title=True)
    line_room = 84 * u
    what = _all(stage, whats, (column, room * 0.78 - line_room), 72, 18, 7)
    head = max(setting.height for setting, _ in when)
    used = head + line_room + max(setting.height for setting, _ in what)
    start = stage.top_of(above.height + used) + above.height
    above.place(stage, start - above.height, left)
    spine = start + head + line_room * 0.46
    _thread(stage, (left + 12 * u, spine), (left + span, spine))
    for number in range(count):
        (date, date_kind), (event, event_kind) = when[number], what[number]
        x = left + (column + gap) * number
        _point(stage, x + 16 * u, spine, last=number == count - 1)
        box = Box(x, start + head - date.height, x + column, start + head)
        stage.lines(date, date_kind, box, stage.colours.accent, gap=0.0)
        low = start + head + line_room
        stage.lines(
            event, event_kind, Box(x, low, x + column, low + event.height),
            stage.colours.text, gap=0.0,
        )  # fmt: skip
        stage.turn(0.2)


def _thread(stage: Stage, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The line of time, growing from its first point to its last."""
    ink = drawing.paint(stage.colours.edge)
    half = 3 * stage.u

    def draw(canvas: Any, p: float) -> None:
        grown = cubic_in_out(p)
        x = start[0] + (end[0] - start[0]) * grown
        y = start[1] + (end[1] - start[1]) * grown
        box = Box(start[0] - half, start[1] - half, x + half, y + half)
        drawing.rounded(canvas, box, half, ink)

    stage.add(draw, length=1.0, gap=0.0)


def _point(stage: Stage, x: float, y: float, *, last: bool) -> None:
    """A point of the line; the last one, where it has come to, has a halo."""
    radius = 15 * stage.u
    reach = radius * 1.9

    def draw(canvas: Any) -> None:
        if last:
            canvas.drawCircle(x, y, reach, drawing.paint(stage.colours.accent, 0.25))
        canvas.drawCircle(x, y, radius, drawing.paint(stage.colours.accent))
        inside = stage.colours.on_accent if last else stage.colours.ground
        canvas.drawCircle(x, y, radius * 0.42, drawing.paint(inside))

    around = Box(x - reach, y - reach, x + reach, y + reach)
    stage.sprite(drawing.picture_of(around, draw), motion="pop", gap=0.0)
