"""The kind `images` from end to end, on tiny pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import InputError, ModelError
from reelwright.core.progress import Silent
from reelwright.learn.features.textures import draw, paint
from reelwright.learn.folder import read_weights
from reelwright.learn.images.kind import Images
from reelwright.learn.images.pictures import seam
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

TINY: dict[str, Any] = {
    "crop": 32, "side": 48, "width": 6, "levels": 3, "local": 4, "shared": 2, "batch": 4,
    "patches": 40, "epochs": 2, "rate": 4e-3, "augment": 0.2,
}  # fmt: skip


def save(folder: Path, name: str, colours: list[list[int]], count: int = 4) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        field = draw(name, 48, 64, np.random.default_rng(number))
        Image.fromarray(paint(field, np.array(colours))).save(folder / f"{number}.png")


@pytest.fixture(scope="module")
def stone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stone")
    save(folder, "clouds", [[90, 80, 70], [230, 225, 215]])
    return folder


def train(data: Path, out: Path, **settings: Any) -> tuple[Images, dict[str, float]]:
    scores = Images.train([data], ImagesSettings(**{**TINY, **settings}), Run(out, device="cpu"))
    model = load_model(out, "images")
    assert isinstance(model, Images)
    return model, scores


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Images, dict[str, float]]:
    """A model that was asked to tell red from blue."""
    base = tmp_path_factory.mktemp("coloured")
    save(base / "data" / "blue", "clouds", [[10, 30, 150], [60, 90, 250]])
    save(base / "data" / "red", "clouds", [[150, 20, 10], [250, 80, 60]])
    model, scores = train(
        base / "data", base / "model", patches=280, batch=8, epochs=2, ema=0.9, augment=0.0
    )
    return base / "data", model, scores


def test_a_label_is_obeyed(coloured: tuple[Path, Images, dict[str, float]]) -> None:
    _, model, _ = coloured
    assert model.labels == ("blue", "red")
    for seed in range(6):
        blue, red = (
            model.drawer.still((48, 48), seed=seed, label=label).mean((0, 1)) for label in (0, 1)
        )
        assert red[0] - red[2] > 40, red
        assert blue[2] - blue[0] > 40, blue


def test_evaluation_tells_distance_seam_diversity_and_labels(
    coloured: tuple[Path, Images, dict[str, float]],
) -> None:
    data, model, scores = coloured
    report = model.evaluate([data], Silent())
    assert {"distance", "diversity", "seam", "distance_of_halves"} <= set(report.values)
    assert float(report.values["seam"]) < 1.1
    assert [row["label"] for row in report.tables["labels"]] == ["blue", "red"]
    assert scores["distance"] < 150
    json.dumps(report.as_json())


def test_resuming_ends_with_the_same_weights(stone: Path, tmp_path: Path) -> None:
    """Killed after the first epoch, spectral norms, running mean and all."""
    settings = ImagesSettings(**TINY, ema=0.9)

    class Killed(Exception):
        pass

    def kill(step: int, value: float) -> None:
        # The first epoch's checkpoint is there when the second is judged.
        if step == 20:
            raise Killed

    Images.train([stone], settings, Run(tmp_path / "one", device="cpu"))
    with pytest.raises(Killed):
        Images.train([stone], settings, Run(tmp_path / "two", device="cpu", judged=kill))
    Images.train([stone], settings, Run(tmp_path / "two", device="cpu", resume=True))
    one, two = read_weights(tmp_path / "one"), read_weights(tmp_path / "two")
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_what_is_kept_is_the_running_mean(stone: Path, tmp_path: Path) -> None:
    models = [train(stone, tmp_path / str(ema), epochs=1, ema=ema)[0] for ema in (0.0, 0.99)]
    last, mean = (model._weights["generator.end.inner.weight"] for model in models)
    assert not np.array_equal(last, mean)


def test_wgan_gp_trains_too(stone: Path, tmp_path: Path) -> None:
    _, scores = train(stone, tmp_path / "model", loss="wgan-gp", epochs=1)
    assert np.isfinite(scores["distance"])


@pytest.fixture(scope="module")
def vae(stone: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Images, dict[str, float]]:
    out = tmp_path_factory.mktemp("vae") / "model"
    return train(stone, out, model="vae", levels=2, local=6, patches=320, batch=8, likeness=0.0)


def test_a_vae_gives_back_and_draws(vae: tuple[Images, dict[str, float]], stone: Path) -> None:
    model, scores = vae
    assert scores["psnr"] > 17
    report = model.evaluate([stone], Silent())
    assert float(report.values["psnr"]) > 17
    assert float(report.values["seam"]) < 1.1
    assert seam(model.drawer.still((70, 50), seed=1)) < 1.2


@pytest.mark.parametrize("kind", ["gan", "vae"])
def test_the_exported_generator_needs_no_torch(
    kind: str,
    coloured: tuple[Path, Images, dict[str, float]],
    vae: tuple[Images, dict[str, float]],
    tmp_path: Path,
) -> None:
    model = coloured[1] if kind == "gan" else vae[0]
    told = tmp_path / "torch.png"
    list(model.predict([str(told)], {"size": "90x60", "seed": "3"}))
    exported = model.folder / "model.onnx"
    try:
        assert model.export_onnx(exported) < 1e-4
        script = (
            "import sys; sys.modules['torch'] = None\n"
            "from pathlib import Path; from reelwright.learn.kinds import load_model\n"
            f"model = load_model(Path({str(model.folder)!r}))\n"
            f"print(list(model.predict([{str(tmp_path / 'onnx.png')!r}], "
            "{'size': '90x60', 'seed': '3'})))"
        )
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    finally:
        exported.unlink()
    with Image.open(told) as one, Image.open(tmp_path / "onnx.png") as other:
        apart = np.abs(np.asarray(one, int) - np.asarray(other, int))
    assert apart.max() <= 1


def test_files_of_any_size_are_drawn(
    coloured: tuple[Path, Images, dict[str, float]], tmp_path: Path
) -> None:
    model = coloured[1]
    names = [str(tmp_path / name) for name in ("a.png", "b.jpg", "c.webp")]
    told = list(model.predict(names, {"size": "54x96", "seed": "7", "label": "red"}))
    assert [each["seed"] for each in told] == [7, 8, 9]
    for name in names:
        with Image.open(name) as drawn:
            assert drawn.size == (54, 96)


def test_a_loop_closes(coloured: tuple[Path, Images, dict[str, float]], tmp_path: Path) -> None:
    from reelwright.media.frames import read_frames
    from reelwright.media.probing import probe

    model, path = coloured[1], tmp_path / "loop.mp4"
    options = {"size": "64x96", "seconds": "1", "fps": "12", "motion": "0.8"}
    (told,) = model.predict([str(path)], options)
    assert told["frames"] == 12
    facts = probe(path)
    assert (facts.width, facts.height, facts.rate) == (64, 96, 12)
    frames = [f.astype(int) for f in read_frames(path, [(n + 0.5) / 12 for n in range(12)])]
    steps = [np.abs(b - a).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert 0 < steps[-1] < 2 * max(steps[:-1])


def test_what_cannot_be_drawn_is_told(coloured: tuple[Path, Images, dict[str, float]]) -> None:
    model = coloured[1]
    for name, options, words in (
        ("a.txt", {}, "no kind of picture"),
        ("a.png", {"sise": "1x1"}, 'did you mean "size"'),
        ("a.png", {"size": "big"}, "WIDTHxHEIGHT"),
        ("a.png", {"size": "1x1"}, "16 to"),
        ("a.png", {"label": "green"}, "knows no label"),
        ("a.mp4", {"size": "33x32"}, "even"),
    ):
        with pytest.raises(InputError, match=words):
            list(model.predict([name], options))


def test_weights_of_another_model_are_told(
    coloured: tuple[Path, Images, dict[str, float]], stone: Path, tmp_path: Path
) -> None:
    other, _ = train(stone, tmp_path / "other", epochs=1, width=4, patches=8)
    weights = coloured[1].folder / "weights.safetensors"
    (other.folder / "weights.safetensors").write_bytes(weights.read_bytes())
    with pytest.raises(ModelError, match="do not belong together"):
        list(load_model(other.folder).predict([str(tmp_path / "a.png")], {}))
