"""The person's own clips and pictures: collected, described by their names, matched to lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reelwright.core.errors import FootageError, nearest
from reelwright.core.nouns import Asset, Line, MediaFacts, Origin
from reelwright.create.looks import described, looks_like
from reelwright.learn.frames.footage import is_background

VIDEO = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".gif"})
PICTURE = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

_NEAR = 0.5
"""What being as near in meaning as can be adds to how well an asset fits."""

_TOKEN = re.compile(r"[A-Za-z]+|\d+|[㐀-鿿]+")
_CJK = re.compile(r"[㐀-鿿]")
# Names that cameras and phones give say nothing of what is shown.
_NOISE = frozenset(
    {"img", "vid", "mov", "dsc", "dcim", "pxl", "mvi", "wx", "mmexport", "camera", "screenshot"}
    | {"video", "clip", "footage", "image", "picture", "photo", "final", "copy"}
    | {"the", "and", "for", "with", "from"}
)


def find_media(places: Iterable[Path]) -> tuple[Path, ...]:
    """Media files in these folders (recursively) and files, in the order of their names; and the
    folders of living backgrounds (`reel train frames`), each of which is an endless clip.

    Other kinds of files, hidden ones and links that lead in a circle are passed over. Raises
    FootageError for a place that is not there or a file that is neither clip nor picture.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            every = [place, *sorted(place.rglob("*"))]
            shown = [path for path in every if not _is_hidden(path.relative_to(place))]
            living = [path for path in shown if is_background(path)]
            inside = [
                path
                for path in shown
                if path in living
                or (
                    path.suffix.lower() in VIDEO | PICTURE
                    and not any(parent in living for parent in path.parents)
                    and path.is_file()
                )
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


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


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


def similarity(
    line: Line, asset: Asset, segment: Callable[[str], list[str]], near: float = 0.0
) -> tuple[float, str]:
    """How well an asset fits a line, and why, for people.

    What counts is the share of the words of its name that the line contains (a name is short and a
    line long; a word the line names as worth searching for counts double), whether it looks as the
    line says, and how near the two are in meaning where something can tell.

    Args:
        segment: the words of a text.
        near: nearness in meaning above the usual, 0 to 1.
    """
    words = {_stem(word) for word in segment(line.say)}
    wanted = {_stem(word) for phrase in line.search for word in segment(phrase)}
    text = (line.say + " " + " ".join(line.search)).lower()
    score, hits = 0.0, list[str]()
    for tag in asset.tags:
        if _CJK.search(tag):
            pieces = {_stem(word) for word in segment(tag)} | {tag}
            hit = tag in text or any(len(p) > 1 and p in words | wanted for p in pieces)
            strong = tag in wanted or bool(pieces & wanted)
        else:
            hit = _stem(tag) in words | wanted
            strong = _stem(tag) in wanted
        if hit:
            score += 2.0 if strong else 1.0
            hits.append(tag)
    score = score / (len(asset.tags) ** 0.5) if asset.tags else 0.0
    reasons = [f"its name fits the line ({', '.join(hits[:4])})"] if hits else []
    if asset.glance:
        looks, seen = looks_like(words | wanted | _bare(text), asset.glance)
        score += looks
        reasons += [f"it looks as the line says ({', '.join(seen)})"] if seen else []
    score += _NEAR * near
    reasons += ["it is near in meaning"] if near > 0.5 else []
    return score, "; ".join(reasons)


def caption(asset: Asset) -> str:
    """What is known of an asset in words, for those who compare texts."""
    looks = described(asset.glance) if asset.glance else ""
    return " ".join(part for part in (" ".join(asset.tags), f"({looks})" if looks else "") if part)


def _bare(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text))


def named(footage: str, assets: Sequence[Asset], where: str) -> Asset:
    """The asset a line asks for by file name. Raises FootageError naming those there are."""
    for asset in assets:
        path = Path(asset.path)
        names = (path.name, path.stem, asset.path, _name_of(asset))
        if footage in names or path.as_posix().endswith(f"/{footage}"):
            return asset
        # What was enhanced may be a file of another kind than it was.
        if asset.origin.provider == "enhance" and Path(footage).stem == path.stem:
            return asset
    names = [_name_of(asset) for asset in assets]
    raise FootageError(
        f'there is no footage "{footage}"',
        where=where,
        hint=nearest(footage, names) if names else "put the file into footage/",
    )


def _name_of(asset: Asset) -> str:
    """What a person calls it: its file, or the folder of the model that made it."""
    living = asset.origin.model if asset.origin.provider == "frames" else None
    return living or Path(asset.path).name


def _stem(word: str) -> str:
    """A word without case, punctuation and an English plural or verb ending."""
    bare = re.sub(r"[^\w㐀-鿿]", "", word).lower()
    if len(bare) > 4 and bare.isascii():
        for ending in ("ing", "ies", "es", "ed", "s"):
            if bare.endswith(ending) and len(bare) - len(ending) >= 3:
                return bare[: -len(ending)] + ("y" if ending == "ies" else "")
    return bare
