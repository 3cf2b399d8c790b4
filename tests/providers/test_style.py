"""Providers of kind ``style``, with small real networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from reelwright.core.errors import ModelError, SettingError
from reelwright.core.ports import PictureStyle
from reelwright.providers.door import find
from reelwright.providers.style.onnx import OnnxStyle

FRAME = np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)


def inverter(path: Path, top: float, shape: list[int | None]) -> OnnxStyle:
    """A network that gives the negative: counted from 0 to `top`, and held there."""
    nodes = [
        helper.make_node("Sub", ["top", "picture"], ["turned"]),
        helper.make_node("Clip", ["turned", "zero", "top"], ["painted"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("painted", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.float32(v), n) for n, v in (("top", top), ("zero", 0.0))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return OnnxStyle(OnnxStyle.Options(model=str(path)))


@pytest.mark.parametrize("top", [255.0, 1.0])
def test_it_is_found_out_what_a_file_counts_to(tmp_path: Path, top: float) -> None:
    style = inverter(tmp_path / "a.onnx", top, [1, 3, None, None])
    assert isinstance(style, PictureStyle)
    frame = FRAME[:88]
    assert np.abs(style.paint(frame).astype(int) - (255 - frame.astype(int))).max() <= 1


def test_a_fixed_size_is_kept_to(tmp_path: Path) -> None:
    style = inverter(tmp_path / "a.onnx", 255.0, [1, 3, 32, 48])
    assert style.paint(FRAME).shape == (32, 48, 3)


def test_what_paints_nothing_is_refused(tmp_path: Path) -> None:
    style = inverter(tmp_path / "a.onnx", 255.0, [1, 4])
    with pytest.raises(ModelError, match="no style"):
        style.paint(FRAME)
    with pytest.raises(SettingError, match="no style at"):
        OnnxStyle(OnnxStyle.Options(model=str(tmp_path / "gone.onnx")))
    assert find("style", "onnx") is OnnxStyle
