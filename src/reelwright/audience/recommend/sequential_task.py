"""What the trainer needs to fit `sequential`: batches of histories, the softmax loss, a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from reelwright.audience.recommend.sequential import batches_of, ndcg_of_last
from reelwright.audience.recommend.sequential_network import NextItem
from reelwright.learn.trainer import Task, seed_everything


class NextItemTask(Task):
    """Foretell each like from those before it.

    Args:
        rows: likes in order, at least two each.
        items: how many videos there are.
        asked: `SequentialSettings`.
    """

    goal = "ndcg@10"

    def __init__(self, rows: list[NDArray[np.int32]], items: int, asked: Any) -> None:
        seed_everything(asked.seed)
        self.network: Any = NextItem(
            items, asked.length, asked.width, asked.blocks, asked.heads, asked.dropout
        )
        self._seed = asked.seed
        chance = np.random.default_rng(asked.seed)
        n = min(asked.held_out, max(1, len(rows) // 10))
        judged = set(chance.choice(len(rows), n, replace=False).tolist())
        self._judged = [rows[place] for place in sorted(judged)]
        kept = [row[:-1] if place in judged else row for place, row in enumerate(rows)]
        self._rows = [row for row in kept if len(row) > 1] or rows
        self._steps = len(batches_of(self._rows, items, 0))

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
        return nn.functional.cross_entropy(self.network.logits(states[real]), wanted[real])

    def validate(self) -> Mapping[str, float]:
        """See `Task.validate`."""
        scores, wanted = [], []
        for row in self._judged:
            device = self.network.fame.device
            told = torch.from_numpy(row[None, :-1].astype(np.int64)).to(device)
            scores.append(self.network.logits(self.network.states(told)[:, -1]).float().cpu())
            wanted.append(int(row[-1]))
        return ndcg_of_last(torch.cat(scores).numpy(), np.array(wanted))
