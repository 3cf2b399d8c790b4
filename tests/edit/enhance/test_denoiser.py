"""The kind `denoiser` and denoising by network: trained, judged, exported, used on pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from drawn import draw_picture, save_pictures
from PIL import Image

from reelwright.core.errors import InputError
from reelwright.core.progress import Silent
from reelwright.edit.enhance.averaging import average
from reelwright.edit.enhance.denoise_classical import NAMES
from reelwright.edit.enhance.denoise_network import NetworkDenoise
from reelwright.edit.enhance.denoiser.examples import add_noise, batches
from reelwright.edit.enhance.denoiser.kind import DenoiserKind, read
from reelwright.edit.enhance.denoiser.leaves import draw_leaves
from reelwright.edit.enhance.denoiser.settings import DenoiserSettings
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.luma import psnr
from reelwright.edit.enhance.noise import noise_of
from reelwright.learn.exporting import export_model
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

TINY: dict[str, Any] = {
    "width": 16, "depth": 1, "patch": 32, "batch": 4, "patches": 240, "epochs": 4, "rate": 2e-3,
    "ema": 0.8, "lowest": 15, "highest": 35, "frames": 3,
}  # fmt: skip


def train(folder: Path, **settings: Any) -> Path:
    data = save_pictures(folder / "data", 10)
    given = DenoiserSettings(**{**TINY, **settings})
    DenoiserKind.train([data], given, Run(folder / "model", device="cpu"))
    return folder / "model"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("denoiser"), epochs=1, patches=16)


def noisy_run(count: int = 4, level: float = 25.0) -> tuple[np.ndarray, list[Picture]]:
    clean = draw_picture(50, 45, 67)
    chance = np.random.default_rng(4)
    noisy = [add_noise(clean[None], level, chance)[0].astype(np.uint8) for _ in range(count)]
    return clean, [Picture(frame) for frame in noisy]


def test_onnx_and_tiles_give_the_same(model: Path) -> None:
    _, noisy = noisy_run(3)
    by_torch = [one.rgb for one in NetworkDenoise(25.0, model).run(iter(noisy))]
    assert export_model(model, "onnx").apart < 1e-4  # type: ignore[operator]
    by_onnx = [one.rgb for one in NetworkDenoise(25.0, model).run(iter(noisy))]
    assert int(np.abs(np.stack(by_torch).astype(int) - np.stack(by_onnx)).max()) <= 1
    tiled = NetworkDenoise(25.0, model)
    tiled._tiler._side = 16
    in_tiles = [one.rgb for one in tiled.run(iter(noisy))]
    np.testing.assert_array_equal(np.stack(in_tiles), np.stack(by_onnx))


def test_segments_and_shots_begin_anywhere(model: Path) -> None:
    _, noisy = noisy_run(6)
    step = NetworkDenoise(25.0, model)
    whole = [one.rgb for one in step.run(iter(noisy))]
    later = [one.rgb for one in step.run(iter(noisy[4 - step.memory :]))]
    np.testing.assert_array_equal(later[step.memory], whole[4])
    cut = [Picture(one.rgb, shot=number // 3) for number, one in enumerate(noisy)]
    by_shot = [one.rgb for one in step.run(iter(cut))]
    alone = [one.rgb for one in step.run(iter(noisy[3:]))]
    np.testing.assert_array_equal(np.stack(by_shot[3:]), np.stack(alone))
    assert step.key()["sigma"] == 25.0


def test_pictures_are_averaged_before_the_network_sees_them(model: Path) -> None:
    _, noisy = noisy_run(5)
    plain, behind = NetworkDenoise(20.0, model), NetworkDenoise(20.0, model, averages=True)
    weaker = NetworkDenoise(8.0, model)
    made = [one.rgb for one in behind.run(iter(noisy))]
    wanted = [one.rgb for one in weaker.run(average(iter(noisy), 20.0))]
    np.testing.assert_array_equal(np.stack(made), np.stack(wanted))
    assert plain.key() != behind.key()
    assert "motion-network" in behind.told()


def test_the_shipped_network_is_better_than_ffmpeg_and_keeps_letters_sharp() -> None:
    text = np.full((96, 160, 3), 205, np.uint8)
    cv2.putText(text, "Reel 12", (6, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (30, 30, 60), 2)
    chance = np.random.default_rng(3)
    for clean, more in ((draw_picture(7, 96, 160), 0.5), (text, 1.0)):
        noisy = np.clip(np.rint(clean + chance.normal(0, 20, clean.shape)), 0, 255)
        given = Picture(noisy.astype(np.uint8))
        filters = NetworkDenoise(14.8), NAMES["nlmeans"](14.8), NAMES["nlmeans-fine"](14.8)
        reached = [psnr(next(each.run(iter([given]))).rgb, clean) for each in filters]
        assert reached[0] > max(reached[1:]) + more
        assert reached[0] > psnr(given.rgb, clean) + 6


def test_drawn_leaves_are_learnt_from_besides(tmp_path: Path) -> None:
    leaves = draw_leaves(3, seed=5)
    assert [one.shape for one in leaves] == [(1, 256, 256, 3)] * 3
    for one, again in zip(leaves, draw_leaves(3, seed=5), strict=True):
        np.testing.assert_array_equal(one, again)
        assert 10 < float(one.std()) < 120
    assert not np.array_equal(leaves[0], leaves[1])
    settings = DenoiserSettings.model_validate({**TINY, "leaves": 2})
    data = [save_pictures(tmp_path / "data", 6)]
    found = read(data, settings, Silent())
    plain = read(data, DenoiserSettings.model_validate(TINY), Silent())
    assert len(found.train) == len(plain.train) + 2
    assert len(found.judged) == len(plain.judged)


def test_gray_networks_and_reports(tmp_path: Path) -> None:
    folder = train(tmp_path, frames=1, colour=False, epochs=2, lowest=25, highest=25)
    report = load_model(folder, "denoiser").evaluate([tmp_path / "data"], Silent())
    assert set(report.values) == {"psnr_25", "noisy_25", "pictures"}
    assert float(report.values["psnr_25"]) > float(report.values["noisy_25"]) + 2
    noisy = noisy_run(1)[1][0]
    made = next(NetworkDenoise(25.0, folder).run(iter([noisy]))).rgb
    # Gray networks change luma alone, but for what is cut off at black and white.
    inside = (np.minimum(noisy.rgb, made).min(2) > 0) & (np.maximum(noisy.rgb, made).max(2) < 255)
    moved = (made.astype(int) - noisy.rgb)[inside]
    assert int((moved.max(1) - moved.min(1)).max()) <= 1
    assert int(np.abs(moved).max()) > 4


def test_noise_is_as_strong_as_it_is_said_to_be() -> None:
    flat = np.full((4, 96, 96, 3), 128, np.uint8)
    chance = np.random.default_rng(0)
    for _ in range(6):
        noisy = add_noise(flat, 12.0, chance)
        luma = noisy[0] @ np.array([0.2126, 0.7152, 0.0722])
        assert float(luma.std()) == pytest.approx(12, rel=0.05)
        assert noise_of(luma) == pytest.approx(12, rel=0.15)
    gray = add_noise(flat[..., :1], 30.0, chance)
    assert float(gray.std()) == pytest.approx(30, rel=0.05)
    assert float(gray.max()) > 200


def test_still_pictures_are_learnt_from_as_if_a_camera_moved() -> None:
    settings = DenoiserSettings(**{**TINY, "frames": 5, "lowest": 0, "highest": 0.001})
    picture = draw_picture(1, 64, 64)[None]
    chance = np.random.default_rng(3)
    batch = next(batches([picture], settings, 1, chance))
    assert batch.noisy.shape == (4, 15, 32, 32)
    frames = batch.noisy.reshape(4, 5, 3, 32, 32)
    np.testing.assert_allclose(frames[:, 2], batch.clean, atol=1 / 255)
    assert np.abs(frames[:, 0] - frames[:, 4]).max() > 0.1


def test_predict_estimates_the_noise(model: Path, tmp_path: Path) -> None:
    clean = draw_picture(1, 96, 96)
    noisy = add_noise(clean[None], 20.0, np.random.default_rng(0))[0].astype(np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(noisy).save(path)
    kind = load_model(model, "denoiser")
    (told,) = kind.predict([str(path)], {})
    with Image.open(tmp_path / "a-denoised.png") as made:
        assert made.size == (96, 96)
        assert "AIGC" not in made.info
    assert told["noise"] == pytest.approx(20, rel=0.4)
    with pytest.raises(InputError, match="noise"):
        list(kind.predict([str(path)], {"noise": "loud"}))


def test_settings_that_cannot_be_say_so() -> None:
    for wrong in (
        {"frames": 4},
        {"patch": 51},
        {"patch": 320, "leaves": 1},
        {"lowest": 60, "highest": 50},
    ):
        with pytest.raises(ValueError, match="must"):
            DenoiserSettings.model_validate(wrong)
