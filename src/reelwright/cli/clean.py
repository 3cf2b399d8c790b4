"""`reel clean`: drop what nothing refers to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def clean(
    target: Annotated[
        Path | None,
        typer.Argument(
            help="A project folder; without one, what broken-off `reel enhance` runs kept."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Drop artefacts that the last make and the last draft do not refer to."""
    removed, freed = _clean_project(target) if target else _clean_enhancements()
    if as_json:
        print(json.dumps({"removed": removed, "bytes": freed}))
    else:
        print(f"{removed} removed, {freed / 1e6:.1f} MB freed")


def _clean_project(target: Path) -> tuple[int, int]:
    from reelwright.cli.common import find_project

    project = find_project(target)
    with project.locked():
        used = project.read_state().get("used", {})
        return project.open_store().clean({name for run in used.values() for name in run})


def _clean_enhancements() -> tuple[int, int]:
    from reelwright.pipeline import clean_enhancements

    return clean_enhancements()
