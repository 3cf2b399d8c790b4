"""Cuts static weights out of a variable font.

libass draws only the default instance of a variable font, and for Noto Sans SC that is Thin. One
weight takes some twelve seconds, so each is cut once, when first asked for, and kept in the home.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from reelwright.core.errors import StoreError
from reelwright.media.fontscan import Face

WEIGHTS = {400: "Regular", 700: "Bold", 900: "Black"}


def cut(face: Face, weight: int, folder: Path) -> tuple[Path, str, int]:
    """The nearest of the weights 400, 700 and 900 as a font file of its own.

    Returns its path, its family name (one family for each weight, so that libass can tell them
    apart) and its weight. Raises StoreError where the home cannot be written.
    """
    chosen = min(WEIGHTS, key=lambda each: (abs(each - weight), each))
    family = f"{face.families[0]} {WEIGHTS[chosen]}"
    stat = Path(face.path).stat()
    source = f"{face.path}:{face.index}:{stat.st_mtime_ns}:{stat.st_size}"
    mark = hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    path = folder / f"{family.replace(' ', '')}-{mark}.ttf"
    if not path.exists():
        _cut(face, chosen, family, path)
    return path, family, chosen


def _cut(face: Face, weight: int, family: str, path: Path) -> None:
    from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]
    from fontTools.varLib import instancer  # pyright: ignore[reportMissingTypeStubs]

    with TTFont(face.path, fontNumber=face.index) as font:
        cast(Any, instancer).instantiateVariableFont(font, {"wght": weight}, inplace=True)
        names: Any = font["name"]
        postscript = f"{family.replace(' ', '')}"
        for which, text in {1: family, 2: "Regular", 4: family, 6: postscript}.items():
            names.setName(text, which, 3, 1, 0x409)
        names.names = [
            record
            for record in names.names
            if record.nameID not in (16, 17, 25)
            and not (record.nameID in (1, 4) and record.langID != 0x409)
        ]
        cast(Any, font["OS/2"]).usWeightClass = weight
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".cut-")
            os.close(handle)
            cast(Any, font).save(temporary)
            Path(temporary).replace(path)
        except OSError as error:
            with suppress(OSError):
                Path(temporary).unlink(missing_ok=bool(temporary))
            raise StoreError(
                f"the cut font cannot be written ({error.strerror})",
                where=str(path),
                hint="make room in the home, or install a Chinese font (`reel doctor`)",
            ) from error
