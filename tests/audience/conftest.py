"""A feed for every test that asks: in SQLite and in PostgreSQL, with a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from postgres import fresh, server
from reelwright.audience.shelf import open_feed
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def feed_server() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def feed_settings(request: pytest.FixtureRequest, fresh_home: Path) -> FeedSettings:
    """Settings of an empty feed: once of each kind of database."""
    if request.param == "sqlite":
        return FeedSettings()
    url = fresh(request.getfixturevalue("feed_server"), f"feed{next(_NUMBERS)}")
    return FeedSettings.model_validate({"url": url})


@pytest.fixture
def feed(feed_settings: FeedSettings) -> Iterator[Database]:
    """An empty feed, open."""
    opened = open_feed(feed_settings)
    yield opened
    opened.close()
