"""Drawn people for tests of what looks for faces: near enough to real ones to be found as faces."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

LIGHT, DARK = (224, 172, 140), (150, 100, 70)
FACE = (0.15, 0.19, 0.85, 0.98)
"""Where the face is in a `draw_head`, ears and hair left out, in shares of its width."""


def draw_head(
    size: int,
    *,
    skin: tuple[int, int, int] = LIGHT,
    hair: tuple[int, int, int] = (60, 42, 30),
    turn: float = 0.0,
    mouth: float = 0.0,
) -> Image.Image:
    """A head with its neck on nothing, `size` pixels wide and a quarter higher.

    Args:
        turn: how far it looks aside, −1 to 1.
        mouth: how far it is open, 0 to 1.
    """
    side = size * 4
    image = Image.new("RGBA", (side, side * 5 // 4), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    shade = tuple(int(value * 0.8) for value in skin)

    def oval(x: float, y: float, across: float, down: float, fill: tuple[int, ...]) -> None:
        box = (x - across, y - down, x + across, y + down)
        pen.ellipse([side * value for value in box], fill=fill)

    def arc(x: float, y: float, across: float, down: float, thick: float) -> None:
        box = [side * v for v in (x - across, y - down, x + across, y + down)]
        pen.arc(box, 210, 330, fill=hair, width=max(1, int(side * thick)))

    oval(0.5, 0.5, 0.40, 0.48, hair)
    pen.rounded_rectangle(
        [side * 0.38, side * 0.8, side * 0.62, side * 1.25], radius=side * 0.08, fill=shade
    )
    oval(0.5, 0.57, 0.33, 0.43, skin)
    oval(0.165, 0.6, 0.05, 0.09, shade)
    oval(0.835, 0.6, 0.05, 0.09, shade)
    pen.chord([side * 0.16, side * 0.06, side * 0.84, side * 0.66], 180, 360, fill=hair)
    oval(0.5 + turn * 0.05, 0.42, 0.27, 0.1, skin)
    aside = turn * 0.08
    for x in (0.36 + aside, 0.64 + aside):
        oval(x, 0.52, 0.07, 0.035, (250, 250, 248))
        oval(x + aside * 0.3, 0.52, 0.032, 0.034, (70, 50, 40))
        oval(x + aside * 0.3, 0.52, 0.016, 0.017, (10, 10, 10))
        arc(x, 0.52, 0.085, 0.05, 0.012)
        arc(x, 0.487, 0.1, 0.062, 0.02)
    bridge = (0.5 + aside * 1.1, 0.54, 0.475 + aside * 1.5, 0.68)
    pen.line([side * v for v in bridge], fill=shade, width=int(side * 0.02))
    oval(0.5 + aside * 1.3, 0.69, 0.05, 0.025, shade)
    for x in (0.478, 0.522):
        oval(x + aside * 1.3, 0.7, 0.013, 0.009, (110, 70, 60))
    oval(0.5 + aside, 0.81, 0.1, 0.022 + 0.05 * mouth, (176, 84, 84))
    oval(0.5 + aside, 0.81, 0.08, 0.004 + 0.032 * mouth, (70, 25, 25))
    soft = image.filter(ImageFilter.GaussianBlur(side * 0.006))
    small = np.asarray(soft.resize((size, size * 5 // 4), Image.Resampling.LANCZOS), np.float64)
    across = np.linspace(-1, 1, size)[None, :, None]
    small = small.copy()
    small[..., :3] *= 1 - 0.22 * np.clip(across + 0.1, 0, 1) ** 1.5 - 0.08 * np.abs(across)
    return Image.fromarray(small.clip(0, 255).astype(np.uint8))


def paint_person(
    picture: Image.Image, x: float, y: float, size: int, *, body: bool = True, **looks: object
) -> tuple[float, float, float, float]:
    """Paint somebody into a picture: where the face is then, as left, top, right, bottom pixels.

    Args:
        x: the middle of the head, in pixels.
        y: its top.
        size: its width.
        body: whether there are shoulders below.
        looks: as for `draw_head`.
    """
    head = draw_head(size, **looks)  # type: ignore[arg-type]
    left, top = round(x - size / 2), round(y)
    if body:
        shape = (left - size * 0.3, top + size * 1.15, left + size * 1.3, picture.height + size)
        ImageDraw.Draw(picture).rounded_rectangle(shape, radius=size * 0.3, fill=(60, 80, 130))
    picture.paste(head, (left, top), head)
    a, b, c, d = (value * size for value in FACE)
    return left + a, top + b, left + c, top + d


def ground(width: int, height: int, seed: int = 0) -> Image.Image:
    """A background of soft, colourful spots that nobody would take for a face."""
    noise = np.random.default_rng(seed).random((height // 12 + 2, width // 12 + 2, 3))
    spots = Image.fromarray((70 + noise * 110).astype(np.uint8))
    return spots.resize((width, height), Image.Resampling.BICUBIC)


def rgb(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """A picture as height × width × 3 bytes."""
    return np.asarray(picture.convert("RGB"))
