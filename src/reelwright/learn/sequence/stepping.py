"""A fitted network run a token at a time, without torch: in numpy, or by onnxruntime.

Both give the numbers that `networks` gives, to within rounding (tests hold them together).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
State = tuple[Floats, ...]
Weights = Mapping[str, Floats]
Shape = Mapping[str, int | str]
"""What decides the state: cell, width, layers, heads, span (`kind.shape_of`)."""

_NORM = 1e-5


class Stepper(ABC):
    """Something that takes a token of each sequence and gives logits of what follows."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @abstractmethod
    def step(
        self, tokens: NDArray[np.int64], conditions: NDArray[np.int64], state: State
    ) -> tuple[Floats, State]:
        """One token of each sequence.

        Args:
            tokens: [sequences].
            conditions: [sequences].
            state: what `begin` or the last step gave.

        Returns:
            Logits [sequences, vocabulary], float32, and the new state.
        """

    def begin(self, sequences: int) -> State:
        """The state before anything was said."""
        layers, width = int(self.shape["layers"]), int(self.shape["width"])
        if self.shape["cell"] == "transformer":
            none = np.zeros((layers, sequences, 0, width), np.float32)
            return none, none, np.zeros(1, np.float32)
        zero = np.zeros((layers, sequences, width), np.float32)
        return (zero, zero) if self.shape["cell"] == "lstm" else (zero,)

    def pick(self, state: State, rows: Sequence[int]) -> State:
        """The state of some of the sequences, in this order; one may be taken often."""
        if self.shape["cell"] == "transformer":
            return state[0][:, rows], state[1][:, rows], state[2]
        return tuple(part[:, rows] for part in state)

    def _forget(self, state: State) -> State:
        """A Transformer sees `span` tokens, the next one among them."""
        if self.shape["cell"] != "transformer":
            return state
        keep = int(self.shape["span"]) - 1
        past = max(0, state[0].shape[2] - keep)
        return state[0][:, :, past:], state[1][:, :, past:], state[2]


