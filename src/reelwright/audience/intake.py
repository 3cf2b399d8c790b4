"""Tables of events and of videos come into the feed: CSV, TSV or JSON by the line.

**A table of events** has a row for everything a viewer did with a video:

============= ========================================================================
column        what it says
============= ========================================================================
user          who: an id of up to 128 printable characters, without slashes
item          which video: likewise (also called ``video``, ``item_id``, ``video_id``)
kind          impression, progress, completion, rewatch, skip, like, unlike, comment,
              share, follow or not_interested (also ``event``, ``action``); may be
              missing where the caller says what all rows are
time          seconds, milliseconds or microseconds since 1970, or ISO 8601, in UTC
              where it says nothing else (also ``timestamp``)
value         seconds watched, of progress, completion, rewatch and skip; of others
              how often; may be empty (also ``seconds``)
id            the event's own id, one of a kind for its viewer; may be missing
request,      the page it was shown on, its place there from 0, what chose it, and
rank, model,  how likely it was to be shown there (0 to 1); may be missing
propensity
============= ========================================================================

Without an `id`, an event is what viewer, item, kind, time (to the millisecond) and value make it.

**A table of videos** has a row for each, and no column ``user``:

============= ========================================================================
column        what it says
============= ========================================================================
id            as `item` above (also called ``item``, ``item_id``, ``video``…)
title,        texts
description,
author, topic
tags          a list (JSON), or words between ``|``, ``;``, ``,`` or ``#``
language      ``zh``, ``en`` …
seconds       its length (also ``duration``)
file, cover,  paths, from the table's folder; a video without a file is known, and
captions      recommended for, by name alone
ai_made       true or false
added         since when it is in the feed, as `time` above
============= ========================================================================

All but ``id`` may be missing; what is empty is not said. The same table again changes nothing.
Wrong rows are told by file and line, and the rest goes in. Tables are read a row at a time: they
may be larger than memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.audience.checks import REASONS
from reelwright.audience.columns import (
    EVENT_COLUMNS,
    ITEM_COLUMNS,
    Columns,
    event_of,
    item_of,
)
from reelwright.audience.events import append_events, items_of, settle
from reelwright.audience.items import Item, put_items
from reelwright.audience.tables import KINDS
from reelwright.audience.videos import ReadLabel, Trouble, describe
from reelwright.core.errors import DataError, ReelError, nearest
from reelwright.core.nouns import Event
from reelwright.core.progress import Progress, Silent
from reelwright.learn.data.encodings import scan
from reelwright.learn.data.rows import Row, check_there, read_rows
from reelwright.store.database import Database

TOLD = 1000
"""Wrong rows that are kept to be told; all are counted."""
_TOGETHER = 5000
"""Rows written in one transaction."""


@dataclass
class Report:
    """What an import came to.

    Attributes:
        events, known_events: events that went in, and that were there already.
        items, updated_items, known_items: videos that were new, changed, and as they were.
        apart: events that are kept apart, by reason (see `events.REASONS`).
        wrong: how many rows could not be taken.
        told: the first of them, by file and line, and other things worth saying.
        settled: events that were kept apart before and count from now on.
    """

    events: int = 0
    known_events: int = 0
    items: int = 0
    updated_items: int = 0
    known_items: int = 0
    apart: dict[str, int] = field(default_factory=dict[str, int])
    wrong: int = 0
    told: list[DataError] = field(default_factory=list[DataError])
    notes: list[str] = field(default_factory=list[str])
    settled: int = 0

    def refuse(self, error: DataError) -> None:
        """Count a wrong row."""
        self.wrong += 1
        if len(self.told) < TOLD:
            self.told.append(error)


def import_tables(
    database: Database,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    new_items: bool = False,
    read_label: ReadLabel | None = None,
    progress: Progress | None = None,
    now: float | None = None,
) -> Report:
    """Take tables into the feed: those of videos first, whatever their order.

    Args:
        database: the feed's.
        paths: tables, see above.
        kind: what events are whose rows do not say.
        new_items: whether videos that only events name become known, by name alone; else events
            of unknown videos are kept apart until the video is added.
        read_label: reads the mark of AI-made content out of files that tables name.
        progress: who watches.
        now: seconds since 1970; None asks the clock.

    Raises:
        DataError: a file is missing, empty, no table, or neither of events nor of videos.
    """
    now = time.time() if now is None else now
    if kind is not None and kind not in KINDS:
        raise DataError(f'there is no kind of event "{kind}"', hint=nearest(kind, KINDS))
    report = Report()
    tables = sorted(((path, _is_events(path)) for path in paths), key=lambda pair: pair[1])
    watcher = progress or Silent()
    for path, is_events in tables:
        watcher.start(path.name, scan(path, mixed=True).lines)
        if is_events:
            _import_events(database, path, kind, new_items, watcher, now, report)
        else:
            _import_items(database, path, read_label, watcher, now, report)
        watcher.finish(path.name)
    report.settled = settle(database, now)
    return report


def _is_events(path: Path) -> bool:
    """Whether a table is one of events, by the columns of its first good row."""
    check_there(path)
    wrong: list[DataError] = []
    row = next(iter(read_rows(path, wrong.append)), None)
    if row is None:
        raise wrong[0] if wrong else DataError("has no rows", where=str(path))
    names = {name.strip().lower() for name in row}
    if names & set(EVENT_COLUMNS["user"]):
        missing = [our for our in ("item", "time") if not names & set(EVENT_COLUMNS[our])]
        if missing:
            raise DataError(
                f"a table of events needs a column {' and one '.join(missing)}",
                where=row.where,
                hint=f"it has {', '.join(row)}",
            )
        return True
    if names & set(ITEM_COLUMNS["id"]):
        return False
    raise DataError(
        "is neither a table of events nor one of videos",
        where=row.where,
        hint=f"events need user, item, kind and time, videos an id; it has {', '.join(row)}",
    )


# --- events -------------------------------------------------------------------------------------


def _import_events(
    database: Database,
    path: Path,
    kind: str | None,
    new_items: bool,
    watcher: Progress,
    now: float,
    report: Report,
) -> None:
    if kind is None:
        _check_kind(path)
    columns = Columns(path, EVENT_COLUMNS, report.notes)
    for rows in _groups(read_rows(path, report.refuse)):
        events: list[Event] = []
        places: list[str] = []
        for row in rows:
            try:
                events.append(event_of(columns.of(row), kind, row.where))
                places.append(row.where)
            except DataError as error:
                report.refuse(error)
        with database.writing() as session:
            if new_items:
                known = items_of(session, {event.item for event in events})
                first = {e.item: e.time for e in reversed(events) if e.item not in known}
                _name_items(session, first, now)
            answer = append_events(session, events, now=now)
        report.events += answer.new
        report.known_events += answer.known
        for notice in answer.refused:
            report.refuse(DataError(REASONS[notice.reason], where=places[notice.index]))
        for notice in answer.apart:
            report.apart[notice.reason] = report.apart.get(notice.reason, 0) + 1
            if notice.reason in ("absurd", "future") and len(report.told) < TOLD:
                where = places[notice.index]
                report.told.append(DataError(f"kept apart: {REASONS[notice.reason]}", where=where))
        watcher.advance(path.name, len(rows))


def _name_items(session: Any, first: Mapping[str, float], now: float) -> None:
    items: list[Item] = []
    for name, seen in first.items():
        try:
            items.append(Item(id=name, added=min(max(seen, 0), now)))
        except ValidationError:
            continue  # refused with its event
    put_items(session, items, now)


def _check_kind(path: Path) -> None:
    row = next(iter(read_rows(path, lambda error: None)), None)
    names = {name.strip().lower() for name in row or ()}
    if row is not None and not names & set(EVENT_COLUMNS["kind"]):
        raise DataError(
            "has no column that says what kind of events they are",
            where=row.where,
            hint=f"say it of all rows: --kind completion, or one of {', '.join(KINDS)}",
        )


# --- videos -------------------------------------------------------------------------------------


def _import_items(
    database: Database,
    path: Path,
    read_label: ReadLabel | None,
    watcher: Progress,
    now: float,
    report: Report,
) -> None:
    columns = Columns(path, ITEM_COLUMNS, report.notes)
    for rows in _groups(read_rows(path, report.refuse)):
        items: list[Item] = []
        for row in rows:
            try:
                item = item_of(columns.of(row), row.where, path.absolute().parent)
                if item.file is not None:
                    item = _with_file(database, item, row.where, read_label, report)
                items.append(item)
            except DataError as error:
                report.refuse(error)
        with database.writing() as session:
            put = put_items(session, items, now)
        report.items += len(put.new)
        report.updated_items += len(put.updated)
        report.known_items += len(put.unchanged)
        watcher.advance(path.name, len(rows))


def _with_file(
    database: Database, item: Item, where: str, read_label: ReadLabel | None, report: Report
) -> Item:
    """What the file tells, under what the row says. A missing file is told; the row goes in."""
    assert item.file is not None
    notes: list[Trouble] = []
    try:
        found = describe(database, Path(item.file), read_label, notes)
    except ReelError as error:
        report.notes.append(f"{where}: the video goes in without its file: {error}")
        return item.model_copy(update={"file": None})
    report.notes += [f"{one.path}: {one.reason}" for one in notes]
    if found.file is None:
        stat = Path(item.file).stat()
        found = found.model_copy(update={"size": stat.st_size, "mtime": stat.st_mtime_ns})
    return Item.model_validate(
        found.model_dump(exclude_none=True) | item.model_dump(exclude_none=True)
    )


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == _TOGETHER:
            yield group
            group = []
    if group:
        yield group
