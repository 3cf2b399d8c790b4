"""`reel feed add`: finished videos come into the feed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.feed.opening import Json, Set, number_of, opened
from reelwright.cli.library.opening import shown

if TYPE_CHECKING:
    from reelwright.audience.items import Absent
    from reelwright.audience.videos import Report, Trouble

_TOLD = 20
"""Lines of one kind that a person is told."""


def add(
    places: Annotated[
        list[Path], typer.Argument(help="Project folders with a finished video, or video files.")
    ],
    author: Annotated[str | None, typer.Option(help="Who made them.")] = None,
    topic: Annotated[str | None, typer.Option(help="What they are about, in a word.")] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag, in place of those they have.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="zh, en …")] = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Add videos to the feed where they lie; of a project, all that it says of them comes along.

    Run it again where they were moved or made again: a video is known by its content.
    """
    from reelwright.audience.items import absent
    from reelwright.audience.videos import Said, add_videos
    from reelwright.cli.common import watched
    from reelwright.publish.label import read_label

    said = Said(author, topic, language, tuple(tags) if tags else None)
    with opened(sets) as (database, _), watched(quiet=as_json) as progress:
        report = add_videos(database, places, said, read_label, progress)
        with database.reading() as session:
            gone = absent(session)
    print(json.dumps(_values(report, gone), ensure_ascii=False) if as_json else _told(report, gone))
    if report.failed:
        raise typer.Exit(1)


def _values(report: Report, gone: list[Absent]) -> dict[str, Any]:
    return {
        "added": report.put.new,
        "updated": report.put.updated,
        "unchanged": report.put.unchanged,
        "replaced": report.replaced,
        "events": report.settled,
        "failed": [_trouble(one) for one in report.failed],
        "notes": [_trouble(one) for one in report.notes],
        "absent": [
            {"id": one.id, "title": one.title, "file": shown(one.file), "state": one.state}
            for one in gone
        ],
    }


def _trouble(one: Trouble) -> dict[str, Any]:
    return {"path": shown(one.path), "reason": one.reason, "hint": one.hint}


def _told(report: Report, gone: list[Absent]) -> str:
    rows: list[str] = []
    for word, troubles in (("failed", report.failed), ("note", report.notes)):
        for one in troubles[:_TOLD]:
            rows.append(f"{word:<8} {shown(one.path)}: {shown(one.reason)}")
            if one.hint:
                rows.append(f"         → {shown(one.hint)}")
    rows += [f"{one.state:<8} {shown(one.file)} ({shown(one.title)})" for one in gone[:_TOLD]]
    if len(gone) > _TOLD:
        rows.append(f"… and {len(gone) - _TOLD} more are not where they were (--json shows all)")
    if gone:
        rows.append("         → put them back, or run `reel feed add` on where they are now")
    put = report.put
    counts = [f"{number_of(len(put.new), 'video')} added"]
    for count, word in (
        (len(put.updated), "updated"),
        (len(put.unchanged), "unchanged"),
        (len(report.replaced), "replaced"),
        (len(report.failed), "failed"),
    ):
        counts += [f"{count} {word}"] if count else []
    if report.settled:
        counts.append(f"{number_of(report.settled, 'event')} that waited for them taken in")
    return "\n".join([*rows, ", ".join(counts)])
