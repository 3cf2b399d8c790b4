"""The kind `style`: trained on one picture, exported, run without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import draw_picture, save_pictures
from PIL import Image

from reelwright.core.errors import InputError, ModelError
from reelwright.core.progress import Silent
from reelwright.edit.enhance.restyle.kind import StyleKind
from reelwright.edit.enhance.restyle.painter import Learnt, enlarge
from reelwright.edit.enhance.restyle.settings import StyleSettings
from reelwright.learn.folder import EXPORTED
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

TINY: dict[str, Any] = {
    "width": 4, "blocks": 1, "side": 64, "patch": 32, "patches": 120, "batch": 4, "epochs": 2,
    "rate": 1e-2,
}  # fmt: skip


@pytest.fixture(scope="module")
def style(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("style")
    data = save_pictures(folder / "data", 12)
    red = np.clip(draw_picture(3, 80, 80) * np.array([1.2, 0.4, 0.3]), 0, 255).astype(np.uint8)
    Image.fromarray(red).save(folder / "red.png")
    settings = StyleSettings(picture=str(folder / "red.png"), **TINY)
    scores = StyleKind.train([data], settings, Run(folder / "model", device="cpu"))
    assert scores["manner"] < 1
    return folder / "model"


def test_it_paints_towards_the_pictures_colours(style: Path) -> None:
    frame = draw_picture(5, 90, 130)
    made = Learnt(style).paint(frame)
    assert made.shape == frame.shape

    def redness(values: np.ndarray) -> float:
        return float(values[..., 0].mean() - values[..., 2].mean())

    assert redness(made) > redness(frame) + 8


def test_the_exported_network_is_the_trained_one(style: Path, tmp_path: Path) -> None:
    assert load_model(style, "style").export_onnx(tmp_path / "again.onnx") < 1e-3
    report = load_model(style, "style").evaluate([style.parent / "data"], Silent())
    assert report.values["pictures"] == 12
    assert 0 < float(report.values["shown"]) < 2


def test_pictures_are_painted_into_files(style: Path, tmp_path: Path) -> None:
    Image.fromarray(draw_picture(1, 64, 96)).save(tmp_path / "a.png")
    (told,) = load_model(style, "style").predict([str(tmp_path / "a.png")], {"strength": "0.5"})
    assert Path(told["file"]).name == "a-painted.png"
    with Image.open(told["file"]) as made:
        assert made.size == (96, 64)
    with pytest.raises(InputError, match="cannot be 3"):
        list(load_model(style, "style").predict([str(tmp_path / "a.png")], {"strength": "3"}))


def test_a_text_is_no_style_to_learn(tmp_path: Path) -> None:
    text = tmp_path / "style.png"
    text.write_text("paint it black")
    data = save_pictures(tmp_path / "data", 2)
    with pytest.raises(InputError, match="is no picture"):
        StyleKind.train([data], StyleSettings(picture=str(text)), Run(tmp_path / "m"))
    with pytest.raises(InputError, match="learnt from a picture") as caught:
        StyleKind.train([data], StyleSettings(), Run(tmp_path / "m"))
    assert "--picture" in (caught.value.hint or "")


def test_a_model_that_cannot_paint_is_refused(style: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(style, copy)
    (copy / EXPORTED).write_bytes(b"torn")
    with pytest.raises(ModelError):
        Learnt(copy)
    (copy / EXPORTED).unlink()
    with pytest.raises(ModelError, match="has not been exported"):
        Learnt(copy)


def test_a_small_painting_gets_the_pictures_edges_back() -> None:
    frame = draw_picture(1, 120, 160)
    small = frame[::4, ::4].copy()
    made = enlarge(small, small, frame).astype(float)
    blurred = np.asarray(Image.fromarray(small).resize((160, 120), Image.Resampling.BICUBIC), float)
    assert np.abs(made - frame).mean() < 0.75 * np.abs(blurred - frame).mean()


def test_colours_of_the_picture_are_no_stranger_than_nothing() -> None:
    import torch

    from reelwright.edit.enhance.restyle.task import strangeness

    palette = torch.tensor([[1.0, -1.0, -1.0], [0.0, 0.0, 0.0]])
    own = palette[0].reshape(1, 3, 1, 1).expand(2, 3, 8, 8)
    assert float(strangeness(own, palette)) < 1e-6
    # A green is told by the nearest of them, grey.
    green = torch.tensor([-1.0, 1.0, -1.0]).reshape(1, 3, 1, 1).expand(2, 3, 8, 8)
    assert float(strangeness(green, palette)) == pytest.approx(3, abs=1e-3)