class NumpyStepper(Stepper):
    """The cells written out in numpy.

    Args:
        weights: by the names of the network's own.
        shape: see `Shape`.
    """

    def __init__(self, weights: Weights, shape: Shape) -> None:
        super().__init__(shape)
        # Products with contiguous, transposed matrices are the fastest.
        self._w = {
            name: np.ascontiguousarray(value.T if value.ndim == 2 else value, np.float32)
            for name, value in weights.items()
        }
        for table in ("embed.weight", "condition.weight"):
            self._w[table] = np.asarray(weights[table], np.float32)

    def step(
        self, tokens: NDArray[np.int64], conditions: NDArray[np.int64], state: State
    ) -> tuple[Floats, State]:
        """See `Stepper.step`."""
        x = self._w["embed.weight"][tokens] + self._w["condition.weight"][conditions]
        run = self._transformer if self.shape["cell"] == "transformer" else self._recurrent
        seen, after = run(x, state)
        return seen @ self._w["out.weight"] + self._w["out.bias"], after

    def _recurrent(self, x: Floats, state: State) -> tuple[Floats, State]:
        after = [part.copy() for part in state]
        for layer in range(int(self.shape["layers"])):
            h = state[0][layer]
            given = x @ self._of("cell.weight_ih", layer) + self._of("cell.bias_ih", layer)
            kept = h @ self._of("cell.weight_hh", layer) + self._of("cell.bias_hh", layer)
            if self.shape["cell"] == "rnn":
                x = np.tanh(given + kept)
            elif self.shape["cell"] == "gru":
                given_r, given_z, given_n = np.split(given, 3, axis=1)
                kept_r, kept_z, kept_n = np.split(kept, 3, axis=1)
                reset, update = sigmoid(given_r + kept_r), sigmoid(given_z + kept_z)
                x = (1 - update) * np.tanh(given_n + reset * kept_n) + update * h
            else:
                take, keep, new, show = np.split(given + kept, 4, axis=1)
                c = sigmoid(keep) * state[1][layer] + sigmoid(take) * np.tanh(new)
                x = sigmoid(show) * np.tanh(c)
                after[1][layer] = c
            after[0][layer] = x
        return x, tuple(after)

    def _of(self, name: str, layer: int) -> Floats:
        return self._w[f"{name}_l{layer}"]

    def _transformer(self, x: Floats, state: State) -> tuple[Floats, State]:
        state = self._forget(state)
        heads, half = int(self.shape["heads"]), x.shape[1] // int(self.shape["heads"]) // 2
        angle = float(state[2][0]) * 10000.0 ** (-np.arange(half) / half)
        cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
        keys: list[Floats] = []
        values: list[Floats] = []
        for layer in range(int(self.shape["layers"])):
            name = f"blocks.{layer}"
            asked = self._linear(self._norm(x, f"{name}.first"), f"{name}.ask")
            both, value = asked[:, : 2 * x.shape[1]], asked[:, 2 * x.shape[1] :]
            query, key = np.split(_turn(both, cos, sin), 2, axis=1)
            keys.append(np.concatenate([state[0][layer], key[:, None]], axis=1))
            values.append(np.concatenate([state[1][layer], value[:, None]], axis=1))
            shape = (*keys[-1].shape[:2], heads, -1)
            k, v = keys[-1].reshape(shape), values[-1].reshape(shape)
            q = query.reshape(len(x), heads, -1)
            weight = np.einsum("bhd,bthd->bht", q, k) / np.float32(q.shape[-1] ** 0.5)
            weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
            weight /= weight.sum(axis=-1, keepdims=True)
            seen = np.einsum("bht,bthd->bhd", weight, v).reshape(len(x), -1)
            x = x + self._linear(seen, f"{name}.tell")
            grown = gelu(self._linear(self._norm(x, f"{name}.second"), f"{name}.wide"))
            x = x + self._linear(grown, f"{name}.narrow")
        after = (np.stack(keys), np.stack(values), state[2] + 1)
        return self._norm(x, "norm"), after

    def _linear(self, x: Floats, name: str) -> Floats:
        return x @ self._w[f"{name}.weight"] + self._w[f"{name}.bias"]

    def _norm(self, x: Floats, name: str) -> Floats:
        size = np.float32(x.shape[-1])
        x = x - np.add.reduce(x, axis=-1, keepdims=True) / size
        x = x / np.sqrt(np.add.reduce(x * x, axis=-1, keepdims=True) / size + np.float32(_NORM))
        return x * self._w[f"{name}.weight"] + self._w[f"{name}.bias"]


class OnnxStepper(Stepper):
    """The network as `reel export --to onnx` wrote it, run by onnxruntime."""

    def __init__(self, path: Path, shape: Shape) -> None:
        from reelwright.learn.session import Session

        super().__init__(shape)
        self._session = Session(path)

    def step(
        self, tokens: NDArray[np.int64], conditions: NDArray[np.int64], state: State
    ) -> tuple[Floats, State]:
        """See `Stepper.step`."""
        state = self._forget(state)
        given = {"tokens": tokens, "conditions": conditions}
        given |= {f"state{index}": part for index, part in enumerate(state)}
        # A network without conditions may have none among its inputs.
        given = {name: given[name] for name in self._session.inputs}
        found = self._session.run(**given)
        return found["logits"], tuple(found[f"after{index}"] for index in range(len(state)))


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + e^−x), by way of tanh, which never overflows."""
    return np.float32(0.5) * np.tanh(np.float32(0.5) * x) + np.float32(0.5)


def gelu(x: Floats) -> Floats:
    """GELU in its tanh form (Hendrycks & Gimpel 2016)."""
    inner = np.float32((2 / np.pi) ** 0.5) * (x + np.float32(0.044715) * x * x * x)
    return np.float32(0.5) * x * (1 + np.tanh(inner))


def _turn(x: Floats, cos: Floats, sin: Floats) -> Floats:
    """`networks.turn` of one token a sequence: x is [sequences, numbers of some heads]."""
    pairs = x.reshape(len(x), -1, 2, len(cos))
    a, b = pairs[:, :, 0], pairs[:, :, 1]
    out = np.empty_like(pairs)
    out[:, :, 0], out[:, :, 1] = a * cos - b * sin, a * sin + b * cos
    return out.reshape(x.shape)
