"""The networks of the tagger: letters, words, features and an encoder → tags' scores.

Letters by a CNN with max pooling (Ma & Hovy 2016), words and features by vectors, an encoder's
layers by a learnt mix (Peters et al. 2018); two bidirectional LSTMs with whole-row dropout (Gal &
Ghahramani 2016), and between them a look at the same word elsewhere in the document (as pooled
embeddings do, Akbik et al. 2019, but learnt through). The wide features add to the scores directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Sizes:
    """How large everything is; `tags` counts the border's."""

    words: int
    letters: int
    tags: int
    table: int
    narrow: int
    wide_table: int
    hidden: int
    word_size: int
    letter_size: int
    narrow_size: int
    dropout: float


class Inputs(NamedTuple):
    """A batch of rows; see `rows.Row`. (B rows, T tokens, U spellings, C letters, P pieces.)"""

    words: Tensor
    """(B, T)"""
    types: Tensor
    """(B, T), into `letters`."""
    letters: Tensor
    """(U, C)"""
    narrow: Tensor
    """(B, T, …)"""
    wide: Tensor
    """(B, T, …)"""
    groups: Tensor
    """(B, T), numbers below B·T that no two documents share; 0 for none."""
    lengths: Tensor
    """(B,) tokens."""
    pieces: Tensor
    """(B, P)"""
    first: Tensor
    """(B, T)"""
    behind: Tensor
    """(B, T)"""
    extents: Tensor
    """(B,) pieces."""


class TaggerNetwork(nn.Module):
    """Scores of each tag at each token.

    Args:
        sizes: how large everything is.
        encoder: a Hugging Face encoder, or None.
    """

    def __init__(self, sizes: Sizes, encoder: nn.Module | None = None) -> None:
        super().__init__()
        self.sizes = sizes
        width = sizes.narrow * sizes.narrow_size
        self.words = nn.Embedding(sizes.words, sizes.word_size, 0) if sizes.word_size else None
        width += sizes.word_size
        self.letters = LetterCnn(sizes.letters, sizes.letter_size) if sizes.letter_size else None
        width += sizes.letter_size
        self.narrow = nn.Embedding(sizes.table, sizes.narrow_size, 0)
        self.mix = LayerMix(encoder) if encoder is not None else None
        width += self.mix.width if self.mix else 0
        self.dropout = RowDropout(sizes.dropout)
        self.lower = BiLstm(width, sizes.hidden)
        self.elsewhere = nn.Linear(2 * sizes.hidden, 2 * sizes.hidden)
        self.upper = BiLstm(2 * sizes.hidden, sizes.hidden)
        self.scores = nn.Linear(2 * sizes.hidden, sizes.tags)
        self.direct = nn.Linear(width, sizes.tags)
        self.wide = nn.Embedding(sizes.wide_table, sizes.tags, 0) if sizes.wide_table else None
        for table in (self.words, self.narrow):
            if table is not None:
                nn.init.normal_(table.weight, std=0.3)
                nn.init.zeros_(table.weight[0])
        if self.wide is not None:
            nn.init.zeros_(self.wide.weight)

    def forward(self, *inputs: Tensor) -> Tensor:
        """(B, T, tags) from the fields of `Inputs`."""
        given = Inputs(*inputs)
        parts = [self.narrow(given.narrow).flatten(2)]
        if self.words is not None:
            parts.append(self.words(given.words))
        if self.letters is not None:
            parts.append(self.letters(given.letters)[given.types])
        if self.mix is not None:
            parts.append(self.mix(given.pieces, given.extents, given.first, given.behind))
        first = self.dropout(torch.cat(parts, -1))
        seen = self.lower(first, given.lengths)
        seen = seen + self.elsewhere(look_elsewhere(seen, given.groups))
        seen = self.upper(self.dropout(seen), given.lengths)
        scores = self.scores(self.dropout(seen)) + self.direct(first)
        if self.wide is not None:
            wide = given.wide
            if self.training:
                wide = wide * (torch.rand(wide.shape, device=wide.device) > 0.3)
            scores = scores + self.wide(wide).sum(2)
        return scores


