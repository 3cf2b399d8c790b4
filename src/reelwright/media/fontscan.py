"""What fonts are here: finds the files, and reads each face's names, weight and characters.

A face's characters are kept as text, ranges in base 36 (``w-3i,4g``), so that the memory of a
machine's fonts loads in a few milliseconds and only the faces asked about are ever unpacked.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

PACKAGES = ("justmytype-intl-cjk", "noto-cjk-sans-otc")
"""Packages of the Python index that bring Chinese fonts."""

_COMMON = "这们来说国为问题网络视频隔夜茶"
"""Characters that a font for simplified Chinese has and one for another script lacks."""

_VERSION = 4
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}


@dataclass(frozen=True)
class Face:
    """A face as scanned."""

    path: str
    index: int
    name: str
    """Legacy family name (name ID 1), in English."""
    families: tuple[str, ...]
    """All family names, the typographic English one first."""
    weight: int
    serif: bool
    mono: bool
    colour: bool
    variable: bool
    chinese: bool
    """Whether it can write simplified Chinese."""
    coverage: str
    """Ranges of characters: first-last in base 36, joined by commas."""


def scan(folders: Sequence[Path] | None, own: Path, memory: Path) -> tuple[Face, ...]:
    """All upright faces, in the order of their paths.

    Args:
        folders: look only here; None looks where the machine keeps its fonts.
        own: the home's fonts, looked into as well unless `folders` is given.
        memory: JSON file that remembers what was read, by path, time of change and size.

    Files that are no fonts, or damaged ones, are passed over: the machine's font folders are not
    the person's work.
    """
    known = _recall(memory)
    faces: list[Face] = []
    fresh: dict[str, dict[str, Any]] = {}
    read_any = False
    for path in _files(folders, own):
        try:
            stat = os.stat(path)  # noqa: PTH116 (hundreds of files at every start)
        except OSError:
            continue
        key = f"{stat.st_mtime_ns}:{stat.st_size}"
        entry: dict[str, Any] = known.get(path, {})
        if entry.get("key") != key:
            entry = {"key": key, "faces": [asdict(face) for face in _read(path)]}
            read_any = True
        fresh[path] = entry
        faces += [_face_from(values) for values in entry["faces"]]
    if read_any:
        # Restricted searches add to what is remembered; they do not replace it.
        _remember(memory, {**known, **fresh})
    return tuple(faces)


def _face_from(values: dict[str, Any]) -> Face:
    return Face(**{**values, "families": tuple(values["families"])})  # pyright: ignore[reportArgumentType]


def _files(folders: Sequence[Path] | None, own: Path) -> list[str]:
    if folders is not None:
        return _fonts_under(folders)
    found = _fonts_under([own])
    found += _from_fontconfig() or _fonts_under(_platform_folders())
    found += _from_packages()
    return sorted(set(found))


def _fonts_under(folders: Iterable[Path]) -> list[str]:
    return sorted(
        str(file)
        for folder in folders
        if folder.is_dir()
        for file in folder.rglob("*")
        if file.suffix.lower() in _SUFFIXES
    )


def _from_fontconfig() -> list[str]:
    tool = shutil.which("fc-list")
    if not tool:
        return []
    try:
        answer = subprocess.run(
            [tool, "--format", "%{file}\n"], capture_output=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    lines = answer.stdout.decode("utf-8", "surrogateescape").splitlines()
    return [line for line in lines if Path(line).suffix.lower() in _SUFFIXES]


def _platform_folders() -> list[Path]:
    user = Path.home()
    if sys.platform == "darwin":
        return [
            Path("/System/Library/Fonts"),
            Path("/System/Library/AssetsV2"),
            Path("/Library/Fonts"),
            user / "Library/Fonts",
        ]
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            Path(local) / "Microsoft/Windows/Fonts",
        ]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        user / ".local/share/fonts",
        user / ".fonts",
    ]


def _from_packages() -> list[str]:
    from importlib.metadata import PackageNotFoundError, distribution

    found: list[str] = []
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            for file in distribution(package).files or []:
                if file.suffix.lower() in _SUFFIXES:
                    found.append(str(Path(str(file.locate())).resolve()))
    return found


def _recall(memory: Path) -> dict[str, Any]:
    try:
        kept = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    table = cast(dict[str, Any], kept)
    return table["files"] if table.get("version") == _VERSION else {}


def _remember(memory: Path, files: dict[str, Any]) -> None:
    # A memory that cannot be written (read-only home, full disk) costs time, nothing else.
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=memory.parent, prefix=".fonts-")
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump({"version": _VERSION, "files": files}, file, ensure_ascii=False)
        Path(temporary).replace(memory)


def _read(path: str) -> list[Face]:
    """The upright faces of a font file; none where it cannot be read."""
    from fontTools.ttLib import (  # pyright: ignore[reportMissingTypeStubs]
        TTCollection,
        TTFont,
        TTLibError,
    )

    try:
        with Path(path).open("rb") as file:
            if Path(path).suffix.lower() in {".ttc", ".otc"}:
                fonts = cast(Any, TTCollection(file, lazy=True)).fonts
                read = [_face(font, path, index) for index, font in enumerate(fonts)]
            else:
                read = [_face(TTFont(file, lazy=True), path, 0)]
    except (
        OSError,
        TTLibError,
        struct.error,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        ValueError,
    ):
        # fontTools answers a damaged table with whatever its reader tripped over.
        return []
    return [face for face in read if face is not None]


def _face(font: Any, path: str, index: int) -> Face | None:
    os2 = font["OS/2"]
    colour = any(table in font for table in ("CBDT", "sbix", "COLR"))
    outlines = any(table in font for table in ("glyf", "CFF ", "CFF2"))
    slanted = os2.fsSelection & 1
    if slanted or not (outlines or colour):
        return None
    names = font["name"]
    legacy = _name(names, 1)
    families = [_name(names, 16), legacy]
    families += [record.toUnicode() for record in names.names if record.nameID in (1, 16)]
    panose = os2.panose
    lowered = legacy.casefold()
    # PANOSE says it for honest fonts; CJK serif faces often leave it empty, but say it by name.
    by_name = any(word in lowered for word in ("serif", "song", "ming", "宋", "明"))
    by_panose = panose.bFamilyType == 2 and 2 <= panose.bSerifStyle <= 10
    ranges = _ranges(font)
    return Face(
        path=path,
        index=index,
        name=legacy,
        families=tuple(dict.fromkeys(name for name in families if name)),
        weight=int(os2.usWeightClass),
        serif=(by_name or by_panose) and "sans" not in lowered,
        mono=panose.bProportion == 9 or "mono" in lowered,
        colour=colour,
        variable="fvar" in font,
        chinese=all(any(first <= ord(c) <= last for first, last in ranges) for c in _COMMON),
        coverage=",".join(f"{_base36(first)}-{_base36(last)}" for first, last in ranges),
    )


def _name(names: Any, which: int) -> str:
    # Windows, Unicode BMP, US English first.
    record = names.getName(which, 3, 1, 0x409) or names.getName(which, 1, 0, 0)
    if record is None:
        record = next((one for one in names.names if one.nameID == which), None)
    return record.toUnicode() if record else ""


def _ranges(font: Any) -> list[list[int]]:
    """The characters of a face as ranges, ascending, neighbours merged."""
    found = _groups(font.reader["cmap"])
    if found is None:
        found = [(code, code) for code in sorted(font.getBestCmap() or {})]
    merged: list[list[int]] = []
    for first, last in found:
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(last, merged[-1][1])
        else:
            merged.append([first, last])
    return merged


def _groups(raw: bytes) -> list[tuple[int, int]] | None:
    """Ranges of a format 12 subtable, read directly: unpacking 40 000 entries takes seconds.

    None where the font has no such subtable. Layout: OpenType specification, `cmap`.
    """
    (tables,) = struct.unpack_from(">H", raw, 2)
    for at in range(tables):
        platform, encoding, offset = struct.unpack_from(">HHL", raw, 4 + 8 * at)
        (form,) = struct.unpack_from(">H", raw, offset)
        if form == 12 and (platform, encoding) in {(3, 10), (0, 4), (0, 6)}:
            (count,) = struct.unpack_from(">L", raw, offset + 12)
            groups = struct.iter_unpack(">LLL", raw[offset + 16 : offset + 16 + 12 * count])
            return [(first, last) for first, last, glyph in groups if glyph or last > first]
    return None


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not number:
            return digits
