"""`reel feed import`: tables of events and of videos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.feed.opening import Json, Set, number_of, opened
from reelwright.cli.library.opening import shown

if TYPE_CHECKING:
    from reelwright.audience.intake import Report

_TOLD = 20
"""Wrong rows that a person is told of."""


def import_(
    tables: Annotated[
        list[Path], typer.Argument(help="CSV, TSV or JSON lines: events (user …), videos (id …).")
    ],
    kind: Annotated[
        str | None, typer.Option(help="What events are whose table has no column for it.")
    ] = None,
    new_items: Annotated[
        bool,
        typer.Option("--new-items", help="Videos only events name become known, by name alone."),
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Take in tables of events and of videos. The same table again adds nothing.

    Events have columns user, item, kind (completion, like, skip …) and time, and may have value
    (seconds watched), id, request, rank, model and propensity. Videos have an id, and may have
    title, description, tags, author, topic, language, seconds, file, cover, captions, ai_made and
    added. Wrong rows are told by file and line; the rest goes in.
    """
    from reelwright.audience.intake import import_tables
    from reelwright.cli.common import watched
    from reelwright.publish.label import read_label

    with opened(sets) as (database, _), watched(quiet=as_json) as progress:
        report = import_tables(
            database,
            tables,
            kind=kind,
            new_items=new_items,
            read_label=read_label,
            progress=progress,
        )
    print(json.dumps(_values(report), ensure_ascii=False) if as_json else _told(report))
    if report.wrong:
        raise typer.Exit(1)


def _values(report: Report) -> dict[str, Any]:
    return {
        "events": {
            "new": report.events,
            "known": report.known_events,
            "apart": report.apart,
            "settled": report.settled,
        },
        "items": {
            "new": report.items,
            "updated": report.updated_items,
            "unchanged": report.known_items,
        },
        "wrong": report.wrong,
        "told": [
            {"where": shown(one.where), "message": shown(one.message), "hint": one.hint}
            for one in report.told
        ],
        "notes": [shown(note) for note in report.notes],
    }


def _told(report: Report) -> str:
    from reelwright.audience.checks import REASONS

    rows = [f"{shown(one.where)}: {shown(one.message)}" for one in report.told[:_TOLD]]
    if len(report.told) > _TOLD:
        rows.append(f"… and {len(report.told) - _TOLD} more (--json shows up to a thousand)")
    rows += [f"note: {shown(note)}" for note in report.notes[:_TOLD]]
    for reason, count in report.apart.items():
        rows.append(f"{number_of(count, 'event')} kept apart: {REASONS[reason]}")
    if "unknown_item" in report.apart:
        rows.append("→ import a table of those videos as well, or take them by name: --new-items")
    counts: list[str] = []
    for count, what, word in (
        (report.items, "video", "added"),
        (report.updated_items, "video", "updated"),
        (report.known_items, "video", "as before"),
        (report.events, "event", "taken in"),
        (report.known_events, "event", "known already"),
        (report.settled, "event", "that had been kept apart taken in"),
        (report.wrong, "wrong row", "left out"),
    ):
        counts += [f"{number_of(count, what)} {word}"] if count else []
    return "\n".join([*rows, ", ".join(counts) or "nothing new"])
