"""What floats over a background: small pictures on slow paths, moved by whole pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from reelwright.create.scenes.grounds import CELL, polygon
from reelwright.create.themes import Theme
from reelwright.media import drawing
from reelwright.media.drawing import colour

skia: Any = drawing.skia


@dataclass(frozen=True)
class Floating:
    """Something that floats."""

    at: Callable[[float], tuple[int, int, int]]
    """Seconds → left, top and angle (degrees)."""
    draw: Callable[[Any, int, int, int], None]


def glow(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """One large light that wanders."""
    return [_wandering(width, height, unit, theme, 0.20), *motes(width, height, unit, "#ffffff")]


def faint_glow(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """The same as a breath on paper."""
    return [_wandering(width, height, unit, theme, 0.02)]


def waves(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Three ranges of haze that pass each other at the foot."""
    tint = theme.background.glows[1]
    made: list[Floating] = []
    for layer, (foot, strength) in enumerate([(0.84, 0.4), (0.90, 0.5), (0.95, 0.6)]):
        spare = round(160 * unit)
        wide, high = width + 2 * spare, round(height * (1.0 - foot) + 90 * unit)
        surface = drawing.new_surface(wide, high)
        crest = [
            (x * wide / 60, 50 * unit + 34 * unit * sin(x * (0.16 + 0.05 * layer) + 2 * layer))
            for x in range(61)
        ]
        path = polygon([(0, high), *crest, (wide, high)])
        fade = [colour(tint, strength), colour(tint, strength * 0.35)]
        surface.getCanvas().drawPath(path, drawing.linear_gradient((0, 0), (0, high), fade))
        moved = _swaying(-spare, height - high, spare, 8 * unit, 26 + 9 * layer, 0.3 * layer + 0.1)
        made.append(_picture(surface.makeImageSnapshot(), moved))
    return [*made, *motes(width, height, unit, "#ffffff", strength=0.7)]


