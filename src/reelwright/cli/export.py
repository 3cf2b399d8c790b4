"""`reel export`: finish by hand in another program, or run a model in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def export(
    target: Annotated[
        Path, typer.Argument(help="A project folder, its article, or a model's folder.")
    ],
    to: Annotated[
        str,
        typer.Option(
            help="otio, fcpxml, jianying, srt, ass or edl; of a model, onnx or safetensors."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to write; by default into the project's out/, or the model's folder."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write the timeline for another editor (Resolve, Premiere, Final Cut, 剪映), or a model."""
    from reelwright.cli.common import find_project, watched
    from reelwright.cli.learning import explained, is_model
    from reelwright.learn.exporting import FORMS, export_model
    from reelwright.pipeline import export_timeline

    if to in FORMS or is_model(target):
        with explained():
            told = export_model(target, to, out)
        apart = "" if told.apart is None else f" (at most {told.apart:.2g} from torch)"
        values = {"outputs": {to: str(told.path)}, "largest_difference": told.apart}
        print(json.dumps(values, ensure_ascii=False) if as_json else f"{told.path}{apart}")
        return
    with watched(quiet=as_json) as progress:
        path = export_timeline(find_project(target), to, out, progress)
    print(json.dumps({"outputs": {to: str(path)}}, ensure_ascii=False) if as_json else path)
