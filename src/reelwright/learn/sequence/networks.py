"""Cells: RNN, GRU, LSTM and Transformer behind one shape.

Tokens go in as numbers, the odds of each one's follower come out. A condition (a topic, a mood) is
a vector added to every token's own; number 0 is none, and its vector is zero.

Recurrent cells carry their state from window to window. The Transformer (pre-norm; rotary positions
of Su et al. 2021, "RoFormer") sees at most `span` tokens back; only differences of positions
count, so that a text may be longer than any in training.
"""

from __future__ import annotations

from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

Cell = Literal["rnn", "gru", "lstm", "transformer"]
State = tuple[Tensor, ...]


class Recurrent(nn.Module):
    """An RNN, GRU or LSTM between an embedding and a projection.

    Args:
        cell: which.
        vocabulary: how many tokens there are, the special ones included.
        conditions: how many conditions there are, none included.
        embed: numbers in a token's vector.
        width: numbers in a layer's state.
        layers: how many layers.
        dropout: share of numbers dropped between layers, in training.
    """

    def __init__(
        self,
        cell: Cell,
        vocabulary: int,
        conditions: int,
        embed: int,
        width: int,
        layers: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embed)
        self.condition = nn.Embedding(conditions, embed, padding_idx=0)
        with torch.no_grad():
            self.condition.weight[0] = 0
        kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell]
        between = dropout if layers > 1 else 0.0
        self.cell = kind(embed, width, layers, batch_first=True, dropout=between)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(width, vocabulary)
        self.kind: str = cell

    def forward(
        self, tokens: Tensor, conditions: Tensor, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Logits of each token's follower, and the state after the last.

        Args:
            tokens: [batch, time], long.
            conditions: [batch], long.
            state: (h,) or (h, c), each [layers, batch, width]; None begins.

        Returns:
            [batch, time, vocabulary], and the new state.
        """
        given = self.embed(tokens)
        if self.condition.num_embeddings > 1:
            given = given + self.condition(conditions)[:, None]
        inner = None if state is None else state if self.kind == "lstm" else state[0]
        seen, after = self.cell(self.drop(given), inner)
        logits = self.out(self.drop(seen))
        return logits, cast(State, after) if self.kind == "lstm" else (after,)


class Transformer(nn.Module):
    """A decoder: blocks of causal attention and a two-layer network, both behind a norm.

    Args: as `Recurrent`, and `heads` that divide `width`; `width / heads` is even.
    """

    def __init__(
        self,
        vocabulary: int,
        conditions: int,
        width: int,
        layers: int,
        heads: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.condition = nn.Embedding(conditions, width, padding_idx=0)
        for table in (self.embed, self.condition):
            nn.init.normal_(table.weight, std=0.05)
        with torch.no_grad():
            self.condition.weight[0] = 0
        self.blocks = nn.ModuleList(Block(width, heads, layers) for _ in range(layers))
        self.drop = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, vocabulary)

    def forward(
        self, tokens: Tensor, conditions: Tensor, state: State | None = None
    ) -> tuple[Tensor, State]:
        """As `Recurrent.forward`; the state is (keys, values, place).

        Keys and values are [layers, batch, past, width] of the tokens before, place [1] (float) is
        the position of the first token given.
        """
        x = self.drop(self.embed(tokens) + self.condition(conditions)[:, None])
        place = x.new_zeros(1) if state is None else state[2]
        keys: list[Tensor] = []
        values: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            past = None if state is None else (state[0][index], state[1][index])
            x, key, value = cast(Block, block)(x, place, past, self.drop)
            keys.append(key)
            values.append(value)
        after = (torch.stack(keys), torch.stack(values), place + tokens.shape[1])
        return self.out(self.norm(x)), after


class Block(nn.Module):
    """Attention to what came before, then a network of each token alone."""

    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.tell = nn.Linear(width, width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        for last in (self.tell, self.narrow):
            # What is added up over all layers begins small (as GPT-2's does).
            nn.init.normal_(last.weight, std=0.05 / (2 * layers) ** 0.5)

    def forward(
        self, x: Tensor, place: Tensor, past: tuple[Tensor, Tensor] | None, drop: nn.Module
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The tokens' new vectors, and all keys and values, the past's first."""
        size = x.shape[-1] // self.heads
        query, key, value = self.ask(self.first(x)).chunk(3, -1)
        query, key = (turn(part, place, size) for part in (query, key))
        if past is not None:
            key, value = torch.cat([past[0], key], 1), torch.cat([past[1], value], 1)
        q, k, v = (part.unflatten(-1, (self.heads, size)).transpose(1, 2) for part in
                   (query, key, value))  # fmt: skip
        if past is None:
            seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        elif x.shape[1] == 1:
            seen = functional.scaled_dot_product_attention(q, k, v)
        else:
            # A window after another: each token sees the past, and what is before it in its own.
            new, all_ = x.shape[1], key.shape[1]
            mask = torch.ones(new, all_, dtype=torch.bool, device=x.device).tril(all_ - new)
            seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + drop(self.tell(seen.transpose(1, 2).flatten(-2)))
        grown = functional.gelu(self.wide(self.second(x)), approximate="tanh")
        return x + drop(self.narrow(grown)), key, value


def turn(x: Tensor, place: Tensor, size: int) -> Tensor:
    """Rotary positions: pairs of numbers turned by an angle that grows with the position.

    Args:
        x: [batch, time, width].
        place: [1], the first token's position.
        size: numbers in a head; a head's first half is paired with its second.
    """
    half = size // 2
    slow = 10000.0 ** (-torch.arange(half, device=x.device, dtype=torch.float32) / half)
    at = place + torch.arange(x.shape[1], device=x.device, dtype=torch.float32)
    angle = (at[:, None] * slow)[:, None]
    cos, sin = angle.cos(), angle.sin()
    a, b = x.unflatten(-1, (-1, 2, half)).unbind(-2)
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -2).flatten(-3)


class Step(nn.Module):
    """A network taken one token at a time, with its state going in and out: what is exported."""

    def __init__(self, network: Recurrent | Transformer) -> None:
        super().__init__()
        self.network = network

    def forward(self, tokens: Tensor, conditions: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Logits [batch, vocabulary] after tokens [batch], and the parts of the new state."""
        logits, after = self.network(tokens[:, None], conditions, state)
        return (logits[:, 0], *after)
