"""Models of the person's own that enlarge pictures: ONNX and safetensors files, good and bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from safetensors.torch import save_file

from enlarging import write_enlarger, write_labeller, write_same_size
from reelwright.core.errors import InputError, ProviderRefused
from reelwright.core.ports import PictureEnlarger
from reelwright.providers.upscale import load_enlarger
from reelwright.providers.upscale.rebuilding import Compact, Deep, rebuild


def picture(high: int, wide: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (high, wide, 3), np.uint8)


def compact_weights(scale: int = 2) -> dict[str, torch.Tensor]:
    chance = torch.Generator().manual_seed(0)
    shapes = {"body.0": (4, 3, 3, 3), "body.2": (4, 4, 3, 3), "body.4": (3 * scale**2, 4, 3, 3)}
    weights = {f"{name}.weight": torch.zeros(shape) for name, shape in shapes.items()}
    weights |= {f"{name}.bias": torch.zeros(shape[0]) for name, shape in shapes.items()}
    weights |= {f"body.{n}.weight": torch.rand(4, generator=chance) for n in (1, 3)}
    return weights


def deep_weights(channels: int, width: int = 4, grown: int = 2) -> dict[str, torch.Tensor]:
    sizes = {"conv_first": (width, channels), "conv_body": (width, width), "conv_last": (3, width)}
    sizes |= {f"conv_{name}": (width, width) for name in ("up1", "up2", "hr")}
    for block in range(2):
        for dense in range(1, 4):
            for number in range(1, 6):
                before = width + (number - 1) * grown
                after = grown if number < 5 else width
                sizes[f"body.{block}.rdb{dense}.conv{number}"] = (after, before)
    chance = torch.Generator().manual_seed(0)
    weights = {f"{k}.weight": torch.rand(*v, 3, 3, generator=chance) / 40 for k, v in sizes.items()}
    return weights | {f"{k}.bias": torch.zeros(v[0]) for k, v in sizes.items()}


@pytest.mark.parametrize(("scale", "half"), [(2, False), (4, False), (3, True)])
def test_onnx_enlarges_any_size_in_tiles(tmp_path: Path, scale: int, half: bool) -> None:
    enlarger = load_enlarger(write_enlarger(tmp_path / "x.onnx", scale, half=half))
    assert isinstance(enlarger, PictureEnlarger)
    small = picture(70, 331)
    large = enlarger.enlarge(small)
    np.testing.assert_array_equal(large, small.repeat(scale, 0).repeat(scale, 1))
    assert enlarger.key()["model"]


def test_onnx_of_one_size_is_given_tiles_of_it(tmp_path: Path) -> None:
    enlarger = load_enlarger(write_enlarger(tmp_path / "x.onnx", 2, size=(32, 48)))
    small = picture(75, 101)
    np.testing.assert_array_equal(enlarger.enlarge(small), small.repeat(2, 0).repeat(2, 1))


def test_safetensors_of_the_compact_family(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file(compact_weights(), path)
    small = picture(20, 37)
    large = load_enlarger(path).enlarge(small)
    # All kernels are nothing: what is left is the enlarged picture that they add to.
    np.testing.assert_array_equal(large, small.repeat(2, 0).repeat(2, 1))


@pytest.mark.parametrize(("channels", "scale"), [(3, 4), (12, 2)])
def test_safetensors_of_the_deep_family(tmp_path: Path, channels: int, scale: int) -> None:
    path = tmp_path / "x.safetensors"
    weights = deep_weights(channels)
    save_file(weights, path)
    network = rebuild(weights)
    assert isinstance(network, Deep)
    assert network.scale == scale
    assert load_enlarger(path).enlarge(picture(18, 21)).shape == (18 * scale, 21 * scale, 3)


def test_compact_network_is_what_its_formula_says() -> None:
    weights = compact_weights()
    weights["body.0.weight"] = torch.rand(4, 3, 3, 3, generator=torch.Generator().manual_seed(2))
    weights["body.2.weight"] = torch.rand(4, 4, 3, 3, generator=torch.Generator().manual_seed(3))
    weights["body.4.weight"] = torch.rand(12, 4, 3, 3, generator=torch.Generator().manual_seed(4))
    network = rebuild(weights)
    assert isinstance(network, Compact)
    given = torch.rand(1, 3, 6, 7, generator=torch.Generator().manual_seed(5)) - 0.5
    maps = given
    for number in (0, 2):
        maps = torch.conv2d(maps, weights[f"body.{number}.weight"], padding=1)
        slope = weights[f"body.{number + 1}.weight"][:, None, None]
        maps = torch.where(maps > 0, maps, maps * slope)
    maps = torch.conv2d(maps, weights["body.4.weight"], padding=1)
    base = given.repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(network(given), torch.pixel_shuffle(maps, 2) + base)


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "RealESRGAN_x4plus.pth"
    path.write_bytes(b"cos\nsystem\n(S'touch /tmp/never'\ntR.")
    with pytest.raises(InputError, match="pickle") as told:
        load_enlarger(path)
    assert "safetensors" in (told.value.hint or "")


def test_files_that_are_no_such_model_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        load_enlarger(tmp_path / "none.onnx")
    text = tmp_path / "text.txt"
    text.write_text("hello")
    with pytest.raises(InputError, match="no model"):
        load_enlarger(text)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"\x08\x07garbage" * 20)
    with pytest.raises(ProviderRefused, match="no ONNX network"):
        load_enlarger(broken).enlarge(picture(16, 16))
    with pytest.raises(ProviderRefused, match="one RGB picture of one"):
        load_enlarger(write_labeller(tmp_path / "l.onnx")).enlarge(picture(16, 16))
    with pytest.raises(ProviderRefused, match="larger by a whole factor"):
        load_enlarger(write_same_size(tmp_path / "s.onnx")).enlarge(picture(16, 16))


@pytest.mark.parametrize("change", ["cut", "other", "missing", "shape", "first"])
def test_weights_that_do_not_fit_say_so(tmp_path: Path, change: str) -> None:
    path = tmp_path / "x.safetensors"
    weights = deep_weights(5) if change == "first" else deep_weights(3)
    if change == "other":
        weights = {"encoder.weight": torch.zeros(3)}
    elif change == "missing":
        del weights["body.1.rdb2.conv3.weight"]
    elif change == "shape":
        weights["conv_hr.weight"] = torch.zeros(4, 5, 3, 3)
    save_file(weights, path)
    if change == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ProviderRefused) as told:
        load_enlarger(path).enlarge(picture(16, 16))
    assert str(path) in str(told.value)
