"""`reel library show`: everything that is known of one asset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.library.opening import Json, Set, opened, said_size, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reelwright.core.nouns import Annotation

_MANY = 12
"""Annotations of one name that a person is shown without --all."""

_LONG = 160


def show(
    asset: Annotated[str, typer.Argument(help="The beginning of its id, its path, or its name.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Every word of every annotator, replaced ones too.")
    ] = False,
    proxy: Annotated[
        bool, typer.Option("--proxy", help="Also make a small copy that plays anywhere.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Show an asset: its facts, where its files lie, and what is known of it."""
    from reelwright.cli.common import watched
    from reelwright.library import catalogue, proxies, shelf

    with opened(sets) as (database, _):
        with database.reading() as session:
            row = catalogue.find_asset(session, asset)
            places = catalogue.places_of(session, row.id)
            known = catalogue.get_annotations(session, row.id, best=not everything)
            done = catalogue.done_of(session, row.id)
            source = catalogue.file_of(session, row.id) if proxy else None
        if source is not None:
            with watched(quiet=as_json) as progress:
                proxies.find_proxy(row.id, source, catalogue.facts_of(row), progress)
    from reelwright.cli.library.listing import asset_values

    values = asset_values(row) | {
        "files": [
            {"path": shown(p.path), "member": shown(p.member) or None, "state": p.state}
            for p in places
        ],
        "thumbnail": _there(shelf.thumbnail_path(row.id)),
        "proxy": _there(shelf.proxy_path(row.id, row.kind)),
        "annotations": [one.model_dump(mode="json") for one in known],
        "annotators": {
            name: {"version": one.version, "problem": one.problem} for name, one in done.items()
        },
    }
    print(json.dumps(values, ensure_ascii=False) if as_json else _told(values, known))


def _there(path: Path) -> str | None:
    return str(path) if path.exists() else None


def _told(values: dict[str, Any], known: Sequence[Annotation]) -> str:
    facts: dict[str, Any] = values["facts"]
    rows = [
        ("id", values["id"]),
        ("name", values["name"]),
        ("kind", values["kind"]),
        ("size", said_size(values["bytes"])),
        ("length", f"{values['seconds']:.2f} s" if values["seconds"] else ""),
        ("picture", _picture(values, facts)),
        ("codec", " ".join(str(facts[key]) for key in ("codec", "pixel_format") if facts.get(key))),
        ("sound", "yes" if facts.get("has_sound") else "no" if values["kind"] == "video" else ""),
        ("recorded", values["taken"] or ""),
        ("place", _place(values)),
        ("quality", "" if values["quality"] is None else f"{values['quality']:.2f}"),
        ("added", values["added"]),
        ("thumbnail", values["thumbnail"] or ""),
        ("proxy", values["proxy"] or ""),
    ]
    for file in values["files"]:
        member = f" › {file['member']}" if file["member"] else ""
        state = "" if file["state"] == "present" else f" ({file['state']})"
        rows.append(("file", f"{file['path']}{member}{state}"))
    rows += [
        ("trouble", f"{name}: {one['problem']}")
        for name, one in values["annotators"].items()
        if one["problem"]
    ]
    told = [f"{name:<10} {value}" for name, value in rows if value]
    return "\n".join([*told, *_annotations(known)])


def _annotations(known: Sequence[Annotation]) -> list[str]:
    groups: dict[str, list[Annotation]] = {}
    for one in known:
        groups.setdefault(one.name, []).append(one)
    rows: list[str] = []
    for name, group in groups.items():
        rows.append("")
        rows.append(f"{name}" + (f" ({len(group)})" if len(group) > 1 else ""))
        for one in group[:_MANY]:
            text = one.value if isinstance(one.value, str) else _compact(one.value)
            text = shown(" ".join(text.split()))
            when = ""
            if one.start is not None:
                end = "" if one.end is None else f"–{one.end:.2f}"
                when = f"{one.start:.2f}{end} s  "
            sure = "" if one.confidence == 1 else f"  {one.confidence:.2f}"
            text = f"{text[:_LONG]}…" if len(text) > _LONG else text
            rows.append(f"  {when}{text}{sure}  [{one.annotator}]")
        if len(group) > _MANY:
            rows.append(f"  … and {len(group) - _MANY} more (--json shows all)")
    return rows


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key} {_compact(item)}" for key, item in value.items())
    if isinstance(value, float):
        return f"{value:.3g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _picture(values: dict[str, Any], facts: dict[str, Any]) -> str:
    if not values["width"]:
        return ""
    words = [f"{values['width']}×{values['height']}"]
    if facts.get("rotation"):
        words.append(f"turned by {facts['rotation']}°")
    if facts.get("rate"):
        from fractions import Fraction

        kind = "varying" if facts.get("variable_rate") else "constant"
        words.append(f"{float(Fraction(facts['rate'])):.4g} frames/s ({kind})")
    words += [
        word for key, word in (("hdr", "HDR"), ("interlaced", "interlaced")) if facts.get(key)
    ]
    return ", ".join(words)


def _place(values: dict[str, Any]) -> str:
    latitude, longitude = values["latitude"], values["longitude"]
    if latitude is None or longitude is None:
        return ""
    north = f"{abs(latitude):.5f}° {'N' if latitude >= 0 else 'S'}"
    east = f"{abs(longitude):.5f}° {'E' if longitude >= 0 else 'W'}"
    return f"{north}, {east}"
