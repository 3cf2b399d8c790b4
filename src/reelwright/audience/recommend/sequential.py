"""A transformer over what a viewer did, foretelling the next like (SASRec, Kang and McAuley 2018).

Trained with the full softmax over all videos, without which it falls far behind (Klenitskiy and
Vasilev, RecSys 2023), on every place of every history at once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, histories_of
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress

_TOKENS = 2_048
"""Places in one batch, padding included."""
_AT_ONCE = 512


class SequentialSettings(RecommenderSettings):
    """The network's size, and how long it learns."""

    width: int = Field(default=64, ge=4)
    blocks: int = Field(default=2, ge=1)
    heads: int = Field(default=2, ge=1)
    length: int = Field(default=50, ge=2)
    """The most places a history is read back; longer ones are learnt from in pieces."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    epochs: int = Field(default=30, ge=1)
    patience: int = Field(default=4, ge=0)
    rate: float = Field(default=2e-3, gt=0)
    decay: float = Field(default=0.01, ge=0)
    held_out: int = Field(default=500, ge=1)
    """The most viewers (a tenth at most) whose last like says which epoch is best."""
    seed: int = Field(default=0, ge=0)


class Sequential(Recommender):
    """Scores from the state after the newest like."""

    name = "sequential"
    needs_order = True
    library = "torch"
    Settings = SequentialSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        from reelwright.audience.recommend.sequential_task import NextItemTask
        from reelwright.learn.kind import FitSettings, Run
        from reelwright.learn.trainer import fit

        asked: SequentialSettings = self.settings
        rows = rows_of(log, asked.length)
        self.network: Any = None
        if not rows:
            # Nobody liked anything after something else: all videos are alike.
            return
        task = NextItemTask(rows, log.n_items, asked)
        settings = FitSettings(
            seed=asked.seed,
            epochs=asked.epochs,
            rate=asked.rate,
            decay=asked.decay,
            patience=asked.patience,
        )
        with tempfile.TemporaryDirectory(prefix="reel-") as folder:
            fit(task, settings, Run(Path(folder), progress, device="auto"), self.name)
        self.network = task.network

    def score(self, histories: Histories) -> Floats:
        """See `Recommender.score`."""
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        if self.network is None:
            return scores
        import torch

        good = histories.values > 0
        counts = np.bincount(histories.rows[good], minlength=len(histories))
        items = np.split(histories.items[good], np.cumsum(counts)[:-1])
        length = self.settings.length
        with torch.inference_mode():
            for places, group in _by_length([row[-length:] for row in items], _AT_ONCE):
                if len(group[0]):
                    states = self.network.states(torch.from_numpy(np.stack(group).astype(np.int64)))
                    scores[places] = self.network.logits(states[:, -1]).numpy()
        return scores


def rows_of(log: Interactions, length: int) -> list[NDArray[np.int32]]:
    """Each viewer's likes in order, cut from the newest back into pieces of `length` + 1.

    Neighbouring pieces share an item, so that every like but the first is foretold once.
    """
    told = histories_of(log.liked(), np.arange(log.n_users))
    rows = []
    for start, end in zip(told.starts[:-1].tolist(), told.starts[1:].tolist(), strict=True):
        while end - start >= 2:
            first = max(start, end - length - 1)
            rows.append(told.items[first:end])
            end = first + 1
    return rows


def _by_length(
    rows: list[NDArray[np.int32]], size: int
) -> Iterator[tuple[list[int], list[NDArray[np.int32]]]]:
    """Rows of equal length together, at most `size` at once, with their places."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    group: list[int] = []
    for place in order:
        if group and (len(group) == size or len(rows[group[0]]) != len(rows[place])):
            yield group, [rows[one] for one in group]
            group = []
        group.append(place)
    if group:
        yield group, [rows[one] for one in group]


def batches_of(
    rows: list[NDArray[np.int32]], padding: int, seed: int, tokens: int = _TOKENS
) -> list[NDArray[np.int64]]:
    """Rows of like length in batches of about `tokens` places, shuffled, padded at the end."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(rows))
    lengths = np.array([len(row) for row in rows])
    order = order[np.argsort(lengths[order], kind="stable")]
    batches: list[NDArray[np.int64]] = []
    first = 0
    while first < len(order):
        last = first + 1
        while last < len(order) and (last + 1 - first) * lengths[order[last]] <= tokens:
            last += 1
        batch = np.full((last - first, lengths[order[last - 1]]), padding, np.int64)
        for place, row in enumerate(order[first:last]):
            batch[place, : lengths[row]] = rows[row]
        batches.append(batch)
        first = last
    return [batches[place] for place in chance.permutation(len(batches))]


def ndcg_of_last(
    scores: NDArray[np.float32], wanted: NDArray[np.integer], k: int = 10
) -> Mapping[str, Any]:
    """NDCG@k where one item a row is wanted."""
    mine = np.take_along_axis(scores, wanted[:, None], 1)
    ranks = (scores > mine).sum(1)
    return {f"ndcg@{k}": float(np.where(ranks < k, 1 / np.log2(ranks + 2), 0).mean())}
