"""`reel predict`: what a model says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def predict(
    model: Annotated[Path, typer.Argument(help="A model's folder.", metavar="MODEL")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts, or files, as the kind reads them; - reads lines.", metavar="INPUT"
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of the kind, as key=value; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let a model tag, label, continue or draw, as its kind does."""
    from reelwright.cli.learning import explained, prediction_lines
    from reelwright.core.errors import InputError
    from reelwright.learn.given import read_options
    from reelwright.learn.kinds import load_model

    given = inputs or []
    if "-" in given:
        lines = [line.rstrip("\n") for line in sys.stdin]
        given = [text for one in given for text in (lines if one == "-" else [one])]
    with explained():
        told = load_model(model).predict(given, read_options(set_ or ()))
        if as_json:
            print(json.dumps({"predictions": list(told)}, ensure_ascii=False))
            return
        silent = True
        for prediction in told:
            print("\n".join(prediction_lines(prediction)))
            silent = False
    if silent:
        raise InputError("there is nothing to look at", hint="give texts or files after the model")
