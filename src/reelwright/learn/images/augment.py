"""Changes that the critic sees on real and drawn pictures alike, so that few pictures suffice.

Colour and cut-out of DiffAugment (Zhao et al. 2020). Its third, translation, is there already:
patches are cut anywhere. All numbers are drawn outside, so that a training can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Jitter:
    """What happens to each picture of a batch.

    Attributes:
        colour: n × 3: brightness added, and factors on saturation and contrast.
        hole: n × 2: the middle of the square cut out, as shares of height and width.
        size: side of that square, as a share of the picture's; n.
    """

    colour: Tensor
    hole: Tensor
    size: Tensor


def draw_jitter(count: int, strength: float, chance: np.random.Generator) -> Jitter:
    """Changes for `count` pictures; 0 changes nothing, 1 is what the paper does."""
    values = chance.random((count, 6), dtype=np.float32)
    colour = np.stack(
        [
            strength * (values[:, 0] - 0.5),
            1 + strength * (2 * values[:, 1] - 1),
            1 + strength * (values[:, 2] - 0.5),
        ],
        1,
    )
    # Half of the pictures stay whole.
    size = np.where(values[:, 5] < 0.5 * min(1.0, 2 * strength), 0.4, 0.0).astype(np.float32)
    return Jitter(
        torch.from_numpy(colour), torch.from_numpy(values[:, 3:5].copy()), torch.from_numpy(size)
    )


def apply_jitter(pictures: Tensor, jitter: Jitter) -> Tensor:
    """The pictures (n × 3 × H × W) changed; gradients flow through."""
    brightness, saturation, contrast = (each[:, None, None, None] for each in jitter.colour.T)
    now = pictures + brightness
    grey = now.mean(1, keepdim=True)
    now = grey + (now - grey) * saturation
    middle = now.mean((1, 2, 3), keepdim=True)
    now = middle + (now - middle) * contrast
    height, width = now.shape[2:]
    down = torch.linspace(0, 1, height, device=now.device)[None, :, None]
    across = torch.linspace(0, 1, width, device=now.device)[None, None, :]
    reach = jitter.size[:, None, None] / 2
    inside = ((down - jitter.hole[:, 0, None, None]).abs() < reach) & (
        (across - jitter.hole[:, 1, None, None]).abs() < reach
    )
    return now * (~inside)[:, None]
