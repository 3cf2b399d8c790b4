"""`reel library remove`: assets go out of the library; files stay where they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reelwright.cli.library.opening import Json, Set, opened, shown
from reelwright.core.errors import LibraryError


def remove(
    assets: Annotated[
        list[str] | None, typer.Argument(help="Beginnings of ids, paths, names, or folders.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="All of which no file is there any more.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Take assets, and all that is known of them, out of the library. No file is touched."""
    from reelwright.library import catalogue, shelf
    from reelwright.library.filters import Filter, find

    if bool(assets) == missing:
        raise LibraryError("name assets, or give --missing", hint="`reel library list` shows them")
    with opened(sets) as (database, _):
        wanted: dict[str, str] = {}
        with database.reading() as session:
            if missing:
                rows = find(session, Filter())
                there = catalogue.files_of(session, [row.id for row in rows])
                wanted = {row.id: row.name for row in rows if row.id not in there}
            for said in assets or ():
                under = Filter(under=str(Path(said).expanduser().absolute()))
                found = list(find(session, under)) or [catalogue.find_asset(session, said)]
                wanted |= {row.id: row.name for row in found}
        with database.writing() as session:
            catalogue.remove_assets(session, list(wanted))
        for asset_id in wanted:
            shelf.discard(asset_id)
    if as_json:
        print(json.dumps({"removed": list(wanted)}))
        return
    for asset_id, name in list(wanted.items())[:20]:
        print(f"{asset_id[:12]}  {shown(name)}")
    print(f"{len(wanted)} removed from the library; no file was touched")
