"""A network's weights as arrays by name: what a model's folder keeps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from reelwright.core.errors import ModelError
from reelwright.learn import folder


def weights_of(network: nn.Module) -> dict[str, np.ndarray]:
    """A network's weights and buffers as arrays by name, for `folder.save_model`."""
    state = network.state_dict()
    return {name: value.detach().cpu().contiguous().numpy() for name, value in state.items()}


def load_into(network: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Put arrays into a network that was built from the same settings and facts."""
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    network.eval()


def load_weights(network: nn.Module, model: Path) -> None:
    """Put the weights of a model's folder into the network that its settings name.

    Raises:
        ModelError: there are none, they are damaged, or are those of another network.
    """
    try:
        load_into(network, folder.read_weights(model))
    except RuntimeError as error:
        raise ModelError(
            "the model is damaged: weights and settings do not belong together",
            where=str(model / folder.WEIGHTS),
            hint="train it again, or copy it again",
        ) from error
