"""How often a side of the picture shows a colour: smooth histograms in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.motion import Map

Lab = npt.NDArray[np.uint8]
"""… × 3, OpenCV's CIE L*a*b* in bytes: lightness × 2.55, a + 128, b + 128."""

_BINS = (16, 32, 32)
_SHIFTS = (4, 3, 3)
"""256 values of lightness, a and b → bins."""
_VOLUME = 16 * 8 * 8
"""Colours in a bin."""
_ANY = 1 / (256 * 100 * 100)
"""Density of a colour of which nothing is known: colours of pictures fill about so much."""


@dataclass(frozen=True, eq=False)
class Colours:
    """The density of colours, per colour of Lab in bytes."""

    density: Map
    """One number a bin."""
    new: float = 0.5
    """Share of the side that may have colours not seen before."""

    def at(self, bins: npt.NDArray[np.int32]) -> Map:
        """The density at pixels, given by their bins (`bins_of`)."""
        return np.float32(1 - self.new) * self.density[bins] + np.float32(self.new * _ANY)


def bins_of(lab: Lab) -> npt.NDArray[np.int32]:
    """The number of each pixel's bin."""
    parts = [lab[..., n].astype(np.int32) >> _SHIFTS[n] for n in range(3)]
    return (parts[0] * _BINS[1] + parts[1]) * _BINS[2] + parts[2]


def count_colours(
    bins: Sequence[npt.NDArray[np.int32]], weights: Sequence[Map], new: float
) -> Colours:
    """The colours of some pictures, each pixel counted by its weight (0 to 1)."""
    counts = np.zeros(_BINS[0] * _BINS[1] * _BINS[2])
    for each, weight in zip(bins, weights, strict=True):
        counts += np.bincount(each.ravel(), weight.ravel(), counts.size)
    smooth = counts.reshape(_BINS)
    for axis in range(3):
        smooth = _blur(smooth, axis)
    share = smooth.ravel() / max(1.0, float(smooth.sum()))
    return Colours((share / _VOLUME).astype(np.float32), new)


def measure_new(bins: Sequence[npt.NDArray[np.int32]], weights: Sequence[Map]) -> float:
    """How much of a side one half of the picture does not foretell of the other half's colours."""
    missed = total = 0.0
    half = bins[0].shape[1] // 2
    for known, other in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
        seen = count_colours([b[:, known] for b in bins], [w[:, known] for w in weights], 0.0)
        for each, weight in zip(bins, weights, strict=True):
            strange = seen.density[each[:, other]] < _ANY
            missed += float((weight[:, other] * strange).sum())
            total += float(weight[:, other].sum())
    return missed / max(1.0, total)


def _blur(counts: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    """Each bin with a quarter of its neighbours': noise and light move colours by as much."""
    around = np.take(
        counts, np.clip(np.arange(-1, counts.shape[axis] + 1), 0, None), axis, mode="clip"
    )
    before = np.take(around, np.arange(counts.shape[axis]), axis)
    after = np.take(around, np.arange(2, counts.shape[axis] + 2), axis)
    return (before + 2 * counts + after) / 4
