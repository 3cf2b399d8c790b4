"""One step of a network as ONNX: tokens, conditions and state in; logits and new state out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from reelwright.learn import onnx
from reelwright.learn.sequence.networks import Recurrent, Step, Transformer
from reelwright.learn.sequence.stepping import NumpyStepper, Shape, Weights
from reelwright.learn.sequence.tokens import EDGE
from reelwright.learn.weights import load_into

_ROWS, _STEPS = 2, 3


def export_step(
    network: Recurrent | Transformer, weights: Weights, shape: Shape, path: Path
) -> float:
    """Write the network with these weights. Returns the largest difference from torch.

    Raises:
        ModelError: it cannot be written.
    """
    load_into(network, weights)
    stepper = NumpyStepper(weights, shape)
    edges, none = np.full(_ROWS, EDGE), np.zeros(_ROWS, np.int64)
    state = stepper.begin(_ROWS)
    for _ in range(_STEPS):
        # Something is in it, so that the example is an ordinary one.
        _, state = stepper.step(edges, none, state)
    example = tuple(torch.from_numpy(np.ascontiguousarray(x)) for x in (edges, none, *state))
    parts = range(len(state))
    given = ("tokens", "conditions", *(f"state{n}" for n in parts))
    told = ("logits", *(f"after{n}" for n in parts))
    axes: dict[str, dict[int, str]] = {name: {0: "rows"} for name in (*given[:2], "logits")}
    attends = shape["cell"] == "transformer"
    # Of a Transformer's three parts the last is the place, which has one size.
    for n in parts[:2]:
        axes[f"state{n}"] = {1: "rows", 2: "past"} if attends else {1: "rows"}
        axes[f"after{n}"] = {1: "rows", 2: "seen"} if attends else {1: "rows"}
    return onnx.export(Step(network), example, (given, told), axes, path)
