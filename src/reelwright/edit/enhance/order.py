"""What may be asked of an enhancement: on the command line, and of footage in brief.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from reelwright.core.nouns import Noun
from reelwright.core.time import parse_rate


def _to_word(value: Any) -> Any:
    """`true` is what ``auto`` says; `false` and nothing leave it alone; numbers are words too."""
    if value is True:
        return "auto"
    if value in (False, None):
        return ""
    return str(value) if isinstance(value, int | float) else value


Word = Annotated[str, BeforeValidator(_to_word)]


class Order(Noun):
    """What is asked. An empty word leaves the thing alone."""

    auto: bool = False
    """Look, and decide about everything that needs no taste."""
    denoise: Word = ""
    """``auto``, or one denoiser by name (`denoise.NAMES`)."""
    grain: float = Field(default=0.0, ge=0, le=1)
    """How much of the noise that was taken out comes back as fine grain."""
    stabilise: bool = False
    colour: Word = ""
    """``auto``."""
    sound: bool = False
    """Clean the sound and bring it to −14 LUFS."""
    fps: Word = ""
    """Pictures a second of the result."""
    upscale: Literal[0, 1, 2, 3, 4] = 0
    """Times as wide and as high."""
    upscaler: Word = "auto"
    """``auto``, ``lanczos``, or the path of a model."""
    style: Word = ""
    """The name of a look, or the path of a picture, a ``.cube`` file or a model."""
    strength: float = Field(default=1.0, ge=0, le=1)
    """Of the style."""
    background: Word = ""
    """``blur``, a colour, or the path of a picture or video."""
    matte: Word = "auto"
    """How the person is told from the background: ``auto``, ``chroma``, or a model's path."""

    @field_validator("fps")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        if value and not 1 <= parse_rate(value) <= 240:
            raise ValueError("a video has 1 to 240 pictures a second")
        return value

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Order()
