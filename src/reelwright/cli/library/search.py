"""`reel library search`: material by words, filters, or a picture like it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.library.listing import asset_table, asset_values
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
    shown,
)

if TYPE_CHECKING:
    from reelwright.library.search import Hit

_HAS = {"faces": "face", "people": "face", "speech": "sound=speech", "music": "sound=music",
        "shots": "shot", "tags": "tag"}  # fmt: skip
"""What people call annotations."""


def search(
    asked: Annotated[
        list[str] | None,
        typer.Argument(help="Words, in Chinese, English or both; -word is not wanted."),
    ] = None,
    kinds: Kinds = None,
    shortest: Shortest = None,
    longest: Longest = None,
    orientation: Orientation = None,
    side: Side = None,
    quality: Quality = None,
    since: Since = None,
    until: Until = None,
    under: Under = None,
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="NAME", help="Somebody you named.")
    ] = None,
    mood: Annotated[
        str | None, typer.Option("--mood", metavar="WORD", help="calm, tense …")
    ] = None,
    has: Annotated[
        list[str] | None,
        typer.Option("--has", metavar="WHAT", help="faces, speech, music, text, transcript …"),
    ] = None,
    having: Having = None,
    lacking: Lacking = None,
    like: Annotated[
        Path | None, typer.Option("--like", metavar="PICTURE", help="Looks like this picture.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Search the library: all words first, then some; what fits best first."""
    from reelwright.library.resembling import near_in_looks, near_in_meaning
    from reelwright.library.search import search as find

    words = " ".join(asked or ())
    held = [*(having or ()), *(f"person={name}" for name in person or ())]
    held += [f"mood={mood}"] if mood else []
    held += [_HAS.get(what, what) for what in has or ()]
    wanted = read_filter(
        kinds=kinds, shortest=shortest, longest=longest, orientation=orientation, side=side,
        quality=quality, since=since, until=until, under=under, having=held, lacking=lacking,
    )  # fmt: skip
    with opened(sets) as (database, settings):
        near = near_in_meaning(database, words, settings) or None
        if like is not None:
            near = near_in_looks(database, like, settings)
        answer = find(database, words, wanted, limit=limit, near=near)
    if as_json:
        hits = [
            {**asset_values(hit.row), "score": hit.score, "why": hit.why, "start": hit.start}
            for hit in answer.hits
        ]
        print(json.dumps({"hits": hits, "more": answer.more}, ensure_ascii=False))
        return
    print(_table(answer.hits) if answer.hits else "nothing is like that")
    if answer.more:
        print("there is more: --limit shows it, more words narrow it down")


def _table(hits: list[Hit]) -> str:
    lines = asset_table([hit.row for hit in hits]).split("\n")
    told: list[str] = []
    for hit, line in zip(hits, lines, strict=True):
        why = "; ".join(shown(each) for each in hit.why)
        at = f" at {said_length(hit.start)}" if hit.start is not None else ""
        told.append(f"{hit.score:4.2f}  {line}" + (f"\n      → {why}{at}" if why else ""))
    return "\n".join(told)
