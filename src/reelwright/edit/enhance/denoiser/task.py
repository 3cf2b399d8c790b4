"""Fitting a denoiser: what the trainer is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.edit.enhance.denoiser.examples import add_noise, as_channels, batches, to_input
from reelwright.edit.enhance.denoiser.network import STEP, Denoiser
from reelwright.edit.enhance.denoiser.settings import DenoiserSettings
from reelwright.edit.enhance.luma import psnr
from reelwright.edit.enhance.material import Frames, Material
from reelwright.learn.task import Task

_JUDGED = 24
"""Runs that a validation looks at, at most."""
_SIDE = 256
"""Of them so many pixels square."""


class DenoiseTask(Task):
    """Noisy patches → clean ones."""

    network: Denoiser
    goal = "psnr"

    def __init__(self, material: Material, settings: DenoiserSettings) -> None:
        self.settings = settings
        self.runs = [as_channels(run, settings) for run in material.train]
        every = max(1, len(material.judged) // _JUDGED)
        judged = [as_channels(run, settings) for run in material.judged[::every][:_JUDGED]]
        self.judged = [run[:, :_SIDE, :_SIDE] for run in judged]
        own = settings
        network = Denoiser(own.channels, own.frames, own.width, own.depth)
        # Channels side by side: a third faster on a CPU.
        place: Any = network
        self.network = place.to(memory_format=torch.channels_last)

    def steps(self) -> int:
        """Batches in an epoch."""
        return max(1, self.settings.patches // self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """New patches and new noise every epoch."""
        chance = np.random.default_rng([self.settings.seed, 2, epoch])
        for batch in batches(self.runs, self.settings, self.steps(), chance):
            yield (
                torch.from_numpy(batch.noisy),
                torch.from_numpy(batch.noise),
                torch.from_numpy(batch.clean),
            )

    def loss(self, batch: Any) -> Tensor:
        """Mean absolute error."""
        noisy, noise, clean = batch
        return F.l1_loss(self.network(noisy, noise), clean)

    def validate(self) -> Mapping[str, float]:
        """Mean PSNR over the held-out pictures, with the noise that the settings judge with."""
        level = self.settings.judged
        found = [
            psnr_of(self.network, run, level, [self.settings.seed, number])
            for number, run in enumerate(self.judged)
        ]
        return {"psnr": float(np.mean(found))}


def psnr_of(network: Denoiser, run: Frames, level: float, seed: list[int]) -> float:
    """PSNR of the middle picture of a run that noise is put on and taken from again.

    Args:
        network: what takes it out.
        run: n × H × W × channels, clean; one picture stands still.
        level: the noise's standard deviation in luma, of 255.
        seed: of the noise.
    """
    clean = run if len(run) >= network.frames else run[:1].repeat(network.frames, 0)
    clean = clean[: network.frames]
    noisy = add_noise(clean, level, np.random.default_rng(seed))
    found = denoised(network, noisy, level)
    return psnr(found, clean[network.frames // 2])


def denoised(network: Denoiser, noisy: np.ndarray, level: float) -> np.ndarray:
    """The middle one of noisy pictures (frames × H × W × channels, 0 to 255) without its noise."""
    high, wide = noisy.shape[1:3]
    rim = ((0, 0), (0, -high % STEP), (0, -wide % STEP), (0, 0))
    device = next(network.parameters()).device
    with torch.no_grad():
        given = torch.from_numpy(to_input(np.pad(noisy, rim, mode="symmetric"))).to(device)
        noise = torch.full((1, 1, 1, 1), level / 255, device=device)
        made = network(given, noise)[0].float().cpu().numpy()
    return np.clip(np.rint(made.transpose(1, 2, 0)[:high, :wide] * 255), 0, 255)
