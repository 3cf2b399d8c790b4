"""What the trainer fits: a task, and whose turn it is to be moved by which loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True)
class Turn:
    """Parameters that one loss moves: an ordinary network has one turn, a GAN has two.

    Attributes:
        name: what `Task.losses` calls it.
        groups: parameters, each group with a factor on the learning rate.
        betas: AdamW's memory of slopes and of their squares. Where two networks play against each
            other the first must be short, or they circle around what both could settle on.
    """

    name: str
    groups: Sequence[tuple[Sequence[nn.Parameter], float]]
    betas: tuple[float, float] = (0.9, 0.999)


class Task(ABC):
    """What is to be fitted: a network, its batches, its loss, how it is judged."""

    network: nn.Module
    goal: str
    """Which of `validate`'s scores says which weights are best."""
    higher: bool = True
    """Whether more of it is better."""

    @abstractmethod
    def steps(self) -> int:
        """Batches in an epoch."""

    @abstractmethod
    def batches(self, epoch: int) -> Iterator[Any]:
        """An epoch's batches, in an order that depends on the seed and the epoch alone."""

    @abstractmethod
    def loss(self, batch: Any) -> Tensor:
        """The scalar to make small. The batch's tensors are on the network's device already."""

    @abstractmethod
    def validate(self) -> Mapping[str, float]:
        """Scores on held-out data; `goal` is among them."""

    def turns(self) -> Sequence[Turn]:
        """Who is moved by which loss."""
        return [Turn("loss", [(list(self.network.parameters()), 1.0)])]

    def losses(self, batch: Any) -> Iterator[tuple[str, Tensor]]:
        """Turn by turn, the loss that moves it; the turn has moved when the next is asked for."""
        yield self.turns()[0].name, self.loss(batch)
