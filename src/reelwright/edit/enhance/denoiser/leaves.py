"""Drawn pictures that have edges, flats and sizes as photographs do: leaves fallen on one another.

Discs and polygons hide each other, and there are about r⁻³ of radius r (the dead leaves model, Lee
et al. 2001). A denoiser learns from them nearly what it learns from photographs (Achddou et al.
2021), so few of somebody's own are enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.material import Frames

SIDE = 256
"""Pixels of a picture's sides."""
_FINER = 2
"""How much larger it is drawn than it is kept: edges come out smooth."""
_SMALLEST, _LARGEST = (1.0, 12.0), 128.0
"""Radii, in pixels of the picture; the smallest one differs from picture to picture."""
_COVERED = 3.0
"""How many times a picture's area lies on it, in leaves."""
_COLOURS = 5
"""Of a picture; each leaf has one of them, nearly."""


def draw_leaves(count: int, seed: int) -> list[Frames]:
    """So many pictures, each 1 × SIDE × SIDE × 3, RGB; the same for the same seed."""
    return [_draw(np.random.default_rng([seed, number])) for number in range(count)]


def _draw(chance: np.random.Generator) -> Frames:
    import cv2

    side = SIDE * _FINER
    canvas = np.zeros((side, side, 3), np.uint8)
    palette = np.clip(_palette(chance), 0, 255)
    canvas[:] = palette[0]
    smallest = float(np.exp(chance.uniform(*np.log(_SMALLEST))))
    mean = 2 * np.pi * np.log(_LARGEST / smallest) / (smallest**-2 - _LARGEST**-2)
    count = round(_COVERED * SIDE**2 / mean)
    # Radii of density r⁻³, by inverting it.
    part = chance.random(count)
    radii = _FINER / np.sqrt(smallest**-2 + part * (_LARGEST**-2 - smallest**-2))
    places = chance.integers(side, size=(count, 2))
    for radius, place in zip(radii, places, strict=True):
        colour = palette[chance.integers(_COLOURS)] + chance.normal(0, 8, 3) + chance.normal(0, 15)
        tone = tuple(float(value) for value in np.clip(colour, 0, 255))
        if chance.integers(2):
            centre = int(place[0]), int(place[1])
            cv2.circle(canvas, centre, round(radius), tone, cv2.FILLED, cv2.LINE_AA)
        else:
            cv2.fillPoly(canvas, [_polygon(place, radius, chance)], tone, cv2.LINE_AA)
    # Some are as sharp as pixels can be, some as soft as what is out of focus.
    blur = chance.uniform(0.0, 1.5) * _FINER
    soft = cv2.GaussianBlur(canvas, (0, 0), max(0.3, blur)) if chance.integers(2) else canvas
    small = cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    # Light falls on it unevenly.
    light = cv2.resize(
        chance.uniform(0.6, 1.0, (3, 3)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC
    )
    return np.clip(np.rint(small * light[..., None]), 0, 255).astype(np.uint8)[None]


def _palette(chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """Colours (count × 3) that mostly differ in how light they are, as things in one light do."""
    light = chance.uniform(0, 255, (_COLOURS, 1))
    tint = chance.normal(0, 15, 3)
    return light + tint + chance.normal(0, 15, (_COLOURS, 3))


def _polygon(
    place: npt.NDArray[np.int64], radius: float, chance: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Three to five corners around a place, turned and stretched at random."""
    corners = int(chance.integers(3, 6))
    angles = np.sort(chance.uniform(0, 2 * np.pi, corners))
    narrow, turn = chance.uniform(0.1, 1.0), chance.uniform(0, np.pi)
    round_it = np.stack([np.cos(angles), narrow * np.sin(angles)], 1) * radius
    turned = round_it @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(np.rint(turned + place), np.int32)
