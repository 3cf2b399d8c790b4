"""Verifying: every file of the library read again, and told when it rotted, moved or went."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reelwright.core.progress import Progress, Silent
from reelwright.library import shelf, tables
from reelwright.library.tables import AssetRow, PlaceRow, place_key
from reelwright.library.walking import File, walk
from reelwright.store.artefacts import hash_content
from reelwright.store.database import Database, upsert

State = Literal["present", "rotted", "changed", "missing", "moved", "unreadable"]

_OPENING = 200_000
_WRITTEN = 200


@dataclass(frozen=True)
class Finding:
    """A file that is not as it was."""

    asset: str
    name: str
    path: Path
    member: str
    state: State
    """``rotted``: size and time are as they were, the content is not. ``changed``: it was written
    to. ``missing``: it is not there. ``moved``: it is not there, but elsewhere. ``unreadable``: the
    disk does not give it."""
    root: Path
    """The folder that was added when it was found."""
    now: Path | None = None
    """Where it was moved to."""
    copies: int = 0
    """Files with this content that are as they were, besides this one."""


@dataclass
class Verdict:
    """What verifying found."""

    present: int = 0
    """Files that are as they were."""
    findings: list[Finding] = field(default_factory=list[Finding])
    """Those that are not, by path."""

    @property
    def lost(self) -> list[Finding]:
        """Findings of assets of which no file is left."""
        return [one for one in self.findings if one.state != "moved" and not one.copies]


def verify(
    database: Database,
    asset_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
    look: Sequence[Path] = (),
) -> Verdict:
    """Hash the library's files again, and look for those that are gone where they came from.

    What is found is put down: a file that moved is known at its new place from then on, and one
    that rotted is not used any more.

    Args:
        database: the library, open.
        asset_ids: only these; None: all.
        progress: who is watching.
        look: further folders to look for moved files in.

    Raises:
        StoreError: the database does not answer.
    """
    watcher = progress or Silent()
    rows = _places(database, asset_ids)
    verdict = Verdict()
    states: dict[str, State] = {}
    watcher.start("verifying", max(1, sum(row.size + _OPENING for row in rows)))
    waiting: list[PlaceRow] = []
    for row, state, stat in _hash_all(rows):
        states[row.key] = state
        # A file that was only touched is as it was: from now on under its new time.
        row.state = state
        if state == "present" and stat is not None:
            row.size, row.mtime = stat.st_size, stat.st_mtime_ns
        waiting.append(row)
        if len(waiting) >= _WRITTEN:
            _write(database, waiting)
            waiting = []
        watcher.advance("verifying", row.size + _OPENING, Path(row.path).name)
    _write(database, waiting)
    watcher.finish("verifying")
    moved = _find_moved(database, [row for row in rows if states[row.key] == "missing"], look)
    _tell(database, rows, states, moved, verdict)
    return verdict


def _places(database: Database, asset_ids: Sequence[str] | None) -> list[PlaceRow]:
    with database.reading() as session:
        query = select(PlaceRow).order_by(PlaceRow.path, PlaceRow.member)
        rows = list(session.scalars(query))
        session.expunge_all()
    wanted = None if asset_ids is None else set(asset_ids)
    return [row for row in rows if wanted is None or row.asset in wanted]


def _hash_all(
    rows: Iterable[PlaceRow],
) -> Iterator[tuple[PlaceRow, State, os.stat_result | None]]:
    """The state of each place, in their order, while a few are read ahead."""
    workers = max(1, min(8, os.cpu_count() or 1))
    waiting: deque[tuple[PlaceRow, Future[tuple[State, os.stat_result | None]]]] = deque()
    with ThreadPoolExecutor(workers, "verifying") as pool:
        try:
            for row in rows:
                waiting.append((row, pool.submit(_look_at, row)))
                if len(waiting) > 2 * workers:
                    first, future = waiting.popleft()
                    yield first, *future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, *future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _look_at(row: PlaceRow) -> tuple[State, os.stat_result | None]:
    path = Path(row.path)
    try:
        stat = path.stat()
        # What came out of an archive is used from our own copy: that is what can rot.
        content = hash_content(shelf.unpacked_path(row.asset, row.member) if row.member else path)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", None
    except OSError:
        return "unreadable", None
    same = (stat.st_size, stat.st_mtime_ns) == (row.size, row.mtime)
    if content == row.asset:
        return ("present", stat) if same or not row.member else ("changed", stat)
    return ("rotted" if same else "changed"), stat


def _write(database: Database, rows: Sequence[PlaceRow]) -> None:
    with database.writing() as session:
        for row in rows:
            session.execute(
                update(PlaceRow)
                .where(PlaceRow.key == row.key)
                .values(state=row.state, size=row.size, mtime=row.mtime)
            )


def _find_moved(
    database: Database, missing: Sequence[PlaceRow], look: Sequence[Path]
) -> dict[str, Path]:
    """Where files that are missing are now, by the keys of their places."""
    files = [row for row in missing if not row.member]
    by_size: dict[int, list[PlaceRow]] = {}
    for row in files:
        by_size.setdefault(row.size, []).append(row)
    roots = sorted({Path(row.root) for row in files}) + list(look)
    there = [root for root in roots if root.is_dir()]
    moved: dict[str, Path] = {}
    if not there:
        return moved
    with database.reading() as session:
        for found in walk(there, besides=shelf.folder()):
            if not isinstance(found, File) or found.size not in by_size:
                continue
            if _is_known(session, found):
                continue
            try:
                content = hash_content(found.path)
            except OSError:
                continue  # not what is looked for, as far as anybody can tell
            for row in by_size[found.size]:
                if row.asset == content and row.key not in moved:
                    moved[row.key] = found.path
                    break
    _move(database, files, moved)
    return moved


def _is_known(session: Session, file: File) -> bool:
    query = select(PlaceRow.key).where(
        PlaceRow.key == place_key(file.path), PlaceRow.state == "present"
    )
    return session.scalar(query) is not None


def _move(database: Database, rows: Sequence[PlaceRow], moved: dict[str, Path]) -> None:
    if not moved:
        return
    with database.writing() as session:
        fresh: list[dict[str, object]] = []
        for row in rows:
            if row.key not in moved:
                continue
            path = moved[row.key]
            stat = path.stat()
            values = {"member": "", "asset": row.asset, "root": row.root, "state": "present"}
            fresh.append(
                {
                    "key": place_key(path),
                    "path": str(path),
                    "size": stat.st_size,
                    "mtime": stat.st_mtime_ns,
                    **values,
                }
            )
            session.execute(delete(PlaceRow).where(PlaceRow.key == row.key))
        upsert(session, tables.table(PlaceRow), fresh, keys=("key",))


def _tell(
    database: Database,
    rows: Sequence[PlaceRow],
    states: dict[str, State],
    moved: dict[str, Path],
    verdict: Verdict,
) -> None:
    good: dict[str, int] = {}
    for row in rows:
        if states[row.key] == "present" or row.key in moved:
            good[row.asset] = good.get(row.asset, 0) + 1
    odd = [row for row in rows if states[row.key] != "present"]
    names: dict[str, str] = {}
    with database.reading() as session:
        for first in range(0, len(odd), 500):
            ids = {row.asset for row in odd[first : first + 500]}
            query = select(AssetRow.id, AssetRow.name).where(AssetRow.id.in_(ids))
            names.update({str(key): str(name) for key, name in session.execute(query)})
    verdict.present = len(rows) - len(odd)
    for row in odd:
        now = moved.get(row.key)
        verdict.findings.append(
            Finding(
                *(row.asset, names.get(row.asset, ""), Path(row.path), row.member),
                state="moved" if now else states[row.key],
                root=Path(row.root),
                now=now,
                copies=good.get(row.asset, 0) - (now is not None),
            )
        )
