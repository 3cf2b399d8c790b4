"""Backgrounds: drawn once, larger than the frame, then shown through a window that wanders.

The window moves by whole pixels and the picture is soft, so that a frame costs one copy.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, sin
from typing import Any

from reelwright.core.nouns import Format
from reelwright.create.themes import Theme, load_theme
from reelwright.media import drawing
from reelwright.media.drawing import colour

skia: Any = drawing.skia


class Ground:
    """A background in motion."""

    def __init__(self, format: Format, theme: Theme, seed: int) -> None:
        unit = min(format.width, format.height) / 1080
        self._drift = theme.background.drift * unit
        self._period = theme.background.period
        # Each shot enters the wander elsewhere, so that a video does not repeat itself.
        self._phase = (seed * 0.618034) % 1.0
        self._image, self._margin = _still(
            format.width, format.height, theme.name, bool(seed // 3 % 2)
        )
        self._glow = _glow(theme.name, round(760 * unit))
        self._size = (format.width, format.height)

    def place(self, seconds: float) -> tuple[int, int, int, int]:
        """Where the picture and the glow stand at an instant, in whole pixels."""
        turn = 2 * pi * (seconds / self._period + self._phase)
        width, height = self._size
        half = self._glow.width() / 2
        return (
            -self._margin - round(self._drift * sin(turn)),
            -self._margin - round(self._drift * 0.7 * sin(turn * 1.5 + 1.1)),
            round(width * (0.5 + 0.42 * sin(turn * 0.9 + 0.4)) - half),
            round(height * (0.34 + 0.2 * sin(turn * 0.7 + 2.0)) - half),
        )

    def draw(self, canvas: Any, place: tuple[int, int, int, int]) -> None:
        """Draw it at a place."""
        canvas.drawImage(self._image, place[0], place[1])
        canvas.drawImage(self._glow, place[2], place[3])


@lru_cache(maxsize=6)
def _still(across: int, down: int, name: str, mirrored: bool) -> tuple[Any, int]:
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
    {"aurora": _aurora, "paper": _paper}[theme.background.kind](canvas, width, height, unit, theme)
    return surface.makeImageSnapshot(), margin


@lru_cache(maxsize=6)
def _glow(name: str, size: int) -> Any:
    theme = load_theme(name)
    surface = drawing.new_surface(size, size)
    strength = 0.20 if theme.background.kind == "aurora" else 0.02
    tint = theme.background.glows[0]
    colours = [colour(tint, strength), colour(tint, strength * 0.45), colour(tint, 0.0)]
    surface.getCanvas().drawPaint(drawing.radial_gradient((size / 2, size / 2), size / 2, colours))
    return surface.makeImageSnapshot()


def _aurora(canvas: Any, width: int, height: int, unit: float, theme: Theme) -> None:
    glows = theme.background.glows
    long = max(width, height)
    spots = [(0.88, 0.06, 0.52, 0.50), (0.02, 0.55, 0.46, 0.30), (0.95, 0.92, 0.50, 0.30)]
    for (x, y, radius, strength), tint in zip(spots, glows * 3, strict=False):
        colours = [colour(tint, strength), colour(tint, strength * 0.38), colour(tint, 0.0)]
        at = (width * x, height * y)
        canvas.drawPaint(drawing.radial_gradient(at, long * radius, colours))
    # Fine dots fading downwards give the dark something to hold on to.
    step = 54 * unit
    rows = int(height / step) + 1
    for row in range(rows):
        ink = drawing.paint("#ffffff", 0.055 * max(0.0, 1 - row / rows * 1.3))
        for column in range(int(width / step) + 1):
            canvas.drawCircle(column * step, row * step, 1.6 * unit, ink)


def _paper(canvas: Any, width: int, height: int, unit: float, theme: Theme) -> None:
    # Fibres: short strokes by a fixed recipe, hardly darker than the sheet.
    state = 12345
    for _ in range(520):
        values: list[float] = []
        for _ in range(4):
            state = (state * 1103515245 + 12345) % 2**31
            values.append(state / 2**31)
        x, y, length, slope = values[0] * width, values[1] * height, values[2], values[3]
        fibre = drawing.paint("#8a7a5c", 0.035 + 0.045 * length)
        fibre.setStrokeWidth((0.8 + length) * unit)
        reach = (12 + 40 * length) * unit
        canvas.drawLine(x, y, x + reach, y + reach * (slope - 0.5), fibre)
    # Washed hills at the foot, the far ones paler.
    tint = theme.background.glows[-1]
    for layer, (foot, rise, strength) in enumerate(
        [(0.80, 0.10, 0.10), (0.87, 0.09, 0.15), (0.94, 0.07, 0.22)]
    ):
        path = skia.PathBuilder() if hasattr(skia, "PathBuilder") else skia.Path()
        path.moveTo(0, height)
        steps = 60
        for step in range(steps + 1):
            x = step / steps
            wave = (
                sin(x * 5.1 + layer * 2.3) * 0.5
                + sin(x * 11.7 + layer * 1.1) * 0.25
                + sin(x * 23.0 + layer * 4.0) * 0.07
            )
            path.lineTo(x * width, height * (foot - rise * (0.35 + wave * 0.65)))
        path.lineTo(width, height)
        path.close()
        hill = path.detach() if hasattr(path, "detach") else path
        top, bottom = height * (foot - rise), height * min(1.0, foot + 0.14)
        wash = drawing.linear_gradient(
            (0, top), (0, bottom), [colour(tint, strength), colour(tint, 0.0)]
        )
        wash.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 3 * unit))
        canvas.drawPath(hill, wash)
