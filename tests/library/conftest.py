"""A library for every test: in SQLite and in PostgreSQL, with a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from postgres import server
from reelwright.core.settings import LibrarySettings
from reelwright.library.catalogue import open_library
from reelwright.store.database import Database

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of an empty PostgreSQL database."""
    name = f"library{next(_NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def library_settings(request: pytest.FixtureRequest, fresh_home: Path) -> LibrarySettings:
    """Settings of an empty library: once of each kind of database."""
    if request.param == "sqlite":
        return LibrarySettings()
    return LibrarySettings.model_validate({"url": request.getfixturevalue("postgres_url")})


@pytest.fixture
def database(library_settings: LibrarySettings) -> Iterator[Database]:
    """An empty library, open."""
    opened = open_library(library_settings)
    yield opened
    opened.close()
