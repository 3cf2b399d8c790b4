"""How much a text surprises a network: nats of each piece, by `stepping` alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.sequence.coding import Encoded
from reelwright.learn.sequence.sampling import log_softmax
from reelwright.learn.sequence.stepping import Stepper

_TOGETHER = 128
_STRETCH, _RUN_UP = 256, 64
"""Running text is judged in stretches of so many tokens, each after so many that do not count."""


class Item(NamedTuple):
    """Tokens to be foretold one after the other, the first `skip` for nothing."""

    tokens: Sequence[int] | NDArray[np.int32]
    condition: int = 0
    skip: int = 0


def stretches(tokens: NDArray[np.int32], condition: int) -> Iterator[Item]:
    """Running text as items; every token but the first counts in exactly one."""
    for start in range(0, max(1, len(tokens) - 1), _STRETCH):
        before = min(start, _RUN_UP)
        yield Item(tokens[start - before : start + _STRETCH + 1], condition, before)


def surprise(stepper: Stepper, items: Sequence[Item]) -> np.ndarray:
    """Nats of each item's counted tokens, summed: [items], float64."""
    out = np.zeros(len(items))
    order = sorted(range(len(items)), key=lambda index: len(items[index].tokens))
    for start in range(0, len(order), _TOGETHER):
        rows = order[start : start + _TOGETHER]
        lengths = np.array([len(items[row].tokens) for row in rows])
        skips = np.array([items[row].skip for row in rows])
        tokens = np.zeros((len(rows), lengths.max()), np.int64)
        for at, row in enumerate(rows):
            tokens[at, : lengths[at]] = items[row].tokens
        conditions = np.array([items[row].condition for row in rows])
        state = stepper.begin(len(rows))
        for step in range(tokens.shape[1] - 1):
            logits, state = stepper.step(tokens[:, step], conditions, state)
            nats = -log_softmax(logits)[np.arange(len(rows)), tokens[:, step + 1]]
            out[rows] += np.where((step + 1 < lengths) & (step >= skips), nats, 0.0)
    return out


def score(stepper: Stepper, encoded: Sequence[Encoded], characters: int | None) -> dict[str, float]:
    """Perplexity and bits of all pieces: `perplexity`, `bits_per_token`, and where the number of
    characters is given `bits_per_character`."""
    items = [
        item
        for piece in encoded
        for item in (
            stretches(piece.tokens, piece.condition)
            if piece.running
            else [Item(piece.tokens, piece.condition)]
        )
    ]
    nats = float(surprise(stepper, items).sum())
    tokens = max(1, sum(len(piece.tokens) - 1 for piece in encoded))
    scores = {
        "perplexity": math.exp(min(nats / tokens, 50.0)),
        "bits_per_token": nats / tokens / math.log(2),
    }
    if characters is not None:
        scores["bits_per_character"] = nats / max(1, characters) / math.log(2)
    return scores
