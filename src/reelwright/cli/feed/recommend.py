"""`reel feed recommend`: what a viewer would see next, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.feed.opening import Json, Set, opened
from reelwright.cli.library.opening import shown

if TYPE_CHECKING:
    from reelwright.audience.feed import Shown


def recommend(
    user: Annotated[str, typer.Argument(help="The viewer's id; anybody's, also a new one.")],
    n: Annotated[int, typer.Option("-n", help="How many videos.", min=1, max=100)] = 20,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell where each comes from, and why it is there.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Show what a viewer would see next. Nothing is noted."""
    import sys

    from reelwright.audience.checks import is_name
    from reelwright.audience.feed import Feed
    from reelwright.core.errors import FeedError
    from reelwright.web.describing import read_items

    if not is_name(user):
        raise FeedError("this cannot be the id of a viewer", where=user)
    with opened(sets) as (database, settings):
        feed = Feed(database, settings.feed, say=lambda said: print(said, file=sys.stderr))
        page = feed.page(user, n)
        with database.reading() as session:
            rows = read_items(session, [place.item for place in page.places])
            titles = {name: row.title or name for name, row in rows.items()}
    if as_json:
        items = [asdict(place) | {"title": titles.get(place.item)} for place in page.places]
        told = {"user": user, "model": page.model, "items": items}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(_told(page, titles, explain=explain))


def _told(page: Shown, titles: dict[str, str], *, explain: bool) -> str:
    rows: list[str] = []
    for rank, place in enumerate(page.places, 1):
        rows.append(f"{rank:>3}  {shown(titles.get(place.item, place.item))}")
        if explain:
            scores = ", ".join(f"{name} {score:.2f}" for name, score in place.scores.items())
            rows.append(f"     {place.source} {place.score:+.3f} ({scores})")
            if place.rule:
                rows.append(f"     {place.rule}; it had a chance of {place.propensity:.2f}")
    if not rows:
        return "there is nothing they have not seen: `reel feed add` adds videos"
    return "\n".join([*rows, f"by {page.model}"] if explain else rows)
