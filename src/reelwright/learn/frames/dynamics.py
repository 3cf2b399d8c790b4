"""How codes go on: an LSTM that says the next code and how unsure that is.

A straight prediction from the last code and its movement (fitted by least squares) is what it
begins with, and what it learns is the rest; so a few seconds are enough. It learns under noise on
what it is fed with, and is run with the noise it asks for: so it neither dies away nor runs off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.task import Task

Floats = npt.NDArray[np.float32]
Step = Callable[..., dict[str, np.ndarray]]

_SPAN = 32
_STEPS = 40
"""Batches in an epoch."""
_NOISE = 0.3
"""Of what codes are fed with in learning, as a share of how far they usually move."""
_HELD = 0.15
"""The part of the clip, at its end, that is held out."""


class Dynamics(nn.Module):
    """One step of the codes.

    Args:
        size: numbers in a code.
        width: of the hidden state.
    """

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.size, self.width = size, width
        self.straight = nn.Linear(2 * size, size)
        self.cell = nn.LSTMCell(2 * size, width)
        self.out = nn.Linear(width, 2 * size)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.constant_(self.out.bias, 0.0)

    def forward(
        self, code: Tensor, moved: Tensor, hidden: Tensor, kept: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The mean and the spread of the next code (N × size), and the state (N × width)."""
        seen = torch.cat([code, moved], 1)
        hidden, kept = self.cell(seen, (hidden, kept))
        change, spread = self.out(hidden).chunk(2, 1)
        mean = self.straight(seen) + change
        return mean, torch.exp((spread - 1.5).clamp(-5.0, 0.5)), hidden, kept

    def begin(self, codes: Floats) -> None:
        """Set the straight prediction by least squares over codes (T × size), a little damped."""
        before, after = codes[1:-1], codes[2:]
        seen = np.concatenate([before, before - codes[:-2]], 1).astype(np.float64)
        damp = 0.02 * len(seen) * np.eye(seen.shape[1])
        matrix = np.linalg.solve(seen.T @ seen + damp, seen.T @ after)
        with torch.no_grad():
            self.straight.weight.copy_(torch.from_numpy(matrix.T.astype(np.float32)))
            self.straight.bias.zero_()


@dataclass(frozen=True)
class Batch:
    """Stretches of codes (N × T × size) and the noise they are fed with."""

    codes: Tensor
    noise: Tensor


class DynamicsTask(Task):
    """Learning how codes go on: what the trainer is handed."""

    goal, higher = "surprise", False

    def __init__(self, codes: Floats, settings: FrameSettings) -> None:
        self.codes, self.settings = codes, settings
        aside = max(4, round(len(codes) * _HELD))
        self.learnt, self.held = codes[:-aside], codes[-aside - 4 :]
        self.noise = _NOISE * np.abs(np.diff(self.learnt, axis=0)).mean(0)
        self.span = min(_SPAN, len(self.learnt) - 1)
        network = Dynamics(codes.shape[1], settings.width)
        network.begin(self.learnt)
        self.network = network

    def steps(self) -> int:
        """Batches in an epoch: stretches from anywhere, so their number is free."""
        return _STEPS

    def batches(self, epoch: int) -> Iterator[Batch]:
        """Stretches that begin anywhere."""
        settings = self.settings
        chance = np.random.default_rng([settings.seed, 13, epoch])
        for _ in range(_STEPS):
            firsts = chance.integers(0, len(self.learnt) - self.span, settings.batch)
            stretches = np.stack([self.learnt[f : f + self.span + 1] for f in firsts])
            noise = chance.normal(0, 1, stretches.shape).astype(np.float32) * self.noise
            yield Batch(torch.from_numpy(stretches), torch.from_numpy(noise))

    def loss(self, batch: Batch) -> Tensor:
        """How surprising the codes are: their negative log-likelihood, in nats a number."""
        fed = batch.codes + batch.noise
        return _surprise(self.network, fed, batch.codes)[0]

    def validate(self) -> Mapping[str, float]:
        """The same for the end of the clip, and the squared error of the next code."""
        device = next(self.network.parameters()).device
        held = torch.from_numpy(self.held)[None].to(device)
        surprise, error = _surprise(self.network, held, held)
        return {"surprise": float(surprise), "mse": float(error)}


def _surprise(network: nn.Module, fed: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
    width = int(network.width)  # type: ignore[arg-type]
    hidden = kept = fed.new_zeros(len(fed), width)
    total, error = fed.new_zeros(()), fed.new_zeros(())
    moved = torch.zeros_like(fed[:, 0])
    length = fed.shape[1] - 1
    for index in range(length):
        mean, spread, hidden, kept = network(fed[:, index], moved, hidden, kept)
        apart = (codes[:, index + 1] - mean) / spread
        total = total + (0.5 * apart.square() + torch.log(spread)).mean()
        error = error + (codes[:, index + 1] - mean).square().mean()
        moved = fed[:, index + 1] - fed[:, index]
    return total / length, error / length


def as_step(network: Dynamics) -> Step:
    """A network's step as a function on arrays, as the exported one is."""

    def step(**given: np.ndarray) -> dict[str, np.ndarray]:
        with torch.no_grad():
            told = network(*(torch.from_numpy(given[name]) for name in INPUTS))
        return {name: value.numpy() for name, value in zip(OUTPUTS, told, strict=True)}

    return step


INPUTS = ("code", "moved", "hidden", "kept")
OUTPUTS = ("mean", "spread", "next_hidden", "next_kept")
