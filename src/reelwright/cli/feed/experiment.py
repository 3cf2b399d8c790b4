"""`reel feed experiment`: two ways to fill pages, compared by what viewers make of them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.feed.opening import Json, Set, opened
from reelwright.core.errors import FeedError

if TYPE_CHECKING:
    from reelwright.audience.estimating import Estimate
    from reelwright.audience.experiments import Arm, Look

app = typer.Typer(
    name="experiment",
    help="Compare ways to fill pages: by viewers, or by what was shown to others.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[str, typer.Argument(help="The experiment's name.")]


@app.command()
def define(
    name: Name,
    arms: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="NAME:SHARE[:KEY=VALUE,…]",
            help="An arm, its share of viewers (0: it looks on), and its settings of the feed.",
        ),
    ],
    guard: Annotated[
        str, typer.Option(help="What must not get worse: not_interested, skip, completion, watch.")
    ] = "not_interested",
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Start an experiment; it runs until it is stopped. The rest of viewers are the control."""
    from reelwright.audience import experiments

    with opened(sets) as (database, settings), database.writing() as session:
        made = [_arm(said) for said in arms]
        experiments.define(session, name, made, guard, settings.feed, time.time())
    left = 1 - sum(arm.share for arm in made)
    told = ", ".join(f"{arm.name} {100 * arm.share:.0f} %" for arm in made)
    print(
        json.dumps({"started": name}) if as_json else f"{name}: {told}, control {100 * left:.0f} %"
    )


def _arm(said: str) -> Arm:
    from reelwright.audience.experiments import Arm

    name, _, rest = said.partition(":")
    share, _, settings = rest.partition(":")
    pairs = [pair.partition("=") for pair in settings.split(",") if pair]
    try:
        if not all(equals for _, equals, _ in pairs):
            raise ValueError
        values: dict[str, Any] = {key.strip(): _value(value) for key, _, value in pairs}
        return Arm(name, float(share), values)
    except ValueError:
        hint = "as in --arm fresh:0.5:explore=0.3,variety=0.1"
        raise FeedError("this cannot be an arm", where=said, hint=hint) from None


def _value(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said.strip()


@app.command()
def look(name: Name, sets: Set = None, as_json: Json = False) -> None:
    """Show what came of an experiment so far, with intervals of 95 %."""
    from reelwright.audience import experiments

    with opened(sets) as (database, settings), database.reading() as session:
        found = experiments.look(session, name, settings.feed.goals)
    print(json.dumps(found.as_plain()) if as_json else _told(found))


@app.command()
def stop(name: Name, sets: Set = None, as_json: Json = False) -> None:
    """End an experiment. All viewers get the feed as it is set."""
    from reelwright.audience import experiments

    with opened(sets) as (database, _), database.writing() as session:
        experiments.stop(session, name, time.time())
    print(json.dumps({"stopped": name}) if as_json else f"{name} is over")


@app.command(name="list")
def list_(sets: Set = None, as_json: Json = False) -> None:
    """List all experiments."""
    from reelwright.audience import experiments

    with opened(sets) as (database, _), database.reading() as session:
        rows = experiments.list_experiments(session)
    if as_json:
        names = ("name", "arms", "guard", "started", "stopped")
        print(json.dumps([{name: getattr(row, name) for name in names} for row in rows]))
        return
    for row in rows:
        print(f"{row.name:<20} {'over' if row.stopped else 'runs'}")
    if not rows:
        print("there is none yet: `reel feed experiment define`")


def _told(found: Look) -> str:
    rows = [f"{'':<14}{'viewers':>9}{'showings':>10}  {'worth a showing':<26}{found.guard}"]
    for side in found.sides:
        rows.append(
            f"{side.name:<14}{side.viewers:>9,}{side.showings:>10,}  "
            f"{_estimate(side.value):<26}{_estimate(side.guard)}"
        )
        if side.value_more and side.guard_more:
            more = f"{_estimate(side.value_more):<26}{_estimate(side.guard_more)}"
            rows.append(f"{'  against it':<33}  {more}  {side.verdict}")
    for shadow in found.shadows:
        rows.append(f"{shadow.name}, which looks on, told from {shadow.showings:,.0f} showings:")
        for said, estimate in (
            ("weighed", shadow.ips),
            ("self-normalised", shadow.snips),
            ("doubly robust", shadow.doubly_robust),
        ):
            rows.append(f"  {said:<31}  {_estimate(estimate)}")
    return "\n".join(rows)


def _estimate(one: Estimate) -> str:
    return f"{one.value:+.4f} ({one.low:+.4f} … {one.high:+.4f})"
