"""Still pictures: read with what is transparent, and written as what their name says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.core.marking import KEY
from reelwright.edit.enhance.frame import Picture
from reelwright.media.frames import open_picture, read_picture

KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""What stills are written as."""
_QUALITY = 95
_EXIF, _COMMENT = 0x8769, 0x9286
"""EXIF 2.32: the pointer to its own directory, and the user's comment there."""


def read_still(path: Path) -> tuple[Picture, bytes | None]:
    """A still picture, upright, and its colour profile, if it carries one.

    Raises FootageError when it is missing, damaged or no picture.
    """
    from PIL import ImageOps

    rgb = read_picture(path, side=1 << 30)
    with open_picture(path) as image:
        profile: Any = image.info.get("icc_profile")
        alpha = None
        if "A" in image.getbands() or "transparency" in image.info:
            full = ImageOps.exif_transpose(image).convert("RGBA")
            values = np.array(full, np.uint8)
            alpha = np.ascontiguousarray(values[..., 3])
            # Not laid over black, as `read_picture` does: its colours stay what they are.
            rgb = np.ascontiguousarray(values[..., :3])
            alpha = None if int(alpha.min()) == 255 else alpha
    return Picture(rgb, alpha=alpha), profile


def write_still(
    picture: Picture, profile: bytes | None, out: Path, mark: Mapping[str, str] | None = None
) -> None:
    """Write a picture as JPEG, PNG or WebP, by the name of the file.

    Args:
        picture: what is written.
        profile: its colour profile.
        out: the file.
        mark: keys and values that it carries: as text in PNG, in EXIF's user comment elsewhere.

    Raises FootageError when the name ends in anything else.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    kind = out.suffix.lower()
    if kind not in KINDS:
        raise FootageError(
            f'no picture can be written as "{out.suffix}"',
            where=str(out),
            hint="end its name in .png, .jpg or .webp",
        )
    values: Any = picture.rgb
    if picture.alpha is not None and kind != ".webp" and kind != ".png":
        share = picture.alpha[..., None] / 255
        values = np.round(values * share).astype(np.uint8)
    elif picture.alpha is not None:
        values = np.dstack([values, picture.alpha])
    options: dict[str, Any] = {"quality": _QUALITY} if kind != ".png" else {}
    if kind in (".jpg", ".jpeg"):
        options["subsampling"] = 0
    if profile:
        options["icc_profile"] = profile
    if mark and kind == ".png":
        text = PngInfo()
        for key, value in mark.items():
            text.add_itxt(key, value)
        options["pnginfo"] = text
    elif mark:
        exif = Image.Exif()
        # Not IFD0's description, which photo managers show as the title.
        exif.get_ifd(_EXIF)[_COMMENT] = b"ASCII\0\0\0" + json.dumps(dict(mark)).encode("ascii")
        options["exif"] = exif
    Image.fromarray(values).save(out, **options)


def read_mark(path: Path) -> str | None:
    """The AIGC metadata that a still picture carries as `write_still` writes them, or None.

    Raises FootageError when it is missing, damaged or no picture.
    """
    with open_picture(path) as image:
        text = image.info.get(KEY)
        if isinstance(text, str):
            return text
        comment: Any = image.getexif().get_ifd(_EXIF).get(_COMMENT)
    if isinstance(comment, str):
        comment = comment.encode("utf-8", "replace")
    if not isinstance(comment, bytes) or KEY.encode() not in comment:
        return None
    try:
        values: Any = json.loads(comment[8:].decode("utf-8"))
    except ValueError:
        return None  # a comment that only mentions it
    found = values.get(KEY) if isinstance(values, dict) else None
    return found if isinstance(found, str) else None
