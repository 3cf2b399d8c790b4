"""A real, tiny detector in an ONNX file: it finds red squares ("lamp") and blue ones ("pool").

Its input is 64 pixels wide and high; each of its 64 guesses is a square of 8 pixels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

NAMES = "{0: 'lamp', 1: 'pool'}"
Shape = Literal["guesses last", "sure of anything", "sorted out"]


def write_detector(path: Path, shape: Shape = "guesses last", names: str = NAMES) -> Path:
    """Write the detector, with its output in one of the shapes that are exported."""
    middles = np.stack(np.meshgrid(np.arange(8), np.arange(8)), 0).reshape(2, 64) * 8 + 4.0
    sides = np.full((2, 64), 8.0)
    corners = np.concatenate([middles - sides / 2, middles + sides / 2])
    boxes = corners if shape == "sorted out" else np.concatenate([middles, sides])
    made: list[Any] = [
        helper.make_node("AveragePool", ["images"], ["small"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["small", "weights"], ["cells"]),
        helper.make_node("Clip", ["cells", "nought", "one"], ["clipped"]),
        helper.make_node("Reshape", ["clipped", "flat"], ["scores"]),
    ]
    if shape == "guesses last":
        made += [helper.make_node("Concat", ["boxes", "scores"], ["output0"], axis=1)]
    elif shape == "sure of anything":
        made += [
            helper.make_node("Concat", ["boxes", "ones", "scores"], ["all"], axis=1),
            helper.make_node("Transpose", ["all"], ["output0"], perm=[0, 2, 1]),
        ]
    else:
        made += [
            helper.make_node("ReduceMax", ["scores", "axis"], ["sure"], keepdims=1),
            helper.make_node("ArgMax", ["scores"], ["place"], axis=1, keepdims=1),
            helper.make_node("Cast", ["place"], ["which"], to=TensorProto.FLOAT),
            helper.make_node("Concat", ["boxes", "sure", "which"], ["all"], axis=1),
            helper.make_node("Transpose", ["all"], ["output0"], perm=[0, 2, 1]),
        ]
    # Red less the others, and blue less the others.
    weights = np.array([[1, -0.5, -0.5], [-0.5, -0.5, 1]], np.float32).reshape(2, 3, 1, 1)
    held = {
        "weights": weights,
        "nought": np.float32(0),
        "one": np.float32(1),
        "flat": np.array([1, 2, 64]),
        "boxes": boxes[None].astype(np.float32),
        "ones": np.ones((1, 1, 64), np.float32),
        "axis": np.array([1]),
    }
    graph = helper.make_graph(
        made,
        "squares",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    if names:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, str(path))
    return path
