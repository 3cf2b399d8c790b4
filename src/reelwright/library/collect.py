"""Collecting: what lies in folders and archives comes into the library, and is annotated.

Everything is kept as it is found, a few seconds' worth at a time, so that a run that was killed
goes on where it stopped. A file whose size and time are as they were is not opened again; one that
failed is tried by every run until it does not.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import Settings
from reelwright.library import shelf
from reelwright.library.archives import Unpacked, unpack
from reelwright.library.kinds import HEAD, is_archive
from reelwright.library.ledger import put_assets, put_failures, put_seen
from reelwright.library.tables import AssetRow, FailureRow, PlaceRow, SeenRow, place_key
from reelwright.library.taking import Taken, take, take_member
from reelwright.library.walking import AWAY, File, Trouble, walk, why
from reelwright.store import atomic
from reelwright.store.database import Database

_EVERY = 2.0
"""Seconds of work that a kill may lose."""
_OPENING = 2_000_000
"""Bytes that could be read in the time that opening and probing one file takes."""
_ASKED = 400
"""Keys asked for at a time."""
_UNREAD = ("present", "missing", "rotted")
"""States of places that are not read again while size and time are the same. What was missing, on
a drive that was away, may be back."""
_ROTTED = "has rotted: its content changed though nobody wrote to it"
_RESTORE = "put back a good copy; `reel library verify` tells when it is one"


@dataclass
class Report:
    """What became of the files that were come upon."""

    added: list[str] = field(default_factory=list[str])
    """Ids of assets that are new in the library, in the order of their coming."""
    copies: int = 0
    """Files whose content the library had already: further copies, moved and renamed files."""
    unchanged: int = 0
    """Files the library knew, unopened."""
    passed_over: int = 0
    """Files that are no material."""
    notes: list[Trouble] = field(default_factory=list[Trouble])
    """Oddities: nothing failed."""
    failed: list[Trouble] = field(default_factory=list[Trouble])
    """What could not be taken in, or not annotated; the next run tries it again."""
    annotated: int = 0
    """Assets that annotators have been over."""
    assets: list[str] = field(default_factory=list[str])
    """Ids of all assets found in the places, each once."""


def add(
    database: Database,
    places: Sequence[Path],
    settings: Settings,
    progress: Progress | None = None,
) -> Report:
    """Take everything in these files, folders and archives into the library.

    Nothing that goes wrong with a file stops the rest. Originals are only ever read.

    Args:
        database: the library, open.
        places: files and folders (with all below them).
        settings: of the library.
        progress: who is watching.

    Returns:
        What became of them; `annotate` goes on from there.

    Raises:
        StoreError: the database does not answer, or the disk of the home is full.
    """
    run = _Run(database, settings, progress or Silent())
    files: list[File] = []
    for found in walk(places, besides=shelf.folder()):
        if isinstance(found, Trouble):
            run.trouble(found)
        else:
            files.append(found)
    fresh = list(run.pass_over(files))
    run.take_in(fresh)
    run.forgive(places)
    run.report.assets = list(dict.fromkeys(run.report.assets))
    return run.report


def annotate(
    database: Database, report: Report, settings: Settings, progress: Progress | None = None
) -> None:
    """Let annotators go over the assets of a report that they have not been over, and report it.

    Raises:
        SettingError, ProviderError: a provider that is set cannot work.
        StoreError: the database does not answer.
    """
    from reelwright.library.annotate import annotate_all
    from reelwright.library.documents import refresh

    outcome = annotate_all(database, report.assets, settings, progress=progress)
    report.annotated += len(outcome.annotated)
    report.failed += outcome.failed
    if outcome.failed:
        with database.writing() as session:
            put_failures(session, outcome.failed)
    # So that the first search need not wait.
    refresh(database, progress)


def totals(database: Database, asset_ids: Sequence[str]) -> tuple[int, float]:
    """How many assets these are, and their seconds in all."""
    seconds = 0.0
    with database.reading() as session:
        for first in range(0, len(asset_ids), _ASKED):
            part = asset_ids[first : first + _ASKED]
            query = select(func.sum(AssetRow.seconds)).where(AssetRow.id.in_(part))
            seconds += float(session.scalar(query) or 0.0)
    return len(asset_ids), seconds


class _Run:
    """One run of `add`: what was found so far, and what waits to be put down."""

    def __init__(self, database: Database, settings: Settings, progress: Progress) -> None:
        self.database = database
        self.settings = settings
        self.progress = progress
        self.report = Report()
        self._waiting: list[Taken] = []
        self._seen: list[File] = []
        self._troubles: list[Trouble] = []
        self._written = time.monotonic()
        with database.reading() as session:
            self._sizes = set(session.scalars(select(AssetRow.bytes).distinct()))

    # --- what is known already

    def pass_over(self, files: Sequence[File]) -> Iterator[File]:
        """The files that have to be opened: new ones, changed ones, and those that failed."""
        for first in range(0, len(files), _ASKED):
            part = {place_key(file.path): file for file in files[first : first + _ASKED]}
            with self.database.reading() as session:
                known = self._known(session, part)
            for key, file in part.items():
                if key not in known:
                    yield file

    def _known(self, session: Session, part: Mapping[str, File]) -> set[str]:
        known: set[str] = set()
        rows = session.execute(
            select(
                *(PlaceRow.key, PlaceRow.size, PlaceRow.mtime, PlaceRow.asset, PlaceRow.state)
            ).where(PlaceRow.key.in_(part), PlaceRow.state.in_(_UNREAD))
        )
        for key, size, mtime, asset, state in rows:
            if (size, mtime) == (part[key].size, part[key].mtime):
                known.add(key)
                self.report.unchanged += 1
                self.report.assets.append(asset)
                if state == "rotted":
                    self.trouble(Trouble(part[key].path, _ROTTED, _RESTORE))
        rows = session.execute(
            select(SeenRow.key, SeenRow.size, SeenRow.mtime).where(SeenRow.key.in_(part))
        )
        for key, size, mtime in rows:
            if key not in known and (size, mtime) == (part[key].size, part[key].mtime):
                known.add(key)
                held = session.scalars(
                    select(PlaceRow.asset).where(
                        PlaceRow.path == str(part[key].path), PlaceRow.member != ""
                    )
                ).all()
                self.report.assets += held
                self.report.unchanged += len(held)
                self.report.passed_over += not held
        return known

    # --- reading

    def take_in(self, files: Sequence[File]) -> None:
        """Open files, several at once, and put down what they are."""
        total = sum(file.size + _OPENING for file in files)
        archives: list[File] = []
        gone: set[Path] = set()
        self.progress.start("reading", max(1, total))
        try:
            for file, found in self._read(files, gone):
                if isinstance(found, Taken):
                    self._put(found)
                elif isinstance(found, Trouble):
                    self._trouble_with(file, found, gone)
                elif _is_archive(file):
                    archives.append(file)
                    continue
                else:
                    self.report.passed_over += 1
                    self._seen.append(file)
                self.progress.advance("reading", file.size + _OPENING, file.path.name)
                self._write_if_due()
            for file in archives:
                self._open_archive(file)
                self.progress.advance("reading", file.size + _OPENING, file.path.name)
        finally:
            # Also when the person stops the run: what was read stays read.
            self._write()
            self.progress.finish("reading")

    def _read(
        self, files: Iterable[File], gone: set[Path]
    ) -> Iterator[tuple[File, Taken | Trouble | None]]:
        """What each file is, in their order, while a few are read ahead."""
        workers = max(1, min(8, os.cpu_count() or 1))
        waiting: deque[tuple[File, Future[Taken | Trouble | None]]] = deque()
        with ThreadPoolExecutor(workers, "reading") as pool:
            try:
                for file in files:
                    if file.root in gone:
                        continue
                    waiting.append((file, pool.submit(take, file, self._is_known)))
                    if len(waiting) > 2 * workers:
                        first, future = waiting.popleft()
                        yield first, future.result()
                while waiting:
                    first, future = waiting.popleft()
                    yield first, future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _is_known(self, content: str, size: int) -> bool:
        # Hardly ever has other material just this many bytes: then nobody need be asked.
        if size not in self._sizes:
            return False
        with self.database.reading() as session:
            return session.scalar(select(AssetRow.id).where(AssetRow.id == content)) is not None

    def _trouble_with(self, file: File, found: Trouble, gone: set[Path]) -> None:
        if not file.root.exists():
            # One line for a drive that was pulled out, not one for each of its files.
            if file.root not in gone:
                gone.add(file.root)
                self.trouble(Trouble(file.root, "went away while it was read", AWAY))
            return
        self.trouble(found)

    def _open_archive(self, file: File) -> None:
        troubles = 0
        try:
            with self.database.reading() as session:
                rows = session.execute(
                    select(PlaceRow.member, PlaceRow.asset).where(
                        PlaceRow.path == str(file.path),
                        *(PlaceRow.member != "", PlaceRow.state == "present"),
                        *(PlaceRow.size == file.size, PlaceRow.mtime == file.mtime),
                    )
                ).all()
            known = {str(member): str(asset) for member, asset in rows}
            self.report.assets += known.values()
            self.report.unchanged += len(known)
            found = unpack(
                *(file.path, shelf.folder() / "files"),
                lambda name: name not in known,
                self.settings.library.archive_bytes,
            )
            for one in found:
                if isinstance(one, Unpacked):
                    taken = self._take_member(file, one)
                    troubles += isinstance(taken, Trouble)
                else:
                    troubles += 1
                    self.trouble(one)
                self._write_if_due()
            stat = file.path.stat()
        except OSError as error:
            self.trouble(why(file.path, error))
            return
        if (stat.st_size, stat.st_mtime_ns) != (file.size, file.mtime):
            hint = "run again when it is no longer being written"
            self.trouble(Trouble(file.path, "changed while it was read", hint))
        elif not troubles:
            self._seen.append(file)

    def _take_member(self, file: File, unpacked: Unpacked) -> Taken | Trouble:
        try:
            taken = take_member(file, unpacked, self._is_known)
            if isinstance(taken, Trouble):
                self.trouble(taken)
            else:
                kept = shelf.unpacked_path(taken.content, taken.member)
                if not kept.exists():
                    try:
                        kept.parent.mkdir(parents=True, exist_ok=True)
                        unpacked.path.replace(kept)
                    except OSError as error:
                        raise atomic.explain(error, kept) from error
                self._put(taken)
        finally:
            atomic.remove(unpacked.path)
        return taken

    # --- writing

    def trouble(self, found: Trouble) -> None:
        """Put down what went wrong."""
        (self.report.notes if found.harmless else self.report.failed).append(found)
        if not found.harmless:
            self._troubles.append(found)

    def _put(self, taken: Taken) -> None:
        self.report.assets.append(taken.content)
        if taken.note:
            self.report.notes.append(
                Trouble(taken.file.path, taken.note, None, taken.member, harmless=True)
            )
        self._waiting.append(taken)
        self._sizes.add(taken.size)

    def _write_if_due(self) -> None:
        if time.monotonic() - self._written >= _EVERY:
            self._write()

    def _write(self) -> None:
        taken, troubles, seen = self._waiting, self._troubles, self._seen
        self._waiting, self._troubles, self._seen = [], [], []
        if taken or troubles or seen:
            with self.database.writing() as session:
                new = put_assets(session, taken)
                put_failures(session, troubles)
                put_seen(session, seen)
            self.report.added += new
            self.report.copies += len(taken) - len(new)
        self._written = time.monotonic()

    def forgive(self, places: Sequence[Path]) -> None:
        """Forget failures of the places that did not happen this time."""
        roots = {Path(os.path.abspath(place.expanduser())) for place in places}  # noqa: PTH100
        roots -= {one.path for one in self.report.failed}
        still = {place_key(one.path, one.member) for one in self.report.failed}
        with self.database.reading() as session:
            rows = session.execute(select(FailureRow.key, FailureRow.path)).all()
        over = [
            key
            for key, path in rows
            if key not in still and not roots.isdisjoint((Path(path), *Path(path).parents))
        ]
        if over:
            with self.database.writing() as session:
                for first in range(0, len(over), _ASKED):
                    part = over[first : first + _ASKED]
                    session.execute(delete(FailureRow).where(FailureRow.key.in_(part)))


def _is_archive(file: File) -> bool:
    try:
        with file.path.open("rb") as opened:
            return is_archive(file.path.name, opened.read(HEAD))
    except OSError:
        return False
