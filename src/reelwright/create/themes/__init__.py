"""Themes: how everything looks, as data. A theme is one TOML file in this folder.

To add one, put a file beside the others; its name is the theme's name. The theme ``brand`` takes
two colours of the person's: ``brand:#rrggbb,#rrggbb`` is a theme's name too, which is how they
reach whoever draws.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.core.errors import SettingError, nearest
from reelwright.core.settings import StyleSettings

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}([0-9a-f]{2})?$")]
"""``#rrggbb`` or ``#rrggbbaa``."""

_BRAND = "brand"
_HEX = re.compile(r"\s*#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\s*")


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

    kind: Literal["aurora", "paper", "mist", "shapes", "grid", "kitchen", "film", "planes"]
    """Which painter of `reelwright.create.scenes.background` draws it."""
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
    """The captions."""

    style: str
    """The style that goes with the theme, taken where the person set none."""
    fill: Colour
    highlight: Colour
    outline: Colour


class Sound(_Part):
    """What it sounds like."""

    mood: str
    """The mood of the music, taken where the person set none."""


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
    transitions: dict[str, int]
    """How shots may follow each other → how often, as weights; ``cut`` is the plain one."""
    sound: Sound


def theme_names() -> list[str]:
    """The names of all themes."""
    return sorted(file.stem for file in _folder().glob("*.toml"))


def captions_of(style: StyleSettings) -> str:
    """The style of captions that is asked for: the person's, else the theme's."""
    named = "captions" in style.model_fields_set
    return style.captions if named else load_theme(chosen(style)).captions.style


def chosen(style: StyleSettings) -> str:
    """The full name of the theme that settings ask for, the brand's colours in it.

    Raises:
        SettingError: no such theme, colours that are none, or that cannot be read together.
    """
    name = style.theme
    colours = [each for given in style.colours for each in given.split(",")]
    if name == _BRAND and colours:
        wrong = next((each for each in colours if not _HEX.fullmatch(each)), None)
        if wrong is not None or len(colours) != 2:
            raise SettingError(
                f'"{wrong}" is not a colour' if wrong else "a brand takes two colours",
                where="setting style.colours",
                hint='write them as ["#0a3d62", "#ffd60a"]: the ground, and the accent on it',
            )
        name = f"{_BRAND}:{','.join(map(_full, colours))}"
    load_theme(name)
    return name


@lru_cache(maxsize=16)
def load_theme(name: str) -> Theme:
    """A theme by name. Raises SettingError for an unknown name, with the nearest."""
    base, _, colours = name.partition(":")
    if base not in theme_names() or (colours and base != _BRAND):
        raise SettingError(
            f'there is no theme "{name}"',
            where="setting style.theme",
            hint=nearest(base, theme_names()),
        )
    file = _folder() / f"{base}.toml"
    try:
        values = tomllib.loads(file.read_text("utf-8"))
        if colours:
            _paint_over(values, colours)
        return Theme.model_validate({"name": name, **values})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingError(f"is not a theme: {error}", where=str(file)) from error


def _paint_over(values: dict[str, Any], colours: str) -> None:
    """Put a brand's own colours over those of the file."""
    from reelwright.create.themes.brand import derive

    pair = colours.split(",")
    if len(pair) != 2 or not all(_HEX.fullmatch(each) for each in pair):
        raise SettingError(
            f'"{colours}" are not two colours', where="theme", hint="brand:#0a3d62,#ffd60a"
        )
    for section, own in derive(*map(_full, pair)).items():
        values[section].update(own)


def _full(colour: str) -> str:
    """``#rgb`` and ``RRGGBB`` as ``#rrggbb``."""
    digits = colour.strip().lstrip("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _folder() -> Path:
    return Path(__file__).parent
