"""Providers of kind ``matte``, with small real networks of each family's shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from reelwright.core.errors import ModelError
from reelwright.core.ports import PersonMatter
from reelwright.providers.door import find
from reelwright.providers.matte.onnx import OnnxMatte

FRAME = np.zeros((90, 120, 3), np.uint8)
FRAME[30:, 40:80] = 255


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    inputs: dict[str, list[int | str | None]],
    outputs: Sequence[str],
    constants: dict[str, np.ndarray],
) -> OnnxMatte:
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return OnnxMatte(OnnxMatte.Options(model=str(path)))


def bright(low: float, scale: float) -> tuple[list[onnx.NodeProto], dict[str, np.ndarray]]:
    """Nodes: how bright each pixel is, as a matte."""
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Add", ["mean", "low"], ["above"]),
        helper.make_node("Mul", ["above", "scale"], ["matte"]),
    ]
    return nodes, {"low": np.float32(low), "scale": np.float32(scale)}


def remembering(path: Path) -> OnnxMatte:
    """Of RobustVideoMatting's shape: the matte fades in as the first state counts the pictures."""
    states = [f"r{n}" for n in range(1, 5)]
    nodes = [
        helper.make_node("ReduceMean", ["src"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Add", ["r1i", "half"], ["r1o"]),
        helper.make_node("Mul", ["mean", "r1o"], ["faded"]),
        helper.make_node("Mul", ["downsample_ratio", "zero"], ["nothing"]),
        helper.make_node("Add", ["faded", "nothing"], ["pha"]),
        *(helper.make_node("Identity", [f"{name}i"], [f"{name}o"]) for name in states[1:]),
    ]
    inputs: dict[str, list[int | str | None]] = {"src": [None, 3, None, None]}
    inputs |= {f"{name}i": [None, None, None, None] for name in states}
    inputs["downsample_ratio"] = [1]
    constants = {"half": np.float32(0.5), "zero": np.float32(0)}
    return save(path, nodes, inputs, ["pha", *(f"{name}o" for name in states)], constants)


def test_a_network_of_any_size_is_given_minus_one_to_one(tmp_path: Path) -> None:
    nodes, constants = bright(1.0, 0.5)
    matter = save(
        tmp_path / "modnet.onnx", nodes, {"picture": [1, 3, None, None]}, ["matte"], constants
    )
    assert isinstance(matter, PersonMatter)
    matte = matter.begin()(FRAME)
    assert matte.shape == (90, 120)
    assert matte.dtype == np.float32
    assert matte[60, 60] == pytest.approx(1, abs=0.01)
    assert matte[10, 10] == pytest.approx(0, abs=0.01)


def test_a_network_of_a_fixed_size_is_stretched(tmp_path: Path) -> None:
    nodes, constants = bright(0.0, 0.02)
    shape: list[int | str | None] = [1, 3, 320, 320]
    matter = save(tmp_path / "u2net.onnx", nodes, {"picture": shape}, ["matte"], constants)
    tell = matter.begin()
    # 0.02 · (2.6 + 2.0) is less than a tenth: as much as a picture of nobody may show.
    assert 0.5 < tell(FRAME)[60, 60] < 1
    assert tell(np.zeros_like(FRAME)).max() < 0.01


def test_a_network_that_remembers_goes_on_from_its_states(tmp_path: Path) -> None:
    matter = remembering(tmp_path / "rvm.onnx")
    tell = matter.begin()
    seen = [float(tell(FRAME)[60, 60]) for _ in range(3)]
    assert seen == pytest.approx([0.5, 1.0, 1.0])
    assert float(matter.begin()(FRAME)[60, 60]) == pytest.approx(0.5)


def test_what_is_no_such_network_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("Identity", ["a"], ["b"])]
    matter = save(tmp_path / "other.onnx", nodes, {"a": [1, 7]}, ["b"], {})
    with pytest.raises(ModelError, match="takes no picture") as caught:
        matter.begin()
    assert caught.value.where == str(tmp_path / "other.onnx")
    flat = [helper.make_node("ReduceMean", ["picture"], ["matte"], keepdims=0)]
    matter = save(tmp_path / "flat.onnx", flat, {"picture": [1, 3, None, None]}, ["matte"], {})
    with pytest.raises(ModelError, match="no matte"):
        matter.begin()(FRAME)


def test_its_key_is_the_files_content(tmp_path: Path) -> None:
    one, other = remembering(tmp_path / "a.onnx"), remembering(tmp_path / "b.onnx")
    assert one.key() == other.key()
    assert find("matte", "onnx") is OnnxMatte
