"""`reel evaluate`: how good a model is."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reelwright.core.progress import Progress
    from reelwright.learn.kind import Report


class Split(StrEnum):
    """How one file becomes two."""

    TIME = "time"
    LAST = "last"
    RANDOM = "random"


class Protocol(StrEnum):
    """Against what videos are ranked."""

    FULL = "full"


class As(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


_RECOMMEND = "reel evaluate recommend"


def evaluate(
    target: Annotated[
        Path, typer.Argument(help='A model\'s folder, or "recommend".', metavar="MODEL|recommend")
    ],
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="Files or folders to judge it on; several may follow.", metavar="PATH..."
        ),
    ] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(help="Further data.", metavar="PATH", hidden=True)
    ] = None,
    report: Annotated[As, typer.Option(help="How to write the report.")] = As.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --report json.")] = False,
    train: Annotated[
        Path | None,
        typer.Option(
            help="A table with user, item and where known time, value.",
            rich_help_panel=_RECOMMEND,
        ),
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option(
            help="The same, of what is to be foretold; without it --train is split.",
            rich_help_panel=_RECOMMEND,
        ),
    ] = None,
    split: Annotated[
        Split,
        typer.Option(help="How --train is split without --test.", rich_help_panel=_RECOMMEND),
    ] = Split.TIME,
    items: Annotated[
        Path | None,
        typer.Option(
            help="What videos are like: a table with item and texts, or a folder of NAME_feat.npy.",
            rich_help_panel=_RECOMMEND,
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(help="auto, all, or one by name.", rich_help_panel=_RECOMMEND)
    ] = "auto",
    k: Annotated[
        str, typer.Option("--k", help="Lengths of lists.", rich_help_panel=_RECOMMEND)
    ] = "10,20",
    protocol: Annotated[
        Protocol,
        typer.Option(help="Always over the whole catalogue.", rich_help_panel=_RECOMMEND),
    ] = Protocol.FULL,
) -> None:
    """Judge a model on data it has not seen, by the field's own figures."""
    from reelwright.cli.common import watched
    from reelwright.cli.learning import explained, report_lines

    as_json = as_json or report is As.JSON
    with explained(), watched(quiet=as_json) as progress:
        if str(target) == "recommend" and not target.is_dir():
            if train is None:
                raise typer.BadParameter("it is needed", param_hint="--train")
            lengths = _lengths(k)
            told = _try_recommenders(train, test, split.value, items, model, lengths, progress)
        else:
            from reelwright.learn.teaching import judge

            if not data:
                raise typer.BadParameter("it is needed", param_hint="--data")
            told = judge(target, [*data, *(more or ())], progress)
    if as_json:
        print(json.dumps(told.as_json(), ensure_ascii=False))
    else:
        print("\n".join(report_lines(told)))


def _lengths(text: str) -> list[int]:
    try:
        lengths = [int(part) for part in text.split(",")]
    except ValueError:
        lengths = [0]
    if min(lengths) < 1:
        raise typer.BadParameter("whole numbers above 0, as in 10,20", param_hint="--k")
    return lengths


def _try_recommenders(
    train: Path,
    test: Path | None,
    split: str,
    items: Path | None,
    model: str,
    ks: list[int],
    progress: Progress,
) -> Report:
    from reelwright.audience.trial import candidates, read_features, read_split, try_all
    from reelwright.learn.kind import Report

    halves = read_split(train, test, split)
    features = read_features(items, halves.train.item_names) if items else None
    judged = try_all(candidates(model, halves, features), halves, features, ks, progress)
    rows = [
        {
            "model": one.name,
            **one.scores,
            "fit_seconds": one.fit_seconds,
            "score_seconds": one.score_seconds,
            "megabytes": one.megabytes,
        }
        for one in judged
    ]
    best = max(judged, key=lambda one: one.scores[f"ndcg@{ks[0]}"])
    return Report({"best": best.name, **best.scores}, {"models": rows})
