"""Fitting an upscaler: what the trainer is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.edit.enhance.luma import psnr
from reelwright.edit.enhance.material import Material
from reelwright.edit.enhance.upscaler.network import Upscaler
from reelwright.edit.enhance.upscaler.pairs import Pair, judging_pairs, patches, training_pairs
from reelwright.edit.enhance.upscaler.settings import UpscalerSettings
from reelwright.learn.task import Task

_JUDGED = 24
"""Pictures that a validation looks at, at most."""


class UpscaleTask(Task):
    """Small patches → large ones."""

    network: Upscaler
    goal = "psnr"

    def __init__(self, material: Material, settings: UpscalerSettings) -> None:
        self.settings = settings
        chance = np.random.default_rng([settings.seed, 1])
        self.pairs = training_pairs(material.train, settings, chance)
        every = max(1, len(material.judged) // _JUDGED)
        self.judged = judging_pairs(material.judged[::every][:_JUDGED], settings)
        network = Upscaler(settings.scale, settings.width, settings.depth, merged=True)
        # Channels side by side: a third faster on a CPU.
        place: Any = network
        self.network = place.to(memory_format=torch.channels_last)

    def steps(self) -> int:
        """Batches in an epoch."""
        return max(1, self.settings.patches // self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """New patches every epoch."""
        chance = np.random.default_rng([self.settings.seed, 2, epoch])
        for small, large in patches(self.pairs, self.settings, self.steps(), chance):
            yield torch.from_numpy(small), torch.from_numpy(large)

    def loss(self, batch: Any) -> Tensor:
        """Mean absolute error, which ends up nearer in squares as well (Lim et al. 2017)."""
        small, large = batch
        return F.l1_loss(self.network(small), large)

    def validate(self) -> Mapping[str, float]:
        """Mean PSNR of luma over the held-out pictures, in dB."""
        return {"psnr": float(np.mean([psnr_of(self.network, pair) for pair in self.judged]))}


def enlarge(network: Upscaler, small: np.ndarray) -> np.ndarray:
    """Luma, height × width bytes → the enlarged picture's."""
    device = next(network.parameters()).device
    with torch.no_grad():
        given = torch.from_numpy(small.astype(np.float32) / 255)[None, None].to(device)
        made = network(given)[0, 0].float().cpu().numpy()
    return np.clip(np.rint(made * 255), 0, 255).astype(np.uint8)


def psnr_of(network: Upscaler, pair: Pair) -> float:
    """PSNR of one picture's luma; as many pixels as the scale are left out at its borders."""
    cut = network.scale
    made = enlarge(network, pair.small)
    return psnr(made[cut:-cut, cut:-cut], pair.large[cut:-cut, cut:-cut])


def mean_psnr(network: Upscaler, pairs: Sequence[Pair]) -> float:
    """The mean over pictures, as the literature gives it."""
    return float(np.mean([psnr_of(network, pair) for pair in pairs]))
