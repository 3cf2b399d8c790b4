"""Scenes: the templates that lines are drawn with. One file each, and one line in `TABLE`.

A scene module has ``Params`` (a pydantic model), ``suit(line, index, total, language)`` which says
whether and how well the scene suits a line, and ``compose(params, stage)`` which lays everything
out, once. Nothing is imported before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reelwright.core.errors import ScriptError, nearest
from reelwright.core.nouns import Format, Language, Line
from reelwright.core.timeline import Scene

if TYPE_CHECKING:
    from reelwright.create.scenes.base import Drawing, Fit

TABLE = {
    "hook": "hook",
    "call": "call",
    "quote": "quote",
    "steps": "steps",
    "list": "listing",
    "bars": "bars",
    "line": "line",
    "ring": "ring",
    "table": "table",
    "code": "code",
    "dates": "dates",
    "definition": "definition",
    "question": "question",
    "keywords": "keywords",
    "number": "number",
    "compare": "compare",
    "picture": "picture",
    "card": "card",
    "statement": "statement",
}
"""Name → module in this folder."""


def _version() -> str:
    """What frames depend on besides a scene and a format: this code and the themes."""
    from reelwright.media import easing

    media = Path(easing.__file__).parent
    files = [*Path(__file__).parent.glob("*.py"), *(Path(__file__).parents[1] / "themes").iterdir()]
    files += [media / f"{name}.py" for name in ("drawing", "easing", "fonts", "typesetting")]
    digest = sha256()
    for file in sorted(file for file in files if file.is_file()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


PAINTER_VERSION = _version()
"""Changes whenever a scene or a theme does, so that what they drew is drawn again."""


def prepare() -> None:
    """Load what drawing needs: called by processes that are about to draw."""
    for name in ("create.scenes.background", "create.scenes.base", "media.drawing"):
        import_module(f"reelwright.{name}")


def names() -> list[str]:
    """The names of all scenes."""
    return sorted(TABLE)


def suit(line: Line, *, index: int, total: int, language: Language, channel: str = "") -> list[Fit]:
    """The scenes that suit a line, best first; never empty.

    Args:
        line: what is said.
        index: which line of the script it is.
        total: how many lines the script has.
        language: of the script.
        channel: the channel's name, for the call to action.
    """
    fits: list[Fit] = []
    for name in TABLE:
        fit = _module(name).suit(line, index, total, language)
        if fit is not None:
            if name == "call" and channel:
                fit.params.setdefault("channel", channel)
            fits.append(fit)
    return sorted(fits, key=lambda fit: (-fit.score, fit.scene))


def compose(scene: Scene, format: Format, root: Path | None = None) -> Drawing:
    """Lay a scene out for a format.

    Raises:
        ScriptError: no such scene, or parameters it does not take (names the key).
        SettingError: no such theme.
        FontError: characters that no font here covers.
    """
    from reelwright.create.scenes.base import Stage
    from reelwright.create.themes import load_theme

    if scene.name not in TABLE:
        raise ScriptError(f'there is no scene "{scene.name}"', hint=nearest(scene.name, TABLE))
    module = _module(scene.name)
    params = check(scene.name, scene.params)
    stage = Stage(format, load_theme(scene.theme), scene.seed, params)
    stage.root = root or Path()
    module.compose(params, stage)
    if params.logo or params.sticker:
        from reelwright.create.scenes import sticker

        if params.logo:
            sticker.add_logo(stage.root / params.logo, stage)
        if params.sticker:
            stage.drawing.sticker = sticker.player(params.sticker, stage)
    return stage.drawing


def check(name: str, params: dict[str, Any]) -> Any:
    """A scene's parameters, checked. Raises ScriptError naming the key."""
    model = _module(name).Params
    try:
        return model.model_validate(params)
    except ValidationError as error:
        # A mistyped key explains the missing one, so it is told first.
        found = error.errors()
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        key = ".".join(str(part) for part in first["loc"]) or "params"
        if first["type"] == "extra_forbidden":
            raise ScriptError(
                f'the scene "{name}" takes no "{key}"',
                where=f"params.{key}",
                hint=nearest(key, model.model_fields),
            ) from None
        raise ScriptError(
            f'the scene "{name}" cannot use {key}: {first["msg"].removeprefix("Value error, ")}',
            where=f"params.{key}",
        ) from None


def paint(
    scene: Scene, format: Format, frames: int, first: int, last: int, root: Path
) -> Iterator[Any]:
    """Draw frames `first` to `last` (exclusive) of a scene. See `core.ports.Painter`."""
    import numpy as np

    from reelwright.create.scenes.base import seconds_in
    from reelwright.media.drawing import buffer_surface

    drawing = compose(scene, format, root)
    buffer = np.zeros((format.height, format.width, 4), np.uint8)
    surface = buffer_surface(buffer)
    canvas = surface.getCanvas()
    ground = drawing.ground or _ground(scene, format, root)
    # What comes in stands before it is spoken of; a short shot, with few words, hurries.
    hurry = max(1.0, drawing.settled / max(0.05, min(0.85, 0.4 * frames / float(format.rate))))
    shown: object = None
    for number in range(first, last):
        now = number / float(format.rate)
        place = ground.place(now if drawing.ground is None else min(1.0, number / max(1, frames)))
        if drawing.film and drawing.film(now, min(1.0, number / max(1, frames))):
            shown = None
        settled = now * hurry >= drawing.settled
        if not settled or shown != place or drawing.sticker:
            ground.draw(canvas, place)
            for element in drawing.elements:
                progress = seconds_in(element, now * hurry)
                if progress > 0:
                    element.draw(canvas, progress)
            if drawing.sticker:
                drawing.sticker(canvas, now)
            shown = place if settled else None
        yield buffer


def _ground(scene: Scene, format: Format, root: Path) -> Any:
    """What stands behind a scene that has no background of its own."""
    from reelwright.create.scenes.backdrop import open_ground
    from reelwright.create.themes import load_theme

    own = scene.params.get("background")
    path = root / own if own else None
    return open_ground(path, format, load_theme(scene.theme), scene.seed)


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{TABLE[name]}")
