"""The videos of the feed: what is known of them, where their files lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from reelwright.audience.checks import is_name
from reelwright.audience.tables import LONGEST_NAME, ItemRow, table
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Noun
from reelwright.store.database import insert_new

_FEW = 500
_UNFIT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as text."""
MOST_TAGS = 100
"""Tags that a video may have."""
_TEXT = 20_000


class Item(Noun):
    """What is said of a video. None is not said: where the feed knows it already, that stays."""

    id: str = Field(max_length=LONGEST_NAME)
    title: str | None = Field(default=None, max_length=_TEXT)
    description: str | None = Field(default=None, max_length=_TEXT)
    tags: tuple[str, ...] | None = Field(default=None, max_length=MOST_TAGS)
    author: str | None = Field(default=None, max_length=_TEXT)
    topic: str | None = Field(default=None, max_length=_TEXT)
    language: str | None = Field(default=None, max_length=20)
    seconds: float | None = Field(default=None, ge=0, le=86_400)
    width: int | None = Field(default=None, ge=0, le=100_000)
    height: int | None = Field(default=None, ge=0, le=100_000)
    ai_made: bool | None = None
    labels: dict[str, Any] | None = None
    """``text``: the mark it carries; ``parts``: what is AI-made; ``metadata``: its AIGC object."""
    file: str | None = None
    """Where the video lies, absolute."""
    hash: str | None = None
    size: int | None = None
    mtime: int | None = None
    """What was read of the file: the hash of its content, bytes, when it changed (nanoseconds)."""
    cover: str | None = None
    captions: str | None = None
    captioned: bool | None = None
    """Whether the picture itself shows captions."""
    added: float | None = Field(default=None, ge=0, lt=253_402_300_800)
    """Since when it is in the feed, in seconds since 1970; not said: since now."""

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: str) -> str:
        if not is_name(value):
            raise ValueError("an id has no slashes, no dot at its start, and printable letters")
        return value

    @field_validator("title", "description", "author", "topic", "language", "tags")
    @classmethod
    def _check_text(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if _UNFIT.search(value if isinstance(value, str) else "".join(value or ())):
            raise ValueError("the text holds characters that no text has")
        return value


@dataclass(frozen=True)
class Put:
    """What became of videos: ids of those that were new, changed, and as they were."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def put_items(session: Session, items: Sequence[Item], now: float) -> Put:
    """Add videos, or say more of those that are there. Who was taken out comes back.

    Events kept apart because a video was unknown go in at the next `events.settle`.

    Args:
        session: one to write with.
        items: one id twice: the later one is said after the earlier.
        now: seconds since 1970.
    """
    done = Put()
    revision = _next_revision(session)
    for part in _apart(items):
        known = _known(session, [item.id for item in part])
        fresh: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for item in part:
            said = item.model_dump(exclude_none=True)
            if "tags" in said:
                said["tags"] = list(said["tags"])
            row = known.get(item.id)
            if row is None:
                fresh.append(_EMPTY | {"added": now} | said | {"revision": revision})
                done.new.append(item.id)
            elif row | said | {"removed": None} != row:
                values = row | said | {"removed": None}
                values["revision"] = revision
                changed.append({f"b_{name}": value for name, value in values.items()})
                done.updated.append(item.id)
            else:
                done.unchanged.append(item.id)
        insert_new(session, table(ItemRow), fresh)
        if changed:
            columns = {name: bindparam(f"b_{name}") for name in (*_EMPTY, "revision")}
            items_table = table(ItemRow)
            statement = update(items_table).where(items_table.c.id == bindparam("b_id"))
            session.connection().execute(statement.values(columns), changed)
    return done


_EMPTY: dict[str, Any] = {
    "title": "",
    "description": "",
    "tags": [],
    "author": "",
    "topic": "",
    "language": "",
    "seconds": 0.0,
    "width": 0,
    "height": 0,
    "ai_made": False,
    "labels": {},
    "file": None,
    "hash": None,
    "size": 0,
    "mtime": 0,
    "cover": None,
    "captions": None,
    "captioned": None,
    "added": 0.0,
    "removed": None,
}
"""What is known of a video of which nothing is said, by column."""


def _apart(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Parts in which no id stands twice."""
    part: list[Item] = []
    ids: set[str] = set()
    for item in items:
        if item.id in ids or len(part) == _FEW:
            yield part
            part, ids = [], set()
        part.append(item)
        ids.add(item.id)
    if part:
        yield part


def _known(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    columns = ["id", *_EMPTY]
    query = select(*(getattr(ItemRow, name) for name in columns)).where(ItemRow.id.in_(ids))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in session.execute(query)}


def find_item(session: Session, item_id: str) -> ItemRow:
    """The video of this id, or whose id begins so (6 letters or more).

    Raises:
        FeedError: there is none, or more than one.
    """
    query = select(ItemRow).where(ItemRow.id == item_id)
    rows = session.scalars(query).all()
    if not rows and len(item_id) >= 6:
        begins = ItemRow.id.startswith(item_id, autoescape=True)
        rows = session.scalars(select(ItemRow).where(begins).limit(6)).all()
    if len(rows) != 1:
        said = f"{len(rows)} videos are meant by that" if rows else "is not in the feed"
        ids = ", ".join(row.id[:12] for row in rows)
        raise FeedError(said, where=item_id, hint=f"name one: {ids}" if rows else None)
    return rows[0]


def remove_items(session: Session, ids: Iterable[str], now: float) -> int:
    """Take videos out of the feed; returns how many were in it. No file is touched.

    What viewers did with them stays known: it tells their taste.
    """
    removed = 0
    revision = _next_revision(session)
    wanted = sorted(set(ids))
    values = {"removed": now, "revision": revision}
    for first in range(0, len(wanted), _FEW):
        part = wanted[first : first + _FEW]
        found = update(ItemRow).where(ItemRow.id.in_(part), ItemRow.removed.is_(None))
        removed += int(getattr(session.execute(found.values(values)), "rowcount", 0))
    return removed


def _next_revision(session: Session) -> int:
    """A number above that of every video; no clock, which may run backwards."""
    return int(session.scalar(select(func.max(ItemRow.revision))) or 0) + 1


# --- files ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Absent:
    """A video whose file is not where it was: ``missing``, or ``changed`` since it was added."""

    id: str
    title: str
    file: str
    state: str


def file_of(row: ItemRow) -> Path:
    """The file of a video, as it was when it was added.

    Raises:
        FeedError: it has none, or it moved away or was changed; says what to do.
    """
    if row.file is None:
        raise FeedError(
            "is known by name alone: it has no file",
            where=row.id,
            hint="add the file with `reel feed add`, or give it a `file` in the table of items",
        )
    state = state_of(row)
    if state != "present":
        raise FeedError(
            "its file is not there any more" if state == "missing" else "its file was changed",
            where=row.file,
            hint="put it back, or run `reel feed add` on where it is now",
        )
    return Path(row.file)


def absent(session: Session) -> list[Absent]:
    """The videos of the feed whose files are not there as they were, oldest first."""
    query = select(ItemRow).where(ItemRow.file.is_not(None), ItemRow.removed.is_(None))
    columns = (ItemRow.id, ItemRow.title, ItemRow.file, ItemRow.size, ItemRow.mtime)
    rows = session.execute(query.with_only_columns(*columns).order_by(ItemRow.number))
    states = (
        Absent(item_id, title, file, _state(file, size, mtime))
        for item_id, title, file, size, mtime in rows
        if file is not None
    )
    return [one for one in states if one.state != "present"]


def state_of(row: ItemRow) -> str:
    """``present``, ``missing``, ``changed``, or ``none``: what became of a video's file."""
    return _state(row.file, row.size, row.mtime) if row.file else "none"


def _state(file: str, size: int, mtime: int) -> str:
    try:
        stat = Path(file).stat()
    except OSError:
        return "missing"
    return "present" if (stat.st_size, stat.st_mtime_ns) == (size, mtime) else "changed"
