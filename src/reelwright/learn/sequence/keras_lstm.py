"""The LSTM of `networks`, in Keras 3: for people who live in TensorFlow, PyTorch or JAX.

``KERAS_BACKEND`` (tensorflow, torch or jax), set before Keras is imported, says what computes.
Weights go from and to our own safetensors, so a model trained here runs there with the same
numbers, and one that Keras fitted on any of the three runs in the product. Needs the extra
``keras`` and one of the three.

    model = load_lstm(Path("models/titles"))
    model.compile("adam", next_token_loss())
    model.fit([tokens, conditions], following)
    save_lstm(model, Path("models/titles"))
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import ModelError
from reelwright.core.extras import library
from reelwright.learn.folder import EXPORTED, WEIGHTS, read_weights
from reelwright.store.atomic import replacing

NOTHING = -1
"""What stands in `following` where nothing is to be foretold, as beyond a text's end."""


def build_lstm(
    vocabulary: int, conditions: int, embed: int, width: int, layers: int, dropout: float = 0.0
) -> Any:
    """A `keras.Model`: (tokens [batch, time], conditions [batch, 1]) → logits [batch, time,
    vocabulary], all integers but the last.

    Args: as `networks.Recurrent`.
    """
    keras = library("keras", extra="keras")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    under = keras.Input((1,), dtype="int32", name="conditions")
    x = keras.layers.Embedding(vocabulary, embed, name="embed")(tokens)
    x = keras.layers.Add()([x, keras.layers.Embedding(conditions, embed, name="condition")(under)])
    x = keras.layers.Dropout(dropout)(x)
    for layer in range(layers):
        x = keras.layers.LSTM(width, return_sequences=True, name=f"cell_{layer}")(x)
        x = keras.layers.Dropout(dropout)(x)
    logits = keras.layers.Dense(vocabulary, name="out")(x)
    return keras.Model([tokens, under], logits)


def next_token_loss() -> Any:
    """Mean nats of the tokens that came, as a `keras.Loss`; see `NOTHING`."""
    keras = library("keras", extra="keras")
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=NOTHING)


def set_weights(model: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Put weights by the names of `networks.Recurrent` into a model of `build_lstm`.

    Keras and torch order the gates alike; torch has two biases a gate, of which only the sum
    counts.
    """
    model.get_layer("embed").set_weights([weights["embed.weight"]])
    model.get_layer("condition").set_weights([weights["condition.weight"]])
    for layer in range(_count(model)):
        given, kept = (weights[f"cell.weight_{part}_l{layer}"] for part in ("ih", "hh"))
        bias = weights[f"cell.bias_ih_l{layer}"] + weights[f"cell.bias_hh_l{layer}"]
        model.get_layer(f"cell_{layer}").set_weights([given.T, kept.T, bias])
    model.get_layer("out").set_weights([weights["out.weight"].T, weights["out.bias"]])


def get_weights(model: Any) -> dict[str, np.ndarray]:
    """A model's weights by the names of `networks.Recurrent`."""
    found = {f"{name}.weight": model.get_layer(name).get_weights()[0] for name in _TABLES}
    for layer in range(_count(model)):
        given, kept, bias = model.get_layer(f"cell_{layer}").get_weights()
        found |= {
            f"cell.weight_ih_l{layer}": given.T,
            f"cell.weight_hh_l{layer}": kept.T,
            f"cell.bias_ih_l{layer}": bias,
            f"cell.bias_hh_l{layer}": np.zeros_like(bias),
        }
    matrix, bias = model.get_layer("out").get_weights()
    found |= {"out.weight": matrix.T, "out.bias": bias}
    return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}


_TABLES = ("embed", "condition")


def load_lstm(folder: Path) -> Any:
    """The LSTM of a sequence model's folder, as a `keras.Model`.

    Raises:
        ModelError: no such model, or another cell.
    """
    from reelwright.learn.sequence.kind import load

    found = load(folder)
    wanted = found.wanted
    if wanted.cell != "lstm":
        raise ModelError(
            f"its cell is {wanted.cell}; only LSTMs have a twin in Keras", where=str(folder)
        )
    sizes = len(found.coder.vocabulary), len(found.coder.conditions) + 1
    model = build_lstm(*sizes, wanted.embed, wanted.width, wanted.layers, wanted.dropout)
    set_weights(model, read_weights(folder))
    return model


def save_lstm(model: Any, folder: Path) -> None:
    """Put a model's weights into the folder it was loaded from; an ONNX file there is removed.

    Raises:
        StoreError: the disk is full or read-only; the old weights still stand.
    """
    from safetensors.numpy import save_file

    (folder / EXPORTED).unlink(missing_ok=True)
    with replacing(folder / WEIGHTS) as temporary:
        save_file(get_weights(model), str(temporary))


def _count(model: Any) -> int:
    return sum(layer.name.startswith("cell_") for layer in model.layers)
