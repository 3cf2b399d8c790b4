"""`reel library add`: folders, files and archives come into the library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import Json, Set, opened, said_length, shown

if TYPE_CHECKING:
    from reelwright.library.collect import Report
    from reelwright.library.walking import Trouble

_TOLD = 20
"""Lines of one kind that a person is told; `list --failed` shows all failures."""


def add(
    places: Annotated[
        list[Path], typer.Argument(help="Folders (with all below them), files and archives.")
    ],
    annotate: Annotated[
        bool, typer.Option(help="Also look into them: shots, faces, faults, mood …")
    ] = True,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Take material into the library; originals are only ever read.

    Run it again after adding to a folder, or after it was stopped: it goes on from there, and tries
    again what failed.
    """
    from reelwright.cli.common import watched
    from reelwright.library import collect

    with opened(sets) as (database, settings), watched(quiet=as_json) as progress:
        report = collect.add(database, places, settings, progress)
        if annotate:
            collect.annotate(database, report, settings, progress)
        totals = collect.totals(database, report.added)
    if as_json:
        print(json.dumps(_values(report), ensure_ascii=False))
    else:
        print(_told(report, totals))
    if report.failed:
        raise typer.Exit(1)


def _values(report: Report) -> dict[str, Any]:
    return {
        "added": report.added,
        "copies": report.copies,
        "unchanged": report.unchanged,
        "passed_over": report.passed_over,
        "annotated": report.annotated,
        "failed": [_trouble(one) for one in report.failed],
        "notes": [_trouble(one) for one in report.notes],
    }


def _trouble(one: Trouble) -> dict[str, Any]:
    return {
        "path": shown(one.path),
        "member": shown(one.member) or None,
        "reason": one.reason,
        "hint": one.hint,
    }


def _told(report: Report, totals: tuple[int, float]) -> str:
    rows = [*_lines("failed", report.failed), *_lines("note", report.notes)]
    number, seconds = totals
    news = f"{number} added"
    if seconds:
        news += f" ({said_length(seconds)})"
    counts = [
        news,
        *([f"{report.copies} copies of known material"] if report.copies else []),
        *([f"{report.unchanged} unchanged"] if report.unchanged else []),
        *([f"{report.passed_over} files of other kinds passed over"] if report.passed_over else []),
        *([f"{report.annotated} annotated"] if report.annotated else []),
        *([f"{len(report.failed)} failed"] if report.failed else []),
    ]
    return "\n".join([*rows, ", ".join(counts)])


def _lines(word: str, troubles: list[Trouble]) -> list[str]:
    rows: list[str] = []
    for one in troubles[:_TOLD]:
        place = f"{shown(one.path)} › {shown(one.member)}" if one.member else shown(one.path)
        rows.append(f"{word:<7} {place}: {one.reason}")
        if one.hint:
            rows.append(f"        → {one.hint}")
    if len(troubles) > _TOLD:
        more = f"{word:<7} … and {len(troubles) - _TOLD} more"
        rows.append(f"{more}: `reel library list --failed`" if word == "failed" else more)
    return rows
