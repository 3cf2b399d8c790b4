"""`reel feed`: your own feed. One file a verb, no logic."""

from __future__ import annotations

import typer

from reelwright.cli.feed import add, experiment, intake, profile, recommend, train

app = typer.Typer(
    name="feed",
    help="Your own feed: videos, what viewers do with them, what they see next.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(add.add)
app.command(name="import")(intake.import_)
app.command()(train.train)
app.command()(train.models)
app.command()(train.rollback)
app.add_typer(experiment.app)
app.command()(recommend.recommend)
app.command()(profile.profile)
