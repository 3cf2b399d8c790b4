"""What the kind `images` is made of: tori, noise, losses, patches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from reelwright.core.errors import DataError
from reelwright.learn.devices import seed_everything
from reelwright.learn.features.textures import draw, paint
from reelwright.learn.images import losses
from reelwright.learn.images.augment import apply_jitter, draw_jitter
from reelwright.learn.images.drawing import Drawer, resize_around
from reelwright.learn.images.judging import psnr, spread_of
from reelwright.learn.images.networks import Critic, Generator
from reelwright.learn.images.noise import White, fit_prior, loop
from reelwright.learn.images.pictures import cut, read_album, seam

COLOURS = np.array([[30, 60, 120], [230, 220, 200]])


def generator(noise: int = 4, labels: int = 0, levels: int = 2) -> Generator:
    seed_everything(3)
    return Generator(noise, labels, 4, levels).eval()


def test_a_picture_wraps_exactly() -> None:
    network = generator()
    noise = torch.randn(1, 4, 5, 7)
    with torch.no_grad():
        drawn = network(noise, torch.zeros(1, dtype=torch.int64))
        for down, across in ((1, 0), (0, 3), (2, 5)):
            moved = network(noise.roll((down, across), (2, 3)), torch.zeros(1, dtype=torch.int64))
            assert torch.allclose(moved, drawn.roll((4 * down, 4 * across), (2, 3)), atol=1e-6)
    assert drawn.shape == (1, 3, 20, 28)


def test_the_slopes_around_the_border_are_torchs_own() -> None:
    network = generator()
    noise = torch.randn(2, 4, 4, 4)
    labels = torch.zeros(2, dtype=torch.int64)
    slopes: list[torch.Tensor] = []
    for training in (True, False):
        network.train(training)
        given = noise.clone().requires_grad_(True)
        (network(given, labels) ** 3).sum().backward()
        assert given.grad is not None
        slopes.append(given.grad)
    assert torch.allclose(*slopes, atol=1e-6)


def test_a_critic_pads_nothing_and_bounds_its_slope() -> None:
    seed_everything(0)
    critic = Critic(32, 0, 8, bounded=True)
    assert all(layer.padding == (0, 0) for layer in critic.layers)
    labels = torch.zeros(2, dtype=torch.int64)
    with torch.no_grad():
        for _ in range(30):
            critic(torch.zeros(2, 3, 32, 32), labels)
    weights = critic.layers[1].weight.detach().flatten(1)
    assert torch.linalg.matrix_norm(weights, 2).item() == pytest.approx(1, abs=0.1)
    with pytest.raises(ValueError, match="32"):
        Critic(16, 0, 8, bounded=True)


def test_any_size_is_drawn_and_wraps() -> None:
    network = generator()

    def generate(noise: np.ndarray, labels: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(torch.from_numpy(noise), torch.from_numpy(labels)).numpy()

    drawer = Drawer(generate, White(3, 1), 4)
    for size in ((64, 64), (54, 96), (101, 37)):
        still = drawer.still(size, seed=2, scale=1.5)
        assert still.shape == (size[1], size[0], 3)
        assert seam(still) < 1.1
    assert np.array_equal(drawer.still((40, 40), seed=9), drawer.still((40, 40), seed=9))
    assert not np.array_equal(drawer.still((40, 40), seed=9), drawer.still((40, 40), seed=8))


def test_scaling_goes_around_the_border() -> None:
    frame = paint(draw("clouds", 48, 48, np.random.default_rng(0)), COLOURS)
    scaled = resize_around(np.roll(frame, (8, 16), (0, 1)), (96, 72))
    assert np.array_equal(scaled, np.roll(resize_around(frame, (96, 72)), (12, 32), (0, 1)))


def test_noise_has_shared_channels_and_loops_close() -> None:
    source = White(2, 3)
    field = source.draw(4, 6, np.random.default_rng(1))
    assert field.shape == (5, 4, 6)
    assert (field[2:].std((1, 2)) < 1e-6).all()
    assert np.array_equal(field[2:, 0, 0], source.draw(9, 9, np.random.default_rng(1))[2:, 0, 0])
    walk = list(loop(source, 16, 16, seed=4, frames=12, motion=0.6))
    steps = [np.abs(b - a).mean() for a, b in zip(walk, [*walk[1:], walk[0]], strict=True)]
    # The step from the last frame back to the first is one like all others.
    assert max(steps) < 1.05 * min(steps)
    assert all(0.8 < each[:2].std() < 1.2 for each in walk)


def test_a_prior_draws_what_it_was_fitted_to() -> None:
    chance = np.random.default_rng(0)
    white = chance.standard_normal((64, 2, 24, 24))
    smooth = sum(np.roll(white, step, 3) for step in range(4)) / 2
    smooth[:, 1] = 0.5 * smooth[:, 0] + smooth[:, 1] + 3
    prior = fit_prior(smooth[:, :, 4:20, 4:20].astype(np.float32))
    fields = np.stack([prior.draw(20, 30, chance) for _ in range(64)])
    assert fields.shape == (64, 2, 20, 30)
    assert fields.mean((0, 2, 3)) == pytest.approx([0, 3], abs=0.15)
    assert fields[:, 0].std() == pytest.approx(1, abs=0.12)
    beside = (fields[:, 0] * np.roll(fields[:, 0], 1, 2)).mean()
    above = (fields[:, 0] * np.roll(fields[:, 0], 1, 1)).mean()
    assert beside == pytest.approx(0.75, abs=0.12)
    assert abs(above) < 0.1


def test_losses_of_known_values() -> None:
    real, fake = torch.tensor([[2.0], [0.5]]), torch.tensor([[-3.0], [0.0]])
    assert losses.hinge_critic(real, fake).item() == pytest.approx(0.25 + 0.5)
    assert losses.wasserstein_critic(real, fake).item() == pytest.approx(-1.5 - 1.25)
    assert losses.generator_loss(fake).item() == pytest.approx(1.5)
    mean, spread = torch.full((2, 3), 2.0), torch.zeros(2, 3)
    assert losses.divergence(mean, spread).item() == pytest.approx(2.0)
    pictures = torch.randn(3, 3, 8, 8)
    labels = torch.zeros(3, dtype=torch.int64)
    # A critic of slope 3 everywhere.
    penalty = losses.slope_penalty(
        lambda seen, _: 3 * seen[:, 0, 0, :1], pictures, pictures + 1, labels, torch.rand(3)
    )
    assert penalty.item() == pytest.approx(4, abs=1e-4)
    same = [torch.rand(1, 2, 4, 4)]
    assert losses.unlikeness(same, same).item() == 0


def test_augmentation_is_repeatable_and_can_be_off() -> None:
    pictures = torch.rand(4, 3, 32, 32)
    nothing = draw_jitter(4, 0.0, np.random.default_rng(0))
    assert torch.allclose(apply_jitter(pictures, nothing), pictures, atol=1e-6)
    some = [draw_jitter(64, 1.0, np.random.default_rng(1)) for _ in range(2)]
    assert torch.equal(some[0].colour, some[1].colour)
    many = pictures.repeat(16, 1, 1, 1).requires_grad_(True)
    changed = apply_jitter(many, some[0])
    holes = (changed == 0).all(1).flatten(1).float().mean(1)
    assert 0.25 < (holes > 0.03).float().mean() < 0.75
    changed.sum().backward()
    assert many.grad is not None


def test_seams_diversity_and_psnr() -> None:
    tile = paint(draw("marble", 64, 64, np.random.default_rng(0)), COLOURS)
    assert seam(tile) < 1.1
    assert seam(tile[:50, :50]) > 1.2
    ramp = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None] * 3, 64, 0).repeat(3, 2)
    assert seam(ramp) > 20
    assert spread_of(np.zeros((5, 3))) == 0
    assert spread_of(np.array([[0.0], [1.0]])) == pytest.approx(1)
    assert psnr(tile[None], tile[None]) == 99
    assert psnr(np.zeros((1, 2, 2, 3), np.uint8), np.full((1, 2, 2, 3), 255, np.uint8)) == 0


def save(path: Path, height: int = 48, width: int = 64, mode: str = "RGB", seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = paint(draw("clouds", height, width, np.random.default_rng(seed)), COLOURS)
    Image.fromarray(frame).convert(mode).save(path)
    return path


def album(*data: Path, labelled: bool = True, crop: int = 32):
    return read_album(data, side=64, crop=crop, labelled=labelled)


def test_grey_palette_and_transparent_pictures_are_read(tmp_path: Path) -> None:
    for number, mode in enumerate(("L", "P", "RGBA", "LA", "1", "CMYK")):
        suffix = "tif" if mode == "CMYK" else "png"
        save(tmp_path / f"{mode}.{suffix}", mode=mode, seed=number)
    found = album(tmp_path)
    patches = cut(found.whole, 32, np.random.default_rng(0), flip=True)
    assert patches.shape == (6, 32, 32, 3)


def test_labels_are_the_names_of_sub_folders(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / "sky" / f"{number}.png", seed=number)
    save(tmp_path / "sea" / "one.png", seed=9)
    found = album(tmp_path)
    assert found.labels == ("sea", "sky")
    assert [sheet.label for sheet in found.whole] == [0, 1, 1, 1]
    assert found.notes == ('the label "sea" has one picture only',)
    assert album(tmp_path, labelled=False).labels == ()
    save(tmp_path / "loose.png", seed=20)
    assert album(tmp_path).labels == ()


def test_one_picture_is_judged_by_its_end(tmp_path: Path) -> None:
    found = album(save(tmp_path / "one.png", 48, 80))
    assert (found.train[0].area, found.judged[0].area) == ((0, 0, 48, 48), (0, 48, 48, 80))
    small = album(save(tmp_path / "small.png", 40, 40, seed=1))
    assert small.train == small.judged
    assert "too few" in small.split


def test_many_pictures_are_split_by_their_content(tmp_path: Path) -> None:
    for number in range(40):
        save(tmp_path / f"{number}.png", 40, 40, seed=number)
    save(tmp_path / "copy.png", 40, 40, seed=0)
    found = album(tmp_path)
    held = {sheet.path for sheet in found.judged}
    assert 1 <= len(held) <= 10
    assert not held & {sheet.path for sheet in found.train}
    assert len(found.whole) == 40
    assert any("copy" in note for note in found.notes)


def test_what_cannot_be_learnt_from_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no picture")
    with pytest.raises(DataError, match="no pictures"):
        album(tmp_path / "empty")
    with pytest.raises(DataError, match="is not there"):
        album(tmp_path / "nowhere")
    tiny = save(tmp_path / "tiny" / "dot.png", 20, 90)
    with pytest.raises(DataError, match=r"dot\.png: is too small \(90×20\)"):
        album(tiny.parent)
    damaged = save(tmp_path / "bad" / "half.png", seed=1)
    damaged.write_bytes(damaged.read_bytes()[:300])
    with pytest.raises(DataError, match=r"half\.png"):
        album(damaged.parent)


def test_a_picture_that_tiles_is_cut_around_its_borders(tmp_path: Path) -> None:
    tile = paint(draw("clouds", 64, 64, np.random.default_rng(5)), COLOURS)
    Image.fromarray(tile).save(tmp_path / "tile.png")
    sheet = album(tmp_path).whole[0]
    assert sheet.wraps
    around = np.tile(tile, (2, 2, 1))
    for patch in cut([sheet] * 8, 32, np.random.default_rng(0), flip=False):
        places = np.argwhere((around[:64, :64] == patch[0, 0]).all(-1))
        assert any(np.array_equal(around[y : y + 32, x : x + 32], patch) for y, x in places)
