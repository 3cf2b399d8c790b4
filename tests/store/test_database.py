"""Databases from a URL: tables come to be, grow, are refused; passwords stay secret."""

import socket
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, func, select

from postgres import fresh, server
from reelwright.core.errors import ReelError, SettingError, StoreError
from reelwright.store.database import Database, explain, open_database, upsert

SECRET = "p4ss-w0rd"
_NUMBERS = count(1)


def shelf(*columns: str, index: bool = False) -> tuple[MetaData, Table]:
    tables = MetaData()
    table = Table(
        "things",
        tables,
        Column("id", Integer, primary_key=True),
        *(Column(name, String(40), nullable=False, server_default="new") for name in columns),
    )
    if index:
        Index("things_name", table.c.name)
    return tables, table


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'things.sqlite'}"
    return fresh(request.getfixturevalue("postgres"), f"things{next(_NUMBERS)}")


def open_with(url: str, tables: MetaData, schema: int = 1) -> Database:
    return open_database(url, tables, name="test", schema=schema)


def test_what_is_written_is_kept_and_what_fails_is_not(url: str):
    tables, things = shelf("name")
    database = open_with(url, tables)
    with database.writing() as session:
        upsert(session, things, [{"id": n, "name": str(n)} for n in range(1000)], keys=("id",))
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.execute(things.delete())
        raise ZeroDivisionError
    database.close()
    database = open_with(url, tables)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(things)) == 1000
    with database.writing() as session:
        rows = [{"id": 1, "name": "one"}, {"id": 1000, "name": "thousand"}]
        upsert(session, things, rows, keys=("id",))
        upsert(session, things, [{"id": 2, "name": "two"}], keys=("id",), keep=("name",))
    with database.reading() as session:
        query = select(things.c.name).where(things.c.id.in_([1, 2, 1000])).order_by(things.c.id)
        assert session.scalars(query).all() == ["one", "2", "thousand"]
    database.close()


def test_tables_columns_and_indexes_that_came_since_are_added(url: str):
    tables, things = shelf("name")
    database = open_with(url, tables)
    with database.writing() as session:
        session.execute(things.insert().values(id=1, name="old"))
    database.close()
    tables, things = shelf("name", "colour", index=True)
    Table("others", tables, Column("id", Integer, primary_key=True))
    database = open_with(url, tables)
    with database.reading() as session:
        assert session.execute(select(things)).all() == [(1, "old", "new")]
        assert session.execute(select(tables.tables["others"])).all() == []
    database.close()


def test_what_a_newer_version_made_is_refused_and_left_alone(url: str):
    open_with(url, shelf("name")[0], schema=3).close()
    with pytest.raises(StoreError, match="newer Reelwright"):
        open_with(url, shelf("name")[0], schema=2)
    open_with(url, shelf("name")[0], schema=3).close()


def test_many_open_and_write_at_once(url: str):
    tables, things = shelf("name")
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            database = open_with(url, tables)
            for step in range(10):
                with database.writing() as session:
                    # Who reads before writing must not be refused for it.
                    session.scalar(select(func.count()).select_from(things))
                    row = {"id": 100 * number + step, "name": "x"}
                    upsert(session, things, [row, {"id": -1, "name": "shared"}], keys=("id",))
            database.close()
        except ReelError as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    database = open_with(url, tables)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(things)) == 41
    database.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    path = tmp_path / "things.sqlite"
    path.write_text("These are notes, not a database. " * 400)
    with pytest.raises(StoreError, match="is not a database") as caught:
        open_with(f"sqlite:///{path}", shelf("name")[0])
    assert caught.value.where == str(path)
    assert path.read_text().startswith("These are notes")


def test_a_damaged_database_is_told(tmp_path: Path):
    tables, things = shelf("name")
    path = tmp_path / "things.sqlite"
    database = open_with(f"sqlite:///{path}", tables)
    with database.writing() as session:
        upsert(session, things, [{"id": n, "name": "x" * 40} for n in range(9000)], keys=("id",))
    database.close()
    data = bytearray(path.read_bytes())
    data[8192 : len(data) - 4096] = b"\xff" * (len(data) - 12288)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        database = open_with(f"sqlite:///{path}", tables)
        try:
            with database.reading() as session:
                session.execute(select(things)).all()
        finally:
            database.close()


def test_a_folder_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        open_with(f"sqlite:///{tmp_path / 'file' / 'things.sqlite'}", shelf("name")[0])


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://reel:{SECRET}@127.0.0.1:notaport/library",
        f"postgresql://reel:{SECRET}@[::1/library",
        f"mysql://reel:{SECRET}@localhost/library",
        f"reel:{SECRET}",
        "sqlite://",
        "",
    ],
)
def test_addresses_that_cannot_be_are_refused_without_repeating_them(url: str):
    with pytest.raises(SettingError) as caught:
        open_with(url, shelf("name")[0])
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.where == "test.url"


def test_a_server_that_is_not_there_is_told_without_the_password():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(StoreError, match="does not answer") as caught:
            open_with(f"postgresql://reel:{SECRET}@127.0.0.1:{port}/library", shelf("name")[0])
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert "127.0.0.1" in str(caught.value)


def test_a_database_that_is_not_on_the_server_is_told(postgres: str):
    with pytest.raises(StoreError, match="is not there") as caught:
        open_with(postgres.replace("/postgres?", "/nowhere?"), shelf("name")[0])
    assert "a-secret" not in "".join(traceback.format_exception(caught.value))


def test_a_password_in_what_a_server_says_is_blotted_out():
    from sqlalchemy.exc import OperationalError

    error = OperationalError(None, None, sqlite3.OperationalError(f"no such user {SECRET}!"))
    assert SECRET not in str(explain(error, "x", "test.url", SECRET))
