"""`reel train`: a model of one's own."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer


def train(
    kind: Annotated[
        str, typer.Argument(help="tagger, classifier, sequence, frames or images.", metavar="KIND")
    ],
    data: Annotated[
        list[Path],
        typer.Option(help="Files or folders to learn from; several may follow.", metavar="PATH..."),
    ],
    out: Annotated[Path, typer.Option(help="The model's folder, such as models/mood.")],
    more: Annotated[
        list[Path] | None, typer.Argument(help="Further data.", metavar="PATH", hidden=True)
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the kind, as key=value, or @file; repeatable."),
    ] = None,
    encoder: Annotated[
        str, typer.Option(help="A folder with a Hugging Face encoder to fine-tune.")
    ] = "",
    picture: Annotated[
        str, typer.Option(help="Of a style: the picture whose manner is learnt.", metavar="FILE")
    ] = "",
    search: Annotated[
        int, typer.Option(min=0, help="First try so many settings, and keep the best.")
    ] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint (or trial).")
    ] = False,
    track: Annotated[
        str, typer.Option(help="Beside the log and TensorBoard: wandb, trackio.", metavar="NAME,…")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps …")] = "auto",
    licence: Annotated[str, typer.Option(help="The data's licence, for the model's card.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train a model on your own data: tags, moods, titles, music, backgrounds."""
    from reelwright.cli.common import watched
    from reelwright.cli.learning import explained, told_how_to_resume
    from reelwright.learn.kind import Run
    from reelwright.learn.teaching import Order, teach

    # `torchrun` starts this several times; one of them speaks.
    first = os.environ.get("RANK", "0") == "0"
    files = {"encoder": encoder, "picture": picture}
    texts = [*(set_ or ()), *(f"{name}={path}" for name, path in files.items() if path)]
    with explained(), told_how_to_resume(out), watched(quiet=as_json or not first) as progress:
        run = Run(
            folder=out,
            progress=progress,
            resume=resume,
            trackers=tuple(name.strip() for name in track.split(",") if name.strip()),
            device=device,
            licence=licence,
            command=shlex.join(["reel", *(arg for arg in sys.argv[1:] if arg != "--resume")]),
        )
        scores = teach(Order(kind, [*data, *(more or ())], texts, search), run)
    if as_json:
        print(json.dumps({"model": str(out), "kind": kind, "scores": scores}, ensure_ascii=False))
    elif first:
        for name, value in scores.items():
            print(f"{name:24} {value:.4f}")
        print(out)
