"""`reel evaluate`: how good a model is."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class As(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


def evaluate(
    target: Annotated[Path, typer.Argument(help="A model's folder.", metavar="MODEL")],
    data: Annotated[
        list[Path],
        typer.Option(
            help="Files or folders to judge it on; several may follow.", metavar="PATH..."
        ),
    ],
    more: Annotated[
        list[Path] | None, typer.Argument(help="Further data.", metavar="PATH", hidden=True)
    ] = None,
    report: Annotated[As, typer.Option(help="How to write the report.")] = As.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --report json.")] = False,
) -> None:
    """Judge a model on data it has not seen, by the field's own figures."""
    from reelwright.cli.common import watched
    from reelwright.cli.learning import explained, report_lines
    from reelwright.learn.teaching import judge

    as_json = as_json or report is As.JSON
    with explained(), watched(quiet=as_json) as progress:
        told = judge(target, [*data, *(more or ())], progress)
    if as_json:
        print(json.dumps(told.as_json(), ensure_ascii=False))
    else:
        print("\n".join(report_lines(told)))
