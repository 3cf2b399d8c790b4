"""A running service for tests of HTTP, over a feed with a real video in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.audience.items import Item, put_items
from reelwright.audience.shelf import open_feed
from reelwright.core.settings import FeedSettings
from reelwright.media import ffmpeg
from reelwright.store.database import Database
from served import Served, served

SRT = "1\n00:00:00,000 --> 00:00:02,000\nTea & water\n"


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Eight videos of 3 s, and captions beside them. Never to be written to."""
    folder = tmp_path_factory.mktemp("films")
    made: list[Path] = []
    for number in range(8):
        path = folder / f"film {number}.mp4"
        look = f"color=c=0x{number * 24:02x}60a0:d=3:s=108x192:r=10"
        film = ["-f", "lavfi", "-i", look, "-c:v", "libx264", "-pix_fmt", "yuv420p"]
        ffmpeg.run([*film, "-preset", "ultrafast", "-movflags", "+faststart", path], what="a clip")
        path.with_suffix(".srt").write_text(SRT)
        made.append(path)
    return made


@pytest.fixture
def feed(fresh_home: Path, films: list[Path]) -> Iterator[Database]:
    """A feed of eight videos, four of tea and four of cars."""
    database = open_feed(FeedSettings())
    items: list[Item] = []
    for number, path in enumerate(films):
        stat = path.stat()
        items.append(
            Item(
                id=f"v{number}",
                title=f"Film {number}",
                tags=("tea",) if number % 2 else ("cars",),
                author="me",
                seconds=3,
                width=108,
                height=192,
                ai_made=number == 0,
                labels={"text": "AI合成语音"} if number == 0 else {},
                file=str(path),
                size=stat.st_size,
                mtime=stat.st_mtime_ns,
                captions=str(path.with_suffix(".srt")),
            )
        )
    with database.writing() as session:
        put_items(session, items, 1_700_000_000.0)
    yield database
    database.close()


@pytest.fixture
def service(feed: Database) -> Iterator[Served]:
    """The service, without limits that a test would meet by chance."""
    with served(feed) as running:
        yield running
