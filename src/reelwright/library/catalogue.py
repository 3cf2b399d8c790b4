"""The catalogue: opening the library, reading and writing assets and what is known of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from reelwright.core.errors import LibraryError
from reelwright.core.nouns import Annotation, Asset, MediaFacts, Origin
from reelwright.core.settings import LibrarySettings
from reelwright.library import tables
from reelwright.library.indexes import mark_stale
from reelwright.library.shelf import folder, unpacked_path
from reelwright.library.tables import (
    AnnotationRow,
    AssetRow,
    DoneRow,
    FailureRow,
    PlaceRow,
    SeenRow,
)
from reelwright.store.database import Database, open_database, upsert

PERSON = "person"
"""The annotator of what was said by hand."""
SHARED = frozenset({"tag", "object", "fault"})
"""Names of which several annotators speak side by side. Of any other, the one that spoke last is
believed: so that a better provider replaces what a poorer one said."""
MANY = SHARED | {"face", "person", "text", "shot"}
"""Names that may hold several values at a time. Of any other, what is said by hand of a stretch
replaces what annotators say of it; of these, it stands beside it."""

_FEW = 500


def open_library(settings: LibrarySettings) -> Database:
    """The library's database, with all its tables.

    Raises:
        SettingError: ``library.url`` cannot be understood.
        MissingExtra: it names a PostgreSQL server, and the library for that is not installed.
        StoreError: it does not answer, or was made by a newer Reelwright.
    """
    for module in tables.MODULES:
        import_module(module)
    url = settings.url.get_secret_value() or f"sqlite:///{folder() / 'library.sqlite'}"
    return open_database(url, tables.Base.metadata, name="library", schema=tables.SCHEMA)


def is_empty(settings: LibrarySettings) -> bool:
    """Whether nothing was ever added: then opening it is not worth the while. Touches nothing."""
    return not settings.url.get_secret_value() and not (folder() / "library.sqlite").exists()


# --- assets -------------------------------------------------------------------------------------


def get_asset(session: Session, asset_id: str) -> AssetRow:
    """The asset of this id. Raises LibraryError where there is none."""
    row = session.scalar(select(AssetRow).where(AssetRow.id == asset_id))
    if row is None:
        raise LibraryError("there is no such asset in the library", where=asset_id, hint=_LOOK)
    return row


_LOOK = "`reel library list` shows what there is"


def find_asset(session: Session, said: str) -> AssetRow:
    """The asset a person means: by the beginning of its id (6 letters or more), by the path of one
    of its files, by its name, or by the end of a path.

    Raises:
        LibraryError: there is none, or more than one; names them.
    """
    keys = {tables.place_key(Path(said).expanduser().absolute()), tables.place_key(said)}
    ways: list[ColumnElement[bool]] = [
        AssetRow.id.in_(select(PlaceRow.asset).where(PlaceRow.key.in_(keys))),
        AssetRow.name == said,
        AssetRow.id.in_(
            select(PlaceRow.asset).where(
                PlaceRow.path.endswith(f"/{said}", autoescape=True)
                | PlaceRow.member.endswith(f"/{said}", autoescape=True)
            )
        ),
    ]
    if len(said) >= 6 and all(char in "0123456789abcdef" for char in said):
        ways.insert(0, AssetRow.id.startswith(said))
    for way in ways:
        rows = session.scalars(select(AssetRow).where(way).limit(6)).all()
        if len(rows) > 1:
            raise LibraryError(
                f"{len(rows)} assets are meant by that",
                where=said,
                hint="name one by its id: " + ", ".join(row.id[:12] for row in rows),
            )
        if rows:
            return rows[0]
    raise LibraryError("is not in the library", where=said, hint=_LOOK)


def files_of(session: Session, asset_ids: Sequence[str]) -> dict[str, Path]:
    """A readable file with the content of each asset; those that have none now are left out.

    A file counts while its size and time are those it had when its content was hashed.
    """
    found: dict[str, Path] = {}
    for part in _parts(asset_ids):
        query = select(PlaceRow).where(PlaceRow.asset.in_(part))
        for place in session.scalars(query.order_by(PlaceRow.member, PlaceRow.path)):
            if place.asset not in found and (path := file_at(place)):
                found[place.asset] = path
    return found


def file_of(session: Session, asset_id: str) -> Path:
    """A readable file with the content of an asset.

    Raises:
        LibraryError: there is no such asset, or none of its files is there as it was.
    """
    found = files_of(session, [asset_id])
    if asset_id in found:
        return found[asset_id]
    row = get_asset(session, asset_id)
    places = session.scalars(select(PlaceRow.path).where(PlaceRow.asset == asset_id)).all()
    raise LibraryError(
        "none of its files is there as it was",
        where=f"{row.name} ({row.id[:12]})",
        hint="connect the drive, or put it back: " + ", ".join(sorted(set(places))[:3])
        if places
        else "add it again",
    )


def file_at(place: PlaceRow) -> Path | None:
    """The file with an asset's content at a place; None where it is not there as it was read."""
    if place.state == "rotted":
        return None
    path = unpacked_path(place.asset, place.member) if place.member else Path(place.path)
    try:
        stat = path.stat()
    except OSError:
        return None
    same = bool(place.member) or (stat.st_size, stat.st_mtime_ns) == (place.size, place.mtime)
    return path if same and path.is_file() else None


