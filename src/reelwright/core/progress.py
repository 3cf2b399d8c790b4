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


class Joined:
    """Several runs of a stage, told as one that goes from its beginning to its end once.

    Args:
        inner: who is watching.
        stage: what the whole is called.
        total: units of all runs together.
    """

    def __init__(self, inner: Progress, stage: str, total: int) -> None:
        self._inner, self._stage = inner, stage
        inner.start(stage, total)

    def start(self, stage: str, total: int) -> None:
        """A part begins: nothing new to those who watch the whole."""

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        """See `Progress.advance`."""
        self._inner.advance(self._stage, units, note)

    def finish(self, stage: str) -> None:
        """A part is over; the whole is by `close`."""

    def say(self, message: str) -> None:
        """See `Progress.say`."""
        self._inner.say(message)

    def close(self) -> None:
        """The whole is over."""
        self._inner.finish(self._stage)


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
