"""What pictures are drawn from: fields of noise on a torus, and closed walks through them.

A field has a few local channels, which differ from cell to cell, and shared ones, the same all over
a picture, which decide what kind of texture it is (Bergmann et al. 2017). A VAE's codes are no
white noise: a `Prior` has their covariance at each distance, and draws fields that have it too
(fitted after training, as Ghosh et al. 2020 do).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
"""Channels × height × width, in cells."""


@dataclass(frozen=True)
class White:
    """Noise that knows nothing of its neighbours: `local` channels, and `shared` ones."""

    local: int
    shared: int

    def draw(self, height: int, width: int, chance: np.random.Generator) -> Field:
        """A field of mean 0 and deviation 1."""
        # The shared part first, so that a seed means the same kind of texture at any size.
        shared = chance.standard_normal((self.shared, 1, 1), dtype=np.float32)
        local = chance.standard_normal((self.local, height, width), dtype=np.float32)
        return np.concatenate([local, np.broadcast_to(shared, (self.shared, height, width))])


@dataclass(frozen=True)
class Prior:
    """Stationary normal fields with a mean and a covariance for each distance.

    Attributes:
        mean: of each channel.
        covariance: (2r + 1) × (2r + 1) × channels × channels: of a cell with the one so many cells
            down and across from it, −r to r.
    """

    mean: npt.NDArray[np.float32]
    covariance: npt.NDArray[np.float32]

    def draw(self, height: int, width: int, chance: np.random.Generator) -> Field:
        """A field that wraps: each of its frequencies is drawn by its own power."""
        reach = self.covariance.shape[0] // 2
        count = len(self.mean)
        laid = np.zeros((height, width, count, count))
        for down in range(-reach, reach + 1):
            for across in range(-reach, reach + 1):
                laid[down % height, across % width] += self.covariance[down + reach, across + reach]
        power = np.fft.fft2(laid, axes=(0, 1))
        power = (power + power.conj().swapaxes(-1, -2)) / 2
        values, vectors = np.linalg.eigh(power)
        root = (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ vectors.conj().swapaxes(
            -1, -2
        )
        white = np.fft.fft2(chance.standard_normal((height, width, count)), axes=(0, 1))
        field = np.fft.ifft2((root @ white[..., None])[..., 0], axes=(0, 1)).real
        return (field + self.mean).transpose(2, 0, 1).astype(np.float32)


def fit_prior(codes: npt.NDArray[Any]) -> Prior:
    """The prior of codes, n × channels × h × w.

    Covariances at distances up to half a patch are counted, fading out towards it so that what is
    left out leaves no ringing.
    """
    mean = codes.mean((0, 2, 3))
    centred = (codes - mean[:, None, None]).astype(np.float64)
    height, width = codes.shape[2:]
    reach = max(0, min(height, width) // 2)
    side = 2 * reach + 1
    covariance = np.zeros((side, side, len(mean), len(mean)))
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            ones = _window(centred, -down, -across)
            others = _window(centred, down, across)
            fade = _fading(down, reach) * _fading(across, reach)
            pairs = ones.shape[0] * ones.shape[2] * ones.shape[3]
            total = np.einsum("nahw,nbhw->ab", others, ones)
            covariance[down + reach, across + reach] = fade * total / max(1, pairs)
    return Prior(mean.astype(np.float32), covariance.astype(np.float32))


def loop(
    source: White | Prior, height: int, width: int, seed: int, frames: int, motion: float
) -> Iterator[Field]:
    """A closed walk of `frames` fields; after the last comes the first again.

    At every instant the field is distributed as `source` draws it: it goes around a circle about a
    still field, √(1 − m²)·still + m·(cos·one + sin·other). The shared channels keep still.

    Args:
        motion: m, how much of the field moves, 0 to 1.
    """
    mean = source.mean[:, None, None] if isinstance(source, Prior) else 0.0
    still, one, other = (
        source.draw(height, width, np.random.default_rng([seed, part])) - mean for part in range(3)
    )
    if isinstance(source, White):
        one[source.local :] = other[source.local :] = 0
    rest = sqrt(1 - motion**2)
    for frame in range(frames):
        turn = 2 * pi * frame / frames
        field = rest * still + motion * (cos(turn) * one + sin(turn) * other)
        if isinstance(source, White):
            field[source.local :] = still[source.local :]
        yield (field + mean).astype(np.float32)


def _window(values: npt.NDArray[Any], down: int, across: int) -> npt.NDArray[Any]:
    """What overlaps when the field is moved: without its first (or last) rows and columns."""
    height, width = values.shape[2:]
    rows = slice(max(0, down), height + min(0, down))
    columns = slice(max(0, across), width + min(0, across))
    return values[:, :, rows, columns]


def _fading(distance: int, reach: int) -> float:
    return 0.5 * (1 + cos(pi * distance / (reach + 1)))
