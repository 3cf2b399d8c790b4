"""The running mean of weights (EMA), which usually judges better than the last weights do."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import nn


class RunningMean:
    """Keeps mean ← mean·d + weights·(1 − d) after each step, with d rising to `keep`.

    Args:
        network: whose weights; buffers are taken as they are.
        keep: d in the long run, in (0, 1). Early on d is (1 + t) / (10 + t), so that the first
            weights are soon forgotten.
    """

    def __init__(self, network: nn.Module, keep: float) -> None:
        self._network, self._keep = network, keep
        self.means = {name: value.clone() for name, value in _floats(network).items()}

    def update(self, step: int) -> None:
        """Take the weights after step `step` (from 0) in."""
        keep = min(self._keep, (1 + step) / (10 + step))
        for mean, now in zip(self.means.values(), _floats(self._network).values(), strict=True):
            mean.lerp_(now, 1 - keep)

    @contextmanager
    def in_place(self) -> Generator[None]:
        """The network has the mean's weights inside the block, and its own again after it."""
        weights = _floats(self._network)
        own = {name: value.clone() for name, value in weights.items()}
        try:
            for name, value in weights.items():
                value.copy_(self.means[name])
            yield
        finally:
            for name, value in weights.items():
                value.copy_(own[name])


def _floats(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.data for name, value in network.named_parameters()}
