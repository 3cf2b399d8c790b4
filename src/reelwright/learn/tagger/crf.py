"""A linear-chain conditional random field (Lafferty et al. 2001) over a batch of rows.

Forward algorithm in scaled probabilities: one small matrix product a position. Transitions that the
scheme forbids have the fixed score `NEVER`, in training and in decoding.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reelwright.learn.tagger.viterbi import NEVER


class Crf(nn.Module):
    """Scores of tags following each other, and the likelihood of a whole row of tags.

    Args:
        allowed: (tags, tags), true where the second may follow the first.
        last: (tags,), true for those that may end a row.
    """

    def __init__(self, allowed: Tensor, last: Tensor) -> None:
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(allowed.shape))
        self.register_buffer("forbidden", (~allowed).float() * NEVER, persistent=False)
        self.register_buffer("ending", (~last).float() * NEVER, persistent=False)
        self.forbidden: Tensor
        self.ending: Tensor

    def transitions(self) -> Tensor:
        """(tags, tags): the score of the second following the first."""
        return self.scores.masked_fill(self.forbidden < 0, NEVER)

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Minus the log-likelihood of the true tags, a token.

        Args:
            emissions: (rows, tokens, tags).
            tags: (rows, tokens), right where a row is long enough.
            lengths: (rows,), tokens of each row, at least 1.
        """
        unlikely = self.log_total(emissions, lengths) - self.score(emissions, tags, lengths)
        return unlikely.sum() / lengths.sum()

    def score(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """(rows,): the score of one way to tag each row."""
        inside = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
        each = emissions.gather(2, tags[:, :, None])[:, :, 0]
        steps = self.transitions()[tags[:, :-1], tags[:, 1:]]
        final = self.ending[tags.gather(1, lengths[:, None] - 1)[:, 0]]
        return (each * inside).sum(1) + (steps * inside[:, 1:]).sum(1) + final

    def log_total(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """(rows,): the logarithm of the sum over all ways to tag each row."""
        moves = self.transitions().exp()
        reached = emissions[:, 0]
        ends = []
        for at in range(emissions.shape[1]):
            if at:
                top = reached.amax(1, keepdim=True).detach()
                # The floor keeps the logarithm of what cannot be reached a number.
                stepped = (reached - top).exp() @ moves
                reached = stepped.clamp_min(1e-30).log() + top + emissions[:, at]
            ends.append(reached)
        # Reading each row at its own end is cheaper than masking every step.
        final = torch.stack(ends)[lengths - 1, torch.arange(len(lengths), device=lengths.device)]
        return torch.logsumexp(final + self.ending, 1)