def places_of(session: Session, asset_id: str) -> list[PlaceRow]:
    """Where copies of an asset lie, as far as is known."""
    query = select(PlaceRow).where(PlaceRow.asset == asset_id)
    return list(session.scalars(query.order_by(PlaceRow.member, PlaceRow.path)))


def facts_of(row: AssetRow) -> MediaFacts | None:
    """What probing said of an asset; None of text."""
    return MediaFacts.model_validate(row.facts) if row.facts else None


def to_asset(row: AssetRow, path: Path, tags: Iterable[str] = ()) -> Asset | None:
    """An asset as the other rooms know it; None of text."""
    facts = facts_of(row)
    if facts is None:
        return None
    origin = Origin(provider="person")
    return Asset(id=row.id, path=str(path), facts=facts, origin=origin, tags=tuple(tags))


def remove_assets(session: Session, asset_ids: Sequence[str]) -> int:
    """Take assets, and all that is known of them, out of the library; returns how many there were.

    Their files are not touched. What the library itself keeps of them is removed by
    `shelf.discard`, once the session is over.
    """
    removed = 0
    for part in _parts(asset_ids):
        archives = select(PlaceRow.path).where(PlaceRow.asset.in_(part), PlaceRow.member != "")
        keys = [tables.place_key(path) for path in session.scalars(archives.distinct())]
        for some in _parts(keys):
            session.execute(delete(SeenRow).where(SeenRow.key.in_(some)))
        gone = session.execute(delete(AssetRow).where(AssetRow.id.in_(part)))
        removed += int(getattr(gone, "rowcount", 0))
    return removed


# --- annotations --------------------------------------------------------------------------------


def label_of(value: Any) -> str | None:
    """An annotation's value in a word to find it by: itself, or its ``kind``, ``name``, ``label``.

    >>> label_of({"kind": "black"}), label_of("calm"), label_of(3), label_of([1])
    ('black', 'calm', '3', None)
    """
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("kind", "name", "label") if key in value), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:80]


def add_annotations(session: Session, asset_id: str, annotations: Iterable[Annotation]) -> int:
    """Put down what annotators say of an asset, in place of what they said before.

    What the same annotator said under the same names goes, unless a newer version of it said that:
    then the new words are dropped. Where nothing is said under a name the old words stay; see
    `forget_annotations`. Words by hand stay, and come beside those of others; of the same name and
    stretch (and, where a name holds several values, the same label) they replace each other.

    Args:
        session: one to write with.
        asset_id: whom it is about.
        annotations: what is said.

    Returns:
        How many were put down.
    """
    rows: list[dict[str, Any]] = []
    spoken: dict[tuple[str, str], list[Annotation]] = {}
    for one in annotations:
        if one.annotator == PERSON:
            session.execute(delete(AnnotationRow).where(_same_hand(asset_id, one)))
            rows.append(_row(asset_id, one))
        else:
            spoken.setdefault((one.annotator, one.name), []).append(one)
    for (annotator, name), words in spoken.items():
        mine = and_(
            AnnotationRow.asset == asset_id,
            AnnotationRow.name == name,
            AnnotationRow.annotator == annotator,
        )
        newest = session.scalar(select(func.max(AnnotationRow.version)).where(mine)) or 0
        if max(one.version for one in words) >= newest:
            session.execute(delete(AnnotationRow).where(mine))
            rows += [_row(asset_id, one) for one in words]
    if rows:
        session.execute(tables.table(AnnotationRow).insert(), rows)
    mark_stale(session, [asset_id])
    return len(rows)


def forget_annotations(
    session: Session, asset_id: str, annotator: str, version: int, names: Collection[str] = ()
) -> None:
    """Drop what an annotator, in this version or an older one, said of an asset.

    Args:
        session: one to write with.
        asset_id: whom it is about.
        annotator: who said it.
        version: the newest of its versions whose words go.
        names: only what it said under these names; empty: all.
    """
    gone = delete(AnnotationRow).where(
        AnnotationRow.asset == asset_id,
        AnnotationRow.annotator == annotator,
        AnnotationRow.version <= version,
    )
    session.execute(gone.where(AnnotationRow.name.in_(names)) if names else gone)
    mark_stale(session, [asset_id])


def get_annotations(
    session: Session, asset_id: str, name: str | None = None, *, best: bool = True
) -> list[Annotation]:
    """What is known of an asset, in the order of time (what holds for all of it first).

    Args:
        session: one to read from.
        asset_id: whom it is about.
        name: only what is known under this name.
        best: what is to be believed (see `believed`); else every word of everybody.
    """
    return annotations_of(session, [asset_id], name, best=best).get(asset_id, [])


