"""`reel library label`: what you say of your material. It wins over what annotators say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reelwright.cli.library.opening import Json, Set, opened, shown


def label(
    asset: Annotated[
        str | None, typer.Argument(help="The beginning of its id, its path, or its name.")
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE...",
            help="tag=海边, scene=sunset, people=2, mood=calm …; NAME!=VALUE says that it is not.",
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Where it begins to be so: 12s.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Where it ends.")] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="NAME", help="The face in this picture is theirs: an example."
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write all labels to a file of JSON lines."),
    ] = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Say what an asset shows, or whose face a picture has; or export all that was said.

    Labels are kept, beside what annotators had said, to learn from.
    """
    from reelwright.cli.library.opening import read_time
    from reelwright.library import catalogue
    from reelwright.library import labels as saying

    if export is not None:
        with opened(sets) as (database, _), database.reading() as session:
            lines = list(saying.export_labels(session))
        _export(export, lines, as_json)
        return
    if not asset or not (labels or person):
        raise typer.BadParameter("name an asset and what it is: reel library label a.mp4 tag=海边")
    said = [saying.read_label(each) for each in labels or ()]
    begins, ends = read_time(start, "--from"), read_time(end, "--to")
    with opened(sets) as (database, settings):
        with database.reading() as session:
            row = catalogue.find_asset(session, asset)
        if person:
            from reelwright.library.people import learn_face

            learn_face(database, row.id, person, settings)
            said.append(("person", {"name": person}, 1.0))
        with database.writing() as session:
            words = saying.put_labels(session, row.id, said, begins, ends)
    if as_json:
        told = [one.model_dump(mode="json", exclude={"annotator", "version"}) for one in words]
        print(json.dumps({"asset": row.id, "labels": told}, ensure_ascii=False))
        return
    for one in words:
        what = catalogue.label_of(one.value) or ("words" if one.value else "")
        print(f"{shown(row.name)}  {one.name} {'is' if one.confidence else 'is not'} {what}")


def _export(path: Path, lines: list[str], as_json: bool) -> None:
    from reelwright.store import atomic

    atomic.write_text(path, "".join(f"{line}\n" for line in lines))
    if as_json:
        print(json.dumps({"labels": len(lines), "file": str(path)}, ensure_ascii=False))
    else:
        print(f"{len(lines)} labels\n{path}")
