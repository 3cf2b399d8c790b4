"""Themes: how everything looks, as data. A theme is one TOML file in this folder.

To add one, put a file beside the others; its name is the theme's name.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.core.errors import SettingError, nearest

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}([0-9a-f]{2})?$")]
"""``#rrggbb`` or ``#rrggbbaa``."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Palette(_Part):
    """Colours by what they are for. `text`, `muted` and `accent` are read on `ground`."""

    ground: Colour
    text: Colour
    muted: Colour
    accent: Colour
    second: Colour
    on_accent: Colour
    """Text that stands on the accent."""
    card: Colour
    """Boxes behind text; may let the ground through."""
    edge: Colour
    """Outlines of boxes, thin lines."""


class Type(_Part):
    """The letters."""

    serif: bool
    title: int = Field(ge=100, le=900)
    """Weight of titles."""
    body: int = Field(ge=100, le=900)
    scale: float = Field(default=1.0, gt=0.5, lt=1.5)
    """Size of titles against the common size."""


class Background(_Part):
    """What is behind everything."""

    kind: Literal["aurora", "paper"]
    colours: tuple[Colour, ...] = Field(min_length=3)
    """From top to bottom."""
    glows: tuple[Colour, ...] = Field(min_length=1)
    """Soft shapes on it."""
    drift: float = Field(ge=0, le=120)
    """How far it wanders, in pixels of a frame 1080 wide."""
    period: float = Field(gt=2)
    """Seconds for a wander there and back."""


class Motion(_Part):
    """How things come in."""

    ease: Literal["quint", "cubic", "back"]
    length: float = Field(gt=0, le=0.8)
    """Seconds for one element."""
    stagger: float = Field(ge=0, le=0.3)
    """Seconds between one element and the next."""
    travel: float = Field(ge=0, le=200)
    """How far an element comes from, in pixels of a frame 1080 wide."""


class Captions(_Part):
    """Colours of the captions."""

    fill: Colour
    highlight: Colour
    outline: Colour


class Theme(_Part):
    """A look."""

    name: str
    says: str
    """What it is like, for people."""
    palette: Palette
    type: Type
    background: Background
    motion: Motion
    captions: Captions


def theme_names() -> list[str]:
    """The names of all themes."""
    return sorted(file.stem for file in _folder().glob("*.toml"))


@lru_cache(maxsize=16)
def load_theme(name: str) -> Theme:
    """A theme by name. Raises SettingError for an unknown name, with the nearest."""
    file = _folder() / f"{name}.toml"
    if name not in theme_names():
        raise SettingError(
            f'there is no theme "{name}"',
            where="setting style.theme",
            hint=nearest(name, theme_names()),
        )
    try:
        return Theme.model_validate({"name": name, **tomllib.loads(file.read_text("utf-8"))})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingError(f"is not a theme: {error}", where=str(file)) from error


def _folder() -> Path:
    return Path(__file__).parent
