"""A transformer over what a viewer did, foretelling the next like (SASRec, Kang and McAuley 2018).

Trained with the softmax over all videos, without which it falls far behind (Klenitskiy and Vasilev,
RecSys 2023), on every place of every history at once. Where there are very many videos, those drawn
for a batch stand for all others in its sum, each for as many as it was drawn from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reelwright.audience.interactions import Floats, Histories, Interactions, histories_of
from reelwright.audience.recommend.recommender import Features, Recommender, RecommenderSettings
from reelwright.core.progress import Progress, Silent

_TOKENS = 512
"""Places in one batch, padding included: many small steps get further than few large ones."""
_AT_ONCE = 512
_AGAIN = 0.25
"""How long, and at what part of the rate, it learns what came since."""


class SequentialSettings(RecommenderSettings):
    """The network's size, and how long it learns."""

    width: int = Field(default=64, ge=4)
    blocks: int = Field(default=2, ge=1)
    heads: int = Field(default=2, ge=1)
    length: int = Field(default=50, ge=2)
    """The most places a history is read back; longer ones are learnt from in pieces."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    epochs: int = Field(default=50, ge=1)
    """Fewer where the log is long: `places` bounds what all of them read."""
    places: int = Field(default=8_000_000, ge=1)
    """The most likes that are foretold while it learns, one epoch excepted."""
    anew: int = Field(default=4_000_000, ge=0)
    """Where no more likes than that are to be foretold, an update learns all anew: a little better
    than going on."""
    negatives: int = Field(default=1_000, ge=1)
    """Videos drawn for each batch that stand for all others, where there are more."""
    rate: float = Field(default=2e-3, gt=0)
    decay: float = Field(default=0.01, ge=0)
    seed: int = Field(default=0, ge=0)


class Sequential(Recommender):
    """Scores from the state after the newest like."""

    name = "sequential"
    needs_order = True
    library = "torch"
    Settings = SequentialSettings

    def _fit(self, log: Interactions, features: Features, progress: Progress) -> None:
        self.network: Any = None
        self._learn(log, 1.0, progress)

    def update(
        self, log: Interactions, features: Features | None = None, progress: Progress | None = None
    ) -> Self:
        """See `Recommender.update`. On long logs it goes on from what it knows, for a while."""
        if self.settings.epochs * len(log) <= self.settings.anew:
            return self.fit(log, features, progress)
        self._learn(log, _AGAIN, progress or Silent())
        return self

    def _learn(self, log: Interactions, part: float, progress: Progress) -> None:
        from reelwright.audience.recommend.sequential_task import NextItemTask
        from reelwright.learn.kind import FitSettings, Run
        from reelwright.learn.trainer import fit

        asked: SequentialSettings = self.settings
        rows = rows_of(log, asked.length)
        if not rows:
            # Nobody liked anything after something else: all videos are alike.
            return
        task = NextItemTask(rows, log.n_items, asked, self.network)
        told = sum(len(row) - 1 for row in rows)
        epochs = min(asked.epochs, max(1, asked.places // told))
        settings = FitSettings(
            seed=asked.seed,
            epochs=max(1, round(part * epochs)),
            rate=asked.rate * (part if self.network is not None else 1.0),
            decay=asked.decay,
        )
        with tempfile.TemporaryDirectory(prefix="reel-") as folder:
            fit(task, settings, Run(Path(folder), progress, device="auto"), self.name)
        self.network = task.network
        self.known = np.isin(np.arange(log.n_items), np.concatenate(rows))

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
        # What nobody liked has a vector that only says so.
        scores[:, ~self.known] = scores.min(1, keepdims=True, initial=0)
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
