"""Fitting the network beside the linear model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from reelwright.learn.classifier.networks import Towers, run_network
from reelwright.learn.classifier.reader import Reader, find_letters
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints
from reelwright.learn.data.batching import buckets, count_batches, pad
from reelwright.learn.devices import seed_everything
from reelwright.learn.kind import Run
from reelwright.learn.metrics import average, count_confusions, measure_accuracy
from reelwright.learn.trainer import Task, fit, weights_of

_SMOOTHING = 0.05

Labelled = tuple[Sequence[str], Ints]


class ClassifierTask(Task):
    """Texts as numbers of characters, and their labels."""

    goal = "macro_f1"

    def __init__(
        self,
        network: Towers,
        reader: Reader,
        learnt: Labelled,
        held_out: Labelled,
        settings: ClassifierSettings,
    ) -> None:
        self.network = self.towers = network
        self.reader, self.settings = reader, settings
        self.rows = [reader.letters.number(text) for text in learnt[0]]
        self.lengths = [len(row) for row in self.rows]
        self.labels, self.held_out = learnt[1], held_out

    def steps(self) -> int:
        """See `Task.steps`."""
        return count_batches(len(self.rows), self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Texts of like length together, so that little is padded."""
        settings = self.settings
        for part in buckets(self.lengths, settings.batch, settings.seed, epoch):
            rows, _ = pad([self.rows[number] for number in part])
            yield torch.from_numpy(rows), torch.from_numpy(self.labels[part])

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Cross-entropy of every tower by itself, so that they stay different."""
        rows, labels = batch
        parts = [
            cross_entropy(scores, labels, label_smoothing=_SMOOTHING)
            for scores in self.towers.each(rows)
        ]
        return torch.stack(parts).sum()

    def validate(self) -> Mapping[str, float]:
        """Accuracy and macro F1 of the network by itself."""
        scores = self.reader.score(self.held_out[0])
        guess, classes = scores.argmax(0), scores.shape[0]
        confusions = count_confusions(self.held_out[1], guess, classes)
        names = [str(number) for number in range(classes)]
        return {
            "accuracy": measure_accuracy(self.held_out[1], guess),
            "macro_f1": average(confusions, names)["macro_f1"],
        }


def fit_network(
    learnt: Labelled,
    held_out: Labelled,
    classes: int,
    settings: ClassifierSettings,
    run: Run,
    fingerprint: str,
) -> tuple[str, dict[str, np.ndarray], Floats]:
    """Fit a network: its characters, its weights, and its scores on the held-out texts."""
    seed_everything(settings.seed)
    letters = find_letters(learnt[0], settings.longest)
    network = Towers(len(letters), classes, settings.width, settings.towers, settings.dropout)

    def score(rows: Ints) -> Floats:
        device = next(network.parameters()).device
        return run_network(network, rows, device)

    task = ClassifierTask(network, Reader(letters, score), learnt, held_out, settings)
    fit(task, settings, run, fingerprint)
    return letters.known, weights_of(network), task.reader.score(held_out[0])
