"""Grain put over a picture: alive, and the same for everybody who makes it.

Its pattern is a field of noise, a little soft as film's is, that is drawn once; each picture takes
it from another place. It is strongest in the middle tones, where film shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import STEP, Look, Picture
from reelwright.edit.enhance.order import Order

_SIDE = 1024
_LEAST = 2.0
"""Deviation, of 255, of the grain of a clip that had no noise."""


class Grain(Filter):
    """Grain of some strength (standard deviation in luma, of 255)."""

    name = "grain"
    version = 1
    deep = True

    def __init__(self, strength: float) -> None:
        self.strength = round(strength, 2)

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        return {"strength": self.strength}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        import cv2

        for picture in pictures:
            # A place that depends on the moment alone, so that segments may begin anywhere.
            tick = round(picture.at * 1000)
            high, wide = picture.rgb.shape[:2]
            place = (tick * 7919 % _SIDE, tick * 104_729 % _SIDE)
            field = np.roll(_field(), place, axis=(0, 1))
            times = (-(-high // _SIDE), -(-wide // _SIDE))
            noise = np.tile(field, times)[:high, :wide] * self.strength
            luma: Any = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
            noise *= _SHARE[luma]
            if picture.fine is not None:
                fine = picture.fine.astype(np.int32)
                fine += np.round(noise * STEP).astype(np.int32)[..., None]
                yield picture.showing_fine(np.clip(fine, 0, 65_535).astype(np.uint16))
                continue
            rgb = picture.rgb.astype(np.int16) + np.round(noise).astype(np.int16)[..., None]
            yield picture.showing(np.clip(rgb, 0, 255).astype(np.uint8))

    def told(self) -> str:
        """See `Filter.told`."""
        return f"grain: added, {self.strength:.1f} of 255"


_SHARE = (0.35 + 0.65 * np.sin(np.pi * np.arange(256) / 255)).astype(np.float32)


@lru_cache(maxsize=1)
def _field() -> Any:
    noise = np.random.default_rng(7).standard_normal((_SIDE, _SIDE)).astype(np.float32)
    soft = sum(
        weight * np.roll(noise, (dy, dx), (0, 1))
        for dy, a in ((-1, 0.27), (0, 1.0), (1, 0.27))
        for dx, weight in ((-1, a * 0.27), (0, a), (1, a * 0.27))
    )
    return np.asarray(soft / np.std(np.asarray(soft)), np.float32)


def plan_grain(look: Look, order: Order) -> Filter | str:
    """Grain of the share that was asked of the clip's own noise."""
    return Grain(order.grain * max(look.noise, _LEAST))
