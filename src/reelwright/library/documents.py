"""Documents: the words of each asset, kept in step with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reelwright.core.nouns import Annotation
from reelwright.core.progress import Progress, Silent
from reelwright.core.words import pieces_of, words_of
from reelwright.library import catalogue
from reelwright.library.indexes import DocumentRow, StaleRow
from reelwright.library.tables import AssetRow, PlaceRow, table
from reelwright.store.database import Database, upsert

_FOLDERS = 3
"""Folders above a file whose names say something of it."""
_MOST_SAID = 4000
"""Words of speech and writing of one asset that it is found by."""
_AT_ONCE = 400
_TITLES = frozenset({"tag", "title", "description", "person", "place"})
"""Annotations that say what a thing is called."""
_SAID = frozenset({"transcript", "text", "content"})
"""Annotations that hold running text."""
_UNSEEN = frozenset({"shot", "fault", "quality", "duplicate", "codec", "software"})
"""Annotations that nobody looks for by words: filters have them."""


def encode(word: str) -> str:
    """A word as a token of ASCII letters and digits: itself, or its code points in hexadecimal.

    >>> encode("boat"), encode("海")
    ('boat', 'u6d77')
    """
    if word.isascii():
        return word
    return "".join(f"u{ord(char):x}" for char in word)


def refresh(database: Database, progress: Progress | None = None) -> int:
    """Write the documents of all assets of which something else is known than when they were
    written last; returns how many. What is up to date is not read again.

    Raises:
        StoreError: the database does not answer.
    """
    with database.reading() as session:
        waiting = list(session.scalars(select(StaleRow.asset).order_by(StaleRow.asset)))
        if session.scalar(select(DocumentRow.number).limit(1)) is None:
            # A library from before there were documents.
            waiting = list(session.scalars(select(AssetRow.id).order_by(AssetRow.number)))
    if not waiting:
        return 0
    watching = progress or Silent()
    watching.start("indexing", len(waiting))
    try:
        for first in range(0, len(waiting), _AT_ONCE):
            part = waiting[first : first + _AT_ONCE]
            with database.writing() as session:
                _write(session, part)
            watching.advance("indexing", len(part))
    finally:
        watching.finish("indexing")
    return len(waiting)


def _write(session: Session, asset_ids: Sequence[str]) -> None:
    rows = session.scalars(select(AssetRow).where(AssetRow.id.in_(asset_ids))).all()
    known = catalogue.annotations_of(session, asset_ids)
    paths: dict[str, list[str]] = {}
    query = select(PlaceRow.asset, PlaceRow.path, PlaceRow.member, PlaceRow.root)
    for asset, path, member, root in session.execute(query.where(PlaceRow.asset.in_(asset_ids))):
        paths.setdefault(asset, []).append(_below(path, member, root))
    documents = [
        {"number": row.number, **document(row, paths.get(row.id, ()), known.get(row.id, ()))}
        for row in rows
    ]
    upsert(session, table(DocumentRow), documents, keys=("number",))
    session.execute(delete(StaleRow).where(StaleRow.asset.in_(asset_ids)))


def _below(path: str, member: str, root: str) -> str:
    """The names of a file and of the folders it lies in, down from the one that was added."""
    file = PurePath(path)
    above = PurePath(root).parent
    parts = file.relative_to(above).parts if file.is_relative_to(above) else file.parts
    inside = PurePath(member).parts
    return " ".join([*parts, *inside][-_FOLDERS - 1 :])


def document(
    row: AssetRow, paths: Iterable[str], annotations: Sequence[Annotation]
) -> dict[str, str]:
    """The columns of an asset's document.

    Args:
        row: the asset.
        paths: the names of its files and folders, as text.
        annotations: what is believed of it.
    """
    title = [*words_of(row.name), *(word for path in sorted(paths) for word in words_of(path))]
    seen = [row.kind]
    if row.width:
        seen.append("portrait" if row.height > row.width else "landscape")
    said: list[str] = []
    for one in annotations:
        if one.name in _SAID:
            said += [word for text in strings_in(one.value) for word in words_of(text)]
        elif one.name in _TITLES or (one.annotator == catalogue.PERSON and one.confidence > 0):
            title += [word for text in strings_in(one.value) for word in words_of(text)]
        elif one.name not in _UNSEEN:
            seen += _seen(one)
    said = said[:_MOST_SAID]
    pieces = pieces_of([*title, *seen, *said])
    return {
        "title": _tokens(title),
        "seen": _tokens(seen),
        "said": _tokens(said),
        "pieces": _tokens(pieces),
    }


def _seen(one: Annotation) -> list[str]:
    """The words for what an annotator says."""
    if one.name == "people":
        count = int(one.value) if isinstance(one.value, int | float) else 0
        return ["people"] * (count > 0) + ["crowd"] * (count > 4)
    if one.name == "language":
        return [{"zh": "chinese", "en": "english"}.get(str(one.value), str(one.value))]
    if one.name == "sound":
        return [str((one.value or {}).get("kind", ""))] if isinstance(one.value, Mapping) else []
    if one.name == "face":
        return ["face", "people"]
    if one.name == "sounds" and isinstance(one.value, Mapping):
        kinds = ("speech", "music", "silence")
        return [kind for kind in kinds if float(one.value.get(kind, 0) or 0) > 0.3]
    words = [word for text in strings_in(one.value) for word in words_of(text)]
    return words if words else ([one.name] if one.value is True else [])


def strings_in(value: Any) -> list[str]:
    """The texts in an annotation's value; numbers say nothing by themselves."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        named = [value[key] for key in ("kind", "name", "label", "text") if key in value]
        return [text for part in named for text in strings_in(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in strings_in(part)]
    return []


def tokens_in(one: Annotation) -> set[str]:
    """The tokens that an annotation gives to its asset's document."""
    if one.name in _SAID or one.name in _TITLES or one.annotator == catalogue.PERSON:
        return {encode(word) for text in strings_in(one.value) for word in words_of(text)}
    return {encode(word) for word in _seen(one)} if one.name not in _UNSEEN else set()


def tokens_of(column: str) -> set[str]:
    """The tokens of a document's column."""
    return set(column.split())


def _tokens(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(encode(word) for word in words if word))
