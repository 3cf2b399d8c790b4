"""Progress: what long work tells whoever is watching."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A watcher of long work. Calls may come from any thread of the main process."""

    def start(self, stage: str, total: int) -> None:
        """A stage begins; it will take `total` units."""
        ...

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        """`units` more are done; `note` names the thing just done, if it helps."""
        ...

    def finish(self, stage: str) -> None:
        """The stage is over."""
        ...

    def say(self, message: str) -> None:
        """A sentence for the person: something was decided, or something is being waited for."""
        ...


class Silent:
    """Nobody is watching."""

    def start(self, stage: str, total: int) -> None:
        """See `Progress.start`."""

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        """See `Progress.advance`."""

    def finish(self, stage: str) -> None:
        """See `Progress.finish`."""

    def say(self, message: str) -> None:
        """See `Progress.say`."""
