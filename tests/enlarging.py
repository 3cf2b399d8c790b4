"""Real, tiny networks that enlarge pictures: ONNX and safetensors files as people have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper


def write_enlarger(
    path: Path, scale: int = 2, *, size: tuple[int, int] | None = None, half: bool = False
) -> Path:
    """An ONNX file that repeats each pixel; of any size, or of one."""
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    high, wide = size or ("high", "wide")
    scales = helper.make_tensor("scales", TensorProto.FLOAT, [4], [1, 1, scale, scale])
    node = helper.make_node("Resize", ["in", "", "scales"], ["out"], mode="nearest")
    return _write(path, [node], [scales], (1, 3, high, wide), (1, 3, None, None), kind)


def write_labeller(path: Path) -> Path:
    """An ONNX file that gives ten numbers for a picture."""
    weights = np.zeros((3, 10), np.float32)
    told = helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.ravel())
    nodes = [
        helper.make_node("GlobalAveragePool", ["in"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["out"]),
    ]
    return _write(path, nodes, [told], (1, 3, "h", "w"), (1, 10), TensorProto.FLOAT)


def write_same_size(path: Path) -> Path:
    """An ONNX file that gives a picture as it is."""
    node = helper.make_node("Identity", ["in"], ["out"])
    return _write(path, [node], [], (1, 3, "h", "w"), (1, 3, "h", "w"), TensorProto.FLOAT)


def _write(
    path: Path, nodes: list[Any], known: list[Any], taken: Any, given: Any, kind: int
) -> Path:
    entries = [helper.make_tensor_value_info("in", kind, taken)]
    results = [helper.make_tensor_value_info("out", kind, given)]
    graph = helper.make_graph(nodes, "tiny", entries, results, known)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, str(path))
    return path
