"""Choosing the next token from what a network thinks of each.

Top-k keeps the k likeliest; top-p (Holtzman et al. 2020, "The Curious Case of Neural Text
Degeneration") the fewest that hold the share p of all probability. Randomness comes from the
generator handed in, one number a choice, so a seed gives the same choices whatever the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Taste:
    """How the next token is chosen.

    Attributes:
        temperature: 1 leaves the network's odds, below sharpens them; 0 always takes the likeliest.
        top_k: the most tokens to choose among; 0 sets no limit.
        top_p: the share of probability to choose from, above 0 and at most 1.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


def log_softmax(logits: Floats) -> NDArray[np.float64]:
    """Natural logarithms of probabilities along the last axis, in double precision."""
    high = logits.astype(np.float64)
    high -= high.max(axis=-1, keepdims=True)
    return high - np.log(np.exp(high).sum(axis=-1, keepdims=True))


def odds(logits: Floats, taste: Taste) -> NDArray[np.float64]:
    """Probabilities that `taste` chooses by. Tokens at −∞ are never chosen.

    Args:
        logits: [vocabulary], with at least one finite number.
    """
    out = np.zeros(len(logits))
    # The likeliest first; of equals the one of the lower number, on every machine.
    order = np.argsort(-logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    if taste.temperature <= 0 or taste.top_k == 1:
        out[order[0]] = 1.0
        return out
    kept = order[: taste.top_k] if taste.top_k else order
    shares = np.exp(log_softmax(logits[kept].astype(np.float64) / taste.temperature))
    if taste.top_p < 1:
        # The one that crosses the line still belongs.
        shares[np.concatenate([[False], np.cumsum(shares)[:-1] >= taste.top_p])] = 0.0
    out[kept] = shares / shares.sum()
    return out


def choose(
    logits: Floats, taste: Taste, chances: Sequence[np.random.Generator]
) -> NDArray[np.int64]:
    """The next token of each sequence.

    Args:
        logits: [sequences, vocabulary].
        taste: how to choose.
        chances: one generator a sequence; each gives one number.
    """
    found = np.empty(len(logits), np.int64)
    for row, chance in enumerate(chances):
        shares = odds(logits[row], taste)
        reach = np.cumsum(shares)
        at = int(np.searchsorted(reach, chance.random() * reach[-1], side="right"))
        found[row] = at if at < len(reach) else np.flatnonzero(shares)[-1]
    return found
