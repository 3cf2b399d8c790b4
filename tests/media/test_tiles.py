"""Pictures in tiles: no seams, and smaller tiles where memory runs out."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwright.core.errors import MediaError, ModelError
from reelwright.edit.enhance.upscaler.running import SHIPPED
from reelwright.learn import folder
from reelwright.media.networks import Network
from reelwright.media.tiles import Planes, Tiler


def blurred(planes: Planes) -> Planes:
    """Twice as large, each pixel made of the five times five around; nothing beyond the borders."""
    rim = np.pad(planes, ((0, 0), (2, 2), (2, 2)))
    high, wide = planes.shape[1:]
    total = sum(rim[:, dy : dy + high, dx : dx + wide] for dy in range(5) for dx in range(5))
    return np.asarray(total, np.float32).repeat(2, 1).repeat(2, 2)


def noise(high: int, wide: int) -> Planes:
    return np.random.default_rng(0).integers(0, 99, (2, high, wide)).astype(np.float32)


@pytest.mark.parametrize("size", [(100, 70), (16, 16), (33, 129)])
def test_tiles_leave_no_seams(size: tuple[int, int]) -> None:
    planes = noise(*size)
    tiler = Tiler(blurred, scale=2, rim=2, side=16)
    np.testing.assert_array_equal(tiler(planes), blurred(planes))


def test_tiles_stand_on_the_grid_and_the_rest_is_cut_away() -> None:
    seen: list[tuple[int, ...]] = []

    def run(planes: Planes) -> Planes:
        seen.append(planes.shape[1:])
        return planes

    planes = noise(45, 83)
    np.testing.assert_array_equal(Tiler(run, scale=1, rim=3, step=8, side=16)(planes), planes)
    assert len(seen) > 4
    assert all(side % 8 == 0 for shape in seen for side in shape)


def test_less_memory_means_smaller_tiles_and_then_the_cpu() -> None:
    told: list[str] = []

    def small(planes: Planes) -> Planes:
        if planes[0].size > 40 * 40:
            raise MemoryError
        return blurred(planes)

    def none(planes: Planes) -> Planes:
        raise MemoryError

    planes = noise(150, 150)
    tiler = Tiler(small, scale=2, rim=2, side=128, say=told.append)
    with pytest.raises(MediaError, match="too little memory"):
        tiler(planes)
    assert told == ["memory ran out: going on with tiles of 64 pixels"]

    told.clear()
    tiler = Tiler(none, scale=2, rim=2, side=128, slower=lambda: blurred, say=told.append)
    np.testing.assert_array_equal(tiler(planes), blurred(planes))
    assert len(told) == 2
    assert "CPU" in told[1]


def test_what_is_no_network_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_text("hello")
    with pytest.raises(ModelError, match="no ONNX network"):
        Network(path)
    with pytest.raises(ModelError, match="cannot be read"):
        Network(tmp_path / "none.onnx")


def test_a_network_alone_leaves_a_gpu_that_is_full(caplog: pytest.LogCaptureFixture) -> None:
    state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")

    class Full:
        def run(self, *_: object) -> None:
            raise state.RuntimeException("CUDA failure 2: out of memory")

    path = SHIPPED / folder.EXPORTED
    luma = np.full((1, 1, 24, 24), 0.5, np.float32)
    for alone in (True, False):
        network: Any = Network(path, alone=alone)
        name = network.inputs[0].name
        meant = network.run({name: luma})
        network._session, network.on_gpu = Full(), True
        if not alone:
            with pytest.raises(MemoryError):
                network.run({name: luma})
            continue
        with caplog.at_level(logging.WARNING):
            np.testing.assert_array_equal(network.run({name: luma})[0], meant[0])
        assert not network.on_gpu
        assert "CPU" in caplog.text
        network._session = Full()
        with pytest.raises(ModelError, match="more memory"):
            network.run({name: luma})
