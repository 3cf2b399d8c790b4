"""Scenery: what kind of place or thing is seen, as far as colour, texture and faces tell.

No weights stand behind it, so it says little, and only what measures well: each kind is a rule
over the shares of a picture's places that look like sky, leaves, fire … Whoever wants more
sets an embedding service that takes pictures (`annotators.meaning`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher

_ACROSS = 96
_LEAST = 0.34
"""Share of the moments looked at in which a kind must be seen."""
_CROWD = 5
_TRUST = {"greenery": 0.95, "sky": 0.66}
"""How far a rule is believed. Of 120 photographs, greenery was nearly always right and sky in two
of three. The others said nothing wrong of those, but met too little of their own kind to be
trusted more."""
_LARGE = 0.22
"""Height of a face, as a share of the picture's, from which on it is a portrait."""

Frame = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]


class Scenery(Annotator):
    """Gives ``scene``, ``{"kind": sky, water, greenery, night, sunset, fire, people,
    portrait or crowd}``, each that is seen."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"scene"})
    after = frozenset({"faces"})
    look = CLOSE

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher()


class _Watcher(Watcher):
    def __init__(self) -> None:
        self.seen: list[Mapping[str, float]] = []

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        # One moment in two is enough to tell what kind of place it is.
        for frame in frames[:: 2 if len(frames) > 1 else 1]:
            self.seen.append(tell_scene(frame))

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        for kind in sorted({kind for one in self.seen for kind in one}):
            sure = [one[kind] for one in self.seen if kind in one]
            share = len(sure) / len(self.seen)
            if share >= _LEAST:
                yield _say(kind, sum(sure) / len(sure) * (0.6 + 0.4 * share))
        faces = [one for one in told if one.name == "face" and isinstance(one.value, Mapping)]
        if faces:
            best = max(one.confidence for one in faces)
            yield _say("people", best)
            if any(float(one.value.get("size", 0)) >= _LARGE for one in faces):
                yield _say("portrait", best)
            if any(int(one.value.get("count", 0)) >= _CROWD for one in faces):
                yield _say("crowd", best)


@dataclass(frozen=True)
class _Planes:
    """A small picture taken apart; all values 0 to 1."""

    hue: Plane
    """0 to 360 degrees."""
    saturation: Plane
    value: Plane
    rough: Plane
    """How much neighbours differ."""


def tell_scene(frame: Frame) -> dict[str, float]:
    """The kinds of scenery in a picture (height × width × 3, RGB), and how surely, 0 to 1."""
    planes = _planes(frame)
    high = planes.value.shape[0]
    upper, lower = slice(0, high * 2 // 5), slice(high * 3 // 5, high)
    found = {
        "sky": _sky(planes, upper),
        "greenery": _greenery(planes),
        "night": _night(planes),
        "sunset": _sunset(planes, upper),
        "fire": _fire(planes),
        "water": _water(planes, lower),
    }
    if found["night"] > 0.5:
        found["sky"] = found["water"] = 0.0
    return {
        kind: round(sure * _TRUST.get(kind, 0.7), 3) for kind, sure in found.items() if sure >= 0.5
    }


def _planes(frame: Frame) -> _Planes:
    import cv2

    share = _ACROSS / max(frame.shape[:2])
    size = max(2, round(frame.shape[1] * share)), max(2, round(frame.shape[0] * share))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.float32) / 255
    hsv = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.float32)
    light = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
    rough = np.abs(np.asarray(cv2.Laplacian(light, cv2.CV_32F), np.float32))
    rough = np.asarray(cv2.blur(rough, (5, 5)), np.float32)
    return _Planes(hsv[..., 0], hsv[..., 1], hsv[..., 2], rough)


def _share(mask: npt.NDArray[np.bool_]) -> float:
    return float(mask.mean()) if mask.size else 0.0


def _sure(share: float, least: float, most: float) -> float:
    """How surely a share tells: a half at `least`, nearly all at `most`."""
    if share < least:
        return 0.0
    return min(0.9, 0.5 + 0.4 * (share - least) / max(1e-6, most - least))


def _sky(p: _Planes, upper: slice) -> float:
    hue, sat, value, rough = p.hue[upper], p.saturation[upper], p.value[upper], p.rough[upper]
    blue = (hue > 185) & (hue < 238) & (sat > 0.12) & (value > 0.4) & (rough < 0.05)
    # The sky is at the very top, lighter towards the horizon, and blue all across.
    top = blue[: max(1, blue.shape[0] // 3)]
    across = float((top.mean(axis=0) > 0.5).mean()) if top.size else 0.0
    return _sure(_share(blue), 0.4, 0.8) if across > 0.55 else 0.0


def _greenery(p: _Planes) -> float:
    green = (p.hue > 65) & (p.hue < 165) & (p.saturation > 0.18) & (p.value > 0.12)
    leaves = green & (p.rough > 0.012)
    return _sure(_share(leaves), 0.3, 0.6)


def _night(p: _Planes) -> float:
    dark = p.value < 0.22
    lights = (p.value > 0.75) & (p.rough > 0.02)
    some = 0.002 < _share(lights) < 0.2
    return _sure(_share(dark), 0.55, 0.85) if some else 0.0


def _sunset(p: _Planes, upper: slice) -> float:
    warm = ((p.hue < 45) | (p.hue > 335)) & (p.saturation > 0.38) & (p.value > 0.4)
    smooth = warm & (p.rough < 0.035)
    land = _share(p.value[p.value.shape[0] * 3 // 4 :] < 0.35)
    rows = smooth[upper].mean(axis=1)
    wide = float((rows > 0.55).mean())
    return _sure(_share(smooth[upper]), 0.42, 0.8) if wide > 0.45 and land > 0.3 else 0.0


def _fire(p: _Planes) -> float:
    flame = ((p.hue < 52) | (p.hue > 350)) & (p.saturation > 0.55) & (p.value > 0.7)
    core = (p.value > 0.93) & (p.hue < 65)
    dark = _share(p.value < 0.25)
    return _sure(_share(flame), 0.06, 0.3) if _share(core) > 0.015 and dark > 0.4 else 0.0


def _water(p: _Planes, lower: slice) -> float:
    hue, sat, value, rough = p.hue[lower], p.saturation[lower], p.value[lower], p.rough[lower]
    blue = (hue > 165) & (hue < 235) & (sat > 0.2) & (value > 0.15) & (value < 0.9)
    rippled = blue & (rough > 0.008) & (rough < 0.06)
    rows = rippled.mean(axis=1)
    return _sure(_share(rippled), 0.55, 0.9) if float((rows > 0.5).mean()) > 0.7 else 0.0


def _say(kind: str, sure: float) -> Annotation:
    return Annotation(
        name="scene", value={"kind": kind}, confidence=round(min(1.0, sure), 3),
        annotator="scenery", version=Scenery.version,
    )  # fmt: skip
