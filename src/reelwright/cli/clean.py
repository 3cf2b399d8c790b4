"""`reel clean`: drop what nothing refers to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def clean(
    target: Annotated[Path, typer.Argument(help="A project folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Drop artefacts that the last make and the last draft do not refer to."""
    from reelwright.cli.common import find_project

    project = find_project(target)
    with project.locked():
        used = project.read_state().get("used", {})
        removed, freed = project.open_store().clean({name for run in used.values() for name in run})
    if as_json:
        print(json.dumps({"removed": removed, "bytes": freed}))
    else:
        print(f"{removed} removed, {freed / 1e6:.1f} MB freed")
