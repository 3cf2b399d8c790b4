"""The feature net that ships, and the distance measured with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from reelwright.learn.features import (
    SHIPPED,
    Cloud,
    cloud_of,
    describe,
    distance,
    frechet,
    to_input,
)
from reelwright.learn.features.network import load_network
from reelwright.learn.features.textures import RECIPES, draw, paint

STONE = np.array([[40, 40, 48], [150, 148, 140], [240, 238, 230]])


def patches(name: str, count: int = 96, seed: int = 0) -> list[np.ndarray]:
    chance = np.random.default_rng(seed)
    return [paint(draw(name, 64, 64, chance), STONE) for _ in range(count)]


@pytest.fixture(scope="module")
def marble() -> tuple[list[np.ndarray], list[np.ndarray]]:
    both = patches("marble", 192)
    return both[:96], both[96:]


def test_two_halves_of_a_set_lie_close(marble: tuple[list[np.ndarray], list[np.ndarray]]) -> None:
    halves = distance(*marble)
    assert halves < 2
    assert all(distance(marble[0], patches(name)) > 10 * halves for name in ("clouds", "dots"))


@pytest.mark.parametrize("spoil", ["blur", "noise", "colour", "others"])
def test_the_distance_grows_with_what_is_spoilt(
    spoil: str, marble: tuple[list[np.ndarray], list[np.ndarray]]
) -> None:
    chance = np.random.default_rng(7)
    dots = patches("dots", 96)

    def spoilt(patch: np.ndarray, number: int, much: int) -> np.ndarray:
        if spoil == "blur":
            return cv2.GaussianBlur(patch, (0, 0), 0.5 * 1.7**much)
        if spoil == "noise":
            changed = patch + 6 * 2**much * chance.standard_normal(patch.shape)
        elif spoil == "colour":
            changed = patch.astype(float) + 8 * 2**much * np.array([1, 0, -1])
        else:
            changed = dots[number] if number % 16 < 2**much else patch
        return np.clip(changed, 0, 255).astype(np.uint8)

    apart = [distance(*marble)] + [
        distance(marble[0], [spoilt(patch, n, much) for n, patch in enumerate(marble[1])])
        for much in range(4)
    ]
    assert all(later > earlier for earlier, later in zip(apart, apart[1:], strict=False)), apart
    assert apart[-1] > 5 * apart[0]


def test_frechets_distance_of_known_clouds() -> None:
    one = Cloud(np.zeros(3), np.diag([1.0, 4.0, 9.0]), 10)
    other = Cloud(np.array([3.0, 4.0, 0.0]), np.diag([4.0, 4.0, 1.0]), 10)
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)
    # |μ|² = 25; (1 − 2)² + 0 + (3 − 1)² = 5.
    assert frechet(one, other) == pytest.approx(30)
    assert frechet(other, one) == pytest.approx(30)


def test_descriptions_need_no_torch_and_agree_with_it() -> None:
    frames = np.stack(patches("caustics", 4))
    told = describe(frames)
    network = load_network()
    with torch.no_grad():
        same = network(torch.from_numpy(to_input(frames))).numpy()
        maps = network.maps(torch.from_numpy(to_input(frames)))
    assert np.abs(told - same).max() < 1e-3
    assert [tuple(each.shape[1:]) for each in maps] == [
        (12, 64, 64), (24, 32, 32), (48, 16, 16), (64, 8, 8),
    ]  # fmt: skip
    assert describe([]).shape == (0, 64)
    assert cloud_of(told).count == 4
    size = sum((SHIPPED / name).stat().st_size for name in ("weights.safetensors", "model.onnx"))
    assert size < 500_000


def test_gradients_go_through_to_the_picture_alone() -> None:
    network = load_network()
    picture = torch.zeros(1, 3, 32, 48, requires_grad=True)
    network.maps(picture)[-1].square().mean().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0
    assert not any(weight.requires_grad for weight in network.parameters())


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_textures_wrap_and_repeat(name: str) -> None:
    field = draw(name, 48, 64, np.random.default_rng(3))
    assert field.shape == (48, 64)
    assert 0 <= field.min() < field.max() <= 1
    assert np.array_equal(field, draw(name, 48, 64, np.random.default_rng(3)))
    for axis in (0, 1):
        steps = np.abs(np.diff(field, axis=axis, append=field.take([0], axis)))
        across = steps.take(-1, axis).mean()
        # Stripes and bricks have edges; a seam would be the strongest of them by far.
        assert across <= 1.6 * np.sort(steps.mean(1 - axis))[-3:].mean() + 0.05, name
