"""What the verbs of the library share: opening it, filters from options, words for people."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from reelwright.core.errors import LibraryError, nearest
from reelwright.core.time import parse_seconds

if TYPE_CHECKING:
    from reelwright.core.settings import Settings
    from reelwright.library.filters import Filter
    from reelwright.store.database import Database

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a setting.")]

# Filters: the same for listing and for searching.
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="video, audio, picture or text; may be repeated.")
]
Shortest = Annotated[
    str | None, typer.Option("--min", metavar="TIME", help="As long as this: 3s, 1m30s, 1:30.")
]
Longest = Annotated[str | None, typer.Option("--max", metavar="TIME", help="No longer than this.")]
Orientation = Annotated[
    str | None, typer.Option("--orientation", help="portrait, landscape or square.")
]
Side = Annotated[
    int | None, typer.Option("--side", metavar="PIXELS", help="The shorter side, at least.")
]
Quality = Annotated[float | None, typer.Option("--quality", help="At least, from 0 to 1.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Recorded then or later: 2024-05.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Recorded then or before.")
]
Under = Annotated[Path | None, typer.Option("--under", metavar="FOLDER", help="Lies below here.")]
Having = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="NAME[=LABEL]", help="Is annotated so: face, mood=calm."),
]
Lacking = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="NAME[=LABEL]", help="Is not annotated so: fault."),
]


@contextmanager
def opened(sets: Sequence[str] | None = None) -> Generator[tuple[Database, Settings]]:
    """The library, open for the block, and the settings of the home, environment and ``--set``."""
    from reelwright.cli.common import assignments
    from reelwright.core.settings import load_settings
    from reelwright.library.catalogue import open_library

    settings = load_settings(("--set", assignments(sets or ())))
    database = open_library(settings.library)
    try:
        yield database, settings
    finally:
        database.close()


def read_filter(
    *,
    kinds: Sequence[str] | None = None,
    shortest: str | None = None,
    longest: str | None = None,
    orientation: str | None = None,
    side: int | None = None,
    quality: float | None = None,
    since: str | None = None,
    until: str | None = None,
    under: Path | None = None,
    having: Sequence[str] | None = None,
    lacking: Sequence[str] | None = None,
) -> Filter:
    """A filter from what was given on the command line.

    Raises:
        LibraryError: a value cannot be; says what it must be.
    """
    from reelwright.library.filters import Filter, Kind, Orientation

    values: dict[str, Any] = {
        "kind": [_one_of(kind, get_args(Kind), "--kind") for kind in kinds or ()],
        "shortest": read_time(shortest, "--min"),
        "longest": read_time(longest, "--max"),
        "side": _at_least_0(side, "--side"),
        "quality": _share(quality, "--quality"),
        "since": since,
        "until": until,
        "under": str(under.expanduser().absolute()) if under else None,
        "having": having or (),
        "lacking": lacking or (),
    }
    if orientation is not None:
        values["orientation"] = _one_of(orientation, get_args(Orientation), "--orientation")
    return Filter.model_validate(values)


def _one_of(word: str, valid: Sequence[str], option: str) -> str:
    if word not in valid:
        raise LibraryError(f'cannot be "{word}"', where=option, hint=nearest(word, valid))
    return word


def read_time(text: str | None, option: str) -> float | None:
    """A time of an option in seconds. Raises LibraryError where it is none."""
    if text is None:
        return None
    try:
        return parse_seconds(text)
    except ValueError as error:
        raise LibraryError(str(error), where=option, hint="write 3s, 90, 1m30s or 1:30") from None


def _share(value: float | None, option: str) -> float | None:
    if value is not None and not 0 <= value <= 1:
        raise LibraryError(f"cannot be {value}", where=option, hint="it lies between 0 and 1")
    return value


def _at_least_0(value: int | None, option: str) -> int | None:
    if value is not None and value < 0:
        raise LibraryError(f"cannot be {value}", where=option, hint="it must be 0 or more")
    return value


def said_length(seconds: float) -> str:
    """A length of time for people: ``0:03``, ``1:02:05``."""
    whole = int(seconds + 0.5)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def said_size(size: int) -> str:
    """A number of bytes for people: ``12 kB``, ``3.4 GB``."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"


def shown(text: object) -> str:
    """A name or path as a terminal can take it: control characters and broken bytes as marks."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(text))
