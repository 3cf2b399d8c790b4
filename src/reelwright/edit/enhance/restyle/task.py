"""Fitting a painter: what the trainer is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.edit.enhance.material import Frames, Material
from reelwright.edit.enhance.restyle.network import Painter
from reelwright.edit.enhance.restyle.settings import StyleSettings
from reelwright.learn.data.batching import generator
from reelwright.learn.features import to_input
from reelwright.learn.features.network import load_network
from reelwright.learn.images.losses import unlikeness
from reelwright.learn.task import Task
from reelwright.media.frames import read_picture

_SHOWN = slice(2, 4)
"""Which of the feature net's maps tell what a picture shows: the coarser ones."""
_LIGHT = 6.0
"""Weight of light, likewise."""
_COLOURS = 256
"""Pixels of the style whose colours may be painted with."""
_JUDGED = 8
_NOISE = 0.04
"""Of pictures that should be painted alike (−1 to 1)."""


class StyleTask(Task):
    """Patches painted so that their features show what they showed, in the picture's manner."""

    network: Painter
    goal = "loss"
    higher = False

    def __init__(self, material: Material, settings: StyleSettings) -> None:
        self.settings, self.material = settings, material
        self.network = Painter(settings.width, settings.blocks)
        self._features = load_network()
        style = read_style(settings)
        self._manner = [gram(each) for each in self._see(style)]
        pixels = style[0].flatten(1).T
        self._palette = pixels[:: max(1, len(pixels) // _COLOURS)][:_COLOURS]
        chance = generator(settings.seed, 0, 1)
        self._judged = self._cut(material.judged, _JUDGED, chance)

    def steps(self) -> int:
        """Batches in an epoch."""
        return max(1, self.settings.patches // self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """New patches every epoch, each with noise."""
        chance = generator(self.settings.seed, epoch)
        for _ in range(self.steps()):
            patches = self._cut(self.material.train, self.settings.batch, chance)
            noise = chance.standard_normal(patches.shape, dtype=np.float32) * _NOISE
            yield patches, torch.from_numpy(noise)

    def loss(self, batch: Any) -> Tensor:
        """What is shown, manner, colours, evenness, steadiness, by the settings' weights."""
        patches, noise = batch
        painted = self.network(patches)
        loss = self._judge(painted, patches)
        if self.settings.steady:
            # The same with other noise looks the same, as in a clip (Huang et al. 2017).
            loss = loss + self.settings.steady * F.mse_loss(self.network(patches + noise), painted)
        return loss

    def validate(self) -> Mapping[str, float]:
        """The loss on held-out pictures, and its two halves."""
        device = next(self.network.parameters()).device
        patches = self._judged.to(device)
        painted = self.network(patches)
        shown, manner = self._parts(painted, patches)
        whole = self._judge(painted, patches)
        return {"loss": float(whole), "shown": float(shown), "manner": float(manner)}

    def _judge(self, painted: Tensor, patches: Tensor) -> Tensor:
        shown, manner = self._parts(painted, patches)
        across = (painted[..., 1:] - painted[..., :-1]).abs().mean()
        down = (painted[..., 1:, :] - painted[..., :-1, :]).abs().mean()
        own = self.settings
        strange = strangeness(painted, self._palette.to(painted.device))
        return shown + own.manner * manner + own.even * (across + down) + own.palette * strange

    def _parts(self, painted: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            meant = self._see(patches)
        seen = self._see(painted)
        # Features alone let light and dark change places where there is nothing else to tell.
        light = F.l1_loss(_light(painted), _light(patches))
        shown = unlikeness(seen[_SHOWN], meant[_SHOWN]) + _LIGHT * light
        # Each layer counts the same, however strong it is.
        parts = [
            F.mse_loss(gram(own), manner.to(own.device).expand(len(own), -1, -1))
            / manner.square().mean().to(own.device)
            for own, manner in zip(seen, self._manner, strict=True)
        ]
        return shown, torch.stack(parts).mean()

    def _see(self, pictures: Tensor) -> list[Tensor]:
        return self._features.to(pictures.device).maps(pictures)

    def _cut(self, sheets: Sequence[Frames], count: int, chance: np.random.Generator) -> Tensor:
        """Patches from anywhere, half of them mirrored."""
        side = self.settings.patch
        patches: list[np.ndarray] = []
        for _ in range(count):
            frame = sheets[int(chance.integers(len(sheets)))][0]
            top = int(chance.integers(frame.shape[0] - side + 1))
            left = int(chance.integers(frame.shape[1] - side + 1))
            patch = frame[top : top + side, left : left + side]
            patches.append(patch[:, ::-1] if chance.random() < 0.5 else patch)
        return torch.from_numpy(to_input(np.stack(patches)))


def _light(pictures: Tensor) -> Tensor:
    """The light of pictures, coarsely: n × 1 × H/8 × W/8."""
    return F.avg_pool2d(pictures.mean(1, keepdim=True), 8)


def strangeness(painted: Tensor, palette: Tensor) -> Tensor:
    """How far colours are from those of a palette (k × 3), each from the nearest: mean square.

    The feature net was taught on patterns of any colours: alone it would let rainbows pass.
    """
    pixels = painted[..., ::2, ::2].permute(0, 2, 3, 1).reshape(-1, 3)
    return torch.cdist(pixels, palette).min(1).values.square().mean()


def gram(maps: Tensor) -> Tensor:
    """How a layer's maps go together: n × C × C (Gatys et al. 2016)."""
    flat = maps.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def read_style(settings: StyleSettings) -> Tensor:
    """The picture whose manner is learnt, shrunk: 1 × 3 × H × W, −1 to 1.

    Raises FootageError when it is missing, damaged or no picture.
    """
    import cv2

    frame = read_picture(Path(settings.picture).expanduser(), 2 * settings.side)
    high, wide = frame.shape[:2]
    scale = min(1.0, settings.side / min(high, wide))
    size = max(32, round(wide * scale)), max(32, round(high * scale))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    return torch.from_numpy(to_input(small[None]))
