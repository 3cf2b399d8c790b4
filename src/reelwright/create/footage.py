"""The person's own clips and pictures: collected, described by their names, matched to lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reelwright.core.errors import FootageError, nearest
from reelwright.core.nouns import Asset, Line, MediaFacts, Origin

VIDEO = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".gif"})
PICTURE = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

_TOKEN = re.compile(r"[A-Za-z]+|\d+|[㐀-鿿]+")
_CJK = re.compile(r"[㐀-鿿]")
# Names that cameras and phones give say nothing of what is shown.
_NOISE = frozenset(
    {"img", "vid", "mov", "dsc", "dcim", "pxl", "mvi", "wx", "mmexport", "camera", "screenshot"}
    | {"video", "clip", "footage", "image", "picture", "photo", "final", "copy"}
    | {"the", "and", "for", "with", "from"}
)


def find_media(places: Iterable[Path]) -> tuple[Path, ...]:
    """Media files in these folders (recursively) and files, in the order of their names.

    Other kinds of files, hidden ones and links that lead in a circle are passed over. Raises
    FootageError for a place that is not there or a file that is neither clip nor picture.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = [
                path
                for path in sorted(place.rglob("*"))
                if path.suffix.lower() in VIDEO | PICTURE
                and not any(part.startswith(".") for part in path.relative_to(place).parts)
                and path.is_file()
            ]
            found.update(dict.fromkeys(inside))
        elif not place.exists():
            raise FootageError("is not there", where=str(place), hint="check `footage` in brief.md")
        elif place.suffix.lower() in VIDEO | PICTURE:
            found[place] = None
        else:
            raise FootageError(
                "is neither a clip nor a picture",
                where=str(place),
                hint=f"these are read: {' '.join(sorted(VIDEO | PICTURE))}",
            )
    return tuple(found)


def describe(path: Path, roots: Sequence[Path], facts: MediaFacts, content: str) -> Asset:
    """An asset for one file, tagged with the words of its name and of its folders."""
    if facts.kind == "audio":
        raise FootageError(
            "has sound but no picture", where=str(path), hint="take it out of the footage"
        )
    root = next((root for root in roots if path.is_relative_to(root)), path.parent)
    parts = path.relative_to(root).with_suffix("").parts
    tags = [
        token.lower()
        for part in reversed(parts)
        for token in _TOKEN.findall(part)
        if len(token) > 1 and token.lower() not in _NOISE and not token.isdigit()
    ]
    return Asset(
        id=content,
        path=str(path),
        facts=facts,
        origin=Origin(provider="person"),
        tags=tuple(dict.fromkeys(tags)),
    )


def similarity(line: Line, asset: Asset, segment: Callable[[str], list[str]]) -> float:
    """How well an asset's tags fit a line: the share of its tags that the line's words contain.

    A name is short and a line long, so what counts is whether the name's words occur in the line.
    A word the line names as worth searching for counts double.
    """
    if not asset.tags:
        return 0.0
    words = {_stem(word) for word in segment(line.say)}
    wanted = {_stem(word) for phrase in line.search for word in segment(phrase)}
    text = (line.say + " " + " ".join(line.search)).lower()
    score = 0.0
    for tag in asset.tags:
        if _CJK.search(tag):
            pieces = {_stem(word) for word in segment(tag)} | {tag}
            hit = tag in text or any(len(p) > 1 and p in words | wanted for p in pieces)
            strong = tag in wanted or bool(pieces & wanted)
        else:
            hit = _stem(tag) in words | wanted
            strong = _stem(tag) in wanted
        score += (2.0 if strong else 1.0) if hit else 0.0
    return score / (len(asset.tags) ** 0.5)


def named(footage: str, assets: Sequence[Asset], where: str) -> Asset:
    """The asset a line asks for by file name. Raises FootageError naming those there are."""
    for asset in assets:
        path = Path(asset.path)
        if footage in (path.name, path.stem, asset.path) or path.as_posix().endswith(f"/{footage}"):
            return asset
    names = [Path(asset.path).name for asset in assets]
    raise FootageError(
        f'there is no footage "{footage}"',
        where=where,
        hint=nearest(footage, names) if names else "put the file into footage/",
    )


def _stem(word: str) -> str:
    """A word without case, punctuation and an English plural or verb ending."""
    bare = re.sub(r"[^\w㐀-鿿]", "", word).lower()
    if len(bare) > 4 and bare.isascii():
        for ending in ("ing", "ies", "es", "ed", "s"):
            if bare.endswith(ending) and len(bare) - len(ending) >= 3:
                return bare[: -len(ending)] + ("y" if ending == "ies" else "")
    return bare
