"""Small drawn pictures and clips that networks of an enhancement are tried on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from reelwright.learn.features.textures import draw, paint

COLOURS = np.array([[20, 40, 70], [200, 80, 60], [240, 235, 210]])
NAMES = ("bricks", "clouds", "cracks", "checks", "spots", "cells")


def draw_picture(number: int, high: int, wide: int) -> npt.NDArray[np.uint8]:
    """A picture with edges, much the same at any number."""
    chance: Any = np.random.default_rng(number)
    return paint(draw(NAMES[number % len(NAMES)], high, wide, chance), COLOURS)


def save_pictures(folder: Path, count: int = 8, size: int = 80) -> Path:
    """A folder of pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.fromarray(draw_picture(number, size, size + 8)).save(folder / f"{number}.png")
    return folder
