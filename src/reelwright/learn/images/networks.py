"""Networks for textures, all convolutional: the generator takes noise of any size, on a torus.

A cell of the noise becomes a square of `2 ** levels` pixels. As every convolution of the generator
goes around the borders, and all else works pixel by pixel, the picture wraps exactly: moving the
noise by a cell moves the picture by that square (Jetchev et al. 2016, Bergmann et al. 2017). Maps
grow by interpolation before they are convolved, which leaves no checkerboard (Odena et al. 2016).
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it
from torch.nn.utils import parametrizations

_SLOPE = 0.2


def channels(width: int, levels: int) -> list[int]:
    """Channels from whole pixels up to cells: they double, up to four times `width`."""
    return [width * min(4, 2**level) for level in range(levels + 1)]


class Generator(nn.Module):
    """Noise (n × noise × h × w) and labels (n) → pictures (n × 3 × h·cell × w·cell, −1 to 1)."""

    def __init__(self, noise: int, labels: int, width: int, levels: int) -> None:
        """Build it; `labels` of 0 or 1 are none."""
        super().__init__()
        sizes = channels(width, levels)[::-1]
        self.label = nn.Embedding(labels, sizes[0]) if labels > 1 else None
        self.start = _Around(noise, sizes[0])
        self.layers = nn.ModuleList(
            _Growing(before, after) for before, after in itertools.pairwise(sizes)
        )
        self.end = _Around(sizes[-1], 3)

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Draw pictures; without labels, what stands in `labels` makes no difference."""
        now = self.start(noise)
        if self.label is not None:
            now = now + self.label(labels)[:, :, None, None]
        now = F.leaky_relu(_evened(now), _SLOPE)
        for layer in self.layers:
            now = F.leaky_relu(_evened(layer(now)), _SLOPE)
        return torch.tanh(self.end(now))


class Critic(nn.Module):
    """Pictures and labels → how real each of their parts looks (n × places).

    Nothing is padded, so that the borders of a patch tell nothing. Labels enter by projection
    (Miyato & Koyama 2018); how much the batch differs from one to the next is a feature of its own
    (Karras et al. 2018), against collapse onto a few pictures.
    """

    def __init__(self, side: int, labels: int, width: int, *, bounded: bool) -> None:
        """Build it for patches of `side` pixels; `bounded` by spectral norm (Miyato et al. 2018).

        Raises:
            ValueError: patches are smaller than 32 pixels.
        """
        super().__init__()
        if side < 32:
            raise ValueError("patches are 32 pixels or more")
        bound = parametrizations.spectral_norm if bounded else _plain
        depth = side.bit_length() - 3
        sizes = channels(width, depth - 1)
        self.layers = nn.ModuleList(
            bound(nn.Conv2d(before, after, 4, 2))
            for before, after in zip((3, *sizes[:-1]), sizes, strict=True)
        )
        self.mix = bound(nn.Conv2d(sizes[-1] + 1, sizes[-1], 1))
        self.end = bound(nn.Conv2d(sizes[-1], 1, 1))
        self.label = bound(nn.Embedding(labels, sizes[-1])) if labels > 1 else None

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Judge pictures: more is more real."""
        now = pictures
        for layer in self.layers:
            now = F.leaky_relu(layer(now), _SLOPE)
        spread = (now.var(0, unbiased=False) + 1e-8).sqrt().mean()
        now = torch.cat([now, spread.expand(len(now), 1, *now.shape[2:])], 1)
        now = F.leaky_relu(self.mix(now), _SLOPE)
        score = self.end(now).flatten(1)
        if self.label is not None:
            score = score + (now.mean((2, 3)) * self.label(labels)).sum(1, keepdim=True)
        return score


class Encoder(nn.Module):
    """Pictures (n × 3 × H × W) → mean and log variance of their codes (n × code × h × w)."""

    def __init__(self, code: int, width: int, levels: int) -> None:
        """Build it; a code stands for a cell of `2 ** levels` pixels."""
        super().__init__()
        sizes = channels(width, levels)
        self.start = nn.Conv2d(3, sizes[0], 3, padding=1, padding_mode="reflect")
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 4, 2, padding=1, padding_mode="reflect")
            for before, after in itertools.pairwise(sizes)
        )
        self.end = nn.Conv2d(sizes[-1], 2 * code, 1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Encode pictures whose sides are whole cells."""
        now = F.leaky_relu(self.start(pictures), _SLOPE)
        for layer in self.layers:
            now = F.leaky_relu(layer(now), _SLOPE)
        mean, spread = self.end(now).chunk(2, 1)
        return mean, spread.clamp(-12, 6)


class Adversaries(nn.Module):
    """What a GAN trains: generator and critic."""

    generator: Generator
    critic: Critic

    def __init__(self, generator: Generator, critic: Critic) -> None:
        """Put the two together."""
        super().__init__()
        self.generator, self.critic = generator, critic


class Autoencoder(nn.Module):
    """What a VAE trains: an encoder, and a generator that draws from codes."""

    encoder: Encoder
    generator: Generator

    def __init__(self, encoder: Encoder, generator: Generator) -> None:
        """Put the two together."""
        super().__init__()
        self.encoder, self.generator = encoder, generator


class _Around(nn.Module):
    """A convolution that goes around the borders."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(before, after, 3)

    def forward(self, now: Tensor) -> Tensor:
        return self.inner(_Wrap.apply(now) if self.training else _wrap(now))


class _Growing(nn.Module):
    """Twice the size, by interpolation and a convolution that both go around the borders.

    The rim is added while the map is small; of what it becomes, interpolation's own border is left
    out, and one pixel is the convolution's.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(before, after, 3)

    def forward(self, now: Tensor) -> Tensor:
        wide = _Wrap.apply(now) if self.training else _wrap(now)
        grown = F.interpolate(wide, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.inner(grown[:, :, 1:-1, 1:-1])


class _Wrap(torch.autograd.Function):
    """`_wrap` with a backward pass that copies nothing but borders: torch's own takes as long as
    the convolution. It cannot be differentiated twice, which no generator here needs.
    """

    @staticmethod
    def forward(ctx: Any, now: Tensor) -> Tensor:
        return _wrap(now)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        slope = slopes[0].clone()
        slope[:, :, 1] += slope[:, :, -1]
        slope[:, :, -2] += slope[:, :, 0]
        slope[:, :, :, 1] += slope[:, :, :, -1]
        slope[:, :, :, -2] += slope[:, :, :, 0]
        return slope[:, :, 1:-1, 1:-1]


def _wrap(now: Tensor) -> Tensor:
    """A rim of one pixel, which is that of the other side."""
    return F.pad(now, (1, 1, 1, 1), mode="circular")


def _plain(module: nn.Module) -> nn.Module:
    return module


def _evened(now: Tensor) -> Tensor:
    """Each pixel's channels at length 1 on average: a norm without state or neighbours."""
    return now * torch.rsqrt(now.square().mean(1, keepdim=True) + 1e-8)
