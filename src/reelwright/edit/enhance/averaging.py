"""Noise averaged away along what moves: each picture with its neighbours, brought to its place.

Movement is found between halved, blurred pictures, which have an eighth of the noise (dense inverse
search, Kroeger et al. 2016). A neighbour counts by how well it fits there, noise accounted for, so
that what was covered or moved otherwise does not leave ghosts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Any

import numpy as np

from reelwright.edit.enhance.frame import Picture, by_shot

REACH = 3
"""Neighbours to each side."""
_BLUR = 1.0
"""Standard deviation, in pixels, of the blur of halved pictures."""
_AROUND = 5
"""Pixels to a side over which a fit is judged."""
_HEED = 0.8
"""How many deviations of the noise a misfit may have to count a third."""
_LEAST = 16
"""Pixels of a side under which nothing can be followed."""


@dataclass
class _Held:
    """A picture that is held, with what movement is found in."""

    picture: Picture
    small: Any
    light: Any


def average(pictures: Iterator[Picture], noise: float) -> Iterator[Picture]:
    """Pictures with less noise, one for each.

    Args:
        pictures: of a clip.
        noise: standard deviation of the noise in luma, of 255.
    """
    for shot in by_shot(pictures):
        held: list[_Held] = []
        at = 0
        for picture in shot:
            held.append(_hold(picture))
            if len(held) > at + REACH:
                yield _averaged(held, at, noise)
                if at == REACH:
                    del held[0]
                else:
                    at += 1
        for place in range(at, len(held)):
            yield _averaged(held[max(0, place - REACH) :], min(place, REACH), noise)


def _hold(picture: Picture) -> _Held:
    import cv2

    high, wide = picture.rgb.shape[:2]
    size = (max(1, wide // 2), max(1, high // 2))
    half = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA)
    small: Any = cv2.GaussianBlur(half, (0, 0), _BLUR)
    return _Held(picture, small, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))


def _averaged(held: list[_Held], at: int, noise: float) -> Picture:
    import cv2

    here = held[at]
    rgb = here.picture.rgb
    high, wide = rgb.shape[:2]
    if min(high, wide) < 2 * _LEAST:
        return here.picture
    follow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    total = rgb.astype(np.float32)
    weights = np.ones((high, wide), np.float32)
    places, half_places = _places(wide, high), _places(wide // 2, high // 2)
    # What two guides differ by where nothing but noise differs (halving and blurring averages it).
    usual = 2 * (noise / 2) ** 2 / (4 * pi * _BLUR**2)
    for number, other in enumerate(held[: at + REACH + 1]):
        if number == at:
            continue
        flow: Any = follow.calc(here.light, other.light, None)  # type: ignore[call-overload]
        brought = _moved(other.small, half_places, flow, cv2.INTER_LINEAR)
        apart = ((brought.astype(np.float32) - here.small) ** 2).mean(axis=-1)
        misfit: Any = cv2.boxFilter(apart, -1, (_AROUND, _AROUND))
        weight = np.exp(-np.maximum(0, misfit - usual) / (_HEED * noise) ** 2)
        weight = cv2.resize(weight.astype(np.float32), (wide, high))
        scale = np.array([wide / flow.shape[1], high / flow.shape[0]], np.float32)
        flow = cv2.resize(flow, (wide, high)) * scale
        total += weight[..., None] * _moved(other.picture.rgb, places, flow, cv2.INTER_CUBIC)
        weights += weight
    total /= weights[..., None]
    return here.picture.showing(np.clip(np.round(total), 0, 255).astype(np.uint8))


@lru_cache(maxsize=4)
def _places(wide: int, high: int) -> Any:
    """The place of each pixel: height × width × 2."""
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    return np.dstack([x, y])


def _moved(pixels: Any, places: Any, flow: Any, how: int) -> Any:
    import cv2

    return cv2.remap(pixels, places + flow, None, how, borderMode=cv2.BORDER_REFLECT_101)  # type: ignore[call-overload]
