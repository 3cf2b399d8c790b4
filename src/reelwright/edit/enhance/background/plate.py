"""What stands behind the person: what was seen of it, and how surely the rest goes on the same
way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.edit.enhance.motion import Map

_NOISE = np.array([5.0, 2.5, 2.5], np.float32)
"""Deviation of lightness, a and b (bytes) that noise, compression and soft shadows alone make."""
_NEAR = 0.05
"""Picture widths over which what was not seen is thought to be like what was."""
_SEEN = 0.25
"""Share of the pictures in which a place must show background to be known."""
_LEAST, _SUREST = 0.4, 0.98
"""How much more a place tells of the background's colour there than the rest of it does."""
_UNEVEN = 14.0
"""Deviation of Lab (bytes) from which on a place tells little."""


@dataclass(frozen=True, eq=False)
class Plate:
    """The background of a shot, in Lab (bytes)."""

    mean: Map
    """height × width × 3."""
    spread: Map
    """Its deviation at each place: small where it stands still and is known, or is even."""

    trust: Map
    """How surely what is there is the background as told, 0 to 1."""

    def density(self, lab: Map) -> Map:
        """How likely each pixel's colour is, if it is the background's (per colour of Lab)."""
        off = (lab - self.mean) / self.spread
        return np.exp(-0.5 * np.square(off).sum(2)) / (
            np.float32((2 * np.pi) ** 1.5) * self.spread.prod(2)
        )


def build_plate(
    labs: Sequence[Map], persons: Sequence[Map], trusted: Sequence[Map] | None = None
) -> Plate:
    """The background behind a person, from pictures of one shot.

    Args:
        labs: height × width × 3 each.
        persons: how surely each pixel is the person, 0 to 1.
        trusted: how surely what is no person's was told from more than its own colour, 0 to 1; a
            place that is not trusted is taken from its surroundings instead. None: all is.
    """
    import cv2

    total, sure = np.zeros_like(persons[0]), np.zeros_like(persons[0])
    first, second = np.zeros_like(labs[0]), np.zeros_like(labs[0])
    for number, (lab, person) in enumerate(zip(labs, persons, strict=True)):
        free = np.maximum(0, 1 - 2 * person)
        total += free
        sure += free * trusted[number] if trusted is not None else free
        first += free[..., None] * lab
        second += free[..., None] * np.square(lab)
    scale = 1 / np.maximum(total, 1e-3)[..., None]
    mean = first * scale
    own = np.sqrt(np.maximum(0, second * scale - np.square(mean)))
    share = np.clip(total / len(labs) / _SEEN, 0, 1)
    certain = np.clip(sure / len(labs) / _SEEN, 0, 1)[..., None]
    wide = labs[0].shape[1]
    # How well a place is told by its surroundings, measured where both are known.
    around = _blur_known(mean, share, wide * _NEAR)
    far = np.clip(cv2.GaussianBlur(share, (0, 0), wide * _NEAR) * 4, 0, 1)[..., None]
    around = far * around + (1 - far) * fill(mean, share)
    miss = fill(_blur_known(np.abs(mean - around), share, wide * _NEAR), share) * 1.5
    own = np.asarray(cv2.GaussianBlur(own, (0, 0), 1.0), np.float32)
    spread = np.sqrt(np.square(_NOISE) + np.square(certain * own) + np.square((1 - certain) * miss))
    trust = _LEAST + (_SUREST - _LEAST) * np.exp(-np.square(spread / _UNEVEN).mean(2))
    return Plate((certain * mean + (1 - certain) * around).astype(np.float32), spread, trust)


def fill(values: Map, weights: Map) -> Map:
    """Values where they are known, and smoothly on from there: push and pull (Gortler et al.
    1996)."""
    import cv2

    high, wide = weights.shape
    if min(high, wide) <= 2:
        total = max(1e-6, float(weights.sum()))
        even = (values * weights[..., None]).sum((0, 1)) / total
        return np.broadcast_to(even, values.shape).astype(np.float32)
    size = (wide + 1) // 2, (high + 1) // 2
    small = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(values * weights[..., None], size, interpolation=cv2.INTER_AREA)
    means = sums / np.maximum(small, 1e-6)[..., None]
    coarse = fill(np.asarray(means, np.float32), np.minimum(1, small * 4))
    big = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_LINEAR)
    trust = np.minimum(1, weights)[..., None]
    return np.asarray(trust * values + (1 - trust) * big, np.float32)


def _blur_known(values: Map, weights: Map, sigma: float) -> Map:
    import cv2

    sums = cv2.GaussianBlur(values * weights[..., None], (0, 0), sigma)
    total = cv2.GaussianBlur(weights, (0, 0), sigma)
    return np.asarray(sums / np.maximum(total, 1e-4)[..., None], np.float32)
