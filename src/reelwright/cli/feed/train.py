"""`reel feed train`: learn from what viewers did; `models`: what was learnt; `rollback`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli.feed.opening import Json, Set, number_of, opened

if TYPE_CHECKING:
    from reelwright.audience.evaluation import Judged
    from reelwright.audience.ranking.learning import Learnt
    from reelwright.audience.training import Trained
    from reelwright.store.database import Database

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
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Learn from all events. The new model serves if it beats the one that does, on the newest."""
    from reelwright.audience import training
    from reelwright.audience.ranking.learning import train_ranker
    from reelwright.cli.common import watched
    from reelwright.core.errors import DataError

    with opened(sets) as (database, settings), watched(quiet=as_json) as progress:
        if evaluate:
            judged = training.compare(database, progress)
            told = {one.name: one.scores for one in judged}
            print(json.dumps(told) if as_json else _table(judged))
            return
        named = _tag_videos(database, settings.model.tags)
        done = training.train(database, model, progress, force=force)
        learnt, few = None, ""
        try:
            learnt = train_ranker(database, progress, force=force)
        except DataError as error:
            few = str(error)
    if as_json:
        ranking = asdict(learnt) if learnt else None
        print(json.dumps(asdict(done) | {"ranking": ranking, "named": named}))
    else:
        if named:
            print(f"names in their comments became tags of {number_of(len(named), 'video')}")
        print(_told(done))
        print(_told_ranker(learnt) if learnt else few)


def _tag_videos(database: Database, tagger: str) -> list[str]:
    """Videos that got names in their comments as tags; none where no tagger is set."""
    if not tagger:
        return []
    from reelwright.audience.naming import tag_videos
    from reelwright.create.entities import Names

    return tag_videos(database, Names(Path(tagger).expanduser()).list_names, time.time())


def models(sets: Set = None, as_json: Json = False) -> None:
    """List what was learnt: recommenders name candidates, rankers foretell what they are worth."""
    from reelwright.audience.models import list_models

    with opened(sets) as (database, _):
        rows = list_models(database)
    if as_json:
        names = ("number", "name", "part", "trained", "events", "scores", "state", "folder")
        print(json.dumps([{name: getattr(row, name) for name in names} for row in rows]))
        return
    if not rows:
        print("nothing was learnt yet: `reel feed train`")
    for row in rows:
        score = row.scores.get("entropy" if row.part else "ndcg@10")
        said = f"{'entropy' if row.part else 'ndcg@10'} {score:.4f}" if score is not None else ""
        at = datetime.fromtimestamp(row.trained).astimezone()
        print(f"{row.name + '-' + str(row.number):<20} {row.state:<9} {at:%Y-%m-%d %H:%M}  {said}")


def rollback(
    ranking: Annotated[
        bool, typer.Option("--ranking", help="The ranker, rather than the recommender.")
    ] = False,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Let the model that served before serve again, at once."""
    from reelwright.audience.models import roll_back

    with opened(sets) as (database, _):
        name = roll_back(database, "ranking" if ranking else None)
    print(json.dumps({"serves": name}) if as_json else f"{name} serves again")


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


def _told_ranker(done: Learnt) -> str:
    rows = [f"learnt to rank from {done.showings:,} showings in {done.seconds:.1f} s"]
    for name, scores in ((done.name, done.scores), (done.standing, done.before)):
        rows.append(f"{name:<20} entropy {scores['entropy']:.4f}")
    told = [f"{name} {done.scores[f'{name} calibration']:.3f}" for name in done.reliability]
    rows.append(f"{'off by':<20} {', '.join(told)}")
    said = "serves now" if done.serves else "does not serve: it foretells no better"
    return "\n".join([*rows, f"{done.name} {said}"])
