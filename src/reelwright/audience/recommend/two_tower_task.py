"""What the trainer needs to fit the two towers: networks, batches of likes, the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from reelwright.audience.interactions import Floats, Histories
from reelwright.learn.devices import seed_everything
from reelwright.learn.task import Task

_BATCH = 1_024
_BACK = 30
"""Likes before the one that is told, at most."""


class Towers(nn.Module):
    """A viewer's tower is a fading mean of videos and one hidden layer; a video's is a vector."""

    def __init__(self, features: Floats, width: int) -> None:
        super().__init__()
        items = len(features)
        self.register_buffer("features", torch.from_numpy(features), persistent=False)
        # The last row stands for no video.
        self.told = nn.Embedding(items + 1, width, padding_idx=items)
        self.videos = nn.Embedding(items, width)
        self.told_by, self.videos_by = (
            nn.Linear(features.shape[1], width, bias=False) for _ in range(2)
        )
        self.widen, self.narrow = (
            nn.Linear(width, 2 * width, bias=False),
            nn.Linear(2 * width, width, bias=False),
        )
        for table in (self.told, self.videos):
            nn.init.normal_(table.weight, std=0.05)

    def of_viewers(self, before: Tensor, weights: Tensor) -> Tensor:
        """before: (n, places) videos, `items` where there is none; weights: the same shape."""
        known = self.features[before.clamp(max=len(self.features) - 1)]  # pyright: ignore
        vectors = self.told(before) + self.told_by(known)
        taste = (vectors * weights[:, :, None]).sum(1) / weights.sum(1, keepdim=True).clamp(1e-6)
        return taste + self.narrow(torch.relu(self.widen(taste)))

    def of_videos(self, items: Tensor) -> Tensor:
        """items: (n,)."""
        return self.videos(items) + self.videos_by(self.features[items])  # pyright: ignore


class TowersTask(Task):
    """Tell each like, by those before it, from the other likes of its batch.

    Args:
        told: what viewers liked, in order.
        features: one row an item.
        asked: `TwoTowerSettings`.
    """

    goal = "loss"
    higher = False

    def __init__(self, told: Histories, features: Floats, asked: Any) -> None:
        seed_everything(asked.seed)
        self.network: Any = Towers(features, asked.width)
        self._told, self._asked = told, asked
        places = np.arange(len(told.items))
        self._rows = places[places > told.starts[:-1][told.rows]]
        fame = np.bincount(told.items, minlength=len(features)) + 1
        self._fame = torch.from_numpy(np.log(fame / fame.sum()).astype(np.float32))
        self._known = fame > 1
        self._losses: list[float] = []

    def steps(self) -> int:
        """See `Task.steps`."""
        return -(-len(self._rows) // _BATCH)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """See `Task.batches`."""
        chance = np.random.default_rng((self._asked.seed, epoch))
        order = chance.permutation(self._rows)
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            before, weights = self._before(rows)
            items = self._told.items[rows].astype(np.int64)
            yield torch.from_numpy(before), torch.from_numpy(weights), torch.from_numpy(items)

    def loss(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Softmax over the batch's videos, each made as likely as it is rare."""
        before, weights, items = batch
        viewers, videos = self.network.of_viewers(before, weights), self.network.of_videos(items)
        odds = viewers @ videos.T - self._fame.to(items.device)[items][None]
        # Another row's video that is this row's as well is no wrong answer.
        same = (items[:, None] == items[None]) & ~torch.eye(
            len(items), dtype=torch.bool, device=items.device
        )
        odds = odds.masked_fill(same, -1e9)
        value = nn.functional.cross_entropy(odds, torch.arange(len(items), device=items.device))
        self._losses.append(float(value.detach()))
        return value

    def validate(self) -> Mapping[str, float]:
        """The epoch's mean loss: towers this small are stopped by their epochs."""
        mean = float(np.mean(self._losses))
        self._losses.clear()
        return {"loss": mean}

    def vectors(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What asking needs: videos as told by, videos as asked for, and the hidden layer.

        A video that nobody liked has no vector of its own, only what its features say.
        """
        with torch.inference_mode():
            net = self.network.cpu()
            known = torch.from_numpy(self._known.astype(np.float32))[:, None]
            told = net.told.weight[:-1] * known + net.told_by(net.features)
            videos = net.videos.weight * known + net.videos_by(net.features)
            tables = (told, videos, net.widen.weight, net.narrow.weight)
            told, videos, widen, narrow = (table.numpy().copy() for table in tables)
        return told, videos, widen, narrow

    def _before(self, rows: NDArray[np.integer]) -> tuple[NDArray[np.int64], Floats]:
        starts = self._told.starts[:-1][self._told.rows[rows]]
        at = rows[:, None] - 1 - np.arange(_BACK)[None]
        there = at >= starts[:, None]
        none = len(self._known)
        before = np.where(there, self._told.items[at.clip(0)], none).astype(np.int64)
        fading = np.power(self._asked.keep, np.arange(_BACK)).astype(np.float32)
        return before, (there * fading).astype(np.float32)
