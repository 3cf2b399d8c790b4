"""Writing down what was taken in, what failed, and what need not be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.library import catalogue, tables
from reelwright.library.indexes import mark_stale
from reelwright.library.tables import AssetRow, FailureRow, PlaceRow, SeenRow, place_key
from reelwright.library.taking import Taken
from reelwright.library.walking import File, Trouble
from reelwright.store.database import upsert

_ASKED = 400


def put_assets(session: Session, taken: Sequence[Taken]) -> list[str]:
    """Put down files and the assets that they are; returns the ids of those that are new."""
    ids = {one.content for one in taken}
    there: set[str] = set()
    for part in _parts(sorted(ids)):
        there |= set(session.scalars(select(AssetRow.id).where(AssetRow.id.in_(part))))
    added = _now()
    new: dict[str, Taken] = {}
    for one in taken:
        if one.kind and one.content not in there and one.content not in new:
            new[one.content] = one
    upsert(
        session,
        tables.table(AssetRow),
        [_asset(one, added) for one in new.values()],
        keys=("id",),
        keep=tuple(_COLUMNS),
    )
    places = {place_key(one.file.path, one.member): one for one in taken}
    upsert(
        session,
        tables.table(PlaceRow),
        [_place(key, one) for key, one in places.items()],
        keys=("key",),
    )
    # Where else a thing lies is a name more that it is found by.
    mark_stale(session, sorted({one.content for one in taken if one.kind or one.content in there}))
    for one in new.values():
        catalogue.add_annotations(session, one.content, one.annotations)
    return list(new)


def _asset(one: Taken, added: str) -> dict[str, Any]:
    facts = one.facts
    values = {
        "kind": one.kind,
        "name": one.name,
        "bytes": one.size,
        "seconds": facts.seconds if facts else 0.0,
        "width": facts.width if facts else 0,
        "height": facts.height if facts else 0,
        "facts": facts.model_dump(mode="json") if facts else {},
        "taken": one.record.taken,
        "latitude": one.record.latitude,
        "longitude": one.record.longitude,
        "added": added,
    }
    return {"id": one.content, **values}


_COLUMNS = (
    *("kind", "name", "bytes", "seconds", "width", "height", "facts", "taken"),
    *("latitude", "longitude", "added"),
)


def _place(key: str, one: Taken) -> dict[str, Any]:
    return {
        "key": key,
        "path": str(one.file.path),
        "member": one.member,
        "asset": one.content,
        "root": str(one.file.root),
        "size": one.file.size,
        "mtime": one.file.mtime,
        "state": "present",
    }


def put_failures(session: Session, troubles: Iterable[Trouble]) -> None:
    """Put down what failed, for `reel library list --failed` and the next run."""
    at = _now()
    rows = {
        place_key(one.path, one.member): {
            "path": str(one.path),
            "member": one.member,
            "reason": catalogue.storable(one.reason),
            "hint": catalogue.storable(one.hint),
            "at": at,
        }
        for one in troubles
    }
    upsert(
        session,
        tables.table(FailureRow),
        [{"key": key, **row} for key, row in rows.items()],
        keys=("key",),
    )


def put_seen(session: Session, files: Iterable[File]) -> None:
    """Put down files that hold nothing more to take in."""
    rows = {place_key(file.path): file for file in files}
    upsert(
        session,
        tables.table(SeenRow),
        [{"key": key, "size": file.size, "mtime": file.mtime} for key, file in rows.items()],
        keys=("key",),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _ASKED] for first in range(0, len(ids), _ASKED))
