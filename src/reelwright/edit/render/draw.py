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
NEAREST = 1 + ZOOM
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
    moves = source.move != "none"
    # Scaled well once, to the size of its nearest view; each frame then only shrinks it a little,
    # for which linear interpolation is good enough and eight times as fast as cubic. (Opaque, and
    # in the canvas' own order of channels: all else takes Skia ten times as long.)
    size = (round(width * NEAREST), round(height * NEAREST)) if moves else (width, height)
    picture = _fill(read_picture(root / source.path), size, width / height, source.focus)
    bgra = np.dstack([picture[..., ::-1], np.full(picture.shape[:2], 255, np.uint8)])
    colours, opaque = skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType
    image = skia.Image.fromarray(bgra, colorType=colours, alphaType=opaque)
    pixels = np.zeros((height, width, 4), np.uint8)
    canvas = skia.Canvas(array=pixels, colorType=colours, alphaType=opaque)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
    for frame in range(first, last):
        if moves or frame == first:
            zoom = zoom_at(source.move, frame, frames)
            wide, high = width * zoom, height * zoom
            left, top = (width - wide) / 2, (height - high) / 2
            view = skia.Rect.MakeXYWH(left, top, wide, high)
            canvas.drawImageRect(image, view, sampling)
        yield pixels


def zoom_at(move: str, frame: int, frames: int) -> float:
    """Enlargement at a frame of a move that lasts `frames`; it goes on into the tail."""
    done = frame / max(1, frames - 1)
    if move == "push":
        return 1 + ZOOM * done
    if move == "pull":
        return max(1.0, REST + ZOOM * (1 - done))
    return 1.0


def _fill(picture: Any, size: tuple[int, int], shape: float, focus: tuple[float, float]) -> Any:
    """The part of a picture that has this shape (width by height), scaled to a size.

    As much of it as there is, with the focus as near its centre as that allows.
    """
    import numpy as np
    from PIL import Image

    high, wide = picture.shape[:2]
    part = (min(wide, high * shape), min(high, wide / shape))
    left = min(max(0.0, wide * focus[0] - part[0] / 2), wide - part[0])
    top = min(max(0.0, high * focus[1] - part[1] / 2), high - part[1])
    box = (left, top, left + part[0], top + part[1])
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS, box=box))
