"""`reel library`: the person's material. One file a verb, no logic."""

from __future__ import annotations

import typer

from reelwright.cli.library import (
    add,
    annotate,
    duplicates,
    label,
    listing,
    remove,
    search,
    show,
    verify,
)

app = typer.Typer(
    name="library",
    help="Your own material: collected, annotated, found again.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(add.add)
app.command()(annotate.annotate)
app.command()(duplicates.duplicates)
app.command(name="list")(listing.list_assets)
app.command()(show.show)
app.command()(remove.remove)
app.command()(verify.verify)
app.command()(search.search)
app.command()(label.label)
