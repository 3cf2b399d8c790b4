"""What may be said of one picture when it is drawn: `reel predict … --set key=value`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from reelwright.core.errors import InputError, must_be, nearest
from reelwright.core.time import parse_rate

_MOST, _ENLARGED = 7680, 4.0


class Options(BaseModel):
    """How a picture or loop is drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: tuple[int, int] = (1080, 1920)
    """Width and height in pixels."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    label: str = ""
    """The name of a label, where the model knows some; empty: the first."""
    scale: float = Field(default=0.0, ge=0, le=32)
    """How much the texture is enlarged; 0: such that the shorter side shows what that of the
    pictures did, but no more than four times."""
    seconds: float = Field(default=8.0, gt=0, le=120)
    """Of a loop."""
    fps: str = "30"
    motion: float = Field(default=0.6, ge=0, le=1)
    """How much of a loop's noise moves."""

    @field_validator("size", mode="before")
    @classmethod
    def _read_size(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        width, _, height = value.lower().replace("×", "x").partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            raise ValueError("write it as WIDTHxHEIGHT, like 1080x1920")
        return int(width), int(height)

    @field_validator("size")
    @classmethod
    def _check_size(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not all(16 <= side <= _MOST for side in value):
            raise ValueError(f"sides are 16 to {_MOST} pixels")
        return value

    @field_validator("fps")
    @classmethod
    def _check_fps(cls, value: str) -> str:
        parse_rate(value)
        return value

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return parse_rate(self.fps)

    @property
    def frames(self) -> int:
        """Frames of a loop."""
        return max(1, round(self.seconds * self.rate))

    def scale_for(self, learnt: int) -> float:
        """How much to enlarge, where the pictures' shorter side had `learnt` pixels."""
        return self.scale or min(_ENLARGED, max(1.0, min(self.size) / learnt))


def read_options(values: Mapping[str, str]) -> Options:
    """The options of a call.

    Raises:
        InputError: one is unknown, or has a value it cannot have.
    """
    try:
        return Options.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise InputError(
                f'"{key}" is no option of images', hint=nearest(key, Options.model_fields)
            ) from None
        raise InputError(
            f"cannot be {values[key]}", where=f"--set {key}", hint=must_be(first["msg"])
        ) from None
