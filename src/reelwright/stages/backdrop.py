"""What stands behind drawn scenes: a picture or clip of the person's, or drawn by their own model.

`style.background` names a file, or the folder of a model of kind `images`. A model draws one
picture of the video's size, which wraps at its borders and so can wander.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reelwright.core.errors import SettingError
from reelwright.core.marking import KEY
from reelwright.core.nouns import Origin
from reelwright.learn import folder
from reelwright.learn.kinds import load_model
from reelwright.stages.run import Run
from reelwright.stages.sources import probe_source
from reelwright.store.steps import Step


@dataclass(frozen=True)
class Background:
    """A picture or clip to stand behind scenes, and where it came from."""

    path: Path
    asset: str
    """The hash of its content."""
    origin: Origin


def find_background(run: Run) -> Background | None:
    """The background that is asked for; None where it is the theme's own.

    Raises:
        SettingError: nothing is there.
        FootageError: the file is damaged, or neither picture nor clip.
        ModelError: the model cannot be used.
    """
    asked = run.settings.style.background
    if not asked:
        return None
    given = Path(asked).expanduser()
    # As `reel train` was told it: from where the person is.
    path = next((p for p in (run.project.root / given, given.resolve()) if p.exists()), None)
    if path is None:
        raise SettingError(
            f'there is nothing at "{asked}"',
            where="setting style.background",
            hint="give a picture, a clip, or a model: reel train images --data … --out models/NAME",
        )
    if path.is_dir():
        return _drawn(run, path)
    asset = probe_source(run, path)
    if asset.facts.kind == "audio":
        raise SettingError(
            "is a sound", where=f"setting style.background: {asked}", hint="give a picture or clip"
        )
    origin = asset.origin
    if asset.facts.kind == "picture" and _is_marked(path):
        origin = origin.model_copy(update={"ai_made": True})
    return Background(path, asset.id, origin)


def _is_marked(path: Path) -> bool:
    """Whether a picture says of itself that it is AI-made. (Of videos, `probe_source` asks.)"""
    from reelwright.media.frames import open_picture

    with open_picture(path) as picture:
        said = picture.info
    comment = said.get("comment", b"")
    return KEY in said or (isinstance(comment, bytes) and comment.startswith(f"{KEY}=".encode()))


def _drawn(run: Run, path: Path) -> Background:
    """A picture that a model of kind `images` draws; the seed of the video decides which."""
    model = load_model(path, "images")
    format, seed = run.settings.picture, run.settings.seed
    options = {"size": f"{format.width}x{format.height}", "seed": str(seed)}

    def make(out: Path) -> None:
        # Asked for one file, it draws one.
        list(model.predict([str(out)], options))

    files = tuple(
        path / name
        for name in (folder.CONFIG, folder.WEIGHTS, folder.EXPORTED)
        if (path / name).is_file()
    )
    step = Step("background", 1, make, options, files, suffix=".png", what="background")
    made = run.steps.run(step)
    origin = Origin(provider="images", model=path.name, seed=seed, ai_made=True)
    return Background(made, run.steps.store.hash_file(made), origin)
