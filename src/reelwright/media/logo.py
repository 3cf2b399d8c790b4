"""The person's logo: a small picture with transparency."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.media.frames import Frame


def read_logo(path: Path) -> Frame:
    """A logo's pixels: height × width × 4 bytes, RGBA, straight alpha.

    Raises:
        FootageError: it is missing, or no picture.
    """
    from PIL import Image, UnidentifiedImageError

    if not path.is_file():
        raise FootageError("is not there", where=str(path), hint="see setting style.logo")
    try:
        with Image.open(path) as found:
            return np.array(found.convert("RGBA"), np.uint8)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise FootageError(
            "cannot be read as a picture", where=str(path), hint="a logo is a PNG, best transparent"
        ) from error


def write_scaled(path: Path, size: tuple[int, int], out: Path) -> None:
    """Write a logo as a PNG of `size`, width and height in pixels. Raises as `read_logo`."""
    from PIL import Image

    scaled = Image.fromarray(read_logo(path)).resize(size, Image.Resampling.LANCZOS)
    scaled.save(out, "PNG")
