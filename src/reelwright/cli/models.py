"""`reel models`: the models there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def models(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders to look in, besides ./models.", metavar="FOLDER"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the models there are: kind, size, what each learnt from, how good it is, its use."""
    from reelwright.cli.learning import model_lines
    from reelwright.core.settings import load_settings
    from reelwright.learn.listing import as_values, list_models

    listed = list_models([Path("models"), *(folders or ())], load_settings().model)
    if as_json:
        values = [as_values(model) for model in listed]
        print(json.dumps({"models": values}, ensure_ascii=False))
    else:
        print("\n".join(model_lines(listed)))
