"""A database from a URL: SQLite in the home by default, PostgreSQL with the same code.

Who keeps something in it defines tables on one `MetaData` and opens it with `open_database`. Tables
and columns that came since are added when it is opened; what cannot be added so raises the schema's
number, and an older Reelwright refuses what a newer one made.

Its address may hold a password, which never reaches a message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import MissingExtra, SettingError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData, Table
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

_WAIT = 60
"""Seconds to wait for another run that is writing."""
_LOCK = 0x5245454C
"""Number of the lock under which PostgreSQL tables are made."""
_ROWS = 400
"""Rows a statement: databases allow a limited number of values in one."""
_URLS = "write sqlite:////path/to/file or postgresql://user:password@host/database"


class Database:
    """An open database. Its sessions may be used from any thread, each from one at a time."""

    def __init__(self, engine: Engine, place: str, setting: str) -> None:
        self.engine = engine
        self.place = place
        """Where it is, for messages: without a password."""
        self.setting = setting
        """The setting that says so."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file rather than a server."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Generator[Session]:
        """A session to read from; it sees one state and blocks nobody.

        Raises:
            StoreError: the database does not answer; says why.
        """
        with self._session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Generator[Session]:
        """A session to write with: all of it is kept when the block ends well, else nothing.

        From its first statement on no other session can write to an SQLite file: keep it short.

        Raises:
            StoreError: the database does not answer, is full or read-only; says why.
        """
        with self._session(self.engine.execution_options(reelwright_writes=True)) as session:
            yield session
            session.commit()

    @contextmanager
    def _session(self, engine: Engine) -> Generator[Session]:
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.orm import Session

        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as error:
            raise explain(error, self.place, self.setting, engine.url.password) from error

    def close(self) -> None:
        """Give back its connections."""
        self.engine.dispose()


def open_database(
    url: str, tables: MetaData, *, name: str, schema: int, durable: bool = False
) -> Database:
    """Open the database at a URL and see to it that it has these tables.

    Args:
        url: an SQLAlchemy URL of SQLite (with a file) or PostgreSQL.
        tables: what it should have.
        name: whose tables they are; several may share a server's database. Its setting is
            ``<name>.url``.
        schema: number of their shape, raised when a change is more than an addition.
        durable: whether what was written must outlive a power cut as soon as `Database.writing`
            is over. Else, in SQLite, the last seconds may be lost then; never to a killed process.
            A server keeps to its own ``synchronous_commit``.

    Raises:
        SettingError: the URL cannot be understood, or is of another kind of database.
        MissingExtra: the library that speaks with PostgreSQL is not installed.
        StoreError: the server does not answer, the file is no database, or was made by a newer
            Reelwright.
    """
    from sqlalchemy.exc import SQLAlchemyError

    setting = f"{name}.url"
    address = _parse(url, setting)
    engine = _engine(address, setting, durable=durable)
    place = _place(address)
    try:
        # The second look is under a lock, when another run may have just made what was missing.
        with engine.connect() as connection:
            fits = _is_fit(connection, tables, name, schema, place)
        if not fits:
            with engine.execution_options(reelwright_writes=True).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                if not _is_fit(connection, tables, name, schema, place):
                    _fit(connection, tables, name, schema)
    except SQLAlchemyError as error:
        engine.dispose()
        raise explain(error, place, setting, address.password) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine, place, setting)


