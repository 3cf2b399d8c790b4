"""The kind `upscaler` and upscaling: trained, judged, exported, used; without seams or flicker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from drawn import draw_picture, save_pictures
from PIL import Image

from enlarging import write_enlarger
from reelwright.core.errors import DataError, InputError, ModelError
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.luma import colours_of, from_luma, luma_of, psnr
from reelwright.edit.enhance.upscale import Given, Interpolate, Sharpen, interpolate
from reelwright.edit.enhance.upscaler.kind import UpscalerKind
from reelwright.edit.enhance.upscaler.network import Upscaler
from reelwright.edit.enhance.upscaler.pairs import cubic_psnr, pair_of
from reelwright.edit.enhance.upscaler.settings import UpscalerSettings
from reelwright.learn.exporting import export_model
from reelwright.learn.folder import WEIGHTS, read_weights
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.providers.upscale import load_enlarger

TINY: dict[str, Any] = {
    "width": 16, "depth": 1, "patch": 16, "batch": 8, "patches": 400, "epochs": 3, "rate": 4e-3,
    "ema": 0.9,
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upscaler")
    data = save_pictures(folder / "data", 12)
    out = folder / "model"
    UpscalerKind.train([data], UpscalerSettings(**TINY), Run(out, device="cpu"))
    return out


def pictures(*frames: np.ndarray, shots: Sequence[int] = ()) -> list[Picture]:
    numbers = shots or [0] * len(frames)
    return [Picture(frame, shot=shot) for frame, shot in zip(frames, numbers, strict=True)]


def test_trained_network_beats_interpolation(model: Path, tmp_path: Path) -> None:
    from reelwright.core.progress import Silent

    data = tmp_path / "seen"
    data.mkdir()
    for number in (30, 31, 33):
        Image.fromarray(draw_picture(number, 60, 70)).save(data / f"{number}.png")
    report = load_model(model, "upscaler").evaluate([data], Silent())
    assert float(report.values["psnr"]) > float(report.values["bicubic"]) + 0.2
    assert [row["picture"] for row in report.tables["pictures"]] == ["30.png", "31.png", "33.png"]


def test_kernels_that_are_sums_are_kept_as_plain_ones() -> None:
    torch.manual_seed(3)
    network = Upscaler(3, 16, 2, merged=True)
    given = torch.rand(1, 1, 9, 11)
    torch.testing.assert_close(network(given), network.fold()(given), atol=1e-5, rtol=1e-4)


def test_without_a_network_it_is_bicubic_interpolation() -> None:
    network = Upscaler(2, 8, 1, merged=False)
    for weights in network.parameters():
        torch.nn.init.zeros_(weights)
    small = pair_of(draw_picture(0, 48, 64), 2).small
    with torch.no_grad():
        made = network(torch.from_numpy(small[None, None].astype(np.float32)))[0, 0].numpy()
    image = Image.fromarray(small.astype(np.float32)).resize((64, 48), Image.Resampling.BICUBIC)
    # Inside: Pillow leaves out what lies beyond a border, this repeats the border.
    np.testing.assert_allclose(made[4:-4, 4:-4], np.asarray(image)[4:-4, 4:-4], atol=0.05)


def test_onnx_gives_the_pictures_that_torch_gives(model: Path) -> None:
    small = draw_picture(40, 50, 62)
    by_torch = next(Sharpen(2, model).run(iter([Picture(small)]))).rgb
    assert export_model(model, "onnx").apart < 1e-4  # type: ignore[operator]
    by_onnx = next(Sharpen(2, model).run(iter([Picture(small)]))).rgb
    assert int(np.abs(by_torch.astype(int) - by_onnx).max()) <= 1


def test_all_scales_and_sizes(model: Path) -> None:
    small = draw_picture(41, 33, 47)
    alpha = np.full((33, 47), 255, np.uint8)
    for scale in (2, 3, 4):
        step = Sharpen(scale, model)
        made = next(step.run(iter([Picture(small, alpha=alpha)])))
        assert (made.width, made.height) == step.size(47, 33) == (47 * scale, 33 * scale)
        assert made.alpha is not None
        assert made.alpha.shape == made.rgb.shape[:2]
        back = Image.fromarray(made.rgb).resize((47, 33), Image.Resampling.BOX)
        assert psnr(np.asarray(back), small) > 24
    plain = Interpolate(3)
    assert next(plain.run(iter([Picture(small)]))).rgb.shape == (99, 141, 3)
    assert not plain.synthesises
    assert Sharpen(2, model).synthesises


def test_colour_stays_what_it_is_and_gray_stays_gray(model: Path) -> None:
    step = Sharpen(2, model)
    flat = np.empty((24, 32, 3), np.uint8)
    flat[:] = (200, 40, 90)
    assert int(np.abs(next(step.run(iter([Picture(flat)]))).rgb.astype(int) - flat[0, 0]).max()) < 4
    gray = draw_picture(2, 24, 32)[..., :1].repeat(3, 2)
    made = next(step.run(iter([Picture(gray)]))).rgb.astype(int)
    assert int((made.max(2) - made.min(2)).max()) <= 1
    # A red field beside a gray one: no colour comes up that neither has.
    half = np.full((24, 32, 3), 128, np.uint8)
    half[:, 16:] = (220, 30, 30)
    made = next(step.run(iter([Picture(half)]))).rgb
    small, large = colours_of(half), colours_of(made)
    assert large.min() >= small.min() - 2
    assert large.max() <= small.max() + 2


def test_luma_and_colours_are_the_picture() -> None:
    rgb = draw_picture(5, 20, 20)
    luma = luma_of(rgb)
    assert 16 <= luma.min() <= luma.max() <= 235.01
    np.testing.assert_array_equal(np.rint(from_luma(luma, colours_of(rgb))), rgb)


def test_tiles_have_no_seams(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = draw_picture(7, 90, 110)
    whole = next(Sharpen(2, model).run(iter([Picture(small)]))).rgb
    monkeypatch.setattr("reelwright.media.tiles.SIDE", 16)
    step = Sharpen(2, model)
    step._enlarge._tiler._side = 16
    np.testing.assert_array_equal(next(step.run(iter([Picture(small)]))).rgb, whole)


def test_what_stands_still_flickers_less_and_what_moves_leaves_no_ghost() -> None:
    chance = np.random.default_rng(0)
    still = draw_picture(9, 48, 64)
    noisy = [
        np.clip(still + np.rint(chance.normal(0, 1.5, still.shape)), 0, 255).astype(np.uint8)
        for _ in range(6)
    ]
    step = Sharpen(2)
    alone = [next(step.run(iter([Picture(frame)]))).rgb.astype(float) for frame in noisy]
    calm = [one.rgb.astype(float) for one in step.run(iter(pictures(*noisy)))]
    flicker = [float(np.abs(np.diff(np.stack(run), axis=0)).mean()) for run in (alone, calm)]
    assert flicker[1] < flicker[0]

    frames = [np.roll(still, 7 * number, 1) for number in range(4)]
    moved = [one.rgb for one in step.run(iter(pictures(*frames)))]
    single = [next(step.run(iter([Picture(frame)]))).rgb for frame in frames]
    assert min(psnr(one, two) for one, two in zip(moved, single, strict=True)) > 40
    # A new shot begins afresh.
    cut = list(step.run(iter(pictures(noisy[0], noisy[1], shots=[0, 1]))))
    np.testing.assert_array_equal(cut[1].rgb, alone[1].astype(np.uint8))


def test_the_network_that_ships_is_small_and_sharper_than_interpolation() -> None:
    from reelwright.edit.enhance.upscaler.running import SHIPPED

    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 1_000_000
    step, gains = Sharpen(2), list[float]()
    for number in range(40, 46):
        large = draw_picture(number, 96, 128)
        small = np.asarray(Image.fromarray(large).resize((64, 48), Image.Resampling.BICUBIC))
        made, plain = next(step.run(iter([Picture(small)]))).rgb, interpolate(small, 2)
        gains.append(psnr(luma_of(made), luma_of(large)) - psnr(luma_of(plain), luma_of(large)))
    assert float(np.mean(gains)) > 1
    assert min(gains) > -2


def test_text_gets_no_halos() -> None:
    import cv2

    large = np.full((120, 320, 3), 240, np.uint8)
    cv2.putText(large, "Reel 2026", (10, 80), cv2.FONT_HERSHEY_DUPLEX, 1.7, (20, 30, 60), 2, 16)
    small = np.asarray(Image.fromarray(large).resize((160, 60), Image.Resampling.BICUBIC))
    made, plain = next(Sharpen(2).run(iter([Picture(small)]))).rgb, interpolate(small, 2)
    far = cv2.erode((large.min(2) > 235).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0

    def halo(rgb: np.ndarray) -> float:
        """How far pixels beside the letters lie from the paper's."""
        return float(np.abs(rgb.astype(float) - large)[far].mean())

    assert halo(made) < halo(plain)
    assert psnr(made, large) > psnr(plain, large) + 2