def shapes(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Bold shapes in the corners, turning and bobbing."""
    first, second, third = theme.background.glows[:3]
    low = height * 0.93

    def disc(canvas: Any) -> None:
        canvas.drawCircle(0, 0, 210 * unit, drawing.paint(first))

    def ring(canvas: Any) -> None:
        ink = drawing.paint(second)
        ink.setStyle(skia.Paint.kStroke_Style)
        ink.setStrokeWidth(40 * unit)
        canvas.drawCircle(0, 0, 118 * unit, ink)

    def triangle(canvas: Any) -> None:
        corners = [
            (78 * unit * cos(2 * pi * i / 3), 78 * unit * sin(2 * pi * i / 3)) for i in range(3)
        ]
        canvas.drawPath(polygon(corners), drawing.paint(third))

    def plus(canvas: Any) -> None:
        ink = drawing.paint(theme.palette.text)
        ink.setStrokeWidth(15 * unit)
        canvas.drawLine(-30 * unit, 0, 30 * unit, 0, ink)
        canvas.drawLine(0, -30 * unit, 0, 30 * unit, ink)

    def at(x: float, y: float, reach: float, period: float, spin: float) -> Any:
        def place(now: float) -> tuple[int, int, int]:
            turn = 2 * pi * now / period
            return (
                round(x + reach * unit * sin(turn)),
                round(y + reach * unit * cos(turn * 0.8)),
                round(spin * now) % 360,
            )

        return place

    made = [
        (disc, at(20 * unit, low + 90 * unit, 26, 7, 0)),
        (ring, at(width + 4 * unit, 6 * unit, 18, 9, 0)),
        (triangle, at(width - 104 * unit, low, 16, 6, 34)),
        (plus, at(width - 210 * unit, low + 62 * unit, 8, 5, -48)),
        (plus, at(74 * unit, 78 * unit, 8, 8, 40)),
    ]
    return [Floating(place, _turning(draw)) for draw, place in made]


def runners(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Lights that run along the lines of the grid, and a scan that goes down the screen."""
    first, second = theme.background.glows[:2]
    band = round(320 * unit)
    surface = drawing.new_surface(width, band)
    fade = [colour(first, 0.0), colour(first, 0.07), colour(first, 0.0)]
    surface.getCanvas().drawPaint(drawing.linear_gradient((0, 0), (0, band), fade))
    scan = surface.makeImageSnapshot()
    made = [_picture(scan, lambda now: (0, round(now * height / 8) % (height + band) - band, 0))]
    long, thick = round(190 * unit), max(2, round(3 * unit))
    step = CELL * unit
    for number in range(7):
        tint = (first, second)[number % 2]
        surface = drawing.new_surface(long, thick)
        tail = [colour(tint, 0.0), colour(tint, 0.5)]
        surface.getCanvas().drawPaint(drawing.linear_gradient((0, 0), (long, 0), tail))
        y = round(((number * 5 + 2) % int(height / step)) * step)
        speed, away = (150 + 55 * (number % 4)) * unit, number * 0.37 * width

        def run(
            now: float, y: int = y, speed: float = speed, away: float = away
        ) -> tuple[int, int, int]:
            return round(now * speed + away) % (width * 2) - long, y, 0

        made.append(_picture(surface.makeImageSnapshot(), run))
    return made


def bokeh(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Discs of warm light out of focus."""
    first, second = theme.background.glows[:2]
    made: list[Floating] = []
    spots = [(0.86, 0.1, 190), (0.1, 0.2, 130), (0.94, 0.42, 110), (0.05, 0.66, 170)]
    for number, (x, y, radius) in enumerate(spots):
        size = round(radius * 2 * unit)
        surface = drawing.new_surface(size, size)
        tint = (second, first)[number % 2]
        colours = [colour(tint, 0.3), colour(tint, 0.34), colour(tint, 0.4), colour(tint, 0.0)]
        disc = drawing.radial_gradient((size / 2, size / 2), size / 2, colours)
        surface.getCanvas().drawPaint(disc)
        moved = _swaying(
            x * width - size / 2, y * height - size / 2, 46 * unit, 60 * unit, 17 + 4 * number,
            number * 0.23,
        )  # fmt: skip
        made.append(_picture(surface.makeImageSnapshot(), moved))
    return [*made, *motes(width, height, unit, second, strength=0.8)]


def leaks(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Light that leaks in from the side and goes again; dust in it."""
    made: list[Floating] = []
    spots = [(1.0, 0.24, 0.26, 13), (0.0, 0.82, 0.22, 17)]
    for number, (x, y, strength, period) in enumerate(spots):
        tint = theme.background.glows[number]
        wide, high = round(620 * unit), round(900 * unit)
        surface = drawing.new_surface(wide, high)
        canvas = surface.getCanvas()
        canvas.scale(1.0, high / wide)
        colours = [colour(tint, strength), colour(tint, strength * 0.4), colour(tint, 0.0)]
        canvas.drawPaint(drawing.radial_gradient((wide / 2, wide / 2), wide / 2, colours))
        moved = _swaying(
            x * width - wide / 2, y * height - high / 2, 150 * unit, 120 * unit, period,
            number * 0.4,
        )  # fmt: skip
        made.append(_picture(surface.makeImageSnapshot(), moved))
    return [*made, *motes(width, height, unit, theme.palette.text, strength=0.5)]


def rings(width: int, height: int, unit: float, theme: Theme) -> list[Floating]:
    """Two rings of the accent, mostly outside the picture."""

    def ring(radius: float, thick: float, strength: float) -> Callable[[Any], None]:
        def draw(canvas: Any) -> None:
            ink = drawing.paint(theme.background.glows[0], strength)
            ink.setStyle(skia.Paint.kStroke_Style)
            ink.setStrokeWidth(thick * unit)
            canvas.drawArc(
                skia.Rect.MakeLTRB(-radius * unit, -radius * unit, radius * unit, radius * unit),
                0, 290, False, ink,
            )  # fmt: skip

        return draw

    def at(x: float, y: float, spin: float) -> Callable[[float], tuple[int, int, int]]:
        return lambda now: (round(x), round(y), round(spin * now) % 360)

    # The upper right is where the person's logo stands.
    corner = (8 * unit, 4 * unit)
    foot = (width - 24 * unit, height - 30 * unit)
    return [
        Floating(at(*corner, 14), _turning(ring(118, 14, 0.9))),
        Floating(at(*corner, -9), _turning(ring(156, 4, 0.6))),
        Floating(at(*foot, -11), _turning(ring(190, 22, 0.9))),
        Floating(at(*foot, 8), _turning(ring(244, 4, 0.6))),
    ]


def motes(
    width: int, height: int, unit: float, tint: str, *, strength: float = 0.4
) -> list[Floating]:
    """Specks that rise slowly, each at its own pace."""
    made: list[Floating] = []
    sway = 18 * unit
    for number in range(12):
        size = max(3, round((5 + 9 * (number * 0.618 % 1)) * unit))
        surface = drawing.new_surface(size, size)
        fade = [colour(tint, strength), colour(tint, strength * 0.6), colour(tint, 0.0)]
        surface.getCanvas().drawPaint(drawing.radial_gradient((size / 2, size / 2), size / 2, fade))
        x, start = (number * 0.754877 % 1) * width, (number * 0.569840 % 1) * height
        speed = (14 + 26 * (number * 0.37 % 1)) * unit

        def rise(
            now: float, x: float = x, start: float = start, speed: float = speed, n: int = number
        ) -> tuple[int, int, int]:
            y = (start - speed * now) % (height + 40 * unit) - 20 * unit
            return round(x + sway * sin(now * 0.6 + n)), round(y), 0

        made.append(_picture(surface.makeImageSnapshot(), rise))
    return made


def _wandering(width: int, height: int, unit: float, theme: Theme, strength: float) -> Floating:
    size = round(760 * unit)
    surface = drawing.new_surface(size, size)
    tint = theme.background.glows[0]
    colours = [colour(tint, strength), colour(tint, strength * 0.45), colour(tint, 0.0)]
    surface.getCanvas().drawPaint(drawing.radial_gradient((size / 2, size / 2), size / 2, colours))
    half, period = size / 2, theme.background.period

    def place(now: float) -> tuple[int, int, int]:
        turn = 2 * pi * now / period
        return (
            round(width * (0.5 + 0.42 * sin(turn * 0.9 + 0.4)) - half),
            round(height * (0.34 + 0.2 * sin(turn * 0.7 + 2.0)) - half),
            0,
        )

    return _picture(surface.makeImageSnapshot(), place)


def _swaying(
    x: float, y: float, across: float, down: float, period: float, phase: float
) -> Callable[[float], tuple[int, int, int]]:
    def place(now: float) -> tuple[int, int, int]:
        turn = 2 * pi * (now / period + phase)
        return round(x + across * sin(turn)), round(y + down * sin(turn * 0.7 + 1.3)), 0

    return place


def _picture(image: Any, at: Callable[[float], tuple[int, int, int]]) -> Floating:
    def draw(canvas: Any, x: int, y: int, angle: int) -> None:
        canvas.drawImage(image, x, y)

    return Floating(at, draw)


def _turning(shape: Callable[[Any], None]) -> Callable[[Any, int, int, int], None]:
    def draw(canvas: Any, x: int, y: int, angle: int) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(angle)
        shape(canvas)
        canvas.restore()

    return draw
