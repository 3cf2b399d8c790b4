"""The network that paints in a manner it has learnt (after Johnson, Alahi and Fei-Fei 2016).

Two halvings, residual blocks, two doublings; convolutions are split by depth in the blocks (Howard
et al. 2017), which is what makes it fast on a CPU. Norms are each picture's own (Ulyanov et al.
2016).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it


class Painter(nn.Module):
    """Pictures (n × 3 × H × W, −1 to 1; sides multiples of 4) → the same, painted.

    Args:
        width: channels at the whole size.
        blocks: residual blocks at a quarter of it.
    """

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(
            *_layer(3, width, 5, 1),
            *_layer(width, 2 * width, 3, 2),
            *_layer(2 * width, 4 * width, 3, 2),
        )
        self.blocks = nn.ModuleList(_Block(4 * width) for _ in range(blocks))
        self.rise = nn.Sequential(*_layer(4 * width, 2 * width, 3, 1))
        self.top = nn.Sequential(*_layer(2 * width, width, 3, 1))
        self.leave = nn.Conv2d(width, 3, 5, padding=2, padding_mode="reflect")
        with torch.no_grad():
            self.leave.weight.mul_(0.1)

    def forward(self, pictures: Tensor) -> Tensor:
        """What it paints."""
        now = self.enter(pictures)
        for block in self.blocks:
            now = block(now)
        # Doubled by copying: transposed convolutions leave chessboards (Odena et al. 2016).
        now = self.rise(F.interpolate(now, scale_factor=2.0, mode="nearest"))
        now = self.top(F.interpolate(now, scale_factor=2.0, mode="nearest"))
        # It begins from the picture itself, so that little learning spoils little.
        return torch.tanh(1.2 * pictures + self.leave(now)) * 1.1


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, groups=width, padding_mode="reflect"),
            nn.Conv2d(width, width, 1),
            nn.InstanceNorm2d(width, affine=True),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, groups=width, padding_mode="reflect"),
            nn.Conv2d(width, width, 1),
            nn.InstanceNorm2d(width, affine=True),
        )

    def forward(self, now: Tensor) -> Tensor:
        return now + self.layers(now)


def _layer(before: int, after: int, side: int, stride: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(before, after, side, stride, padding=side // 2, padding_mode="reflect"),
        nn.InstanceNorm2d(after, affine=True),
        nn.ReLU(),
    )
