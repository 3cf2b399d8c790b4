"""The best row of tags, and how sure each tag is, from emissions and transitions: numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NEVER = -1e4
"""The score of what cannot be."""


def best_tags(
    emissions: Floats, lengths: NDArray[np.int64], transitions: Floats, ending: Floats
) -> NDArray[np.int64]:
    """The likeliest tags of each row (Viterbi 1967), all rows at once.

    Args:
        emissions: (rows, tokens, tags).
        lengths: (rows,).
        transitions: (tags, tags), the score of the second following the first.
        ending: (tags,), the score of ending with each.

    Returns:
        (rows, tokens), 0 behind a row's end.
    """
    rows, tokens, tags = emissions.shape
    back = np.zeros((tokens, rows, tags), np.int64)
    stay = np.arange(tags)
    reached = emissions[:, 0]
    for at in range(1, tokens):
        ways = reached[:, :, None] + transitions
        came = ways.argmax(1)
        stepped = np.take_along_axis(ways, came[:, None], 1)[:, 0] + emissions[:, at]
        inside = (at < lengths)[:, None]
        back[at] = np.where(inside, came, stay)
        reached = np.where(inside, stepped, reached)
    best = (reached + ending).argmax(1)
    found = np.zeros((rows, tokens), np.int64)
    for at in range(tokens - 1, -1, -1):
        found[:, at] = np.where(at < lengths, best, 0)
        best = back[at][np.arange(rows), best]
    return found


def marginals(emissions: Floats, transitions: Floats, ending: Floats) -> Floats:
    """How likely each tag is at each token of one row: forward times backward.

    Args:
        emissions: (tokens, tags) of one row, without padding.
        transitions: (tags, tags).
        ending: (tags,).

    Returns:
        (tokens, tags); each token's sum to 1.
    """
    tokens, tags = emissions.shape
    each = np.exp((emissions - emissions.max(1, keepdims=True)).astype(np.float64))
    moves = np.exp(transitions.astype(np.float64))
    ahead, behind = np.zeros((tokens, tags)), np.zeros((tokens, tags))
    ahead[0] = each[0] / each[0].sum()
    for at in range(1, tokens):
        ahead[at] = (ahead[at - 1] @ moves) * each[at]
        ahead[at] /= ahead[at].sum() or 1.0
    behind[-1] = np.exp(ending.astype(np.float64))
    for at in range(tokens - 2, -1, -1):
        behind[at] = moves @ (behind[at + 1] * each[at + 1])
        behind[at] /= behind[at].sum() or 1.0
    both = ahead * behind
    return (both / both.sum(1, keepdims=True)).astype(np.float32)
