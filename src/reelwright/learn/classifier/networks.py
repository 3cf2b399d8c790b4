"""Networks that read texts: filters over characters and neighbours (Kim 2014), or an encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from reelwright.learn.classifier.linear import VIEWS, Linear, spread
from reelwright.learn.classifier.settings import ClassifierSettings

_PAIRS = 1 << 15
_REACHES = (1, 3, 5)


class Tower(nn.Module):
    """Characters and hashed pairs of them become vectors; filters look at stretches of those; of
    each filter the most and the mean over the text count."""

    def __init__(self, letters: int, labels: int, width: int, dropout: float) -> None:
        super().__init__()
        self.letters = nn.Embedding(letters, width, padding_idx=0)
        self.pairs = nn.Embedding(_PAIRS, width)
        # Small, for pairs above all: one that was never learnt should say nothing. With ten times
        # as much a network by itself tells five in a hundred reviews fewer.
        nn.init.normal_(self.letters.weight, std=0.1)
        nn.init.normal_(self.pairs.weight, std=0.02)
        with torch.no_grad():
            self.letters.weight[0] = 0
        self.filters = nn.ModuleList(
            nn.Conv1d(width, width, reach, padding=reach // 2) for reach in _REACHES
        )
        self.dropped = nn.Dropout(dropout)
        self.out = nn.Linear(2 * width * len(_REACHES), labels)

    def forward(self, rows: Tensor) -> Tensor:
        """Texts × characters (0: padding) → texts × labels."""
        there = (rows > 0).unsqueeze(2).to(self.out.weight.dtype)
        after = torch.cat([rows[:, 1:], torch.zeros_like(rows[:, :1])], 1)
        pairs = torch.remainder(rows * 40503 + after * 9973, _PAIRS)
        vectors = self.dropped((self.letters(rows) + self.pairs(pairs)) * there).transpose(1, 2)
        mask = there.transpose(1, 2)
        length = mask.sum(2)
        found: list[Tensor] = []
        for one in self.filters:
            # After the ReLU nothing is below 0, so what is padded changes neither most nor sum.
            seen = torch.relu(one(vectors)) * mask
            found += [seen.amax(2), seen.sum(2) / length]
        return self.out(self.dropped(torch.cat(found, 1)))


class Towers(nn.Module):
    """Several networks that began differently; their scores are averaged."""

    def __init__(self, letters: int, labels: int, width: int, towers: int, dropout: float) -> None:
        super().__init__()
        self.towers = nn.ModuleList(Tower(letters, labels, width, dropout) for _ in range(towers))

    def each(self, rows: Tensor) -> list[Tensor]:
        """Every network's own scores, texts × labels."""
        return [tower(rows) for tower in self.towers]

    def forward(self, rows: Tensor) -> Tensor:
        """Texts × characters → texts × labels."""
        return torch.stack(self.each(rows)).mean(0)


class Tuned(nn.Module):
    """An encoder's states, their mean over the text's pieces, and a linear layer behind it."""

    def __init__(self, encoder: nn.Module, labels: int, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        config: Any = encoder.config
        self.norm = nn.LayerNorm(config.hidden_size)
        self.dropped = nn.Dropout(dropout)
        self.out = nn.Linear(config.hidden_size, labels)

    def each(self, rows: Tensor) -> list[Tensor]:
        """The one network's scores, as `Towers.each`."""
        return [self(rows)]

    def forward(self, rows: Tensor) -> Tensor:
        """Texts × pieces (their numbers and one; 0: padding) → texts × labels."""
        there = rows > 0
        pieces = (rows - 1).clamp_min(0)
        states = self.encoder(input_ids=pieces, attention_mask=there.long()).last_hidden_state
        mask = there.unsqueeze(2).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        return self.out(self.dropped(self.norm(mean)))


def build(
    settings: ClassifierSettings, size: int, labels: int, encoder: nn.Module | None
) -> Towers | Tuned:
    """A network with first weights; `size` is that of what it reads texts as."""
    if encoder is not None:
        return Tuned(encoder, labels, settings.dropout)
    return Towers(size, labels, settings.width, settings.towers, settings.dropout)


def run_network(network: nn.Module, rows: np.ndarray, device: str | torch.device) -> np.ndarray:
    """Scores without gradients, from arrays to arrays."""
    network.eval()
    with torch.no_grad():
        return network(torch.from_numpy(rows).to(device)).float().cpu().numpy()


class Summing(nn.Module):
    """The linear model behind its hashing, as a network: `exporting` tells what it takes."""

    rarity: Tensor
    weighted: Tensor
    present: Tensor
    shared: Tensor
    base: Tensor

    def __init__(self, linear: Linear, factors: list[float]) -> None:
        super().__init__()
        self.register_buffer("rarity", _padded(linear.vocabulary.rarity[None])[:, 0])
        bases: list[np.ndarray] = []
        for name, view, factor in zip(VIEWS, linear.views, factors, strict=True):
            self.register_buffer(name, _padded(spread(view.values) * factor))
            bases.append(spread(view.base[:, None])[:, 0] * factor)
        self.register_buffer("base", torch.from_numpy(np.sum(bases, 0, np.float32)))

    def forward(self, features: Tensor, times: Tensor) -> Tensor:
        """Features and how often each is there, texts × most → probabilities, texts × labels."""
        values = (1 + times.log()) * self.rarity[features]
        length = values.square().sum(1, keepdim=True).clamp_min(1e-12).sqrt()
        weighted = (self.weighted[features] * (values / length).unsqueeze(2)).sum(1)
        there = (features < len(self.rarity) - 1).sum(1, keepdim=True).clamp_min(1)
        shared = self.shared[features].sum(1) / there.to(values.dtype).sqrt()
        return torch.softmax(weighted + self.present[features].sum(1) + shared + self.base, 1)


def _padded(table: np.ndarray) -> Tensor:
    """Features × outputs, with a feature of zeros behind the last."""
    turned = np.ascontiguousarray(table.T, np.float32)
    return torch.from_numpy(np.concatenate([turned, np.zeros_like(turned[:1])]))