def test_segments_begin_anywhere(model: Path) -> None:
    frames = [draw_picture(9, 40, 40)] * 3 + [draw_picture(10, 40, 40)]
    step = Sharpen(2, model)
    whole = [one.rgb for one in step.run(iter(pictures(*frames)))]
    later = [one.rgb for one in step.run(iter(pictures(*frames[3 - step.memory :])))]
    np.testing.assert_array_equal(later[step.memory], whole[3])


def test_a_model_of_the_persons_own(tmp_path: Path) -> None:
    path = write_enlarger(tmp_path / "x.onnx", 2)
    small = draw_picture(3, 20, 30)
    step = Given(4, path, load_enlarger(path))
    made = next(step.run(iter([Picture(small)]))).rgb
    np.testing.assert_array_equal(made, small.repeat(4, 0).repeat(4, 1))
    assert next(Given(3, path, load_enlarger(path)).run(iter([Picture(small)]))).rgb.shape[:2] == (
        60,
        90,
    )
    assert step.key()["model"]
    assert "x.onnx" in step.told()


def test_predict_writes_a_marked_picture(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(draw_picture(4, 30, 40)).save(path)
    kind = load_model(model, "upscaler")
    (told,) = kind.predict([str(path)], {})
    with Image.open(tmp_path / "a-x2.png") as made:
        assert made.size == (80, 60)
        assert "AIGC" in made.info
    assert told["size"] == [80, 60]
    (told,) = kind.predict([str(path)], {"out": str(tmp_path / "b.jpg"), "scale": "3"})
    assert told["size"] == [120, 90]
    with pytest.raises(InputError, match="scale"):
        list(kind.predict([str(path)], {"scale": "5"}))
    with pytest.raises(InputError, match="no option"):
        list(kind.predict([str(path)], {"size": "5"}))
    with pytest.raises(InputError, match="overwritten"):
        list(kind.predict([str(path)], {"out": str(path)}))


def test_bad_data_and_bad_models(model: Path, tmp_path: Path) -> None:
    data = save_pictures(tmp_path / "small", 2, size=20)
    with pytest.raises(DataError, match="too small"):
        UpscalerKind.train([data], UpscalerSettings(**TINY), Run(tmp_path / "out", device="cpu"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        UpscalerKind.train(
            [tmp_path / "empty"], UpscalerSettings(**TINY), Run(tmp_path / "out", device="cpu")
        )
    bad = save_pictures(tmp_path / "bad", 2)
    (bad / "1.png").write_text("no picture")
    with pytest.raises(DataError, match=r"1\.png"):
        UpscalerKind.train([bad], UpscalerSettings(**TINY), Run(tmp_path / "out", device="cpu"))
    weights = read_weights(model)
    assert max(value.ndim for value in weights.values()) == 4
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_bytes((model / "config.json").read_bytes())
    (other / WEIGHTS).write_bytes((model / WEIGHTS).read_bytes()[:-50])
    with pytest.raises(ModelError, match="damaged"):
        next(Sharpen(2, other).run(iter([Picture(draw_picture(0, 20, 20))])))


def test_interpolation_is_the_one_that_is_measured_against() -> None:
    pair = pair_of(draw_picture(12, 61, 83), 2)
    assert pair.small.shape == (30, 41)
    assert pair.large.shape == (60, 82)
    assert 15 < cubic_psnr([pair]) < 60
    assert interpolate(draw_picture(1, 10, 12), 2).shape == (20, 24, 3)
