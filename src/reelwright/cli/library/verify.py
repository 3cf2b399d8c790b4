"""`reel library verify`: is every file still what it was?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import Json, Set, opened, shown

if TYPE_CHECKING:
    from reelwright.library.verify import Finding, Verdict

_TOLD = 40


def verify(
    assets: Annotated[
        list[str] | None, typer.Argument(help="Beginnings of ids, paths or names; none: all.")
    ] = None,
    look: Annotated[
        list[Path] | None,
        typer.Option(help="A further folder to look for moved files in; may be repeated."),
    ] = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Read every file again and tell which rotted, changed, moved or went away."""
    from reelwright.cli.common import watched
    from reelwright.library import catalogue
    from reelwright.library.verify import verify as read_again

    with opened(sets) as (database, _), watched(quiet=as_json) as progress:
        ids = None
        if assets:
            with database.reading() as session:
                ids = [catalogue.find_asset(session, said).id for said in assets]
        verdict = read_again(database, ids, progress, look or ())
    print(json.dumps(_values(verdict), ensure_ascii=False) if as_json else _told(verdict))
    if any(one.state != "moved" for one in verdict.findings):
        raise typer.Exit(1)


def _values(verdict: Verdict) -> dict[str, Any]:
    return {
        "present": verdict.present,
        "findings": [
            {
                "asset": one.asset,
                "path": shown(one.path),
                "member": shown(one.member) or None,
                "state": one.state,
                "now": shown(one.now) if one.now else None,
                "copies": one.copies,
            }
            for one in verdict.findings
        ],
        "lost": sorted({one.asset for one in verdict.lost}),
    }


def _told(verdict: Verdict) -> str:
    rows: list[str] = []
    away: dict[Path, int] = {}
    for one in verdict.findings:
        # One line for a drive that is not connected, not one for each of its files.
        if one.state == "missing" and not one.root.exists():
            away[one.root] = away.get(one.root, 0) + 1
        elif len(rows) < _TOLD:
            rows.append(_line(one))
    rows += [
        f"missing     {shown(root)}: not there, with {number} file{'s' if number > 1 else ''}; "
        "connect the drive if it is on one"
        for root, number in away.items()
    ]
    told = sum(away.values()) + min(_TOLD, len(verdict.findings) - sum(away.values()))
    if len(verdict.findings) > told:
        rows.append(f"… and {len(verdict.findings) - told} more (--json shows all)")
    states = [one.state for one in verdict.findings]
    counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    return "\n".join([*rows, ", ".join([f"{verdict.present} as they were", *counts])])


def _line(one: Finding) -> str:
    place = f"{shown(one.path)} › {shown(one.member)}" if one.member else shown(one.path)
    what = f" → {shown(one.now)}" if one.now else ""
    if one.state != "moved":
        what = f" ({one.copies} good left)" if one.copies else " (no good copy left)"
    return f"{one.state:<11} {place}{what}"
