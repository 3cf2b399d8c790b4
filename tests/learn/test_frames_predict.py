"""The kind `frames`, `task=predict`: codecs hold frames, relations beat copying the last frame."""

from pathlib import Path

import numpy as np
import pytest
import torch

from reelwright.core.errors import DataError, InputError, SettingError
from reelwright.core.progress import Silent
from reelwright.learn.devices import seed_everything
from reelwright.learn.frames import figures
from reelwright.learn.frames.clips import read_clips
from reelwright.learn.frames.codecs import FrameCodec
from reelwright.learn.frames.kind import Frames
from reelwright.learn.frames.layers import LayerCodec, anchored, matched
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

PAST, FUTURE = 4, 3


def waves(count: int, side: int = 24, seed: int = 0) -> np.ndarray:
    """Gray sines that move on, each at its own angle and speed: N × T × H × W bytes."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    clips = []
    for _ in range(count):
        angle, start = rng.uniform(0, 2 * np.pi, 2)
        speed = rng.uniform(0.8, 1.4)
        along = 2 * np.pi * 1.5 * (np.cos(angle) * x + np.sin(angle) * y)
        clips.append([np.sin(along + start + speed * t) for t in range(PAST + FUTURE)])
    return np.round(127.5 + 110 * np.array(clips)).astype(np.uint8)


def discs(count: int, seed: int = 0) -> np.ndarray:
    """One bright disc that moves straight before a black ground."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:32, :32]
    clips = []
    for _ in range(count):
        at, pace = rng.uniform(9, 22, 2), rng.uniform(-1, 1, 2)
        places = [at + pace * t for t in range(PAST + FUTURE)]
        clips.append([np.clip(4.5 - np.hypot(y - p[0], x - p[1]), 0, 1) for p in places])
    return np.round(255 * np.array(clips)).astype(np.uint8)


def trained(folder: Path, clips: np.ndarray, **settings: object) -> Frames:
    np.save(folder / "clips.npy", clips)
    wanted = {"past": PAST, "future": FUTURE, "batch": 8, "width": 16, "rate": 4e-3, **settings}
    full = FrameSettings.model_validate({"task": "predict", **wanted})
    Frames.train([folder / "clips.npy"], full, Run(folder / "model", device="cpu"))
    model = load_model(folder / "model", "frames")
    assert isinstance(model, Frames)
    return model


