"""What the verbs of the feed share: opening it, words for people."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reelwright.core.settings import Settings
    from reelwright.store.database import Database

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a setting.")]


@contextmanager
def opened(sets: Sequence[str] | None = None) -> Generator[tuple[Database, Settings]]:
    """The feed, open for the block, and the settings of the home, environment and ``--set``."""
    from reelwright.audience.shelf import open_feed
    from reelwright.cli.common import assignments
    from reelwright.core.settings import load_settings

    settings = load_settings(("--set", assignments(sets or ())))
    database = open_feed(settings.feed)
    try:
        yield database, settings
    finally:
        database.close()


def number_of(count: int, what: str) -> str:
    """A count with its noun: ``1 video``, ``2 videos``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
