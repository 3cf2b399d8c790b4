"""Textures drawn by recipe: what the feature net is trained on, and toy data for whoever needs it.

Each recipe makes a field, height × width, 0 to 1, that wraps at its borders; `paint` lays it out in
a few colours. All chance comes from the generator that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.floating[Any]]
Frame = npt.NDArray[np.uint8]
Chance = np.random.Generator


def draw(name: str, height: int, width: int, chance: Chance, scale: float = 1.0) -> Field:
    """A field by the name of its recipe.

    Args:
        name: one of `RECIPES`.
        height: pixels.
        width: pixels.
        chance: decides everything that is left open.
        scale: size of the pattern; 1 shows some ten of its elements along 64 pixels.
    """
    field = RECIPES[name](height, width, chance, scale)
    low, high = np.quantile(field, (0.005, 0.995))
    return np.clip((field - low) / max(1e-6, high - low), 0, 1).astype(np.float32)


def paint(field: Field, colours: npt.NDArray[Any]) -> Frame:
    """A field in colours that flow into one another, H × W × 3 RGB.

    Args:
        field: H × W, 0 to 1.
        colours: from 0 to 1 in equal steps, n × 3, two or more; cut off at 0 and 255.
    """
    stops = np.linspace(0, 1, len(colours))
    parts = [np.interp(field, stops, colours[:, channel]) for channel in range(3)]
    return np.clip(np.rint(np.stack(parts, -1)), 0, 255).astype(np.uint8)


def noise(height: int, width: int, chance: Chance, fall: float, low: float = 1.0) -> Field:
    """Noise whose amplitude falls with frequency: f^-fall, from `low` waves a picture on.

    Mean 0, standard deviation 1.
    """
    down = np.fft.fftfreq(height)[:, None] * height
    across = np.fft.rfftfreq(width)[None, :] * width
    return _shaped(height, width, chance, _falling(np.hypot(down, across), fall, low))


def streaks(height: int, width: int, chance: Chance, stretch: float, fall: float) -> Field:
    """Noise drawn out along the width, by a factor."""
    down = np.fft.fftfreq(height)[:, None] * height
    across = np.fft.rfftfreq(width)[None, :] * width * stretch
    return _shaped(height, width, chance, _falling(np.hypot(down, across), fall, 1.0))


def _falling(frequency: npt.NDArray[Any], fall: float, low: float) -> npt.NDArray[Any]:
    return np.where(frequency < low, 0.0, np.maximum(frequency, 0.5) ** -fall)


def _shaped(height: int, width: int, chance: Chance, amplitude: npt.NDArray[Any]) -> Field:
    white = np.fft.rfft2(chance.standard_normal((height, width), dtype=np.float32))
    field = np.fft.irfft2(white * amplitude, s=(height, width))
    return (field / max(1e-9, float(field.std()))).astype(np.float32)


def _grid(height: int, width: int) -> tuple[Field, Field]:
    """Where each pixel stands, 0 to 1 down and across."""
    down = (np.arange(height, dtype=np.float32) + 0.5) / height
    across = (np.arange(width, dtype=np.float32) + 0.5) / width
    return np.broadcast_to(down[:, None], (height, width)), np.broadcast_to(
        across[None, :], (height, width)
    )


def _waves(chance: Chance, scale: float, least: int = 2, most: int = 9) -> int:
    """A whole number of waves, so that the pattern wraps."""
    return max(1, round(chance.integers(least, most + 1) / scale))


def _near(height: int, width: int, chance: Chance, scale: float) -> tuple[Field, Field]:
    """Distances to the nearest and second nearest of scattered points, around the borders."""
    count = int(max(4, chance.integers(10, 40) / scale**2))
    points = chance.random((count, 2), dtype=np.float32)
    down, across = _grid(height, width)
    dy = np.abs(down[..., None] - points[:, 0])
    dx = np.abs(across[..., None] - points[:, 1])
    gaps = np.minimum(dy, 1 - dy) ** 2 + np.minimum(dx, 1 - dx) ** 2
    two = np.partition(gaps, 1, axis=-1)[..., :2]
    return np.sqrt(two[..., 0]), np.sqrt(two[..., 1])


def _clouds(height: int, width: int, chance: Chance, scale: float) -> Field:
    return noise(height, width, chance, 1.8, 1 / scale)


def _smoke(height: int, width: int, chance: Chance, scale: float) -> Field:
    return -np.abs(noise(height, width, chance, 1.5, 1 / scale))


def _marble(height: int, width: int, chance: Chance, scale: float) -> Field:
    _, across = _grid(height, width)
    bent = across * _waves(chance, scale, 1, 4) + 0.35 * noise(height, width, chance, 1.7)
    return np.abs(np.sin(np.pi * bent)) ** 0.6


def _wood(height: int, width: int, chance: Chance, scale: float) -> Field:
    _, across = _grid(height, width)
    rings = across * _waves(chance, scale, 4, 9) + 0.4 * streaks(height, width, chance, 0.15, 2.0)
    grain = streaks(width, height, chance, 0.2, 0.6).T
    return np.mod(rings, 1.0) + 0.12 * grain


def _paper(height: int, width: int, chance: Chance, scale: float) -> Field:
    soft = noise(height, width, chance, 0.8, 4 / scale)
    return soft + 0.5 * streaks(height, width, chance, 0.2, 0.7)


def _grain(height: int, width: int, chance: Chance, scale: float) -> Field:
    return noise(height, width, chance, 0.1 + 0.2 * scale)


def _brushed(height: int, width: int, chance: Chance, scale: float) -> Field:
    return streaks(height, width, chance, 12.0, 0.9)


def _caustics(height: int, width: int, chance: Chance, scale: float) -> Field:
    first, second = _near(height, width, chance, scale)
    bent = 0.012 * noise(height, width, chance, 2.0, 2.0)
    return np.exp(-26 * np.abs(second - first + bent)) + 0.2 * first


def _cells(height: int, width: int, chance: Chance, scale: float) -> Field:
    return _near(height, width, chance, scale)[0]


def _cracks(height: int, width: int, chance: Chance, scale: float) -> Field:
    first, second = _near(height, width, chance, scale)
    return np.minimum(1.0, (second - first) * 40)


def _spots(height: int, width: int, chance: Chance, scale: float) -> Field:
    return (noise(height, width, chance, 2.2, 3 / scale) > 0.2).astype(np.float32)


def _camouflage(height: int, width: int, chance: Chance, scale: float) -> Field:
    return np.floor(2.0 * noise(height, width, chance, 1.9, 2 / scale)) / 4


def _stripes(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turn = down * _waves(chance, scale) * chance.integers(0, 2) + across * _waves(chance, scale)
    return (np.mod(turn, 1.0) < chance.uniform(0.3, 0.7)).astype(np.float32)


def _ripples(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    total = np.zeros((height, width), np.float32)
    for _ in range(4):
        turn = down * _waves(chance, scale, 1, 6) + across * (_waves(chance, scale, 1, 6) - 3)
        total += np.sin(2 * np.pi * (turn + chance.random()))
    return total


def _checks(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turns = 2 * _waves(chance, scale, 2, 5)
    return np.mod(np.floor(down * turns) + np.floor(across * turns), 2).astype(np.float32)


def _bricks(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    rows = 2 * _waves(chance, scale, 2, 4)
    row = np.floor(down * rows)
    column = np.mod(across * (rows // 2) + 0.5 * np.mod(row, 2), rows // 2)
    joint = (np.mod(down * rows, 1) < 0.12) | (np.mod(column, 1) < 0.06)
    shade = chance.random((rows, rows // 2), dtype=np.float32)
    bricks = 0.4 + 0.6 * shade[row.astype(int), np.floor(column).astype(int)]
    return np.where(joint, 0.0, bricks).astype(np.float32)


def _dots(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turns = _waves(chance, scale, 3, 8)
    far = np.hypot(np.mod(down * turns, 1) - 0.5, np.mod(across * turns, 1) - 0.5)
    return (far < chance.uniform(0.2, 0.45)).astype(np.float32)


def _scales(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turns = 2 * _waves(chance, scale, 2, 4)
    row = np.floor(down * turns)
    across = np.mod(across * turns / 2 + 0.5 * np.mod(row, 2), 1) - 0.5
    return np.hypot(across, np.mod(down * turns, 1))


def _weave(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turns = 2 * _waves(chance, scale, 2, 6)
    over = np.mod(np.floor(down * turns) + np.floor(across * turns), 2) > 0
    lying, standing = np.sin(np.pi * down * turns), np.sin(np.pi * across * turns)
    return np.where(over, np.abs(lying), 0.6 * np.abs(standing)).astype(np.float32)


def _lights(height: int, width: int, chance: Chance, scale: float) -> Field:
    first, _ = _near(height, width, chance, scale)
    return np.exp(-((first / chance.uniform(0.04, 0.09)) ** 2))


def _shapes(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    field = np.zeros((height, width), np.float32)
    for _ in range(int(chance.integers(6, 14))):
        dy = np.abs(down - chance.random(dtype=np.float32))
        dx = np.abs(across - chance.random(dtype=np.float32))
        dy, dx = np.minimum(dy, 1 - dy), np.minimum(dx, 1 - dx)
        reach = scale * chance.uniform(0.06, 0.2)
        inside = np.hypot(dy, dx) < reach if chance.random() < 0.5 else np.maximum(dy, dx) < reach
        field[inside] = chance.random()
    return field


def _sky(height: int, width: int, chance: Chance, scale: float) -> Field:
    down, across = _grid(height, width)
    turn = np.cos(2 * np.pi * (down + chance.random())) + 0.4 * np.cos(2 * np.pi * across)
    return turn + 0.25 * noise(height, width, chance, 2.4)


RECIPES: dict[str, Callable[[int, int, Chance, float], Field]] = {
    "clouds": _clouds,
    "smoke": _smoke,
    "marble": _marble,
    "wood": _wood,
    "paper": _paper,
    "grain": _grain,
    "brushed": _brushed,
    "caustics": _caustics,
    "cells": _cells,
    "cracks": _cracks,
    "spots": _spots,
    "camouflage": _camouflage,
    "stripes": _stripes,
    "ripples": _ripples,
    "checks": _checks,
    "bricks": _bricks,
    "dots": _dots,
    "scales": _scales,
    "weave": _weave,
    "lights": _lights,
    "shapes": _shapes,
    "sky": _sky,
}
"""Name → what draws it: height, width, chance and scale in, a field that wraps out."""
