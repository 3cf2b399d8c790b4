"""Videos as callers see them: what is known, and where to fetch what is shown. Never a path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.tables import ItemRow


def read_items(session: Session, ids: Iterable[str]) -> dict[str, ItemRow]:
    """The videos of these ids that are in the feed."""
    query = select(ItemRow).where(ItemRow.id.in_(list(ids)), ItemRow.removed.is_(None))
    return {row.id: row for row in session.scalars(query)}


def describe(row: ItemRow) -> dict[str, Any]:
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
        "ai_made": row.ai_made,
        "label": _label(row),
        "added": row.added,
        "video": f"{start}/video" if row.file else None,
        "cover": f"{start}/cover" if row.cover else None,
        "captions": f"{start}/captions.vtt" if row.captions else None,
        "captioned": bool(row.captioned),
    }


def _label(row: ItemRow) -> str | None:
    """The mark of AI-made content, as it is to be read; None where there is none."""
    if not row.ai_made:
        return None
    text = row.labels.get("text")
    return text if isinstance(text, str) and text else "AI"


def described(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Videos as JSON, in this order; without those that were just taken out."""
    rows = read_items(session, ids)
    return [describe(rows[name]) for name in ids if name in rows]
