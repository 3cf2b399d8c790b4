"""The denoiser's network: pictures in a row and how noisy they are → the middle one without noise.

It works at half the size, with the level of the noise as one more channel, and gives the noise that
is to be taken away (FFDNet, Zhang et al. 2018). Its neighbours in time are further channels, taken
as they are, without looking for motion (FastDVDnet, Tassano et al. 2020). Its layers add to what
they are given, in pairs (He et al. 2016), which learns faster than a plain row of them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

STEP = 2
"""Sides of what it takes are multiples of this."""
_GENTLE = 0.1
"""How much weaker than usual what a pair adds is at first, so that a row of many does not burst."""


class Denoiser(nn.Module):
    """Takes noise out of the middle one of some pictures.

    Args:
        channels: 1 (gray) or 3 (RGB).
        frames: pictures that are looked at; odd, the middle one is wanted.
        width: channels of the layers.
        depth: pairs of layers between the first and the last one.
    """

    def __init__(self, channels: int, frames: int, width: int, depth: int) -> None:
        super().__init__()
        self.channels, self.frames = channels, frames
        self.enter = nn.Conv2d(4 * channels * frames + 1, width, 3, padding=1)
        self.first = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth))
        self.second = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth))
        self.leave = nn.Conv2d(width, 4 * channels, 3, padding=1)
        for layer in (self.enter, *self.first, *self.second):
            weights, biases = layer.parameters()
            nn.init.kaiming_normal_(weights)
            nn.init.zeros_(biases)
        for weights in self.second.parameters():
            weights.data *= _GENTLE
        # It begins by changing next to nothing.
        nn.init.normal_(self.leave.weight, std=0.01)

    def forward(self, pictures: Tensor, noise: Tensor) -> Tensor:
        """Take the noise out.

        Args:
            pictures: n × frames·channels × H × W, 0 to 1, in order of time; H and W even.
            noise: n × 1 × 1 × 1: the standard deviation of the noise in luma, of 1.

        Returns:
            The middle picture, n × channels × H × W; not clipped.
        """
        half = F.pixel_unshuffle(pictures, 2)
        level = torch.ones_like(half[:, :1]) * noise
        maps = self.enter(torch.cat([half, level], 1))
        for first, second in zip(self.first, self.second, strict=True):
            maps = maps + second(F.relu(first(maps)))
        found = F.pixel_shuffle(self.leave(maps), 2)
        middle = self.channels * (self.frames // 2)
        return pictures[:, middle : middle + self.channels] - found
