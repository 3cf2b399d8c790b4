"""Another look for a clip: which style is asked for, and the filter that gives it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reelwright.core.errors import InputError, nearest
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look, Picture, by_shot
from reelwright.edit.enhance.motion import shrink
from reelwright.edit.enhance.restyle import pixel, steady
from reelwright.edit.enhance.restyle.cube import Grader, read_cube
from reelwright.edit.enhance.restyle.looks import LOOKS
from reelwright.edit.enhance.restyle.transfer import map_colours, measure
from reelwright.edit.enhance.sampling import sample_shot
from reelwright.store.artefacts import hash_content

if TYPE_CHECKING:
    from reelwright.core.ports import PictureStyle
    from reelwright.edit.enhance.order import Order

NAMES = (*LOOKS, "pixel")
_SIDE, _SAMPLES = 192, 12
"""Of the pictures that a shot's palette is measured on: longer side, and how many."""


class Drawn(Filter):
    """A look by name, or a network's (`painter`), kept from boiling."""

    name: ClassVar[str] = "style"
    version: ClassVar[int] = 1
    memory: ClassVar[int] = steady.MEMORY

    def __init__(self, look: str, strength: float, painter: PictureStyle | None = None) -> None:
        self.look, self.strength, self.painter = look, strength, painter
        # A fact of this filter: a network makes up what it paints, a look follows the picture.
        self.synthesises = painter is not None  # type: ignore[misc]

    def key(self) -> Mapping[str, Any]:
        """Look and strength."""
        made = dict(self.painter.key()) if self.painter else self.look
        return {"look": made, "strength": self.strength}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture agrees with the one before where that shows the same."""
        paint = self.painter.paint if self.painter else LOOKS[self.look]
        return steady.steady_shot(pictures, paint, self.strength)

    def told(self) -> str:
        """Its name."""
        return f"style: {self.look}{_told(self.strength)}"


class Pixelated(Filter):
    """Pixel art."""

    name: ClassVar[str] = "pixel"
    version: ClassVar[int] = 1
    memory: ClassVar[int] = pixel.MEMORY

    def __init__(self, look: Look, strength: float) -> None:
        self.strength = strength
        self._palettes = Shots(look, pixel.find_palette)

    def key(self) -> Mapping[str, Any]:
        """The strength; palettes follow from the clip."""
        return {"strength": self.strength}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Shot by shot, each with its palette."""
        for shot, first, rest in _shots(pictures):
            yield from pixel.paint_shot(_again(first, rest), self._palettes[shot], self.strength)

    def told(self) -> str:
        """Its name."""
        return f"style: pixel{_told(self.strength)}"


class Graded(Filter):
    """A LUT file."""

    name: ClassVar[str] = "lut"
    version: ClassVar[int] = 1

    def __init__(self, path: Path, strength: float) -> None:
        self.path, self.strength = path, strength
        self._grade = Grader(read_cube(path), strength)

    def key(self) -> Mapping[str, Any]:
        """The file's content, and the strength."""
        return {"cube": hash_content(self.path), "strength": self.strength}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Each picture by itself."""
        for picture in pictures:
            yield picture.showing(self._grade(picture.rgb))

    def told(self) -> str:
        """The file's name."""
        return f"style: colours of {self.path.name}{_told(self.strength)}"


class Coloured(Filter):
    """Tones and palette of a picture, the same map for all of a shot."""

    name: ClassVar[str] = "palette"
    version: ClassVar[int] = 1

    def __init__(self, look: Look, path: Path, strength: float) -> None:
        from reelwright.media.frames import read_picture

        self.path, self.strength = path, strength
        wanted = measure([shrink(read_picture(path), 2 * _SIDE)])
        self._graders = Shots(
            look, lambda frames: Grader(map_colours(measure(frames), wanted), strength)
        )

    def key(self) -> Mapping[str, Any]:
        """The picture's content, and the strength; a shot's own colours follow from the clip."""
        return {"picture": hash_content(self.path), "strength": self.strength}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Shot by shot."""
        for shot, first, rest in _shots(pictures):
            grade = self._graders[shot]
            for picture in _again(first, rest):
                yield picture.showing(grade(picture.rgb))

    def told(self) -> str:
        """The picture's name."""
        return f"style: tones and colours of {self.path.name}{_told(self.strength)}"


class Shots:
    """What is found out of each shot when it is first asked for; the last few are remembered."""

    def __init__(self, look: Look, find: Callable[[list[Any]], Any]) -> None:
        self._look, self._find = look, find
        self._found: dict[int, Any] = {}
        self._finding = threading.Lock()

    def __getitem__(self, shot: int) -> Any:
        with self._finding:
            if shot not in self._found:
                while len(self._found) >= 4:
                    del self._found[next(iter(self._found))]
                frames, _ = sample_shot(self._look, shot, _SIDE, _SAMPLES)
                self._found[shot] = self._find([shrink(frame, _SIDE) for frame in frames])
            return self._found[shot]


def plan_style(look: Look, order: Order) -> Filter:
    """The style that is asked for: a look's name, a picture, a ``.cube`` file or a model.

    Raises:
        InputError: there is no such look and no such file, or the file is no picture, LUT or model.
        ModelError: the folder's model is damaged, or of another kind.
        ProviderRefused: the ONNX file paints no pictures.
    """
    asked, strength = order.style, order.strength
    if asked == "pixel":
        return Pixelated(look, strength)
    if asked in LOOKS:
        return Drawn(asked, strength)
    path = Path(asked).expanduser()
    if path.is_dir():
        from reelwright.edit.enhance.restyle.painter import load_painter

        return Drawn(path.name, strength, load_painter(path))
    if not path.is_file():
        raise InputError(
            f'there is no style "{asked}", and no such file',
            where="--style",
            hint=nearest(asked, NAMES) or f"one of {', '.join(NAMES)}, or a picture's path",
        )
    if path.suffix.lower() == ".cube":
        return Graded(path, strength)
    if path.suffix.lower() == ".onnx":
        from reelwright.providers import door

        provider = door.find("style", "onnx")
        return Drawn(path.name, strength, provider(provider.Options(model=str(path))))
    _need_picture(path)
    return Coloured(look, path, strength)


def _need_picture(path: Path) -> None:
    from reelwright.media.probing import is_picture

    with path.open("rb") as file:
        head = file.read(64)
    if not is_picture(head):
        raise InputError(
            "is no picture: a style is taken from one",
            where=str(path),
            hint="give a JPEG or PNG, a .cube file, a trained model's folder or an ONNX file",
        )


def _shots(pictures: Iterator[Picture]) -> Iterator[tuple[int, Picture, Iterator[Picture]]]:
    """Each shot's number, first picture, and the rest of it."""
    for shot in by_shot(pictures):
        first = next(shot)
        yield first.shot, first, shot


def _again(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _told(strength: float) -> str:
    return "" if strength >= 1 else f" at {strength:.0%}"