@pytest.fixture(scope="module")
def wavy(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    folder = tmp_path_factory.mktemp("waves")
    np.savez(folder / "test.npz", clips=waves(12, seed=9))
    return trained(folder, waves(64), epochs=12, rate=8e-3)


def test_predicted_frames_beat_copying_the_last(wavy: Frames) -> None:
    report = wavy.evaluate([wavy.folder.parent / "test.npz"], Silent())
    assert report.values["mse"] < 0.5 * float(report.values["mse_copied"])
    assert float(report.values["psnr"]) > 15
    assert [row["frame"] for row in report.tables["frames"]] == [1, 2, 3]


def test_the_onnx_file_predicts_the_same(wavy: Frames) -> None:
    past = wavy.folder.parent / "past.npy"
    np.save(past, waves(2, seed=4))
    out = wavy.folder.parent / "out.npz"
    options = {"out": str(out), "frames": "5"}
    told = next(iter(wavy.predict([str(past)], options)))
    assert (told["clips"], told["frames"]) == (2, 5)
    plain = np.load(out)["clips"]
    assert plain.shape == (2, 5, 24, 24, 1)
    exported = wavy.folder / "model.onnx"
    assert wavy.export_onnx(exported) < 1e-4
    next(iter(wavy.predict([str(past)], options)))
    exported.unlink()
    assert np.abs(np.load(out)["clips"].astype(int) - plain).max() <= 1


@pytest.mark.parametrize(
    ("codec", "relation"),
    [("vae", "lstm"), ("vae", "transformer"), ("vqvae", "convlstm"), ("layers", "transformer")],
)
def test_every_codec_and_relation_trains_and_exports(
    tmp_path: Path, codec: str, relation: str
) -> None:
    model = trained(
        tmp_path, discs(8), epochs=1, codec=codec, relation=relation, layers=1, code=4, book=16
    )
    assert model.export_onnx(tmp_path / "model.onnx") < 1e-3


def test_things_before_a_dark_ground_are_followed(tmp_path: Path) -> None:
    model = trained(tmp_path, discs(80), epochs=12, layers=1, reach=0.4, rate=6e-3)
    assert model.settings.codec == "layers"
    np.save(tmp_path / "test.npy", discs(12, seed=5))
    values = model.evaluate([tmp_path / "test.npy"], Silent()).values
    assert values["mse"] < 0.4 * float(values["mse_copied"])


@pytest.mark.parametrize("book", [0, 32])
def test_codecs_draw_frames_again(book: int) -> None:
    seed_everything(0)
    codec = FrameCodec(1, 8, 32, book)
    frames = torch.from_numpy(waves(8)[:, 0]).float()[:, None] / 255
    moved = torch.optim.Adam(codec.parameters(), 4e-3)
    for _ in range(150):
        codes, cost = codec.encode(frames)
        loss = (codec.decode(codes) - frames).square().mean() + (0.1 if book else 1e-5) * cost
        moved.zero_grad()
        loss.backward()
        moved.step()
    codec.eval()
    with torch.no_grad():
        drawn = codec.decode(codec.encode(frames)[0])
    decibels = figures.psnr(drawn[:, 0, ..., None].numpy(), frames[:, 0, ..., None].numpy())
    assert decibels.mean() > (18 if book else 24)


def test_a_thing_is_anchored_where_its_weight_is() -> None:
    pictures = torch.zeros(1, 1, 8, 8)
    pictures[0, 0, 2, 5] = 1.0
    middles = torch.tensor([[[[10.0, 20.0]]]])
    assert anchored(middles, pictures)[0, 0, 0].tolist() == [8.5, 21.5]


def test_things_of_two_windows_are_matched_by_look_and_place() -> None:
    looks = torch.stack([torch.zeros(4, 4), torch.ones(4, 4)])[None]
    ends = torch.tensor([[[3.0, 3.0], [20.0, 20.0]]])
    order = matched((looks, looks.flip(1)), (ends, ends.flip(1)), torch.zeros(1, 2, 2))
    assert order.tolist() == [[1, 0]]


def test_a_codec_lays_pictures_between_pixels() -> None:
    codec = LayerCodec(2, (16, 16), 1, 4, 8)
    lines, rows = codec.spread(torch.full((1, 1, 1, 2), 7.25), None)
    drawn = codec.compose(torch.ones(1, 1, 4, 4), lines, rows)[0, 0]
    centre = (drawn.sum(1) * torch.arange(16)).sum() / drawn.sum()
    assert float(centre) == pytest.approx(7.25)


def test_ssim_and_mse_are_the_usual_ones() -> None:
    a = np.zeros((1, 16, 16, 1), np.float32)
    assert figures.mse(a, a + 0.5)[0] == pytest.approx(64)
    assert figures.psnr(a, a + 0.1)[0] == pytest.approx(20, abs=1e-3)
    noise = np.random.default_rng(0).random((16, 16, 1), np.float32)
    assert figures.ssim(noise, noise) == pytest.approx(1)
    assert figures.ssim(noise, 1 - noise) < 0


@pytest.mark.parametrize(
    ("clips", "told"),
    [
        (np.zeros((4, 3, 24, 24), np.uint8), "its clips have 3 frames; 7 are needed"),
        (np.zeros((4, 7, 24), np.uint8), "has the shape 4×7×24"),
        (np.zeros((4, 7, 24, 24), np.int64), "holds int64"),
        (np.full((4, 7, 24, 24), 2.0, np.float32), "not 0 to 1"),
        (np.zeros((0, 7, 24, 24), np.uint8), "nothing to learn from"),
    ],
)
def test_arrays_that_cannot_be_used_are_told(tmp_path: Path, clips: np.ndarray, told: str) -> None:
    np.save(tmp_path / "bad.npy", clips)
    with pytest.raises(DataError, match=told):
        trained(tmp_path, clips)


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    settings = FrameSettings(task="predict")
    (tmp_path / "cut.npy").write_bytes(b"\x93NUMPY\x01\x00")
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.txt").write_text("words")
    for name, told in (
        ("cut.npy", "cut short"),
        ("empty", "holds no videos"),
        ("words.txt", "neither a video nor an array"),
        ("none.mp4", "no such file"),
    ):
        with pytest.raises(DataError, match=told):
            Frames.train([tmp_path / name], settings, Run(tmp_path / "m", device="cpu"))


def test_clips_come_time_first_too_and_of_one_size(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.swapaxes(waves(12), 0, 1))
    np.save(tmp_path / "b.npy", waves(3, side=32))
    with read_clips([tmp_path / "a.npy"], PAST + FUTURE, 64, tmp_path) as clips:
        assert (len(clips), clips.shape) == (12, (24, 24, 1))
        assert len(clips.train) == 11
    with (
        pytest.raises(DataError, match="32×32×1"),
        read_clips([tmp_path / "a.npy", tmp_path / "b.npy"], PAST + FUTURE, 64, tmp_path),
    ):
        pass


def test_codecs_that_do_not_fit_are_told(tmp_path: Path) -> None:
    coloured = np.repeat(waves(8)[..., None], 3, axis=4)
    with pytest.raises(DataError, match="gray clips"):
        trained(tmp_path, coloured, codec="layers")
    with pytest.raises(DataError, match="no grids"):
        trained(tmp_path, discs(8), codec="layers", relation="convlstm")


def test_options_that_cannot_be_are_told(wavy: Frames) -> None:
    clip = str(wavy.folder.parent / "test.npz")
    with pytest.raises(SettingError, match="frame_count"):
        list(wavy.predict([clip], {"frame_count": "3"}))
    with pytest.raises(InputError, match="no name of a clip"):
        list(wavy.predict([clip], {"out": str(wavy.folder / "x.doc")}))
