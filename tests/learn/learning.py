"""A small task that every test of the trainer fits: a line through noisy points, with dropout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from reelwright.learn.devices import seed_everything
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.task import Task
from reelwright.learn.trainer import fit
from reelwright.learn.weights import weights_of

STEPS, BATCH = 8, 16


class Lines(Task):
    goal = "mse"
    higher = False

    def __init__(self, seed: int = 0, fails_at: int = -1, value: float = float("nan")) -> None:
        seed_everything(seed)
        self.network = nn.Sequential(
            nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1)
        )
        self._seed, self._fails_at, self._value, self._seen = seed, fails_at, value, 0
        points = torch.Generator().manual_seed(99)
        self.held_out = torch.randn(64, 4, generator=points)

    def steps(self) -> int:
        return STEPS

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        chance = torch.Generator().manual_seed(self._seed * 1000 + epoch)
        for _ in range(STEPS):
            x = torch.randn(BATCH, 4, generator=chance)
            yield x, truth(x)

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        self._seen += 1
        if self._seen - 1 == self._fails_at:
            return self.network(batch[0]).sum() * self._value
        return nn.functional.mse_loss(self.network(batch[0]), batch[1])

    def validate(self) -> Mapping[str, float]:
        guess = self.network(self.held_out)
        return {"mse": nn.functional.mse_loss(guess, truth(self.held_out)).item()}


class Plain(Lines):
    """The same without chance inside the network."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.network = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))


def truth(x: Tensor) -> Tensor:
    return x.sum(1, keepdim=True) * 2 - 1


def settings(**values: float) -> FitSettings:
    return FitSettings.model_validate({"epochs": 4, "rate": 0.05, "seed": 3, **values})


def fitted(folder: Path, task: Task | None = None, resume: bool = False, **values: float):
    """The scores and the weights after a training in `folder`."""
    task = task or Lines(3)
    run = Run(folder, resume=resume, device="cpu")
    return fit(task, settings(**values), run, "lines"), weights_of(task.network)
