"""A living background as a file: what `reel predict` and a shot's footage ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.learn.folder import CONFIG, WEIGHTS
from reelwright.learn.frames.filming import KEPT

if TYPE_CHECKING:
    from reelwright.learn.frames.living import Wish


def is_background(folder: Path) -> bool:
    """Whether a folder is a living background that was trained."""
    return (folder / CONFIG).is_file() and (folder / KEPT).is_file()


def files_of(folder: Path) -> tuple[Path, ...]:
    """The files of a model folder that decide what footage it gives."""
    return tuple(folder / name for name in (CONFIG, WEIGHTS, KEPT))


def film(
    folder: Path, out: Path, wish: Wish | None = None, denoise: float = 0.0, deflicker: float = 0.0
) -> int:
    """Write new footage of a living background; how many frames it has.

    Raises:
        ModelError: there is no such model in the folder.
        InputError: what is wished cannot be.
    """
    from reelwright.core.errors import ModelError
    from reelwright.learn.frames.assembling import assemble
    from reelwright.learn.frames.cleaning import clean
    from reelwright.learn.frames.living import Background, Wish
    from reelwright.learn.kinds import load_model
    from reelwright.store.artefacts import hash_content

    wish = wish or Wish()
    model = load_model(folder, "frames")
    if model.config.settings.get("task") != "background":
        hint = "train one from a clip: reel train frames --data clip.mp4 --out models/NAME"
        raise ModelError("is no living background", where=str(folder), hint=hint)
    background = Background(model)
    count = 0

    def counted():
        nonlocal count
        for frame in clean(background.frames(wish), denoise, deflicker):
            count += 1
            yield frame

    made = [hash_content(folder / WEIGHTS), repr(wish), denoise, deflicker]
    assemble(counted(), background.size, background.rate, out, made)
    return count
