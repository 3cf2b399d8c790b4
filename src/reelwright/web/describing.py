"""Videos as callers see them: what is known, and where to fetch what is shown. Never a path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.tables import ItemRow, table
from reelwright.store.database import select_named


def read_items(session: Session, ids: Iterable[str]) -> dict[str, ItemRow]:
    """The videos of these ids that are in the feed."""
    query = select(ItemRow).where(ItemRow.id.in_(list(ids)), ItemRow.removed.is_(None))
    return {row.id: row for row in session.scalars(query)}


class Told(NamedTuple):
    """The columns of a video that `describe` tells of, as in `tables.ItemRow`."""

    id: str
    title: str
    description: str
    tags: Any
    author: str
    topic: str
    language: str
    seconds: float
    width: int
    height: int
    ai_made: bool
    labels: Any
    added: float
    file: str | None
    cover: str | None
    captions: str | None
    captioned: bool | None
    removed: float | None


def read_told(session: Session, ids: Iterable[str]) -> dict[str, Told]:
    """Of the videos of these ids that are in the feed, what is told: quicker than whole rows."""
    found: dict[str, Told] = {}
    for values in select_named(session, table(ItemRow), "id", Told._fields[1:], ids):
        row = Told(*values)
        if row.removed is None:
            # SQLite keeps JSON as text.
            tags, labels = (
                orjson.loads(value) if isinstance(value, str) else value
                for value in (row.tags, row.labels)
            )
            found[row.id] = row._replace(tags=tags, labels=labels)
    return found


def describe(row: ItemRow | Told) -> dict[str, Any]:
    """A video as JSON."""
    start = f"/v1/items/{quote(row.id, safe='')}"
    return {
        "id": row.id,
        "title": row.title,
        "description": row.description,
        "tags": row.tags,
        "author": row.author,
        "topic": row.topic,
        "language": row.language,
        "seconds": row.seconds,
        "width": row.width,
        "height": row.height,
        "ai_made": bool(row.ai_made),
        "label": _label(row),
        "added": row.added,
        "video": f"{start}/video" if row.file else None,
        "cover": f"{start}/cover" if row.cover else None,
        "captions": f"{start}/captions.vtt" if row.captions else None,
        "captioned": bool(row.captioned),
    }


def _label(row: ItemRow | Told) -> str | None:
    """The mark of AI-made content, as it is to be read; None where there is none."""
    if not row.ai_made:
        return None
    text = row.labels.get("text")
    return text if isinstance(text, str) and text else "AI"


def described(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Videos as JSON, in this order; without those that were just taken out."""
    rows = read_told(session, ids)
    return [describe(rows[name]) for name in ids if name in rows]
