"""`reel feed train`: learn from what viewers did."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.feed.opening import Json, Set, opened

if TYPE_CHECKING:
    from reelwright.audience.evaluation import Judged
    from reelwright.audience.training import Trained

_TOLD = ("ndcg@10", "recall@20", "coverage@20")


def train(
    model: Annotated[
        str, typer.Option(help="Which recommender; auto weighs several together.")
    ] = "auto",
    evaluate: Annotated[
        bool,
        typer.Option("--evaluate", help="Judge all there are on the newest tenth; change nothing."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="It serves even if it is no better than what does.")
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="The model that served before serves again.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Learn from all events. The new model serves if it beats the one that does, on the newest."""
    from reelwright.audience import training
    from reelwright.audience.models import roll_back
    from reelwright.cli.common import watched

    with opened(sets) as (database, _), watched(quiet=as_json) as progress:
        if back:
            name = roll_back(database)
            print(json.dumps({"serves": name}) if as_json else f"{name} serves again")
            return
        if evaluate:
            judged = training.compare(database, progress)
            told = {one.name: one.scores for one in judged}
            print(json.dumps(told) if as_json else _table(judged))
            return
        done = training.train(database, model, progress, force=force)
    print(json.dumps(asdict(done)) if as_json else _told(done))


def _table(judged: list[Judged]) -> str:
    rows = [f"{'':<12}" + "".join(f"{name:>13}" for name in (*_TOLD, "seconds"))]
    for one in judged:
        cells = [f"{one.scores[name]:13.4f}" for name in _TOLD]
        rows.append(f"{one.name:<12}{''.join(cells)}{one.fit_seconds:13.1f}")
    return "\n".join(rows)


def _told(done: Trained) -> str:
    rows = [f"learnt from {done.events:,} interactions in {done.seconds:.1f} s"]
    for name, scores in ((done.name, done.scores), (done.standing, done.before)):
        if scores:
            told = ", ".join(f"{metric} {scores[metric]:.4f}" for metric in _TOLD)
            rows.append(f"{name:<20} {told}")
    if not done.scores:
        rows.append("there is too little to judge it by yet")
    if done.serves:
        rows.append(f"{done.name} serves now")
    else:
        rows.append(f"{done.standing} goes on serving: the new one is no better (--force: it does)")
    return "\n".join(rows)
