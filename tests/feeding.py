"""Videos and events for the tests of the feed."""

from __future__ import annotations

from typing import Any

from reelwright.audience.tables import ItemRow, table
from reelwright.core.nouns import Event
from reelwright.store.database import Database, insert_new

NOW = 1_760_000_000.0


def put(database: Database, *ids: str, **columns: Any) -> None:
    """Videos known by their ids, 20 s long unless said otherwise."""
    rest = {"title": "", "tags": [], "labels": {}, "seconds": 20.0, "added": NOW} | columns
    with database.writing() as session:
        insert_new(session, table(ItemRow), [{"id": name, **rest} for name in ids])


def event(user: str = "ann", item: str = "v1", kind: Any = "completion", **values: Any) -> Event:
    return Event(user=user, item=item, kind=kind, **({"time": NOW - 60} | values))
