"""The picture under a cover's title: cropped to fill, its faces where the title is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from reelwright.core.nouns import Box as Face
from reelwright.core.nouns import Format

if TYPE_CHECKING:
    import numpy as np

    from reelwright.media.drawing import Box

_ZOOMS = (1.0, 1.12, 1.25, 1.4)
"""How much nearer a picture may be taken to move its faces up or down, the least first."""
_HEAD = (0.1, 0.25, 0.1, 0.12)
"""What of a head must be seen besides its face: left, above, right, below, in the face's sizes."""


class Crop(NamedTuple):
    """What is seen of a picture, in its pixels."""

    left: float
    top: float
    wide: float
    high: float


def crops(picture: np.ndarray, faces: Sequence[Face], format: Format) -> Iterator[Crop]:
    """Ways to fill a format with a picture, the plainest first.

    The first keeps as much as it can, towards the subject. With faces, nearer ones follow, taken as
    low and as high as leaves the faces whole.

    Args:
        picture: height × width × 3, RGB.
        faces: those in it, the one that matters most first.
        format: what is filled.
    """
    from reelwright.media.subject import find_subject

    high, wide = picture.shape[:2]
    scale = max(format.width / wide, format.height / high)
    whole = format.width / scale, format.height / scale
    shown = _fitting(faces, whole[0] / wide)
    x, y = find_subject(picture[..., :3], shown)
    for zoom in _ZOOMS if shown else _ZOOMS[:1]:
        across, down = whole[0] / zoom, whole[1] / zoom
        left = min(max(0.0, wide * x - across / 2), wide - across)
        usual = min(max(0.0, high * y - down * 0.4), high - down)
        yield Crop(left, usual, across, down)
        if not shown:
            return
        head, chin = _extent(shown, high)
        for top in (min(high - down, max(0.0, head)), max(0.0, min(high, chin) - down)):
            if abs(top - usual) > 0.01 * high and top <= max(0.0, head) + 1:
                yield Crop(left, top, across, down)


def placed(faces: Sequence[Face], crop: Crop, size: tuple[int, int], format: Format) -> list[Box]:
    """Where faces of a picture of this size (width, height) are, in pixels of the format."""
    from reelwright.media.drawing import Box

    scale = format.width / crop.wide
    wide, high = size
    return [
        Box(
            (face.left * wide - crop.left) * scale,
            (face.top * high - crop.top) * scale,
            ((face.left + face.width) * wide - crop.left) * scale,
            ((face.top + face.height) * high - crop.top) * scale,
        )
        for face in faces
    ]


def draw_crop(canvas: Any, picture: np.ndarray, crop: Crop, format: Format) -> None:
    """Draw what is seen of a picture over all of a canvas."""
    import numpy as np
    from PIL import Image

    from reelwright.media import drawing

    image = Image.fromarray(np.ascontiguousarray(picture[..., :3]))
    box = (crop.left, crop.top, crop.left + crop.wide, crop.top + crop.high)
    fitted = image.resize((format.width, format.height), Image.Resampling.LANCZOS, box=box)
    canvas.drawImage(drawing.image_of(np.asarray(fitted)), 0, 0)


def shade(canvas: Any, format: Format, layout: str, *, high: bool) -> None:
    """Darken the picture where the title stands: at its foot, or at its head."""
    from reelwright.media import drawing

    # Strips bring their own ground.
    deep = (0.0, 0.2, 0.3, 0.4) if layout == "strips" else (0.0, 0.5, 0.74, 0.8)
    shades = [drawing.colour("#000000", alpha) for alpha in deep]
    start, end = (0.78, 0.0) if high else (0.22, 1.0)
    ends = (0, format.height * start), (0, format.height * end)
    canvas.drawPaint(drawing.linear_gradient(*ends, shades))


def _extent(faces: Sequence[Face], high: int) -> tuple[float, float]:
    """The top of the highest head and the bottom of the lowest, in pixels of the picture."""
    _, above, _, below = _HEAD
    tops = [(face.top - above * face.height) * high for face in faces]
    return min(tops), max((face.top + (1 + below) * face.height) * high for face in faces)


def _fitting(faces: Sequence[Face], share: float) -> Sequence[Face]:
    """All faces where they fit into this share of the width together, else the first alone."""
    if not faces:
        return ()
    left, right = min(f.left for f in faces), max(f.left + f.width for f in faces)
    return faces if right - left <= share else faces[:1]
