"""What continues a sequence of codes: LSTM, Transformer (over vectors), ConvLSTM (over grids).

Each is called with the codes so far and how many more are wanted. What they add is a change: with
`inertia` a change of the last movement (the code goes on as it went unless something happens), else
of the last code. The last layer begins at zero, so that learning begins at that plain guess.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_PACE = 10.0
"""Movements are small beside positions; they are brought to the same size by this."""


class LstmRelation(nn.Module):
    """Two layers of LSTM (Hochreiter and Schmidhuber 1997), fed with their own predictions.

    Args:
        size: numbers in a code.
        width: of the hidden states.
        inertia: see this module.
        extra: further numbers told with each prediction (how sure it is, say).
    """

    def __init__(self, size: int, width: int, inertia: bool = False, extra: int = 0) -> None:
        super().__init__()
        self.size, self.inertia = size, inertia
        self.first = nn.LSTMCell(2 * size, width)
        self.second = nn.LSTMCell(width, width)
        self.out = nn.Linear(width, size + extra)
        _begin_at_zero(self.out)

    def forward(self, codes: Tensor, count: int) -> Tensor:
        """N × T × size → N × count × (size + extra)."""
        length = codes.shape[1]
        code, moved = codes[:, 0], torch.zeros_like(codes[:, 0])
        empty = codes.new_zeros(codes.shape[0], self.first.hidden_size)
        one = two = (empty, empty)
        told: list[Tensor] = []
        for index in range(length + count - 1):
            if 0 < index < length:
                code, moved = codes[:, index], codes[:, index] - code
            one = self.first(torch.cat([code, moved * _PACE], 1), one)
            two = self.second(one[0], two)
            if index >= length - 1:
                change = self.out(two[0])
                step = change[:, : self.size] / (_PACE if self.inertia else 1.0)
                moved = moved + step if self.inertia else step
                code = code + moved
                told.append(torch.cat([code, change[:, self.size :]], 1))
        return torch.stack(told, 1)


class TransformerRelation(nn.Module):
    """A Transformer's encoder (Vaswani et al. 2017) over the codes and a query a wanted frame."""

    def __init__(
        self, size: int, width: int, length: int, inertia: bool = False, extra: int = 0
    ) -> None:
        super().__init__()
        self.size, self.inertia = size, inertia
        self.into = nn.Linear(2 * size, width)
        self.places = nn.Parameter(torch.randn(length, width) * 0.02)
        self.layers = nn.Sequential(*(_Attending(width) for _ in range(3)))
        self.out = nn.Linear(width, size + extra)
        _begin_at_zero(self.out)

    def forward(self, codes: Tensor, count: int) -> Tensor:
        """N × T × size → N × count × (size + extra)."""
        moved = torch.cat([codes[:, :1] * 0, codes[:, 1:] - codes[:, :-1]], 1)
        seen = self.into(torch.cat([codes, moved * _PACE], 2))
        asked = seen.new_zeros(codes.shape[0], count, seen.shape[2])
        mixed = torch.cat([seen, asked], 1) + self.places[: codes.shape[1] + count]
        change = self.out(self.layers(mixed)[:, -count:])
        steps = torch.arange(1, count + 1, device=codes.device, dtype=codes.dtype)[:, None]
        plain = codes[:, -1:] + (moved[:, -1:] * steps if self.inertia else 0.0)
        return torch.cat([plain + change[..., : self.size], change[..., self.size :]], 2)


class _Attending(nn.Module):
    """Every frame looks at every other, then thinks for itself."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = max(1, width // 32)
        while width % self.heads:
            self.heads -= 1
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask, self.answer = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.think = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """N × T × width → the same."""
        asked = self.ask(self.before(tokens)).unflatten(2, (3, self.heads, -1))
        query, key, value = asked.permute(2, 0, 3, 1, 4).unbind(0)
        looks = (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).softmax(-1)
        tokens = tokens + self.answer((looks @ value).transpose(1, 2).flatten(2))
        return tokens + self.think(self.between(tokens))


class ConvLstmRelation(nn.Module):
    """Layers of convolutional LSTM (Shi et al. 2015) over grids of codes."""

    def __init__(self, size: int, width: int, layers: int = 2, kernel: int = 5) -> None:
        super().__init__()
        self.width = width
        self.cells = nn.ModuleList(
            nn.Conv2d((width if layer else size) + width, 4 * width, kernel, padding=kernel // 2)
            for layer in range(layers)
        )
        self.out = nn.Conv2d(width, size, 1)
        _begin_at_zero(self.out)

    def forward(self, codes: Tensor, count: int) -> Tensor:
        """N × T × size × H × W → N × count × size × H × W."""
        length = codes.shape[1]
        empty = codes.new_zeros(codes.shape[0], self.width, *codes.shape[3:])
        states = [(empty, empty)] * len(self.cells)
        code, told = codes[:, 0], list[Tensor]()
        for index in range(length + count - 1):
            code = codes[:, index] if index < length else code
            value = code
            for layer, cell in enumerate(self.cells):
                hidden, kept = states[layer]
                gates = cell(torch.cat([value, hidden], 1))
                enter, forget, new, leave = gates.chunk(4, 1)
                # One more for the forgetting gate: at first, what was seen is kept.
                kept = torch.sigmoid(forget + 1) * kept + torch.sigmoid(enter) * torch.tanh(new)
                value = torch.sigmoid(leave) * torch.tanh(kept)
                states[layer] = (value, kept)
            if index >= length - 1:
                code = code + self.out(value)
                told.append(code)
        return torch.stack(told, 1)


def _begin_at_zero(layer: nn.Linear | nn.Conv2d) -> None:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
