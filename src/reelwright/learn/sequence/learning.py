"""What the trainer is handed: pieces as windows of tokens, cross-entropy, the held-out part's.

Running text is laid out as parallel streams, and the recurrent state of a window is the next one's
beginning (truncated back-propagation through time). Other pieces are learnt each from its own
beginning, those of like length together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from reelwright.core.errors import DataError
from reelwright.learn.data.batching import buckets, generator, pad
from reelwright.learn.sequence.coding import Encoded
from reelwright.learn.sequence.networks import Recurrent, Transformer
from reelwright.learn.sequence.tokens import EDGE
from reelwright.learn.task import Task, Turn

_NONE = -1
"""Where nothing is to be foretold: beyond a piece's end."""
_UNTOLD = 0.1
"""Share of pieces learnt without their condition, so that the network can do without one."""
_OTHER = 2
"""The use of `generator` that is not the order of batches."""


class Batch(NamedTuple):
    """Windows: tokens given and wanted [rows, time], conditions [rows], whether a stream begins."""

    given: Tensor
    wanted: Tensor
    conditions: Tensor
    fresh: Tensor


class Carrying(nn.Module):
    """A network with the state it carries from window to window, kept with its weights so that a
    checkpoint holds it, too."""

    def __init__(self, network: Recurrent | Transformer, rows: int) -> None:
        super().__init__()
        self.network = network
        self.parts: list[str] = []
        if rows and isinstance(network, Recurrent):
            cell = network.cell
            self.parts = ["carried_h", "carried_c"][: 2 if network.kind == "lstm" else 1]
            for name in self.parts:
                zero = torch.zeros(cell.num_layers, rows, cell.hidden_size)
                self.register_buffer(name, zero)

    def forward(self, batch: Batch) -> Tensor:
        """Logits of a batch's windows [rows, time, vocabulary]."""
        if not self.parts or len(batch.given) != getattr(self, self.parts[0]).shape[1]:
            return self.network(batch.given, batch.conditions)[0]
        kept = 1 - batch.fresh.to(torch.float32)
        state = tuple(getattr(self, name) * kept for name in self.parts)
        logits, after = self.network(batch.given, batch.conditions, state)
        if self.training:
            for name, part in zip(self.parts, after, strict=True):
                getattr(self, name).copy_(part.detach())
        return logits


