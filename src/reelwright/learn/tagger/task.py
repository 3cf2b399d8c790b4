"""What the trainer fits: the network and its CRF on batches of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from reelwright.learn.data.batching import generator
from reelwright.learn.encoders import tuned_turns
from reelwright.learn.tagger.batching import (
    FIELDS,
    PIECES,
    Array,
    bundle,
    collate,
    draw_batches,
    forget,
    tags_of_rows,
)
from reelwright.learn.tagger.crf import Crf
from reelwright.learn.tagger.decoding import Chain, Emitter, tag_rows
from reelwright.learn.tagger.networks import TaggerNetwork
from reelwright.learn.tagger.rows import Rows
from reelwright.learn.tagger.schemes import OUTSIDE, Span
from reelwright.learn.tagger.scoring import score_entities
from reelwright.learn.tagger.viterbi import Floats
from reelwright.learn.tagger.vocabulary import UNKNOWN, Vocabulary
from reelwright.learn.task import Task, Turn


class Tagging(nn.Module):
    """The network and the CRF above it: what is fitted and saved."""

    def __init__(self, network: TaggerNetwork, tags: Sequence[str]) -> None:
        super().__init__()
        chain = Chain.of(tags)
        self.network = network
        self.crf = Crf(torch.from_numpy(chain.allowed), torch.from_numpy(chain.last))


class TaggerTask(Task):
    """Fits a `Tagging` on rows, and judges it by the entities of held-out sentences.

    Args:
        model: what is fitted.
        vocabulary: what is known.
        rows: the training rows, and the held-out ones.
        gold: the spans of each held-out sentence.
        batch, seed: rows in a batch; what chance depends on.
        forgetting: see `batching.forget`.
        recall: added to the score of `O` where an entity stands while learning, so that entities
            must win by as much (softmax-margin for recall, Mohit et al. 2012).
        encoder_rate: factor on the learning rate of the encoder's weights.
    """

    goal, higher = "entity_f1", True

    def __init__(
        self,
        model: Tagging,
        vocabulary: Vocabulary,
        rows: tuple[Rows, Rows],
        gold: Sequence[Sequence[Span]],
        *,
        batch: int,
        seed: int,
        forgetting: float,
        recall: float,
        encoder_rate: float,
    ) -> None:
        self.network = self.model = model
        self.vocabulary, self.gold = vocabulary, gold
        self.rows, self.held_out = rows
        self.batch, self.seed = batch, seed
        self.forgetting, self.encoder_rate = forgetting, encoder_rate
        self.recall, self.outside = recall, vocabulary.tag_numbers.get(OUTSIDE)
        self.bundles = bundle(self.rows.rows)
        counts = [0] * (UNKNOWN + 1) + list(vocabulary.counts)
        self.counts = np.array(counts, np.int64)

    def steps(self) -> int:
        """Batches in an epoch."""
        return sum(1 for _ in draw_batches(self.bundles, self.batch, self.seed, 0))

    def batches(self, epoch: int) -> Iterator[Any]:
        """The network's inputs, then the true tags."""
        chance = generator(self.seed, epoch, 2)
        for rows in draw_batches(self.bundles, self.batch, self.seed, epoch):
            arrays = collate(rows, self.rows, self.vocabulary)
            arrays = forget(arrays, self.counts, self.forgetting, chance)
            yield (*as_tensors(arrays), torch.from_numpy(tags_of_rows(rows)))

    def loss(self, batch: Any) -> Tensor:
        """Minus the log-likelihood of the true tags, a token."""
        *inputs, tags = batch
        lengths = inputs[FIELDS.index("lengths")]
        emissions = self.model.network(*with_pieces(inputs))
        emissions = emissions.float()
        if self.recall and self.outside is not None:
            missed = ((tags != self.outside) & (tags > 0)).float() * self.recall
            cost = torch.zeros_like(emissions)
            cost[:, :, self.outside] = missed
            emissions = emissions + cost
        return self.model.crf.loss(emissions, tags, lengths)

    def turns(self) -> Sequence[Turn]:
        """One turn; the encoder has a rate of its own."""
        mix = self.model.network.mix
        return tuned_turns(self.network, mix.encoder if mix else None, self.encoder_rate)

    def validate(self) -> Mapping[str, float]:
        """Figures of the held-out sentences' entities."""
        chain = Chain.of(self.vocabulary.tags, self.model.crf.scores.detach().cpu().numpy())
        emit = emitter_of(self.model)
        found = tag_rows(emit, self.held_out, self.vocabulary, chain, len(self.gold))
        whole = score_entities(self.gold, found)[-1]
        return {f"entity_{name}": whole[name] for name in ("f1", "precision", "recall")}


def emitter_of(model: Tagging) -> Emitter:
    """The network as a function of a batch's arrays."""
    device = model.crf.scores.device

    def emit(arrays: Mapping[str, Array]) -> Floats:
        inputs = [tensor.to(device) for tensor in as_tensors(arrays)]
        with torch.no_grad():
            return model.network(*with_pieces(inputs)).float().cpu().numpy()

    return emit


def as_tensors(arrays: Mapping[str, Any]) -> list[Tensor]:
    """A batch's arrays in the order of the network's inputs."""
    return [torch.from_numpy(arrays[name]) for name in (*FIELDS, *PIECES) if name in arrays]


def with_pieces(inputs: Sequence[Tensor]) -> list[Tensor]:
    """The network takes the encoder's inputs always, empty where there is none."""
    missing = len(FIELDS) + len(PIECES) - len(inputs)
    return [*inputs, *[inputs[0].new_zeros(0)] * missing]
