"""Drawn frames: scenes by the painter, pictures with a slow camera move by Skia."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from reelwright.core.errors import MediaError
from reelwright.core.nouns import Format
from reelwright.core.ports import Painter
from reelwright.core.timeline import Footage, Scene
from reelwright.edit.render.segments import Part, Segment

ZOOM = 0.07
"""How much a camera move enlarges over the length of a clip."""
REST = 1.01
"""Enlargement at the far end of a move; the rest of it is used up by a transition's tail."""


def find_painter(name: str) -> Painter:
    """The painter called ``module:function``."""
    module, _, function = name.partition(":")
    return cast(Painter, getattr(import_module(module), function))


def painter_version(name: str) -> Any:
    """What the painter's module says of its version, for the keys of what it draws."""
    return getattr(import_module(name.partition(":")[0]), "PAINTER_VERSION", 0)


def frames_of(segment: Segment, format: Format, painter: str, root: Path) -> Iterator[Any]:
    """The frames that a segment's graph expects on its pipe, BGRA, one buffer each.

    Two drawn sources come in turns, the leaving one first.
    """
    parts = [part for part in (segment.before, segment.main) if part is not None and part.drawn]
    streams = [_draw(part, segment.frames, format, painter, root) for part in parts]
    size = format.width * format.height * 4
    for _ in range(segment.frames):
        for stream in streams:
            buffer = next(stream, None)
            if buffer is None or memoryview(buffer).nbytes != size:
                raise MediaError("the painter gave too few frames, or frames of a wrong size")
            yield buffer


def _draw(part: Part, count: int, format: Format, painter: str, root: Path) -> Iterator[Any]:
    source = part.source
    if isinstance(source, Scene):
        last = part.first + count
        return find_painter(painter)(source, format, part.length, part.first, last, root)
    return draw_picture(source, format, part.length, part.first, part.first + count, root)


def draw_picture(
    source: Footage, format: Format, frames: int, first: int, last: int, root: Path
) -> Iterator[Any]:
    """A still picture filling the frame, pushed in or pulled out at an even pace.

    The camera moves by fractions of a pixel (a crop by whole pixels would tremble).
    """
    import numpy as np
    import skia

    from reelwright.media.frames import read_picture

    width, height = format.width, format.height
    picture = read_picture(root / source.path)
    x, y = source.focus
    moves = source.move != "none"
    scale, left, top = _place(picture.shape[1], picture.shape[0], width, height, (x, y))
    picture = _shrink(picture, scale * (REST + ZOOM if moves else 1))
    scale, left, top = _place(picture.shape[1], picture.shape[0], width, height, (x, y))
    rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    image = skia.Image.fromarray(rgba, colorType=skia.kRGBA_8888_ColorType)
    pixels = np.zeros((height, width, 4), np.uint8)
    canvas = skia.Canvas(
        array=pixels, colorType=skia.kBGRA_8888_ColorType, alphaType=skia.kPremul_AlphaType
    )
    sampling = skia.SamplingOptions(skia.CubicResampler.CatmullRom())
    for frame in range(first, last):
        if moves or frame == first:
            zoom = zoom_at(source.move, frame, frames)
            canvas.save()
            canvas.translate(width / 2, height / 2)
            canvas.scale(zoom, zoom)
            canvas.translate(-width / 2 - left, -height / 2 - top)
            canvas.scale(scale, scale)
            canvas.drawImage(image, 0, 0, sampling)
            canvas.restore()
        yield pixels


def zoom_at(move: str, frame: int, frames: int) -> float:
    """Enlargement at a frame of a move that lasts `frames`; it goes on into the tail."""
    done = frame / max(1, frames - 1)
    if move == "push":
        return 1 + ZOOM * done
    if move == "pull":
        return max(1.0, REST + ZOOM * (1 - done))
    return 1.0


def _place(
    wide: int, high: int, width: int, height: int, focus: tuple[float, float]
) -> tuple[float, float, float]:
    """Scale to fill, and the left and top of what is shown, in scaled pixels."""
    scale = max(width / wide, height / high)
    left = min(max(0.0, wide * scale * focus[0] - width / 2), wide * scale - width)
    top = min(max(0.0, high * scale * focus[1] - height / 2), high * scale - height)
    return scale, left, top


def _shrink(picture: Any, factor: float) -> Any:
    """Scaled down well once, so that each frame only resamples at about its own size."""
    if factor >= 0.9:
        return picture
    import numpy as np
    from PIL import Image

    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
