"""The upscaler's network: bicubic interpolation, and what plain 3×3 convolutions add to it.

All work is done at the small size, and the large picture is laid out of its channels at the end
(sub-pixel convolution, Shi et al. 2016, ESPCN).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.edit.enhance.layers import SLOPE, fold_into, layer_of


class Upscaler(nn.Module):
    """n × 1 × H × W (luma, 0 to 1) → n × 1 × scale·H × scale·W.

    Args:
        scale: 2, 3 or 4.
        width: channels of each layer but the last.
        depth: layers between the first and the last.
        merged: whether kernels are sums, to be trained; else plain ones, as they are kept.
    """

    cubic: Tensor

    def __init__(self, scale: int, width: int, depth: int, *, merged: bool) -> None:
        super().__init__()
        sizes = [1, *[width] * (depth + 1), scale * scale]
        self.scale, self.shape = scale, (width, depth)
        self.layers = nn.ModuleList(
            layer_of(before, after, merged=merged) for before, after in pairwise(sizes)
        )
        self.register_buffer("cubic", cubic_kernels(scale), persistent=False)

    def forward(self, luma: Tensor) -> Tensor:
        """The enlarged picture; not clipped."""
        base = F.conv2d(F.pad(luma, (2, 2, 2, 2), mode="replicate"), self.cubic)
        maps = luma
        for layer in self.layers[:-1]:
            maps = F.leaky_relu(layer(maps), SLOPE)
        return F.pixel_shuffle(self.layers[-1](maps) + base, self.scale)

    def fold(self) -> Upscaler:
        """The same network with plain kernels."""
        plain = Upscaler(self.scale, *self.shape, merged=False)
        fold_into(self, plain)
        return plain.eval()


def cubic_kernels(scale: int) -> Tensor:
    """Bicubic interpolation (Keys 1981, a = −0.5) as scale² kernels, each 1 × 5 × 5."""
    taps = torch.arange(-2, 3, dtype=torch.float64)
    rows: list[Tensor] = []
    for phase in range(scale):
        far = (taps - ((phase + 0.5) / scale - 0.5)).abs()
        near = (1.5 * far - 2.5) * far * far + 1
        rest = ((-0.5 * far + 2.5) * far - 4) * far + 2
        rows.append(torch.where(far < 1, near, torch.where(far < 2, rest, torch.zeros_like(far))))
    kernels = torch.stack([torch.outer(down, across) for down in rows for across in rows])
    return kernels[:, None].float()