def upsert(
    session: Session,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    keys: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert rows; where one with the same keys is there, its other columns are overwritten.

    Args:
        session: one to write with.
        table: where to.
        rows: values by column, all with the same columns, each pair of keys once.
        keys: columns of the table's primary key or of a unique constraint.
        keep: columns that stay as they are where the row is there.
    """
    dialect = session.get_bind().dialect.name
    waiting = list(rows)
    for first in range(0, len(waiting), _ROWS):
        part = waiting[first : first + _ROWS]
        others = [key for key in part[0] if key not in keys and key not in keep]
        statement = _insert(dialect, table).values([dict(row) for row in part])
        if others:
            values = {key: statement.excluded[key] for key in others}
            statement = statement.on_conflict_do_update(index_elements=list(keys), set_=values)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=list(keys))
        session.execute(statement)


def insert_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that no unique constraint speaks against; returns how many those were.

    Args:
        session: one to write with.
        table: where to.
        rows: values by column, all with the same columns.
    """
    if not rows:
        return 0
    statement = _insert(session.get_bind().dialect.name, table).on_conflict_do_nothing()
    kept = {"preserve_rowcount": True}
    done = session.execute(statement, [dict(row) for row in rows], execution_options=kept)
    return int(getattr(done, "rowcount", 0))


def insert_tuples(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """`insert_new` for many rows: values go to the driver as they are, in the order of `columns`.

    Strings, numbers and None only. A third of the time that mappings take.
    """
    if not rows:
        return 0
    mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    said = (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "
        f"VALUES ({', '.join([mark] * len(columns))}) ON CONFLICT DO NOTHING"
    )
    return int(session.connection().exec_driver_sql(said, list(rows)).rowcount)


def ask(session: Session, said: str, *values: Any) -> list[Any]:
    """Rows of a query in plain SQL, whose ``?`` stand for the values.

    For the few that are asked again and again: SQLAlchemy's own take five times as long.
    """
    if session.get_bind().dialect.name != "sqlite":
        said = said.replace("?", "%s")
    return list(session.connection().exec_driver_sql(said, values).all())


def select_named(
    session: Session, table: Table, key: str, columns: Sequence[str], names: Iterable[str]
) -> list[Any]:
    """Rows by a column of names, however many: the name and these columns of each that is there."""
    wanted = list(names)
    if not wanted:
        return []
    said = f"SELECT {', '.join((key, *columns))} FROM {table.name} WHERE {key} "
    if session.get_bind().dialect.name == "sqlite":
        said, value = said + "IN (SELECT value FROM json_each(?))", _to_json(wanted)
    else:
        said, value = said + "= ANY(%s)", wanted
    return [tuple(row) for row in session.connection().exec_driver_sql(said, (value,)).all()]


def _insert(dialect: str, table: Table) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _parse(url: str, setting: str) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url.strip()))
    except (ArgumentError, ValueError):
        # What could not be read may well hold a password: it is not repeated.
        raise SettingError("cannot be understood", where=setting, hint=_URLS) from None
    kind = address.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise SettingError(f"cannot be a {kind} database", where=setting, hint=_URLS)
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise SettingError("must name a file", where=setting, hint=_URLS)
    return address


