"""Models of a few nodes with the inputs and outputs of real Piper and Kokoro models.

Each phoneme becomes a fixed length of a 150 Hz tone, divided by the speed: enough for the real
libraries to load them, run them, and be timed.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def _constant(name: str, value: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(value, name)


def _tone(tokens: str, length: str, rate: int, output_shape: list[int]) -> list[onnx.NodeProto]:
    """Nodes: `length` samples (float scalar) of tone for each of the `tokens` (int64 [1, N])."""
    return [
        helper.make_node("Range", ["zero", length, "one"], ["steps"]),
        helper.make_node("Mul", ["steps", "turn"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["sine"]),
        helper.make_node("Mul", ["sine", "loud"], ["tone"]),
        helper.make_node("Cast", [tokens], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "zero"], ["silent"]),
        helper.make_node("Add", ["silent", "one"], ["ones"]),
        helper.make_node("Reshape", ["ones", "column"], ["rows"]),
        helper.make_node("Mul", ["rows", "tone"], ["grid"]),
        helper.make_node("Reshape", ["grid", "flat"], ["output"]),
    ]


def _save(
    path: Path, nodes: list[onnx.NodeProto], inputs: list[onnx.ValueInfoProto], rate: int,
    flat: list[int], samples: float,
) -> None:  # fmt: skip
    constants = [
        _constant("zero", np.array(0, np.float32)),
        _constant("one", np.array(1, np.float32)),
        _constant("turn", np.array(2 * np.pi * 150 / rate, np.float32)),
        _constant("loud", np.array(0.3, np.float32)),
        _constant("column", np.array([-1, 1], np.int64)),
        _constant("flat", np.array(flat, np.int64)),
        _constant("samples", np.array([samples], np.float32)),
        _constant("nothing", np.array([], np.int64)),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [None] * len(flat))
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def tiny_piper(path: Path, *, voice: str = "en-us", pinyin: bool = False) -> Path:
    """A Piper model: ``input``, ``input_lengths``, ``scales``; its description beside it."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    rate = 22_050
    nodes = [
        helper.make_node("Slice", ["scales", "from", "to"], ["slow"]),
        helper.make_node("Mul", ["slow", "samples"], ["product"]),
        helper.make_node("Reshape", ["product", "nothing"], ["length"]),
        helper.make_node("Identity", ["input_lengths"], ["unused"]),
        *_tone("input", "length", rate, [1, 1, 1, -1]),
    ]
    nodes.insert(0, helper.make_node("Constant", [], ["from"], value_ints=[1]))
    nodes.insert(0, helper.make_node("Constant", [], ["to"], value_ints=[2]))
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    _save(path, nodes, inputs, rate, [1, 1, 1, -1], 700)
    ids = dict(DEFAULT_PHONEME_ID_MAP)
    if pinyin:
        names = "b p m f d t n l g k h j q x zh ch sh r z c s y w Ø a o e i u v ai ei ao ou an en"
        names += " ang eng ong ia ie iao iu ian in iang ing iong ua uo uai ui uan un uang ve er ue"
        names += " 1 2 3 4 5 。 ， ？ ！"
        ids = {"_": [0], "^": [1], "$": [2]}
        ids |= {name: [index + 3] for index, name in enumerate(names.split())}
    config = {
        "audio": {"sample_rate": rate, "quality": "tiny"},
        "espeak": {"voice": voice},
        "phoneme_type": "pinyin" if pinyin else "espeak",
        "num_symbols": 256,
        "num_speakers": 1,
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_id_map": ids,
        "speaker_id_map": {},
    }
    Path(f"{path}.json").write_text(json.dumps(config), "utf-8")
    return path


def tiny_kokoro(path: Path) -> Path:
    """A Kokoro model: ``tokens``, ``style``, ``speed``; two voices beside it."""
    rate = 24_000
    nodes = [
        helper.make_node("Div", ["samples", "speed"], ["product"]),
        helper.make_node("Reshape", ["product", "nothing"], ["length"]),
        helper.make_node("ReduceSum", ["style"], ["unused"], keepdims=0),
        *_tone("tokens", "length", rate, [-1]),
    ]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    _save(path, nodes, inputs, rate, [-1], 1800)
    style = np.zeros((511, 1, 256), np.float32)
    with (path.parent / "voices-v1.0.bin").open("wb") as file:
        np.savez(file, zf_xiaoxiao=style, af_heart=style)
    return path
