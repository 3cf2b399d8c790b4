"""Training a variational autoencoder on patches (Kingma & Welling 2014), and fitting its prior."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.learn.data.batching import generator
from reelwright.learn.features import to_input
from reelwright.learn.features.network import FeatureNet, load_network
from reelwright.learn.images import losses
from reelwright.learn.images.gan import to_frames
from reelwright.learn.images.judging import PATCHES, judge, measure_real, psnr
from reelwright.learn.images.networks import Autoencoder, Encoder, Generator
from reelwright.learn.images.noise import Prior, fit_prior
from reelwright.learn.images.pictures import Album, Frame, Sheet, cut
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.task import Task

_AT_ONCE = 32
_USE_CODE, _USE_PRIOR, _USE_FAKE = 1, 2, 0xFA4E
_CODED = 256
"""Patches that the prior is fitted to."""


@dataclass(frozen=True)
class Batch:
    """Patches, n × 3 × H × W, and the chance that codes are drawn with."""

    real: Tensor
    chance: Tensor


class VaeTask(Task):
    """An encoder and a generator that together give patches back through small codes."""

    network: Autoencoder
    goal = "distance"
    higher = False

    def __init__(self, album: Album, settings: ImagesSettings) -> None:
        """Build the networks; patches to judge by are looked at once."""
        self.album, self.settings = album, settings
        self.network = build_autoencoder(settings)
        self._standard = measure_real(album.judged, settings.crop, settings.seed)
        self._features: FeatureNet | None = load_network() if settings.likeness else None

    def steps(self) -> int:
        """Batches in an epoch."""
        return max(1, self.settings.patches // self.settings.batch)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """Patches of pictures in random order, each picture as often as the others."""
        own, count = self.settings, self.settings.batch
        chance = generator(own.seed, epoch)
        cells = own.crop // own.cell
        order: list[int] = []
        for _ in range(self.steps()):
            while len(order) < count:
                order += chance.permutation(len(self.album.train)).tolist()
            sheets = [self.album.train[number] for number in order[:count]]
            del order[:count]
            real = cut(sheets, own.crop, chance, flip=own.flip)
            code = chance.standard_normal((count, own.local, cells, cells), dtype=np.float32)
            yield Batch(torch.from_numpy(to_input(real)), torch.from_numpy(code))

    def loss(self, batch: Any) -> Tensor:
        """Difference of pixels and of features, and the divergence of the codes.

        The outermost cells are left out: their codes' neighbours, around the border, are another
        place's, which a picture that is drawn never has.
        """
        mean, spread = self.network.encoder(batch.real)
        code = mean + batch.chance * (0.5 * spread).exp()
        drawn = _inner(self._draw(code), self.settings)
        real = _inner(batch.real, self.settings)
        loss = F.mse_loss(drawn, real) + self.settings.divergence * losses.divergence(mean, spread)
        if self._features is None:
            return loss
        features = self._features.to(drawn.device)
        with torch.no_grad():
            meant = features.maps(real)
        return loss + self.settings.likeness * losses.unlikeness(features.maps(drawn), meant)

    def validate(self) -> Mapping[str, float]:
        """How well held-out patches are given back, and how good drawn ones are."""
        prior = self.fit_prior()
        chance = generator(self.settings.seed, 0, _USE_FAKE)
        cells = -(-self.settings.crop // self.settings.cell) + 2
        crop, device = self.settings.crop, next(self.network.parameters()).device
        patches: list[Frame] = []
        for _ in range(0, PATCHES, _AT_ONCE):
            codes = np.stack([prior.draw(cells, cells, chance) for _ in range(_AT_ONCE)])
            drawn = self._draw(torch.from_numpy(codes).to(device))
            patches.append(to_frames(drawn[:, :, :crop, :crop]))
        ratio = measure_psnr(self.network, self.album.judged, self.settings)
        return {**judge(self._standard, np.concatenate(patches)), "psnr": ratio}

    def fit_prior(self) -> Prior:
        """The prior of the codes of patches learnt from."""
        own, sheets = self.settings, self.album.train
        chance = generator(own.seed, 0, _USE_PRIOR)
        device = next(self.network.parameters()).device
        codes: list[np.ndarray] = []
        for start in range(0, _CODED, _AT_ONCE):
            taken = [sheets[(start + number) % len(sheets)] for number in range(_AT_ONCE)]
            real = to_input(cut(taken, own.crop, chance, flip=own.flip))
            with torch.no_grad():
                mean, _ = self.network.encoder(torch.from_numpy(real).to(device))
            codes.append(mean.float().cpu().numpy())
        return fit_prior(np.concatenate(codes))

    def _draw(self, codes: Tensor) -> Tensor:
        labels = torch.zeros(len(codes), dtype=torch.int64, device=codes.device)
        return self.network.generator(codes, labels)


def build_autoencoder(settings: ImagesSettings) -> Autoencoder:
    """The networks of a VAE's settings, untrained."""
    return Autoencoder(
        Encoder(settings.local, settings.width, settings.levels),
        Generator(settings.local, 0, settings.width, settings.levels),
    )


def measure_psnr(network: Autoencoder, sheets: tuple[Sheet, ...], own: ImagesSettings) -> float:
    """How well patches are given back from their codes, in decibels."""
    chance = generator(own.seed, 0, _USE_CODE)
    taken = [sheets[number % len(sheets)] for number in range(2 * _AT_ONCE)]
    patches = cut(taken, own.crop, chance, flip=False)
    device = next(network.parameters()).device
    with torch.no_grad():
        real = torch.from_numpy(to_input(patches)).to(device)
        mean, _ = network.encoder(real)
        labels = torch.zeros(len(mean), dtype=torch.int64, device=device)
        drawn = network.generator(mean, labels)
    return psnr(to_frames(_inner(drawn, own)), to_frames(_inner(real, own)))


def _inner(pictures: Tensor, own: ImagesSettings) -> Tensor:
    """Pictures without their outermost cells, where there are others."""
    rim = own.cell if own.crop >= 4 * own.cell else own.crop // 8
    return pictures[:, :, rim:-rim, rim:-rim]
