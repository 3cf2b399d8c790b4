"""The denoiser's network: pictures in a row and how noisy they are → the middle one without noise.

It works at half the size, with the level of the noise as one more channel (FFDNet, Zhang et al.
2018), takes its neighbours in time as they are, without looking for motion (FastDVDnet, Tassano et
al. 2020), and looks from afar at a quarter and an eighth of the size, which is cheap and shows it
what belongs together (U-Net, Ronneberger et al. 2015). What it sees there does not carry the noise
itself, which few channels could: it says how much of what each of many small filters finds in the
pictures is noise, as shrinking wavelets does (Donoho and Johnstone 1994).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.edit.enhance.layers import SLOPE, fold_into, layer_of

STEP = 8
"""Sides of what it takes are multiples of this."""
_FILTERS = 64
"""Small filters whose answers are weighed."""


class Denoiser(nn.Module):
    """Takes noise out of the middle one of some pictures.

    Args:
        channels: 1 (gray) or 3 (RGB).
        frames: pictures that are looked at; odd, the middle one is wanted.
        width: channels at half the size; twice and three times as many further down.
        depth: layers at each size, on the way down and on the way up.
        merged: whether kernels are sums, to be trained; else plain ones, as they are kept.
    """

    def __init__(self, channels: int, frames: int, width: int, depth: int, *, merged: bool) -> None:
        super().__init__()
        self.channels, self.frames, self.shape = channels, frames, (width, depth)

        def block(before: int, after: int, count: int) -> nn.ModuleList:
            sizes = pairwise([before, *[after] * count])
            return nn.ModuleList(layer_of(one, two, merged=merged) for one, two in sizes)

        widths = (width, 2 * width, 3 * width)
        self.enter = block(4 * channels * frames + 1, width, 1)
        self.down = nn.ModuleList(block(each, each, depth) for each in widths)
        self.up = nn.ModuleList(block(each, each, depth) for each in widths[:2])
        self.shrink = nn.ModuleList(
            nn.Conv2d(one, two, 2, stride=2) for one, two in pairwise(widths)
        )
        self.grow = nn.ModuleList(nn.Conv2d(two, 4 * one, 1) for one, two in pairwise(widths))
        self.find = layer_of(4 * channels * frames, _FILTERS, merged=merged)
        self.weigh = layer_of(width, _FILTERS, merged=merged)
        self.leave = layer_of(_FILTERS, 4 * channels, merged=merged)
        # It begins by changing next to nothing.
        for weights in self.leave.parameters():
            nn.init.normal_(weights, std=0.01)

    def forward(self, pictures: Tensor, noise: Tensor) -> Tensor:
        """Take the noise out.

        Args:
            pictures: n × frames·channels × H × W, 0 to 1, in order of time; H and W multiples of 8.
            noise: n × 1 × 1 × 1: the standard deviation of the noise in luma, of 1.

        Returns:
            The middle picture, n × channels × H × W; not clipped.
        """
        half = F.pixel_unshuffle(pictures, 2)
        level = torch.ones_like(half[:, :1]) * noise
        maps = _through(self.enter, torch.cat([half, level], 1))
        kept: list[Tensor] = []
        for number, layers in enumerate(self.down):
            if number:
                kept.append(maps)
                maps = self.shrink[number - 1](maps)
            maps = _through(layers, maps)
        for number in (1, 0):
            maps = kept[number] + F.pixel_shuffle(self.grow[number](maps), 2)
            maps = _through(self.up[number], maps)
        noisy = self.find(half) * torch.sigmoid(self.weigh(maps))
        found = F.pixel_shuffle(self.leave(noisy), 2)
        first = self.channels * (self.frames // 2)
        return pictures[:, first : first + self.channels] - found

    def fold(self) -> Denoiser:
        """The same network with plain kernels."""
        plain = Denoiser(self.channels, self.frames, *self.shape, merged=False)
        fold_into(self, plain)
        return plain.eval()


def _through(layers: nn.Module, maps: Tensor) -> Tensor:
    for layer in layers.children():
        maps = F.leaky_relu(layer(maps), SLOPE)
    return maps
