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


class Wander:
    """Where a picture larger than the frame stands, from instant to instant."""

    def __init__(self, format: Format, theme: Theme, seed: int) -> None:
        unit = min(format.width, format.height) / 1080
        self._drift = theme.background.drift * unit
        self._period = theme.background.period
        # Each shot enters the wander elsewhere, so that a video does not repeat itself.
        self._phase = (seed * 0.618034) % 1.0
        self.margin = round(self._drift) + 2
        """How much larger the picture is on each side."""

    @property
    def start(self) -> float:
        """The second of the wander at which the shot enters."""
        return self._phase * self._period

    def at(self, seconds: float) -> tuple[int, int]:
        """Where the picture's corner stands at an instant of the shot, in whole pixels."""
        turn = 2 * pi * (seconds / self._period + self._phase)
        return (
            -self.margin - round(self._drift * sin(turn)),
            -self.margin - round(self._drift * 0.7 * sin(turn * 1.5 + 1.1)),
        )


class Ground:
    """A background in motion."""

    def __init__(self, format: Format, theme: Theme, seed: int) -> None:
        size = (format.width, format.height)
        self._wander = Wander(format, theme, seed)
        self._image = _still(*size, self._wander.margin, theme.name, bool(seed // 3 % 2))
        self._floats = _floating(*size, theme.name)

    def place(self, seconds: float) -> Place:
        """Where the picture and what floats on it stand at an instant."""
        now = seconds + self._wander.start
        return Place(self._wander.at(seconds), tuple(each.at(now) for each in self._floats))

    def draw(self, canvas: object, place: Place) -> None:
        """Draw it at a place."""
        canvas.drawImage(self._image, *place.window)  # type: ignore[attr-defined]
        for each, where in zip(self._floats, place.floats, strict=True):
            each.draw(canvas, *where)


@lru_cache(maxsize=6)
def _still(across: int, down: int, margin: int, name: str, mirrored: bool) -> object:
    theme = load_theme(name)
    unit = min(across, down) / 1080
    width, height = across + 2 * margin, down + 2 * margin
    surface = drawing.new_surface(width, height, opaque=True)
    canvas = surface.getCanvas()
    if mirrored:
        canvas.translate(width, 0)
        canvas.scale(-1, 1)
    colours = [colour(each) for each in theme.background.colours]
    canvas.drawPaint(drawing.linear_gradient((0, 0), (width * 0.25, height), colours))
    KINDS[theme.background.kind][0](Sheet(canvas, width, height, unit, theme))
    return surface.makeImageSnapshot()


@lru_cache(maxsize=6)
def _floating(across: int, down: int, name: str) -> list[Floating]:
    theme = load_theme(name)
    return KINDS[theme.background.kind][1](across, down, min(across, down) / 1080, theme)
