"""Drawing sequences from a network, several at once, with what may not come kept out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.sequence.sampling import Taste, choose
from reelwright.learn.sequence.stepping import Stepper
from reelwright.learn.sequence.tokens import EDGE, UNKNOWN

Allow = Callable[[int, Sequence[int]], NDArray[np.bool_] | None]
"""Given a row and what it holds by now, the tokens that may come next; None for any."""


def write(
    stepper: Stepper,
    begun: Sequence[Sequence[int]],
    conditions: Sequence[int],
    taste: Taste,
    length: int,
    chances: Sequence[np.random.Generator],
    allow: Allow | None = None,
) -> list[list[int]]:
    """Go on with some sequences until each ends, or has `length` tokens more.

    Args:
        stepper: the network.
        begun: tokens each begins with, without the edge; may be empty.
        conditions: of each.
        taste: how tokens are chosen.
        length: new tokens at most.
        chances: a generator each.
        allow: what may come next; the unknown token never does.

    Returns:
        Each sequence's new tokens, without the edge that ended it.
    """
    rows = [[EDGE, *tokens] for tokens in begun]
    ends = [len(row) + length for row in rows]
    over = [False] * len(rows)
    state, at = stepper.begin(len(rows)), 0
    under = np.array(conditions, np.int64)
    while not all(over):
        tokens = np.array([row[min(at, len(row) - 1)] for row in rows], np.int64)
        logits, state = stepper.step(tokens, under, state)
        at += 1
        going = [n for n, row in enumerate(rows) if at == len(row) and not over[n]]
        if not going:
            continue
        masked = np.full((len(going), logits.shape[1]), -np.inf)
        for place, n in enumerate(going):
            may = allow(n, rows[n][1:]) if allow else None
            masked[place] = logits[n] if may is None else np.where(may, logits[n], -np.inf)
            masked[place, UNKNOWN] = -np.inf
        chosen = choose(masked, taste, [chances[n] for n in going])
        for n, token in zip(going, chosen, strict=True):
            rows[n].append(int(token))
            over[n] = token == EDGE or len(rows[n]) >= ends[n]
    return [
        [token for token in row[1 + len(start) :] if token != EDGE]
        for row, start in zip(rows, begun, strict=True)
    ]
