"""`reel export`: finish by hand in another program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def export(
    target: Annotated[Path, typer.Argument(help="A project folder, or its article.")],
    to: Annotated[str, typer.Option(help="otio, fcpxml, jianying, srt, ass or edl.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; by default into the project's out/.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write the timeline for another editor: Resolve, Premiere, Final Cut, 剪映."""
    from reelwright.cli.common import find_project, watched
    from reelwright.pipeline import export_timeline

    with watched(quiet=as_json) as progress:
        path = export_timeline(find_project(target), to, out, progress)
    print(json.dumps({"outputs": {to: str(path)}}, ensure_ascii=False) if as_json else path)
