"""The noun that everything which picks from raw material hands on: a stretch of a source."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from reelwright.core.nouns import Noun


class Span(Noun):
    """A stretch of a source file that was picked, and why. `plan` turns spans into timelines.

    Spans of one video stand in the order in which they are shown; those of one source never
    overlap.
    """

    source: str
    """Path of the file."""
    start: float = Field(ge=0)
    """Seconds from the start of the file."""
    end: float
    title: str = ""
    """What it is called, where it becomes a video of its own; else empty."""
    why: str = ""
    """Why it was picked, for people."""
    score: float = 0.0
    """How good it is; comparable within one run only."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"a span ends after it starts ({self.start} to {self.end})")
        return self

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start
