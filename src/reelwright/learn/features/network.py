"""The feature net: four convolutions, each at half the size of the one before, and a description.

Small enough for losses on a CPU (`FeatureNet.maps` for perceptual and style losses, Gatys et al.
2016, Johnson et al. 2016), fixed, and trained on drawn textures alone.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it
from torch.nn.utils.fusion import fuse_conv_bn_eval

from reelwright.learn.features import SHIPPED, SIZE

WIDTHS = (12, 24, 48, 64)
"""Channels of the maps; each is half as wide and high as the one before."""
FACTS = 13
"""What is asked of the net besides the recipe: see `training.facts_of`."""


class FeatureNet(nn.Module):
    """Pictures (n × 3 × H × W, −1 to 1; H and W of 16 or more) → descriptions, n × 64."""

    def __init__(self, recipes: int = 0) -> None:
        """Build it; with `recipes`, the heads that only training needs are there too."""
        super().__init__()
        sizes = zip((3, *WIDTHS[:-1]), WIDTHS, strict=True)
        # Reflected borders: zeros would look like edges.
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1, padding_mode="reflect")
            for before, after in sizes
        )
        # While it is trained; they are then part of the convolutions (see `without_heads`).
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(width) if recipes else nn.Identity() for width in WIDTHS
        )
        self.join = nn.Linear(2 * sum(WIDTHS), SIZE)
        self.norm = nn.BatchNorm1d(SIZE, affine=False)
        self.recipe = nn.Linear(SIZE, recipes) if recipes else None
        self.facts = nn.Linear(SIZE, FACTS) if recipes else None

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """What each layer sees: n × 12 × H × W, n × 24 × H/2 × W/2, 48 at H/4, 64 at H/8."""
        seen: list[Tensor] = []
        now = pictures
        for number, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            now = F.relu(norm(layer(F.max_pool2d(now, 2) if number else now)))
            seen.append(now)
        return seen

    def forward(self, pictures: Tensor) -> Tensor:
        """The description of each picture: mean 0 and deviation 1 over what it was trained on."""
        maps = self.maps(pictures)
        means = [each.mean((2, 3)) for each in maps]
        spreads = [(each.var((2, 3), unbiased=False) + 1e-5).sqrt() for each in maps]
        return self.norm(self.join(torch.cat([*means, *spreads], 1)))

    def without_heads(self) -> FeatureNet:
        """The same net as it ships: no heads, its norms multiplied into its convolutions."""
        plain = FeatureNet()
        plain.layers = nn.ModuleList(
            fuse_conv_bn_eval(layer, norm)
            for layer, norm in zip(self.layers.eval(), self.norms.eval(), strict=True)
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
        )
        plain.join, plain.norm = self.join, self.norm
        return plain.eval()


@lru_cache(maxsize=1)
def load_network() -> FeatureNet:
    """The net that ships, with fixed weights, on the CPU; gradients go through it to its input."""
    network = FeatureNet()
    network.load_state_dict(load_file(str(SHIPPED / "weights.safetensors")))
    return network.eval().requires_grad_(False)
