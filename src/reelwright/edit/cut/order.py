"""What was asked of a cut: the noun behind ``cut.yaml``."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from reelwright.core.nouns import Noun

Kind = Literal["talk", "highlights", "clips", "montage"]


class Order(Noun):
    """What to make of which recordings. ``cut.yaml`` holds it, and a person may edit it."""

    sources: tuple[str, ...] = Field(min_length=1)
    """The recordings, from the project's folder. They are referred to, never copied."""
    silence: bool = True
    """Whether silence is cut out of a talk."""
    fillers: bool = True
    """Whether filler words and repeated takes go too, where there is a transcript to tell them."""
    highlights: float | None = Field(default=None, gt=0, le=3600)
    """Make a video of the best so many seconds."""
    clips: int | None = Field(default=None, ge=1, le=50)
    """Make so many separate videos, each of one matter."""
    length: float | None = Field(default=None, gt=0, le=3600)
    """Make a montage of so many seconds."""
    stretch: tuple[float, float] | None = None
    """Of the one source, only these seconds (from, to)."""
    music: str = ""
    """A sound file to play with it."""
    beat: bool = False
    """Whether a montage is cut on the beat of its music."""
    stabilise: bool = False
    level: bool = False
    """Whether quiet and loud speakers are brought to one level."""
    title: str = Field(default="", max_length=80)
    why: str = Field(default="", max_length=2000)
    """Why this stretch was picked, where it is one of several."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """As in the front matter of a brief."""

    @property
    def kind(self) -> Kind:
        """What is to be made."""
        if self.clips:
            return "clips"
        if self.highlights:
            return "highlights"
        return "montage" if self.length or len(self.sources) > 1 else "talk"

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        asked = [name for name in ("highlights", "clips", "length") if getattr(self, name)]
        if len(asked) > 1:
            raise ValueError(f"{asked[0]} and {asked[1]} are different videos: ask for one of them")
        if self.clips and len(self.sources) > 1:
            raise ValueError("clips are taken out of one recording")
        if self.stretch and (len(self.sources) > 1 or self.stretch[1] <= self.stretch[0]):
            raise ValueError("a stretch is two rising seconds of one recording")
        if self.beat and not self.music:
            raise ValueError("a beat needs music")
        if self.beat and self.kind != "montage":
            raise ValueError("only a montage is cut on the beat: give its length")
        return self
