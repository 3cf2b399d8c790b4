"""`reel library duplicates`: copies in groups, the better one named; deletes only when told to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import Json, Set, opened, said_length, shown

if TYPE_CHECKING:
    from pathlib import Path

    from reelwright.library.discarding import Doomed
    from reelwright.library.duplicates import Copy, Found
    from reelwright.library.tables import AssetRow


def duplicates(
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete files of the same bytes but one; names them."),
    ] = False,
    near: Annotated[
        bool,
        typer.Option("--near", help="With --delete: near copies too. Look at them first."),
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Find copies: the same bytes, the same pictures cut, covered, resized, mirrored or retimed,
    and the same sound in another format, louder, cut or retimed.

    Of each group the better copy is named, and why it is. Nothing is deleted without --delete, no
    near copy without --near, and nothing that the better copy lacks a part of.
    """
    from reelwright.cli.common import watched
    from reelwright.library import catalogue
    from reelwright.library.annotate import annotate_all
    from reelwright.library.discarding import discard, plan
    from reelwright.library.duplicates import find_duplicates
    from reelwright.library.prints import lacking_prints

    with opened(sets) as (database, settings):
        with watched(quiet=as_json) as progress:
            with database.reading() as session:
                lacking = lacking_prints(session)
            annotate_all(database, lacking, settings, only=("print",), progress=progress)
            found = find_duplicates(database, progress=progress)
        with database.reading() as session:
            ids = {row.id for group in found.groups for row in _rows(group.best, group.copies)}
            paths = catalogue.files_of(session, sorted(ids))
        values = _values(found, paths)
        if not as_json:
            _tell(found, paths)
        if delete:
            doomed, kept = plan(database, found, near=near)
            if not as_json:
                _announce(doomed, kept)
            gone, failed = discard(database, doomed)
            values |= {"deleted": [str(path) for path in gone], "kept": kept, "failed": failed}
            if not as_json:
                print("\n".join([*(f"failed  {shown(line)}" for line in failed)]), end="")
                print(f"{len(gone)} deleted")
    if as_json:
        print(json.dumps(values, ensure_ascii=False))
    if delete and values["failed"]:
        raise typer.Exit(1)


def _rows(best: AssetRow, copies: tuple[Copy, ...]) -> list[AssetRow]:
    return [best, *(copy.asset for copy in copies)]


def _values(found: Found, paths: dict[str, Path]) -> dict[str, Any]:
    def asset(row: AssetRow) -> dict[str, Any]:
        path = paths.get(row.id)
        return {
            "id": row.id, "name": shown(row.name), "path": shown(path) if path else None,
            "width": row.width, "height": row.height, "seconds": row.seconds, "bytes": row.bytes,
        }  # fmt: skip

    return {
        "groups": [
            {
                "keep": asset(group.best),
                "why": group.why,
                "copies": [
                    {
                        **asset(copy.asset),
                        "why": copy.why,
                        "likeness": copy.how.likeness,
                        "mirrored": copy.how.mirrored,
                        "speed": copy.how.speed,
                        "share": copy.how.second.share,
                        "whole": copy.is_whole,
                    }
                    for copy in group.copies
                ],
            }
            for group in found.groups
        ],
        "exact": [
            {
                "id": one.asset.id,
                "keep": shown(one.keep),
                "copies": [shown(path) for path in one.copies],
            }
            for one in found.exact
        ],
    }


def _tell(found: Found, paths: dict[str, Path]) -> None:
    for one in found.exact:
        print(f"the same bytes  keep {shown(one.keep)}")
        for path in one.copies:
            print(f"    copy  {shown(path)}")
    for group in found.groups:
        sense = "hear" if group.best.kind == "audio" else "see"
        print(f"the same to {sense}  keep {_said(group.best, paths)}: {group.why}")
        for copy in group.copies:
            marks = [f"{copy.how.likeness:.2f} alike"]
            marks += ["mirrored"] if copy.how.mirrored else []
            marks += [f"at {copy.how.speed:.2f} of its speed"] * (abs(copy.how.speed - 1) > 0.03)
            if not copy.is_whole:
                marks.append(f"the better one has {copy.how.second.share:.0%} of it")
            print(f"    copy  {_said(copy.asset, paths)}  ({', '.join(marks)})")
    groups, exact = len(found.groups), len(found.exact)
    print(f"{groups} {_plural('group', groups)} of near copies, {exact} of exact ones")


def _said(row: AssetRow, paths: dict[str, Path]) -> str:
    marks = [row.id[:12]]
    marks += [f"{row.width}×{row.height}"] if row.width else []
    marks += [said_length(row.seconds)] if row.seconds else []
    return f"{shown(paths.get(row.id, row.name))} [{', '.join(marks)}]"


def _announce(doomed: list[Doomed], kept: list[str]) -> None:
    for line in kept:
        print(f"stays   {shown(line)}")
    for one in doomed:
        print(f"delete  {shown(one.path)}: {shown(one.because)}")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
