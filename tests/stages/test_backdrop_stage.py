"""`style.background`: a file or a model behind scenes, told as what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import ModelError, SettingError
from reelwright.core.timeline import Scene, Timeline, read_timeline
from reelwright.learn.devices import seed_everything
from reelwright.learn.features.textures import draw, paint
from reelwright.learn.folder import Card, save_model
from reelwright.learn.images.gan import build_generator
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.kinds import load_model
from reelwright.learn.weights import weights_of
from reelwright.pipeline import make
from reelwright.store.project import Project
from story import TEA


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "tea"
    folder.mkdir()
    (folder / "brief.md").write_text(TEA, "utf-8")
    return Project(folder)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A generator that learnt nothing yet, which is enough to be asked."""
    folder = tmp_path / "models" / "silk"
    settings = ImagesSettings(width=4, levels=2, local=3, shared=1)
    seed_everything(0)
    network = build_generator(settings, 0)
    weights = {f"generator.{name}": value for name, value in weights_of(network).items()}
    card = Card(data=["none"], split="none", metric="none")
    save_model(folder, "images", 1, settings, {"labels": []}, weights, {}, card)
    return folder


def lay_out(project: Project, background: Path | str, voice: str = "none") -> Timeline:
    style = {"background": str(background)}
    overrides = {"style": style, "voice": {"provider": voice}, "music": {"provider": "none"}}
    make(project, overrides=overrides, until="timeline")
    return read_timeline(project.timeline)


def backgrounds(timeline: Timeline) -> set[str]:
    scenes = [clip.source for clip in timeline.picture.clips if isinstance(clip.source, Scene)]
    assert all(scene.params["background"] in scene.still for scene in scenes)
    return {scene.params["background"] for scene in scenes}


def test_a_models_picture_stands_behind_every_scene_and_is_ai_made(
    project: Project, model: Path
) -> None:
    timeline = lay_out(project, model)
    (path,) = backgrounds(timeline)
    with Image.open(project.root / path) as drawn:
        assert drawn.size == (1080, 1920)
    (origin,) = [origin for origin in timeline.origins if origin.provider == "images"]
    assert (origin.model, origin.ai_made) == ("silk", True)
    # Nobody speaks, so that the mark is the background's alone.
    assert [mark.text for mark in timeline.text.marks] == ["内容由AI生成"]


def test_the_persons_own_picture_is_not(project: Project) -> None:
    field = draw("paper", 96, 96, np.random.default_rng(0))
    Image.fromarray(paint(field, np.array([[200, 180, 150], [250, 245, 230]]))).save(
        project.root / "paper.png"
    )
    timeline = lay_out(project, "paper.png")
    assert backgrounds(timeline) == {"paper.png"}
    assert not timeline.text.marks
    assert not any(origin.ai_made for origin in timeline.origins)


def test_what_is_not_there_is_told(project: Project, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="nothing at"):
        lay_out(project, "models/none")
    with pytest.raises(ModelError, match="no model folder"):
        lay_out(project, tmp_path)


@pytest.mark.parametrize("name", ["tile.png", "tile.jpg", "loop.mp4"])
def test_what_a_model_drew_into_a_file_is_still_known_as_ai_made(
    project: Project, model: Path, name: str
) -> None:
    options = {"size": "64x96", "seconds": "0.5"}
    list(load_model(model).predict([str(project.root / name)], options))
    timeline = lay_out(project, name)
    assert [mark.text for mark in timeline.text.marks] == ["内容由AI生成"]