class Learning(Task):
    """Fits a network to pieces by cross-entropy.

    Args:
        network: what is fitted.
        train: pieces to learn.
        held_out: pieces to be judged by.
        batch: windows at a time.
        span: tokens in a window.
        seed: decides order and offsets.
    """

    goal = "perplexity"
    higher = False

    def __init__(
        self,
        network: Recurrent | Transformer,
        train: Sequence[Encoded],
        held_out: Sequence[Encoded],
        batch: int,
        span: int,
        seed: int,
    ) -> None:
        self.span, self.seed = span, seed
        self.running = train[0].running
        self.train, self.held_out = train, held_out
        if self.running:
            self.ends = np.cumsum([len(piece.tokens) for piece in train])
            self.length = int(self.ends[-1])
            self.batch = max(1, min(batch, (self.length - 1) // span))
        else:
            self.rows = [row for piece in train for row in windows(piece, span)]
            self.batch = min(batch, len(self.rows))
        self.network = Carrying(network, self.batch if self.running else 0)

    def turns(self) -> Sequence[Turn]:
        """All weights, by one loss."""
        return [Turn("loss", [(list(self.network.parameters()), 1.0)])]

    def steps(self) -> int:
        """Batches in an epoch."""
        if not self.running:
            # The buckets' last batches may be smaller, one in each pool.
            return sum(1 for _ in self._order(0))
        return max(1, (self.length - self.span) // self.batch // self.span)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """Windows in this epoch's order."""
        return self._streams(epoch) if self.running else self._pieces(epoch)

    def _streams(self, epoch: int) -> Iterator[Batch]:
        # Each epoch cuts at other places.
        room = max(1, min(self.span, self.length - self.span))
        offset = int(generator(self.seed, epoch, _OTHER).integers(room))
        long = (self.length - 1 - offset) // self.batch
        starts = offset + long * np.arange(self.batch)
        none = torch.zeros(self.batch, dtype=torch.long)
        steps = self.steps()
        for step in range(steps):
            # A text shorter than two windows has the one that there is.
            size = min(self.span, long - step * self.span)
            if size < 1:
                return
            rows = [self._cut(int(at) + step * self.span, size + 1) for at in starts]
            window = torch.from_numpy(np.stack(rows).astype(np.int64))
            yield Batch(window[:, :-1], window[:, 1:], none, torch.tensor(step == 0))

    def _cut(self, start: int, size: int) -> NDArray[np.int32]:
        """Tokens from somewhere in all running texts, one after the other."""
        number, found = int(np.searchsorted(self.ends, start, "right")), list[NDArray[np.int32]]()
        while size:
            tokens = self.train[number].tokens
            at = start - int(self.ends[number]) + len(tokens)
            found.append(tokens[at : at + size])
            start, size, number = start + len(found[-1]), size - len(found[-1]), number + 1
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _pieces(self, epoch: int) -> Iterator[Batch]:
        chance = generator(self.seed, epoch, _OTHER)
        for chosen in self._order(epoch):
            rows = [self.rows[index] for index in chosen]
            batch = lay_out(rows)
            told = torch.from_numpy(chance.random(len(rows)) >= _UNTOLD)
            yield batch._replace(conditions=batch.conditions * told)

    def _order(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        lengths = [len(row.tokens) for row in self.rows]
        return buckets(lengths, self.batch, self.seed, epoch)

    def loss(self, batch: Batch) -> Tensor:
        """Nats a token."""
        return entropy(self.network(batch), batch.wanted)

    def validate(self) -> Mapping[str, float]:
        """Perplexity on the held-out pieces, in windows."""
        device = next(self.network.parameters()).device
        total, count = 0.0, 0
        rows = [row for piece in self.held_out for row in windows(piece, self.span)]
        rows = [row for row in rows if len(row.tokens) > 1]
        rows.sort(key=lambda row: len(row.tokens))
        network = cast(Carrying, self.network).network
        # Windows of running text stand side by side; a short run-up would cost more than it tells.
        for start in range(0, len(rows), 2 * self.batch):
            batch = Batch(*(x.to(device) for x in lay_out(rows[start : start + 2 * self.batch])))
            logits, _ = network(batch.given, batch.conditions)
            known = int((batch.wanted != _NONE).sum())
            total += float(entropy(logits, batch.wanted)) * known
            count += known
        nats = total / max(1, count)
        return {"perplexity": math.exp(min(nats, 50.0)), "bits_per_token": nats / math.log(2)}


def windows(piece: Encoded, span: int) -> Iterator[Encoded]:
    """A piece in windows of at most `span` tokens to foretell; each begins with the last's end."""
    for start in range(0, max(1, len(piece.tokens) - 1), span):
        part = piece.tokens[start : start + span + 1]
        yield Encoded(part, piece.condition, piece.where, piece.running)


def lay_out(rows: Sequence[Encoded]) -> Batch:
    """Pieces side by side, padded to the longest."""
    tokens, lengths = pad([row.tokens.tolist() for row in rows], EDGE)
    wanted = tokens[:, 1:].copy()
    wanted[np.arange(wanted.shape[1])[None] >= (lengths - 1)[:, None]] = _NONE
    return Batch(
        torch.from_numpy(tokens[:, :-1].copy()),
        torch.from_numpy(wanted),
        torch.tensor([row.condition for row in rows]),
        torch.tensor(True),
    )


def entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    """Mean nats of the tokens that came (cross-entropy)."""
    return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=_NONE)


def check_amount(train: Sequence[Encoded], held_out: Sequence[Encoded]) -> None:
    """Raises DataError where there is too little to learn from, or pieces do not go together."""
    both = [*train, *held_out]
    odd = next((piece for piece in both if piece.running != both[0].running), None)
    if odd is not None:
        raise DataError(
            "running text and rows cannot be learnt together",
            where=f"{both[0].where} and {odd.where}",
            hint="give either; rows with a column `text` are learnt one by one",
        )
    tokens = sum(len(piece.tokens) - 1 for piece in train)
    judged = sum(len(piece.tokens) - 1 for piece in held_out)
    if tokens < 2 or judged < 1:
        raise DataError(
            f"there is too little to learn from: {len(train)} pieces, and {len(held_out)} to judge",
            where=both[0].where if both else None,
            hint="give more data, or set held_out higher",
        )
