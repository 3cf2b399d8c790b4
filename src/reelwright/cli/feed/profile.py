"""`reel feed profile`: what is known of a viewer, given back, erased."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.feed.opening import Json, Set, number_of, opened
from reelwright.cli.library.opening import said_length, shown
from reelwright.core.errors import FeedError

if TYPE_CHECKING:
    from reelwright.audience.profile import Interest, Profile

_TOLD = 8
"""Interests of one kind that a person is shown."""


def profile(
    user: Annotated[str, typer.Argument(help="The viewer's id.")],
    export: Annotated[
        Path | None, typer.Option(help="Write all that is kept of them, events too, as JSON.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Erase all that is kept of them, for good.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Show what is known of a viewer: what they like and what bores them, when they watch."""
    from reelwright.audience.profile import read_profile
    from reelwright.audience.viewers import export_viewer, forget_viewer

    if export is not None and forget:
        raise FeedError("give --export first, then --forget", hint="run it twice, in this order")
    zone = datetime.now().astimezone().tzinfo or UTC
    with opened(sets) as (database, settings):
        half_life = settings.feed.half_life
        if forget:
            gone = asdict(forget_viewer(database, user))
            told = ", ".join(number_of(gone[name], name[:-1]) for name in ("events", "pages"))
            told = f"{told} and {gone['apart']} kept apart erased: {shown(user)} is forgotten"
            if not any(gone.values()):
                told = f"nothing is known of {shown(user)}"
            print(json.dumps({"forgotten": user, **gone}) if as_json else told)
            return
        if export is not None:
            known = export_viewer(database, user, export.expanduser(), half_life)
        else:
            with database.reading() as session:
                known = read_profile(session, user, half_life, zone=zone)
    if as_json:
        print(json.dumps(known.as_plain(), ensure_ascii=False))
    elif export is not None:
        events = number_of(sum(known.counts.values()), "event")
        print(f"{events} of {shown(user)} written to {shown(export)}")
    else:
        print(_told(known))


def _told(known: Profile) -> str:
    counts = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in known.counts.items()]
    rows = [
        f"{'viewer':<10} {shown(known.user)}",
        f"{'seen':<10} {number_of(known.videos, 'video')}, {said_length(known.seconds)} watched",
        f"{'events':<10} {', '.join(counts) or 'none that count'}",
    ]
    if known.counts:
        first, last = (datetime.fromtimestamp(at).date() for at in (known.first, known.last))
        rows.append(f"{'since':<10} {first}, last on {last}")
    if known.apart:
        rows.append(f"{'apart':<10} {number_of(known.apart, 'event')} kept apart")
    for facet, interests in known.interests.items():
        rows.append(f"{facet:<10} {_interests(interests)}")
    if known.bores:
        rows.append(f"{'bored by':<10} {_interests(known.bores, facets=True)}")
    if any(known.hours):
        best = sorted(range(24), key=lambda hour: (-known.hours[hour], hour))[:3]
        often = ", ".join(
            f"{hour}–{hour + 1} h ({100 * known.hours[hour]:.0f} %)"
            for hour in sorted(best)
            if known.hours[hour]
        )
        rows.append(f"{'hours':<10} {often}, {known.zone}")
    return "\n".join(rows)


def _interests(interests: list[Interest], *, facets: bool = False) -> str:
    told = [
        f"{one.facet + ' ' if facets else ''}{shown(one.name)} {one.weight:+.2f}"
        for one in interests[:_TOLD]
    ]
    more = f" … and {len(interests) - _TOLD} more" if len(interests) > _TOLD else ""
    return ", ".join(told) + more