class LetterCnn(nn.Module):
    """A word from its letters: windows of three, the strongest answer of each filter."""

    def __init__(self, letters: int, size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(letters, 32, 0)
        self.filters = nn.Conv1d(32, size, 3, padding=1)

    def forward(self, letters: Tensor) -> Tensor:
        """(words, letters) → (words, size)."""
        seen = self.table(letters).transpose(1, 2)
        return torch.tanh(self.filters(seen).amax(2))


class BiLstm(nn.Module):
    """A bidirectional LSTM over padded rows; the way back begins at each row's own end."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.ahead = nn.LSTM(width, hidden, batch_first=True)
        self.back = nn.LSTM(width, hidden, batch_first=True)
        for lstm in (self.ahead, self.back):
            for name, weight in lstm.named_parameters():
                if name.startswith("weight_hh"):
                    for gate in weight.chunk(4):
                        nn.init.orthogonal_(gate)
                elif name.startswith("weight"):
                    for gate in weight.chunk(4):
                        nn.init.xavier_uniform_(gate)
                else:
                    nn.init.zeros_(weight)
                    if name.startswith("bias_ih"):
                        nn.init.ones_(weight.chunk(4)[1])

    def forward(self, seen: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, width) → (B, T, 2·hidden)."""
        places = torch.arange(seen.shape[1], device=seen.device)
        mirrored = lengths[:, None] - 1 - places
        mirrored = torch.where(mirrored < 0, places, mirrored)
        return torch.cat(
            [self.ahead(seen)[0], _pick(self.back(_pick(seen, mirrored))[0], mirrored)], -1
        )


class RowDropout(nn.Module):
    """Drops the same numbers at all tokens of a row."""

    def __init__(self, part: float) -> None:
        super().__init__()
        self.part = part

    def forward(self, seen: Tensor) -> Tensor:
        """The same shape; unchanged when judging."""
        if not self.training or not self.part:
            return seen
        kept = seen.new_empty(seen.shape[0], 1, seen.shape[2]).bernoulli_(1 - self.part)
        return seen * (kept / (1 - self.part))


class LayerMix(nn.Module):
    """An encoder's states for words: the mean over each word's pieces of a learnt mix of layers."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        settings: Any = encoder.config
        self.width: int = settings.hidden_size
        self.shares = nn.Parameter(torch.zeros(settings.num_hidden_layers + 1))
        self.norm = nn.LayerNorm(self.width)

    def forward(self, pieces: Tensor, extents: Tensor, first: Tensor, behind: Tensor) -> Tensor:
        """(B, P) pieces → (B, T, width)."""
        inside = torch.arange(pieces.shape[1], device=pieces.device) < extents[:, None]
        given = self.encoder(
            input_ids=pieces, attention_mask=inside.long(), output_hidden_states=True
        )
        layers = torch.stack(given.hidden_states)
        mixed = (layers * self.shares.softmax(0)[:, None, None, None]).sum(0)
        # Sums up to each piece; a word's sum is the difference of two of them.
        sums = nn.functional.pad(mixed.float().cumsum(1), (0, 0, 1, 0))
        total = _pick(sums, behind) - _pick(sums, first)
        return self.norm(total / (behind - first).clamp_min(1)[:, :, None])


def look_elsewhere(seen: Tensor, groups: Tensor) -> Tensor:
    """For each token the mean state of the same word's other places in the document.

    Args:
        seen: (B, T, width).
        groups: (B, T), which word it is; tokens of group 0 are not followed.

    Returns:
        (B, T, width), 0 where the word stands nowhere else.
    """
    width = seen.shape[2]
    states, places = seen.reshape(-1, width), groups.reshape(-1)
    each = torch.ones_like(states[:, 0])
    # Not index_add, which the ONNX exporter writes as if no place came twice.
    sums = torch.zeros_like(states).scatter_add(0, places[:, None].expand(-1, width), states)
    sums, counts = sums[places], torch.zeros_like(each).scatter_add(0, places, each)
    others = (counts[places] - 1)[:, None]
    found = (others > 0) & (places > 0)[:, None]
    return ((sums - states) / others.clamp_min(1) * found).reshape(seen.shape)


def _pick(seen: Tensor, places: Tensor) -> Tensor:
    """Rows' states at given places: (B, N, width), (B, T) → (B, T, width)."""
    return seen.gather(1, places[:, :, None].expand(-1, -1, seen.shape[2]))
