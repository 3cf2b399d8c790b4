"""Training a GAN on patches: a critic's turn and a generator's turn for each batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from reelwright.learn.data.batching import generator
from reelwright.learn.features import to_input
from reelwright.learn.images import losses
from reelwright.learn.images.augment import Jitter, apply_jitter, draw_jitter
from reelwright.learn.images.judging import PATCHES, judge, measure_real
from reelwright.learn.images.networks import Adversaries, Critic, Generator
from reelwright.learn.images.noise import White
from reelwright.learn.images.pictures import Album, Frame, cut
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.task import Task, Turn

_AT_ONCE = 32
_USE_FAKE = 0xFA4E
_CRITIC_RATE = {"hinge": 1.0, "wgan-gp": 2.0}
"""The critic's learning rate by the generator's (Heusel et al. 2017)."""

_BETAS = (0.0, 0.99)
"""Of both optimisers (Karras et al. 2018)."""


@dataclass(frozen=True)
class Batch:
    """Everything that a step needs, chance included.

    Attributes:
        real: patches, n × 3 × crop × crop.
        labels: of the real patches, and asked for of the drawn ones.
        noise: n × channels × cells × cells, two cells wider than a patch.
        corner: where in a cell the drawn patches begin, 2 pixels.
        seen: how real and drawn patches are changed in the critic's turn.
        shown: how drawn ones are in the generator's.
        share: of WGAN-GP's pictures in between, n.
    """

    real: Tensor
    labels: Tensor
    noise: Tensor
    corner: Tensor
    seen: tuple[Jitter, Jitter]
    shown: Jitter
    share: Tensor


class GanTask(Task):
    """A generator that learns to draw patches a critic cannot tell from real ones."""

    network: Adversaries
    goal = "distance"
    higher = False

    def __init__(self, album: Album, settings: ImagesSettings) -> None:
        """Build the networks; patches to judge by are looked at once."""
        self.album, self.settings = album, settings
        self.network = Adversaries(
            build_generator(settings, len(album.labels)),
            Critic(
                settings.crop, len(album.labels), settings.width, bounded=settings.loss == "hinge"
            ),
        )
        self._source = White(settings.local, settings.shared)
        self._cells = -(-settings.crop // settings.cell) + 2
        self._standard = measure_real(album.judged, settings.crop, settings.seed)
        self._penalised = settings.loss == "wgan-gp"

    def steps(self) -> int:
        """Batches in an epoch."""
        return max(1, self.settings.patches // self.settings.batch)

    def turns(self) -> Sequence[Turn]:
        """The critic moves first."""
        rate = _CRITIC_RATE[self.settings.loss]
        return [
            Turn("critic", [(list(self.network.critic.parameters()), rate)], _BETAS),
            Turn("generator", [(list(self.network.generator.parameters()), 1.0)], _BETAS),
        ]

    def batches(self, epoch: int) -> Iterator[Batch]:
        """Patches of pictures in random order, each picture as often as the others."""
        own, count = self.settings, self.settings.batch
        chance = generator(own.seed, epoch)
        order: list[int] = []
        for _ in range(self.steps()):
            while len(order) < count:
                order += chance.permutation(len(self.album.train)).tolist()
            sheets = [self.album.train[number] for number in order[:count]]
            del order[:count]
            real = cut(sheets, own.crop, chance, flip=own.flip)
            jitters = [draw_jitter(count, own.augment, chance) for _ in range(3)]
            yield Batch(
                torch.from_numpy(to_input(real)),
                torch.tensor([sheet.label for sheet in sheets]),
                self._noise(count, chance),
                torch.from_numpy(chance.integers(0, own.cell, 2)),
                (jitters[0], jitters[1]),
                jitters[2],
                torch.from_numpy(chance.random(count, dtype=np.float32)),
            )

    def loss(self, batch: Any) -> Tensor:
        """The generator's loss."""
        drawn = self._draw(batch.noise, batch.labels, batch.corner)
        return losses.generator_loss(
            self.network.critic(apply_jitter(drawn, batch.shown), batch.labels)
        )

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The critic's, then the generator's; both see the same drawn pictures."""
        critic = self.network.critic
        drawn = self._draw(batch.noise, batch.labels, batch.corner)
        real = apply_jitter(batch.real, batch.seen[0])
        fake = apply_jitter(drawn.detach(), batch.seen[1])
        scores = critic(real, batch.labels), critic(fake, batch.labels)
        if self._penalised:
            loss = losses.wasserstein_critic(*scores)
            slope = losses.slope_penalty(critic, real, fake, batch.labels, batch.share)
            loss = loss + losses.PENALTY * slope
        else:
            loss = losses.hinge_critic(*scores)
        yield "critic", loss
        shown = apply_jitter(drawn, batch.shown)
        yield "generator", losses.generator_loss(critic(shown, batch.labels))

    def validate(self) -> Mapping[str, float]:
        """Distance and diversity of drawn patches, from the same noise each time."""
        chance = generator(self.settings.seed, 0, _USE_FAKE)
        labels = torch.tensor(self._standard.labels)
        patches: list[Frame] = []
        device = next(self.network.parameters()).device
        for start in range(0, PATCHES, _AT_ONCE):
            noise = self._noise(_AT_ONCE, chance)
            corner = torch.zeros(2, dtype=torch.int64)
            wanted = labels[start : start + _AT_ONCE]
            drawn = self._draw(noise.to(device), wanted.to(device), corner)
            patches.append(to_frames(drawn))
        return judge(self._standard, np.concatenate(patches))

    def _noise(self, count: int, chance: np.random.Generator) -> Tensor:
        fields = [self._source.draw(self._cells, self._cells, chance) for _ in range(count)]
        return torch.from_numpy(np.stack(fields))

    def _draw(self, noise: Tensor, labels: Tensor, corner: Tensor) -> Tensor:
        """Patches from the middle of drawn pictures.

        The pictures are two cells larger than the patches, so that no part of a patch sees the same
        noise on its left and its right. A patch may begin anywhere in a cell, so that the critic
        sees no grid.
        """
        drawn, crop = self.network.generator(noise, labels), self.settings.crop
        top, left = corner.tolist()
        return drawn[:, :, top : top + crop, left : left + crop]


def build_generator(settings: ImagesSettings, labels: int) -> Generator:
    """The generator of a GAN's settings, untrained."""
    noise = settings.local + settings.shared
    return Generator(noise, labels, settings.width, settings.levels)


def to_frames(pictures: Tensor) -> Frame:
    """Pictures of a network, −1 to 1, as bytes: n × H × W × 3."""
    values = ((pictures.detach().float().cpu() + 1) * 127.5).round().clamp(0, 255)
    return values.to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
