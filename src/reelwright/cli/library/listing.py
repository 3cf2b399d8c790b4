"""`reel library list`: what there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import (
    Having,
    Json,
    Kinds,
    Lacking,
    Longest,
    Orientation,
    Quality,
    Set,
    Shortest,
    Side,
    Since,
    Under,
    Until,
    opened,
    read_filter,
    said_length,
    said_size,
    shown,
)
from reelwright.core.errors import LibraryError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reelwright.library.tables import AssetRow, FailureRow

_ORDERS = ("added", "taken", "name", "length", "size", "quality")


def list_assets(
    kinds: Kinds = None,
    shortest: Shortest = None,
    longest: Longest = None,
    orientation: Orientation = None,
    side: Side = None,
    quality: Quality = None,
    since: Since = None,
    until: Until = None,
    under: Under = None,
    having: Having = None,
    lacking: Lacking = None,
    order: Annotated[str, typer.Option(help=f"By {', '.join(_ORDERS)}.")] = "added",
    limit: Annotated[
        int | None, typer.Option(min=0, help="At most so many; 0: all. [default: 50, JSON all]")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="The files that could not be taken in, and why.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """List the library, or what of it passes the filters."""
    from reelwright.library import catalogue, filters

    if order not in _ORDERS:
        raise LibraryError(f'cannot be "{order}"', where="--order", hint=nearest(order, _ORDERS))
    wanted = read_filter(
        kinds=kinds, shortest=shortest, longest=longest, orientation=orientation, side=side,
        quality=quality, since=since, until=until, under=under, having=having, lacking=lacking,
    )  # fmt: skip
    most = (None if as_json else 50) if limit is None else limit or None
    with opened(sets) as (database, _), database.reading() as session:
        if failed:
            _show_failures(catalogue.failures(session), as_json)
            return
        rows = filters.find(session, wanted, order=order, limit=most)  # type: ignore[arg-type]
        number, seconds = filters.count(session, wanted)
    if as_json:
        assets = [asset_values(row) for row in rows]
        print(json.dumps({"assets": assets, "count": number}, ensure_ascii=False))
    else:
        print(asset_table(rows))
        rest = f", {len(rows)} shown (--limit 0 shows all)" if number > len(rows) else ""
        print(f"{number} in all, {said_length(seconds)}{rest}")


def asset_values(row: AssetRow) -> dict[str, Any]:
    """An asset for machines."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": shown(row.name),
        "bytes": row.bytes,
        "seconds": row.seconds,
        "width": row.width,
        "height": row.height,
        "taken": row.taken,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "quality": row.quality,
        "added": row.added,
        "facts": row.facts,
    }


def asset_table(rows: Sequence[AssetRow]) -> str:
    """Assets as lines for people: id, kind, length, picture, size, date, quality, name."""
    cells = [
        (
            row.id[:12],
            row.kind,
            said_length(row.seconds) if row.seconds else "",
            f"{row.width}×{row.height}" if row.width else "",
            said_size(row.bytes),
            (row.taken or "")[:10],
            "" if row.quality is None else f"{row.quality:.2f}",
            shown(row.name),
        )
        for row in rows
    ]
    wide = [max((len(line[index]) for line in cells), default=0) for index in range(7)]
    right = {2, 3, 4, 6}
    return "\n".join(
        "  ".join(
            [
                text.rjust(wide[index]) if index in right else text.ljust(wide[index])
                for index, text in enumerate(line[:7])
                if wide[index]
            ]
            + [line[7]]
        )
        for line in cells
    )


def _show_failures(rows: Sequence[FailureRow], as_json: bool) -> None:
    if as_json:
        values = [
            {
                "path": shown(row.path),
                "member": shown(row.member) or None,
                "reason": row.reason,
                "hint": row.hint,
                "at": row.at,
            }
            for row in rows
        ]
        print(json.dumps({"failed": values}, ensure_ascii=False))
        return
    for row in rows:
        place = f"{shown(row.path)} › {shown(row.member)}" if row.member else shown(row.path)
        print(f"{place}: {row.reason}" + (f"\n  → {row.hint}" if row.hint else ""))
    print(f"{len(rows)} failed; `reel library add` tries them again")
