"""What the trainer needs to fit `sequential`: batches of histories, and the softmax loss."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from reelwright.audience.recommend.sequential import batches_of
from reelwright.audience.recommend.sequential_network import NextItem
from reelwright.learn.devices import seed_everything
from reelwright.learn.task import Task


class NextItemTask(Task):
    """Foretell each like from those before it.

    Args:
        rows: likes in order, at least two each.
        items: how many videos there are.
        asked: `SequentialSettings`.
        known: a network to go on from, of the same sizes; videos may have come since.
    """

    # The rate falls to zero, so that the last epochs are the best; a few viewers held back would
    # say less, and be learnt from less.
    goal = "loss"
    higher = False

    def __init__(
        self, rows: list[NDArray[np.int32]], items: int, asked: Any, known: Any = None
    ) -> None:
        seed_everything(asked.seed)
        self.network: Any = NextItem(
            items, asked.length, asked.width, asked.blocks, asked.heads, asked.dropout
        )
        if known is not None:
            self.network.take_over(known)
        self._seed, self._negatives = asked.seed, asked.negatives
        self._rows, self._items = rows, items
        self._steps = len(batches_of(rows, items, 0))
        self._losses: list[float] = []

    def steps(self) -> int:
        """See `Task.steps`."""
        return self._steps

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """See `Task.batches`."""
        seed = self._seed * 100_003 + epoch
        for batch in batches_of(self._rows, self.network.padding, seed):
            yield torch.from_numpy(batch)

    def loss(self, batch: Tensor) -> Tensor:
        """Cross-entropy over all videos, at every place that something follows."""
        states, wanted = self.network.states(batch[:, :-1]), batch[:, 1:]
        real = wanted != self.network.padding
        states, wanted = states[real], wanted[real]
        if self._items <= self._negatives:
            value = nn.functional.cross_entropy(self.network.logits(states), wanted)
        else:
            value = self._against_some(states, wanted)
        self._losses.append(float(value.detach()))
        return value

    def validate(self) -> Mapping[str, float]:
        """The epoch's mean loss."""
        mean = float(np.mean(self._losses)) if self._losses else math.inf
        self._losses.clear()
        return {"loss": mean}

    def _against_some(self, states: Tensor, wanted: Tensor) -> Tensor:
        """The same with videos drawn at random in the place of all others."""
        drawn = torch.randint(self._items, (self._negatives,)).to(wanted.device)
        others = self.network.logits(states, drawn) + math.log((self._items - 1) / self._negatives)
        others = others.masked_fill(drawn[None] == wanted[:, None], -1e9)
        mine = self.network.logit_of(states, wanted)
        return (torch.logsumexp(torch.cat([mine[:, None], others], 1), 1) - mine).mean()
