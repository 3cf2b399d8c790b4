"""The network behind `sequential`: item and place embeddings, causal attention, tied output."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """Attention to what came before, then two layers on each place; norms first, both residual."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixes, self.joins = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widens, self.narrows = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """x: (batch, places, width)."""
        batch, places, width = x.shape
        mixed = self.mixes(self.before(x)).view(batch, places, 3, self.heads, -1)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        seen = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.dropout(self.joins(seen.transpose(1, 2).reshape(batch, places, width)))
        inner = nn.functional.gelu(self.widens(self.between(x)))
        return x + self.dropout(self.narrows(inner))


class NextItem(nn.Module):
    """From items in order to a score for every item at every place.

    Args:
        items: how many there are; index `items` is the padding at the end of shorter rows.
        length: the most places.
    """

    def __init__(
        self, items: int, length: int, width: int, blocks: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.padding = items
        self.items = nn.Embedding(items + 1, width)
        self.places = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(blocks))
        self.last = nn.LayerNorm(width)
        self.fame = nn.Parameter(torch.zeros(items))
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.items.weight, std=width**-0.5)
        nn.init.normal_(self.places.weight, std=0.1 * width**-0.5)

    def states(self, rows: Tensor) -> Tensor:
        """rows: (batch, places) item indexes, padded at the end; gives (batch, places, width).

        Causal attention never looks at what follows, so padding at the end needs no mask.
        """
        x = self.items(rows) + self.places(torch.arange(rows.shape[1], device=rows.device))
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x)
        return self.last(x)

    def logits(self, states: Tensor, items: Tensor | None = None) -> Tensor:
        """Scores of all items, or of some, for states of shape (n, width)."""
        if items is None:
            return states @ self.items.weight[:-1].T + self.fame
        return states @ self.items.weight[items].T + self.fame[items]

    def logit_of(self, states: Tensor, items: Tensor) -> Tensor:
        """The score of one item for each state."""
        return (states * self.items.weight[items]).sum(1) + self.fame[items]

    @torch.no_grad()
    def take_over(self, other: NextItem) -> None:
        """Take another network's weights; items that it does not know keep their own."""
        known = min(self.padding, other.padding)
        theirs = other.state_dict()
        for name, own in self.state_dict().items():
            if name in ("items.weight", "fame"):
                own[:known] = theirs[name][:known]
            else:
                own.copy_(theirs[name])
