"""Fitting the network beside the linear model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from reelwright.learn.classifier.alphabets import Pieces, find_letters
from reelwright.learn.classifier.networks import Towers, Tuned, build, run_network
from reelwright.learn.classifier.reader import Reader
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints
from reelwright.learn.data.batching import buckets, count_batches, pad
from reelwright.learn.data.shelf import Chosen
from reelwright.learn.devices import seed_everything
from reelwright.learn.encoders import Encoder, open_tokenizer, tuned_turns
from reelwright.learn.kind import Run
from reelwright.learn.metrics import average, count_confusions, measure_accuracy
from reelwright.learn.task import Task, Turn
from reelwright.learn.trainer import fit
from reelwright.learn.weights import weights_of
from reelwright.store.artefacts import hash_value

_SMOOTHING = 0.05

Labelled = tuple[Sequence[str], Ints]


class ClassifierTask(Task):
    """Texts as numbers of characters or of an encoder's pieces, and their labels."""

    goal = "macro_f1"

    def __init__(
        self,
        network: Towers | Tuned,
        reader: Reader,
        learnt: Labelled,
        held_out: Labelled,
        settings: ClassifierSettings,
    ) -> None:
        self.network = self.parts = network
        self.reader, self.settings = reader, settings
        self.texts, self.labels = learnt
        # Of each text its length alone is kept: all numbers might be more than memory has room for.
        self.lengths = [len(reader.alphabet.number(text)) for text in self.texts]
        self.held_out = held_out

    def steps(self) -> int:
        """See `Task.steps`."""
        return count_batches(len(self.texts), self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Texts of like length together, so that little is padded."""
        settings = self.settings
        for part in buckets(self.lengths, settings.batch, settings.seed, epoch):
            texts = Chosen(self.texts, part)
            rows, _ = pad([self.reader.alphabet.number(text) for text in texts])
            yield torch.from_numpy(rows), torch.from_numpy(self.labels[part])

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Cross-entropy of every network by itself, so that they stay different."""
        rows, labels = batch
        parts = [
            cross_entropy(scores, labels, label_smoothing=_SMOOTHING)
            for scores in self.parts.each(rows)
        ]
        return torch.stack(parts).sum()

    def turns(self) -> Sequence[Turn]:
        """One turn; an encoder has a rate of its own."""
        encoder = self.parts.encoder if isinstance(self.parts, Tuned) else None
        return tuned_turns(self.network, encoder, self.settings.encoder_rate)

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


@dataclass(frozen=True)
class Fitted:
    """A network that was fitted.

    Attributes:
        facts: what tells what it reads texts as, for the model's config.
        weights: by name.
        scores: labels × held-out texts.
    """

    facts: dict[str, Any]
    weights: dict[str, np.ndarray]
    scores: Floats


def fit_network(
    learnt: Labelled,
    held_out: Labelled,
    classes: int,
    settings: ClassifierSettings,
    run: Run,
    fingerprint: str,
    encoder: Encoder | None,
) -> Fitted:
    """Fit a network, from nothing or from an encoder."""
    seed_everything(settings.seed)
    facts: dict[str, Any]
    if encoder:
        facts = {"encoder": encoder.config, "pieces": _pieces(encoder)}
        read = open_tokenizer(encoder.tokenizer)
        alphabet = Pieces(read, longest=settings.longest, **facts["pieces"])
        fingerprint = hash_value([fingerprint, encoder.config, encoder.tokenizer])
    else:
        alphabet = find_letters(learnt[0], settings.longest)
        facts = {"letters": alphabet.known}
    network = build(settings, len(alphabet), classes, encoder.network if encoder else None)

    def score(rows: Ints) -> Floats:
        device = next(network.parameters()).device
        return run_network(network, rows, device)

    task = ClassifierTask(network, Reader(alphabet, score), learnt, held_out, settings)
    fit(task, settings, run, fingerprint)
    return Fitted(facts, weights_of(network), task.reader.score(held_out[0]))


def _pieces(encoder: Encoder) -> dict[str, int]:
    network: Any = encoder.network
    return {
        "before": encoder.before,
        "behind": encoder.between,
        "size": network.get_input_embeddings().num_embeddings,
        "most": encoder.most,
    }
