"""Chroma key: what is before a wall of one colour, told by colour alone.

The colour is found by itself, whatever it is, and may shade off from place to place: each pixel is
held against the wall's colour around it. Measured is how far its chromaticity goes towards the
wall's (as a colour difference key does for green or blue; Smith and Blinn 1996), so that shadows on
the wall stay wall. What the wall throws onto the person is taken out by `composite.clear_spill`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.edit.enhance.background.composite import clear_spill, find_shade
from reelwright.edit.enhance.background.edges import Edge, unmix
from reelwright.edit.enhance.background.matte import Matted
from reelwright.edit.enhance.background.plate import fill
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.motion import Frame, Map, shrink

_DARK = 48.0
"""Added to the sum of red, green and blue (0 to 765): what is dark has no sure colour."""
_EVEN = 0.075
"""Chromaticities nearer to each other than this are one wall's."""
_COLOURED = 0.07
"""Distance from grey that a wall must have to be keyed."""
_SHARE = 0.3
"""Of the picture's upper border that a wall must fill."""
_PERSON, _WALL = 0.45, 0.85
"""How far towards the wall's colour a pixel goes that is all person, and one that is all wall."""
_ACROSS = 1.5
"""What a difference in hue takes from that."""
_SMALL = 256
"""Pixels of the longer side of the copy in which the wall's colours are gathered."""


_REACH = 2
"""How far, in pixels of that copy, colours run over an edge: most cameras halve them."""


@dataclass(frozen=True)
class Key:
    """The colour of a wall: chromaticity (shares of red and green), 0 to 1 each."""

    red: float
    green: float

    @property
    def name(self) -> str:
        """What people call it."""
        parts = {"red": self.red, "green": self.green, "blue": 1 - self.red - self.green}
        most = sorted(parts, key=lambda part: -parts[part])
        strong = parts[most[0]] - parts[most[1]] > 0.06
        both = {frozenset(("green", "blue")): "cyan", frozenset(("red", "blue")): "magenta"}
        return most[0] if strong else both.get(frozenset(most[:2]), "yellow")


def chromaticity(frame: Frame) -> Map:
    """Shares of red and green: height × width × 2, a third each where there is no colour."""
    values = frame.astype(np.float32)
    total = values[..., 0] + values[..., 1] + values[..., 2] + np.float32(_DARK)
    return (values[..., :2] + np.float32(_DARK / 3)) / total[..., None]


def find_key(frames: Sequence[Frame]) -> Key | None:
    """The wall's colour, from a few small pictures; None where there is no such wall."""
    rims = np.concatenate([_rim(chromaticity(frame)) for frame in frames])
    bins = np.floor(rims * 100).astype(np.int64)
    counts = np.bincount(bins[:, 0] * 128 + bins[:, 1], minlength=128 * 128).reshape(128, 128)
    padded = np.pad(counts, 2)
    near = sum(padded[i : i + 128, j : j + 128] for i in range(5) for j in range(5))
    place = np.unravel_index(int(np.argmax(near)), (128, 128))
    middle = (np.array(place) + 0.5) / 100
    for _ in range(3):
        like = np.abs(rims - middle).sum(1) < _EVEN
        middle = np.median(rims[like], axis=0) if like.any() else middle
    like = np.abs(rims - middle).sum(1) < _EVEN
    if like.mean() < _SHARE or np.abs(middle - 1 / 3).max() < _COLOURED:
        return None
    return Key(float(middle[0]), float(middle[1]))


def need_key(frames: Sequence[Frame], where: str) -> Key:
    """As `find_key`. Raises FootageError naming the clip where there is no wall of one colour."""
    key = find_key(frames)
    if key is None:
        raise FootageError(
            "shows nobody before a wall of one colour",
            where=where,
            hint="leave --matte chroma away: other backgrounds are told by what moves and by faces",
        )
    return key


def key_matte(picture: Picture, key: Key) -> Matted:
    """A picture with the wall keyed out and its light taken from the person.

    Where no wall is seen, all of it is the person.
    """
    import cv2

    frame = picture.rgb
    high, wide = frame.shape[:2]
    small = shrink(frame, _SMALL)
    own = chromaticity(small)
    wall = (np.abs(own - (key.red, key.green)).sum(2) < _EVEN).astype(np.float32)
    wall = np.asarray(cv2.erode(wall, np.ones((3, 3), np.uint8)), np.float32)
    if not wall.any():
        return Matted(picture, Edge(np.ones((high, wide), np.float32), small.astype(np.float32)))
    local = np.asarray(cv2.GaussianBlur(fill(own, wall), (0, 0), 3), np.float32)
    # What the wall's colour is against grey, and each pixel's against that.
    towards = local - np.float32(1 / 3)
    unit = towards / np.square(towards).sum(2, keepdims=True)
    person = _measure(own, unit)
    unit = np.asarray(cv2.resize(unit, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32)
    edge = unmix(frame, small, person, _measure(chromaticity(frame), unit), _REACH)
    # The light of the wall itself changes slowly; what is darker than around is a shadow.
    even = cv2.GaussianBlur(edge.behind, (0, 0), max(small.shape) / 5)
    shade = find_shade(small, np.asarray(even, np.float32), person)
    hue = np.array([key.red, key.green, 1 - key.red - key.green], np.float32) - np.float32(1 / 3)
    clean = clear_spill(frame, hue / np.float32(np.linalg.norm(hue)), edge.matte)
    return Matted(picture.showing(clean), edge, shade)


def _measure(colours: Map, unit: Map) -> Map:
    """The matte that chromaticities alone tell."""
    own = colours - np.float32(1 / 3)
    along = own[..., 0] * unit[..., 0] + own[..., 1] * unit[..., 1]
    across = np.abs(own[..., 0] * unit[..., 1] - own[..., 1] * unit[..., 0])
    matte = (np.float32(_WALL) - along + np.float32(_ACROSS) * across) * np.float32(
        1 / (_WALL - _PERSON)
    )
    return np.clip(matte, 0, 1, out=matte)


def _rim(values: Map) -> Map:
    """The upper border and the upper halves of the side borders, where nobody's body is."""
    high, wide = values.shape[:2]
    deep, side = max(1, high // 12), max(1, wide // 12)
    parts = (values[:deep], values[: high // 2, :side], values[: high // 2, -side:])
    return np.concatenate([part.reshape(-1, 2) for part in parts])
