"""Backgrounds: drawn once, larger than the frame, then shown through a window that wanders.

The window moves by whole pixels and so do the few things that float over it, so that a frame costs
some copies and an encoder finds the motion. Each kind of background is a pair in `KINDS`: what is
painted once (`grounds`), and what floats (`floats`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sin

from reelwright.core.nouns import Format
from reelwright.create.scenes import floats, grounds
from reelwright.create.scenes.floats import Floating
from reelwright.create.scenes.grounds import Sheet
from reelwright.create.themes import Theme, load_theme
from reelwright.media import drawing
from reelwright.media.drawing import colour

KINDS = {
    "aurora": (grounds.aurora, floats.glow),
    "paper": (grounds.paper, floats.faint_glow),
    "mist": (grounds.mist, floats.waves),
    "shapes": (grounds.dots, floats.shapes),
    "grid": (grounds.grid, floats.runners),
    "kitchen": (grounds.table, floats.bokeh),
    "film": (grounds.film, floats.leaks),
    "planes": (grounds.planes, floats.rings),
}
"""A theme's ``background.kind`` → what is painted once, and what floats over it."""


@dataclass(frozen=True)
class Place:
    """Where everything stands at an instant, in whole pixels and degrees."""

    window: tuple[int, int]
    floats: tuple[tuple[int, int, int], ...]


class Ground:
    """A background in motion."""

    def __init__(self, format: Format, theme: Theme, seed: int) -> None:
        size = (format.width, format.height)
        unit = min(size) / 1080
        self._drift = theme.background.drift * unit
        self._period = theme.background.period
        # Each shot enters the wander elsewhere, so that a video does not repeat itself.
        self._phase = (seed * 0.618034) % 1.0
        self._image, self._margin = _still(*size, theme.name, bool(seed // 3 % 2))
        self._floats = _floating(*size, theme.name)

    def place(self, seconds: float) -> Place:
        """Where the picture and what floats on it stand at an instant."""
        turn = 2 * pi * (seconds / self._period + self._phase)
        window = (
            -self._margin - round(self._drift * sin(turn)),
            -self._margin - round(self._drift * 0.7 * sin(turn * 1.5 + 1.1)),
        )
        now = seconds + self._phase * self._period
        return Place(window, tuple(each.at(now) for each in self._floats))

    def draw(self, canvas: object, place: Place) -> None:
        """Draw it at a place."""
        canvas.drawImage(self._image, *place.window)  # type: ignore[attr-defined]
        for each, where in zip(self._floats, place.floats, strict=True):
            each.draw(canvas, *where)


@lru_cache(maxsize=6)
def _still(across: int, down: int, name: str, mirrored: bool) -> tuple[object, int]:
    theme = load_theme(name)
    unit = min(across, down) / 1080
    margin = round(theme.background.drift * unit) + 2
    width, height = across + 2 * margin, down + 2 * margin
    surface = drawing.new_surface(width, height, opaque=True)
    canvas = surface.getCanvas()
    if mirrored:
        canvas.translate(width, 0)
        canvas.scale(-1, 1)
    colours = [colour(each) for each in theme.background.colours]
    canvas.drawPaint(drawing.linear_gradient((0, 0), (width * 0.25, height), colours))
    KINDS[theme.background.kind][0](Sheet(canvas, width, height, unit, theme))
    return surface.makeImageSnapshot(), margin


@lru_cache(maxsize=6)
def _floating(across: int, down: int, name: str) -> list[Floating]:
    theme = load_theme(name)
    return KINDS[theme.background.kind][1](across, down, min(across, down) / 1080, theme)
