"""Another background behind a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reelwright.core.errors import InputError, MissingExtra, nearest
from reelwright.edit.enhance.background.composite import compose
from reelwright.edit.enhance.background.grounds import Blur, Ground, read_ground
from reelwright.edit.enhance.background.matters import Given, Keyed, Learnt, Matter
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look, Picture

if TYPE_CHECKING:
    from reelwright.core.ports import FaceFinder
    from reelwright.edit.enhance.order import Order


class Background(Filter):
    """A person before another background, or before the same one out of focus.

    Args:
        ground: the background.
        matter: who tells the person from what is behind.
    """

    name: ClassVar[str] = "background"
    version: ClassVar[int] = 2

    def __init__(self, ground: Ground, matter: Matter) -> None:
        self.ground, self.matter = ground, matter
        # Facts of this filter, not of all of its class: a blur shows nothing but what was there.
        self.synthesises = ground.synthesises  # type: ignore[misc]
        self.memory = matter.memory  # type: ignore[misc]

    def key(self) -> Mapping[str, Any]:
        """Background and matte."""
        return {**self.ground.key(), **self.matter.key()}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture is cut out and laid over the background of its moment."""
        paint = self.ground.begin()
        replaces = not isinstance(self.ground, Blur)
        for matted in self.matter.run(pictures):
            picture, edge = matted.picture, matted.edge
            ground = paint(picture, edge)
            shade = matted.shade if replaces else None
            made = compose(picture.rgb, edge, ground, wrap=replaces, shade=shade)
            yield picture.showing(made)

    def told(self) -> str:
        """What is behind, and how the person is told."""
        return f"background: {self.ground.told()}; {self.matter.told()}"


def plan_background(look: Look, order: Order) -> Background:
    """The background that is asked for, behind whom the matte that is asked for tells.

    Raises:
        InputError: the background or matte is none there is.
        FootageError: a file cannot be read, or there is no wall of one colour to key out.
    """
    return Background(read_ground(order.background), _choose(look, order))


def _choose(look: Look, order: Order) -> Matter:
    from reelwright.edit.enhance.background.chroma import need_key
    from reelwright.edit.enhance.motion import shrink
    from reelwright.providers import door

    if order.matte == "auto":
        return Learnt(look, _finder(), order.stabilise)
    if order.matte == "chroma":
        return Keyed(need_key([shrink(p.rgb, 256) for p in look.samples], str(look.path)))
    path = Path(order.matte).expanduser()
    if path.is_file():
        provider = door.find("matte", "onnx")
        return Given(provider(provider.Options(model=str(path))), path.name)
    names = door.names("matte")
    if order.matte not in names or order.matte == "onnx":
        raise InputError(
            f'there is no matte "{order.matte}", and no such file',
            where="--matte",
            hint=nearest(order.matte, ["auto", "chroma", *names]) or "auto, chroma or an ONNX file",
        )
    provider = door.find("matte", order.matte)
    return Given(provider(provider.Options()), order.matte)


def _finder() -> FaceFinder | None:
    """Who finds faces, by the settings; nobody where that is not installed."""
    from reelwright.core.settings import load_settings
    from reelwright.providers.faces import load_finder

    try:
        return load_finder(load_settings().faces)
    except MissingExtra:
        return None
