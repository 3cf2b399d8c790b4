"""Stickers: small Lottie animations that play over a scene, and the person's logo on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reelwright.core.errors import FootageError, MissingExtra
from reelwright.core.nouns import Format, Sticker
from reelwright.create.scenes.base import Stage, content_box
from reelwright.media import drawing
from reelwright.media.logo import read_logo

skia: Any = drawing.skia

_COLUMNS = {"left": 0.0, "right": 1.0}
_ROWS = {"top": 0.0, "bottom": 1.0}
_IN = 0.3
"""Seconds in which a sticker comes in."""


def check_sticker(path: Path) -> dict[str, Any]:
    """The contents of a Lottie file that can be played.

    Raises:
        MissingExtra: the player is not installed.
        FootageError: the file is missing or is no Lottie animation.
    """
    if find_spec("rlottie_python") is None:
        raise MissingExtra(
            "stickers need rlottie-python",
            hint='install it with: pip install "reelwright[stickers]"',
        )
    if not path.is_file():
        raise FootageError(
            "is not there", where=str(path), hint="a sticker is a Lottie file in stickers/"
        )
    try:
        values = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise FootageError(f"is not JSON: {error}", where=str(path)) from error
    # What is no animation makes the player crash, not complain.
    facts = [values.get(key) for key in ("w", "h", "fr", "ip", "op")] if _is_map(values) else []
    numbers = [fact for fact in facts if isinstance(fact, int | float)]
    if len(numbers) != 5 or min(numbers[:3]) <= 0 or numbers[4] <= numbers[3]:
        raise FootageError(
            "is not a Lottie animation", where=str(path), hint="export it as Lottie JSON"
        )
    if not isinstance(values.get("layers"), list) or not values["layers"]:
        raise FootageError("is an animation without layers", where=str(path))
    return values


def _is_map(values: object) -> bool:
    return isinstance(values, dict)


def player(sticker: Sticker, stage: Stage) -> Callable[[Any, float], None]:
    """How a sticker is drawn: `draw(canvas, seconds)`; it plays again when it ends.

    Raises as `check_sticker` does.
    """
    path = stage.root / sticker.file
    values = check_sticker(path)
    from rlottie_python.rlottie_wrapper import LottieAnimation

    play = LottieAnimation.from_file(str(path))
    wide, high = float(values["w"]), float(values["h"])
    most = sticker.size * min(stage.format.width, stage.format.height) / max(wide, high)
    x, y, width, height = _place(sticker.at, stage, wide * most, high * most)
    rate, count = float(values["fr"]), max(1, int(values["op"] - values["ip"]))
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)

    def draw(canvas: Any, now: float) -> None:
        pixels = play.lottie_animation_render(
            frame_num=int(now * rate) % count, width=width, height=height
        )
        picture = skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, width * 4))
        canvas.drawImage(
            picture, x, y, skia.SamplingOptions(), skia.Paint(Alphaf=min(1.0, now / _IN))
        )

    return draw


_CORNERS = (
    "bottom-right", "top-right", "bottom-left", "top-left", "bottom", "top", "right", "left",
)  # fmt: skip


def _place(at: str, stage: Stage, wide: float, high: float) -> tuple[int, int, int, int]:
    """Left, top, width and height; on its own it goes where it covers least of the text."""
    if at != "auto":
        return *_at(at, stage, wide, high), max(2, round(wide)), max(2, round(high))
    found: list[tuple[float, int, tuple[int, int, int, int]]] = []
    for number, size in enumerate((1.0, 0.75, 0.5)):
        for corner in _CORNERS:
            x, y = _at(corner, stage, wide * size, high * size)
            place = (x, y, max(2, round(wide * size)), max(2, round(high * size)))
            found.append((_covered(stage, *place) / (wide * high * size * size), number, place))
    # A little overlap with the air around letters is none; of equals the first is the best.
    return min(found, key=lambda each: (max(0.0, each[0] - 0.01), each[1]))[2]


def _covered(stage: Stage, x: int, y: int, width: int, height: int) -> float:
    """How many pixels of text boxes lie under it."""
    total = 0.0
    for _, box in stage.drawing.boxes:
        across = min(box.right, x + width) - max(box.left, x)
        down = min(box.bottom, y + height) - max(box.top, y)
        total += max(0.0, across) * max(0.0, down)
    return total


def _at(at: str, stage: Stage, wide: float, high: float) -> tuple[int, int]:
    words = at.split("-")
    across = next((_COLUMNS[word] for word in words if word in _COLUMNS), 0.5)
    down = next((_ROWS[word] for word in words if word in _ROWS), 0.5)
    box = stage.box
    x = box.left + (box.right - box.left - wide) * across
    y = box.top + (box.bottom - box.top - high) * down
    return round(x), round(y)


def add_logo(path: Path, stage: Stage) -> None:
    """The person's logo, small, above the content on the right.

    Raises FootageError where it is missing or damaged.
    """
    pixels = read_logo(path)
    high, wide = pixels.shape[:2]
    info = skia.ImageInfo.Make(wide, high, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    image = skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, wide * 4))
    box = logo_box(wide, high, stage.format)
    target = skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    picture = drawing.picture_of(box, lambda canvas: canvas.drawImageRect(image, target, sampling))
    stage.sprite(picture, motion="fade", delay=0.0)


def logo_box(width: int, height: int, format: Format) -> drawing.Box:
    """Where a logo of this shape stands, in pixels of the frame."""
    u = min(format.width, format.height) / 1080
    scale = min(300 * u / width, 84 * u / height)
    right, bottom = content_box(format).right, format.height * 0.12 - 26 * u
    return drawing.Box(right - width * scale, bottom - height * scale, right, bottom)
