"""The picture that filters hand to each other, and what was seen of a clip before they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import MediaFacts
from reelwright.store.steps import Steps

Pixels = npt.NDArray[np.uint8]
Fine = npt.NDArray[np.uint16]
STEP = 257
"""Steps of 16 bits in one of 8."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture of a clip, or a still one. Nobody writes into its arrays."""

    rgb: Pixels
    """height × width × 3, 0 to 255, full range, BT.709 primaries and transfer, as shown upright."""
    at: Fraction = Fraction(0)
    """Seconds from the clip's first picture."""
    shot: int = 0
    """Which shot of the clip it belongs to, from 0."""
    alpha: Pixels | None = None
    """height × width, 255 opaque; None: all of it is."""
    fine: Fine | None = None
    """The same as `rgb` in 16 bits, 0 to 65535, where every filter of a chain takes that."""

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.rgb.shape[0])

    def showing(self, rgb: Pixels) -> Picture:
        """The same moment with other pixels; an alpha of another size is scaled to theirs."""
        alpha = self.alpha
        if alpha is not None and alpha.shape != rgb.shape[:2]:
            import cv2

            size = (rgb.shape[1], rgb.shape[0])
            alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        return replace(self, rgb=rgb, alpha=alpha, fine=None)

    def showing_fine(self, fine: Fine) -> Picture:
        """The same, of pixels of 16 bits."""
        return replace(self.showing(coarse(fine)), fine=fine)


def coarse(fine: Fine) -> Pixels:
    """Pixels of 16 bits (full range) as pixels of 8."""
    import cv2

    return np.asarray(cv2.convertScaleAbs(fine, alpha=1 / STEP), np.uint8)


def by_shot(pictures: Iterator[Picture]) -> Iterator[Iterator[Picture]]:
    """The pictures of each shot, one shot after the other; each must be used up in its turn."""
    return (shot for _, shot in groupby(pictures, key=lambda picture: picture.shot))


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen of a clip, or a still picture, before anything is done to it."""

    path: Path
    facts: MediaFacts
    runs: Sequence[Sequence[Picture]]
    """Sample pictures: short runs of neighbours, spread over the clip. Of a still picture, itself;
    never empty. They are whole pictures, and few where those are large."""
    changes: Sequence[Fraction]
    """Seconds from the clip's first picture at which a new shot begins, in order, without 0."""
    noise: float
    """Standard deviation of the noise in luma, of 255 (`noise.estimate`)."""
    steps: Steps
    """Runs and remembers what takes long to find out."""

    @property
    def still(self) -> bool:
        """Whether it is a still picture."""
        return self.facts.kind == "picture"

    @property
    def halves_colour(self) -> bool:
        """Whether it is a clip that holds its colours at half the size (4:2:0)."""
        kind = self.facts.pixel_format
        return not self.still and (kind.startswith(("nv12", "nv21", "p010")) or "420p" in kind)

    @property
    def samples(self) -> list[Picture]:
        """The first of each run: pictures that have little in common."""
        return [run[0] for run in self.runs]