def annotations_of(
    session: Session, asset_ids: Sequence[str], name: str | None = None, *, best: bool = True
) -> dict[str, list[Annotation]]:
    """The same for several assets at once; those of whom nothing is known are left out."""
    rows: dict[str, list[AnnotationRow]] = {}
    for part in _parts(asset_ids):
        query = select(AnnotationRow).where(AnnotationRow.asset.in_(part))
        if name is not None:
            query = query.where(AnnotationRow.name == name)
        for row in session.scalars(query.order_by(AnnotationRow.number)):
            rows.setdefault(row.asset, []).append(row)
    return {
        asset: sorted(
            (_noun(row) for row in (believed(group) if best else group)),
            key=lambda one: (one.name, -1.0 if one.start is None else one.start),
        )
        for asset, group in rows.items()
    }


def believed(rows: Sequence[AnnotationRow]) -> list[AnnotationRow]:
    """Of all that is said of an asset, in the order of its saying, what is to be believed.

    Words by hand win. Of a name that holds one value (not in `MANY`) they replace what annotators
    say of an overlapping stretch; with a confidence of 0 they deny a value, whoever says it. Of the
    annotators of a name, the one that spoke last is believed, but for names in `SHARED`.
    """
    last = {row.name: row.annotator for row in rows if not row.hand}
    hands: dict[str, list[AnnotationRow]] = {}
    for row in rows:
        if row.hand:
            hands.setdefault(row.name, []).append(row)
    kept: list[AnnotationRow] = []
    for row in rows:
        if row.hand:
            if row.confidence > 0:
                kept.append(row)
        elif (row.name in SHARED or last[row.name] == row.annotator) and not any(
            _overrules(hand, row) for hand in hands.get(row.name, ())
        ):
            kept.append(row)
    return kept


def _overrules(hand: AnnotationRow, row: AnnotationRow) -> bool:
    if not _overlap(hand, row):
        return False
    if hand.confidence > 0 and hand.name not in MANY:
        return True
    return hand.label == row.label and (hand.label is not None or hand.value == row.value)


def _overlap(one: AnnotationRow, other: AnnotationRow) -> bool:
    def ends(row: AnnotationRow) -> tuple[float, float]:
        return (
            -math.inf if row.start is None else row.start,
            math.inf if row.end is None else row.end,
        )

    (first, last), (begins, stops) = ends(one), ends(other)
    return (first < stops and begins < last) or (first, last) == (begins, stops)


def _same_hand(asset_id: str, one: Annotation) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = [
        AnnotationRow.asset == asset_id,
        AnnotationRow.name == one.name,
        AnnotationRow.hand.is_(True),
        AnnotationRow.start.is_(None) if one.start is None else AnnotationRow.start == one.start,
        AnnotationRow.end.is_(None) if one.end is None else AnnotationRow.end == one.end,
    ]
    if one.name in MANY:
        label = label_of(one.value)
        same.append(
            AnnotationRow.label.is_(None) if label is None else AnnotationRow.label == label
        )
    return and_(*same)


def _row(asset_id: str, one: Annotation) -> dict[str, Any]:
    value = storable(one.value)
    return {
        "asset": asset_id,
        "name": one.name,
        "value": value,
        "label": label_of(value),
        "confidence": one.confidence,
        "start": one.start,
        "end": one.end,
        "annotator": one.annotator,
        "version": one.version,
        "hand": one.annotator == PERSON,
    }


def _noun(row: AnnotationRow) -> Annotation:
    return Annotation(
        name=row.name,
        value=row.value,
        confidence=row.confidence,
        start=row.start,
        end=row.end,
        annotator=row.annotator,
        version=row.version,
    )


def storable(value: Any) -> Any:
    """A plain value as every database takes it: no NUL and no half characters in texts, no numbers
    that JSON has not."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {str(storable(str(key))): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# --- who has been over what -----------------------------------------------------------------------


def mark_done(
    session: Session,
    asset_id: str,
    annotator: str,
    version: int,
    key: str = "",
    problem: str | None = None,
) -> None:
    """Put down that an annotator has been over an asset (and why it could say nothing)."""
    row = {"asset": asset_id, "annotator": annotator, "version": version, "key": key}
    row["problem"] = storable(problem)
    upsert(session, tables.table(DoneRow), [row], keys=("asset", "annotator"))


def done_of(session: Session, asset_id: str) -> dict[str, DoneRow]:
    """Which annotators have been over an asset, by their names."""
    rows = session.scalars(select(DoneRow).where(DoneRow.asset == asset_id))
    return {row.annotator: row for row in rows}


def set_quality(session: Session, asset_id: str, quality: float | None) -> None:
    """Put down how good an asset is, 0 to 1, for filters and for choosing the better copy."""
    session.execute(update(AssetRow).where(AssetRow.id == asset_id).values(quality=quality))


# --- failures -----------------------------------------------------------------------------------


def failures(session: Session) -> list[FailureRow]:
    """The files that could not be taken in, by path."""
    return list(session.scalars(select(FailureRow).order_by(FailureRow.path, FailureRow.member)))


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[first : first + _FEW] for first in range(0, len(ids), _FEW))
