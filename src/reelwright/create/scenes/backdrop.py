"""A picture or clip of the person's own behind drawn scenes, in place of the theme's background.

It is laid under a veil of the theme's ground colour, just so thick that the theme's text can be
read on its brightest and its darkest parts. A picture wanders as the theme's own background does; a
clip plays around and around.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.nouns import Format
from reelwright.create.scenes.background import Ground, Wander
from reelwright.create.scenes.film import Film
from reelwright.create.themes import Theme, load_theme
from reelwright.create.themes.contrast import READABLE, channels, luminance
from reelwright.media import drawing

skia: Any = drawing.skia

_THICKEST = 0.94
"""No veil hides what is behind it altogether."""
_STEPS = 48
_LOOKED = 96
"""Pixels across and down at which a picture is looked at."""
_EDGES = (1, 99)
"""Percentiles that count as the darkest and the brightest parts."""


def open_ground(path: Path | None, format: Format, theme: Theme, seed: int) -> Any:
    """What draws behind a scene: `place(seconds)` says where it stands, `draw(canvas, place)` it.

    Args:
        path: a picture or clip; None draws the theme's own background.
        format: the frame.
        theme: the look.
        seed: of the shot.

    Raises:
        FootageError: the file is missing, damaged or neither.
    """
    from reelwright.media.probing import probe

    if path is None:
        return Ground(format, theme, seed)
    if probe(path).kind == "picture":
        return StillDrop(path, format, theme, seed)
    return ClipDrop(path, format, theme, seed)


class StillDrop:
    """A picture that wanders by whole pixels."""

    def __init__(self, path: Path, format: Format, theme: Theme, seed: int) -> None:
        """Read, scale and veil it; once for all scenes of a video."""
        self._wander = Wander(format, theme, seed)
        stamp = path.stat().st_mtime_ns
        size = (format.width, format.height)
        self._image = _still(path, stamp, *size, self._wander.margin, theme.name)

    def place(self, seconds: float) -> tuple[int, int]:
        """Where the picture's corner stands at an instant."""
        return self._wander.at(seconds)

    def draw(self, canvas: Any, place: tuple[int, int]) -> None:
        """Draw it at a place."""
        canvas.drawImage(self._image, *place)


class ClipDrop:
    """A clip that begins again when it ends."""

    def __init__(self, path: Path, format: Format, theme: Theme, seed: int) -> None:
        """Open it; its first frame decides how thick the veil is."""
        from reelwright.media.frames import read_frames
        from reelwright.media.probing import probe

        self._path, self._size = path, (format.width, format.height)
        self._length = max(0.04, probe(path).seconds)
        # Each shot begins elsewhere, so that a video does not repeat itself.
        self._phase = (seed * 0.618034) % 1.0 * self._length
        palette = theme.palette
        thick = veil(read_frames(path, [0.0])[0], theme)
        self._veil = drawing.paint(palette.ground, thick)
        self._film: Film | None = None
        self._before = 0.0
        self._count = 0

    def place(self, seconds: float) -> int:
        """The number of the frame shown at an instant; instants must not go back."""
        now = (seconds + self._phase) % self._length
        if self._film is None or now < self._before:
            self._film = Film(self._path, 0.0, *self._size, focus=(0.5, 0.5))
        self._before = now
        self._count += self._film.at(now)
        return self._count

    def draw(self, canvas: Any, place: int) -> None:
        """Draw the frame that `place` went on to."""
        if self._film is not None:
            canvas.drawImage(self._film.image, 0, 0)
            canvas.drawPaint(self._veil)


def veil(pixels: Any, theme: Theme) -> float:
    """How much of the theme's ground must lie over a picture for text to be read on it.

    Args:
        pixels: H × W × 3, RGB, 0 to 255.
        theme: whose text, muted text and accent are to be read.

    Returns:
        The veil's opacity, 0 to 0.94: the thinnest with which the contrast of all three with the
        picture's darkest and brightest parts is that of WCAG 2.2 (4.5), or as near to it as can be
        where the ground itself gives hardly more.
    """
    from PIL import Image

    small = Image.fromarray(np.asarray(pixels)).resize((_LOOKED, _LOOKED), Image.Resampling.BOX)
    seen = np.asarray(small, np.float64) / 255
    palette = theme.palette
    ground = np.array(channels(palette.ground)) / 255
    inks = [luminance(ink) for ink in (palette.text, palette.muted, palette.accent)]
    for step in range(_STEPS):
        thick = _THICKEST * step / (_STEPS - 1)
        light = _luminance(ground * thick + seen * (1 - thick))
        edges = np.percentile(light, _EDGES)
        if all(_contrast(ink, float(edge)) >= READABLE for ink in inks for edge in edges):
            return thick
    return _THICKEST


def _luminance(colours: Any) -> Any:
    """Relative luminance of colours, … × 3, 0 to 1 (WCAG 2.2)."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@lru_cache(maxsize=4)
def _still(path: Path, stamp: int, across: int, down: int, margin: int, name: str) -> Any:
    from PIL import Image, ImageOps

    from reelwright.media.frames import read_picture

    theme = load_theme(name)
    pixels = read_picture(path)
    size = (across + 2 * margin, down + 2 * margin)
    fitted = ImageOps.fit(Image.fromarray(pixels), size, Image.Resampling.BICUBIC)
    pixels = np.asarray(fitted)
    surface = drawing.new_surface(*size, opaque=True)
    canvas = surface.getCanvas()
    canvas.drawImage(drawing.image_of(pixels), 0, 0)
    canvas.drawPaint(drawing.paint(theme.palette.ground, veil(pixels, theme)))
    return surface.makeImageSnapshot()