def _place(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.set(password=None, query={}).render_as_string(hide_password=True)


def _engine(address: URL, setting: str, *, durable: bool) -> Engine:
    from sqlalchemy import create_engine, event

    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": _to_json}
    if address.get_backend_name() == "sqlite":
        folder = Path(str(address.database)).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot be made: {error.strerror}",
                where=str(folder),
                hint=f"let REEL_HOME or {setting} name a folder that can be written",
            ) from error
        options["connect_args"] = {"timeout": _WAIT, "check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": 15}
    try:
        engine = create_engine(address, **options)
    except ImportError as error:
        raise MissingExtra(
            "PostgreSQL needs a library that is not installed",
            where=setting,
            hint='pip install "reelwright[postgres]"',
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        if durable:
            event.listen(engine, "connect", _make_durable)
        event.listen(engine, "begin", _begin)
    return engine


def _to_json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _prepare(connection: Any, record: object) -> None:
    # Python's own handling of transactions would begin none before a SELECT; `_begin` does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
        "mmap_size=1073741824",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _make_durable(connection: Any, record: object) -> None:
    # In WAL mode NORMAL syncs at checkpoints only: a power cut may take commits back. FULL syncs
    # the log at each commit; it may grow to 32 MB before it is copied into the file: what
    # lies here and there in the file is then written once for many commits.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=8192")


def _begin(connection: Connection) -> None:
    # Whoever means to write says so at once: a reader that turns writer can be refused.
    writes = connection.get_execution_options().get("reelwright_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _notes() -> Table:
    from sqlalchemy import Column, MetaData, String, Table

    return Table(
        "reelwright",
        MetaData(),
        Column("key", String(60), primary_key=True),
        Column("value", String(200), nullable=False),
    )


def _is_fit(connection: Connection, tables: MetaData, name: str, schema: int, place: str) -> bool:
    """Whether the tables are there in this shape. Raises StoreError when they are newer."""
    from sqlalchemy import inspect, select

    notes = _notes()
    if not inspect(connection).has_table(notes.name):
        return False
    known = {str(key): str(value) for key, value in connection.execute(select(notes)).all()}
    there = int(known.get(f"{name}.schema", "0"))
    if there > schema:
        raise StoreError(
            f"was made by a newer Reelwright (schema {there}, this one knows {schema})",
            where=place,
            hint=f"upgrade Reelwright, or let {name}.url name another database",
        )
    return there == schema and known.get(f"{name}.shape") == _shape(tables)


def _shape(tables: MetaData) -> str:
    """A short word that changes with the tables, their columns and indexes."""
    parts: list[str] = []
    for table in tables.sorted_tables:
        columns = [f"{column.name} {column.type!r}" for column in table.columns]
        indexes = sorted(str(index.name) for index in table.indexes)
        parts.append(f"{table.name}({','.join(columns)})[{','.join(indexes)}]")
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _fit(connection: Connection, tables: MetaData, name: str, schema: int) -> None:
    """Make what is missing: tables, columns (which then may be empty), indexes."""
    from sqlalchemy import inspect, select
    from sqlalchemy.schema import CreateColumn

    seen = inspect(connection)
    quoted: Callable[[str], str] = connection.dialect.identifier_preparer.quote
    for table in tables.sorted_tables:
        if not seen.has_table(table.name):
            continue
        there = {str(column["name"]) for column in seen.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                words = CreateColumn(column).compile(dialect=connection.dialect)
                bare = str(words).removesuffix(" NOT NULL")
                connection.exec_driver_sql(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {bare}")
        indexed = {str(index["name"]) for index in seen.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexed:
                index.create(connection)
    tables.create_all(connection)
    notes = _notes()
    notes.create(connection, checkfirst=True)
    known = set(connection.execute(select(notes.c.key)).scalars())
    for key, value in ((f"{name}.schema", str(schema)), (f"{name}.shape", _shape(tables))):
        if key in known:
            connection.execute(notes.update().where(notes.c.key == key).values(value=value))
        else:
            connection.execute(notes.insert().values(key=key, value=value))


_TROUBLES = (
    ("database is locked", "is being written by another run", "wait for it, then run again"),
    ("database or disk is full", "the disk is full", "free some space and run again"),
    ("No space left", "the disk is full", "free some space on the server and run again"),
    ("readonly database", "may not be written", "check the owner and permissions of the file"),
    ("read-only transaction", "may not be written", "use an address that allows writing"),
    ("unable to open database", "cannot be opened", "check its folder and its permissions"),
    ("disk I/O error", "the disk does not answer", "check that its drive is there"),
    ("not a database", "is not a database", "move the file away; a new one will be made"),
    ("malformed", "is damaged", "move the file away; what was in it must be added again"),
    ("password authentication", "does not accept the password", "check {setting}"),
    ("no password supplied", "asks for a password", "put it into {setting}"),
    ("does not exist", "is not there as asked for", None),
    ("Connection refused", "does not answer", "is the server running, and is the address right?"),
    ("resolve host", "does not answer: no such host", "check {setting}"),
    ("Name or service not known", "does not answer: no such host", "check {setting}"),
    ("timeout expired", "does not answer", "is the server running, and is the address right?"),
    ("closed the connection", "broke off the connection", "run again; finished work is kept"),
)


def explain(
    error: SQLAlchemyError, place: str, setting: str, password: object = None
) -> StoreError:
    """What a database's error means for the person; a password in it is blotted out.

    Args:
        error: what went wrong.
        place: where the database is, without a password.
        setting: the key under which a person says where it is.
        password: what must not be told.
    """
    said = str(getattr(error, "orig", None) or error)
    if password:
        said = said.replace(str(password), "***")
    line = " ".join(said.split())[:300]
    for sign, message, hint in _TROUBLES:
        if sign in said:
            plain = f"{message} ({line})" if hint is None else message
            return StoreError(plain, where=place, hint=hint and hint.format(setting=setting))
    return StoreError(f"the database refused: {line}", where=place)
