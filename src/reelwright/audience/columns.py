"""Columns of tables of events and videos: our names for them, and rows as what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.audience.instants import read_time
from reelwright.audience.items import Item
from reelwright.audience.tables import KINDS
from reelwright.core.errors import DataError, must_be, nearest
from reelwright.core.nouns import Event
from reelwright.learn.data.rows import Row

EVENT_COLUMNS = {
    "user": ("user", "user_id", "viewer", "viewer_id", "uid"),
    "item": ("item", "item_id", "video", "video_id", "vid"),
    "kind": ("kind", "event", "action", "event_type"),
    "time": ("time", "timestamp", "ts", "time_ms"),
    "value": ("value", "seconds", "watch_seconds"),
    "id": ("id", "event_id"),
    "request": ("request", "request_id"),
    "rank": ("rank",),
    "model": ("model",),
    "propensity": ("propensity",),
}
ITEM_COLUMNS = {
    "id": ("id", "item", "item_id", "video", "video_id", "vid"),
    "title": ("title", "name"),
    "description": ("description", "text"),
    "tags": ("tags", "tag", "hashtags"),
    "author": ("author", "author_id", "creator"),
    "topic": ("topic", "category"),
    "language": ("language", "lang"),
    "seconds": ("seconds", "duration", "length"),
    "file": ("file", "path"),
    "cover": ("cover",),
    "captions": ("captions",),
    "ai_made": ("ai_made",),
    "added": ("added", "published", "created"),
}
"""Our names of columns, and what else they are called; the first that a row has counts."""
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Columns:
    """Rows under our names of columns; columns that mean nothing to us are told once."""

    def __init__(self, path: Path, names: Mapping[str, Sequence[str]], notes: list[str]) -> None:
        self._path = path
        self._names = names
        self._notes = notes
        self._known: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self._passed_over: set[str] = set()

    def of(self, row: Row) -> dict[str, Any]:
        """Our name → value, of the columns that the row has."""
        pairs = self._known.get(key := tuple(row)) or self._match(key)
        return {our: row[theirs] for our, theirs in pairs}

    def _match(self, columns: tuple[str, ...]) -> list[tuple[str, str]]:
        folded = {name.strip().lower(): name for name in reversed(columns)}
        pairs: list[tuple[str, str]] = []
        for our, names in self._names.items():
            theirs = next((folded[name] for name in names if name in folded), None)
            if theirs is not None and theirs not in [taken for _, taken in pairs]:
                pairs.append((our, theirs))
        others = set(columns) - {theirs for _, theirs in pairs} - self._passed_over
        if others and len(self._passed_over) < 100:
            self._passed_over |= others
            told = ", ".join(sorted(others)[:20])
            self._notes.append(f"{self._path.name}: columns passed over: {told}")
        if len(self._known) < 1000:
            self._known[columns] = pairs
        return pairs


def event_of(values: Mapping[str, Any], kind: str | None, where: str) -> Event:
    """The event of a row, under our names; `kind` where it says none. Raises DataError."""
    said = {name: value for name, value in values.items() if not _is_empty(value)}
    for needed in ("user", "item", "time"):
        if needed not in said:
            raise DataError(f"{needed} is missing", where=where, hint="every event needs one")
    word = said.get("kind", kind)
    if word is None:
        raise DataError("kind is missing", where=where, hint=f"one of {', '.join(KINDS)}")
    if word not in KINDS:
        word = str(word).strip().lower().replace("-", "_").replace(" ", "_")
        if word not in KINDS:
            raise DataError(f'no kind is called "{word}"', where=where, hint=nearest(word, KINDS))
    said["kind"] = word
    said["time"] = read_time(said["time"], where)
    for name in ("user", "item", "id", "request", "model"):
        if name in said:
            said[name] = _name(said[name])
    try:
        return Event.model_validate(said)
    except ValidationError as error:
        raise _explained(error, where) from None


def _name(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def item_of(values: Mapping[str, Any], where: str, folder: Path) -> Item:
    """The video of a row, under our names; paths count from a folder. Raises DataError."""
    said = {name: value for name, value in values.items() if not _is_empty(value)}
    if "id" not in said:
        raise DataError("id is missing", where=where, hint="every video needs one")
    for name in ("id", "title", "description", "author", "topic", "language"):
        if name in said:
            said[name] = _name(said[name])
    for name in ("file", "cover", "captions"):
        if name in said:
            said[name] = str(folder / Path(str(said[name])).expanduser())
    if "tags" in said:
        said["tags"] = _tags(said["tags"])
    if "ai_made" in said and not isinstance(said["ai_made"], bool):
        said["ai_made"] = _TRUTHS.get(str(said["ai_made"]).strip().lower(), said["ai_made"])
    if "added" in said:
        said["added"] = read_time(said["added"], where)
    try:
        return Item.model_validate(said)
    except ValidationError as error:
        raise _explained(error, where) from None


def _tags(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                return _tags(json.loads(text))
            except ValueError:
                return value
        value = re.split(r"[|;,#，、；]", text)
    if isinstance(value, list):
        kept = [_name(tag) for tag in value]
        return list(dict.fromkeys(tag for tag in kept if tag != ""))
    return value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _explained(error: ValidationError, where: str) -> DataError:
    first = error.errors()[0]
    column = ".".join(map(str, first["loc"]))
    shown = f'"{str(first["input"])[:40]}"'
    return DataError(f"{column} cannot be {shown}", where=where, hint=must_be(first["msg"]))
