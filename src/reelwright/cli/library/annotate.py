"""`reel library annotate`: annotators go over assets, again where a better one is set."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import Json, Set, opened, shown

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_TOLD = 20
"""Failures that a person is told one by one."""


def annotate(
    assets: Annotated[
        list[str] | None,
        typer.Argument(help="Beginnings of ids, paths, names, or folders; none: all."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAMES", help="Just these: faces,mood."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was annotated with the same settings.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Look into assets: shots, faces, faults, mood …

    What was annotated in the same way before is passed over; another provider, model or threshold
    in the settings makes it due again. What was said by hand stays.
    """
    from reelwright.cli.common import watched
    from reelwright.library.annotate import all_ids, annotate_all
    from reelwright.library.annotators import choose

    wanted = [word.strip() for words in only or () for word in words.split(",") if word.strip()]
    choose(wanted)
    with opened(sets) as (database, settings), watched(quiet=as_json) as progress:
        with database.reading() as session:
            ids = _ids(session, assets) if assets else all_ids(session)
        outcome = annotate_all(database, ids, settings, only=wanted, again=again, progress=progress)
        with database.reading() as session:
            said = _said(session, outcome.annotated)
    failed = [
        {"path": shown(one.path), "reason": one.reason, "hint": one.hint} for one in outcome.failed
    ]
    if as_json:
        values: dict[str, Any] = {"assets": len(ids), "annotated": outcome.annotated}
        print(json.dumps({**values, "said": dict(said), "failed": failed}, ensure_ascii=False))
    else:
        for one in failed[:_TOLD]:
            print(f"failed  {one['path']}: {one['reason']}")
        if len(failed) > _TOLD:
            print(f"failed  {len(failed) - _TOLD} more")
        print(f"{len(outcome.annotated)} of {len(ids)} annotated")
        if said:
            print("  " + ", ".join(f"{name} {count}" for name, count in sorted(said.items())))
    if failed:
        raise typer.Exit(1)


def _ids(session: Session, assets: list[str]) -> list[str]:
    """The ids of the assets that a person means: one each, or all below a folder."""
    from reelwright.library.catalogue import find_asset
    from reelwright.library.filters import Filter, find

    ids: list[str] = []
    for said in assets:
        under = find(session, Filter(under=str(Path(said).expanduser().absolute())))
        ids += [row.id for row in under] or [find_asset(session, said).id]
    return list(dict.fromkeys(ids))


def _said(session: Session, ids: list[str]) -> Counter[str]:
    """How many assets have something said of them under each name."""
    from reelwright.library.catalogue import annotations_of

    found = annotations_of(session, ids)
    return Counter(name for words in found.values() for name in {one.name for one in words})
