"""Where the feed keeps what is its own: the database, and covers of videos that came without."""

from __future__ import annotations

from pathlib import Path

from reelwright.audience import tables
from reelwright.core.settings import FeedSettings, home
from reelwright.store.database import Database, open_database


def open_feed(settings: FeedSettings) -> Database:
    """The feed's database, with all its tables. What was written to it outlives a power cut.

    Raises:
        SettingError: ``feed.url`` cannot be understood.
        MissingExtra: it names a PostgreSQL server, and the library for that is not installed.
        StoreError: it does not answer, or was made by a newer Reelwright.
    """
    url = settings.url.get_secret_value() or f"sqlite:///{home() / 'feed.db'}"
    return open_database(url, tables.Base.metadata, name="feed", schema=tables.SCHEMA, durable=True)


def cover_path(video_id: str) -> Path:
    """Where the cover of a video is that was taken out of its frames. `video_id` is a hash."""
    return home() / "feed" / "covers" / video_id[:2] / f"{video_id}.jpg"
