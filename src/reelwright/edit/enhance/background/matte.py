"""A person's matte, picture by picture, without a green screen.

Each small copy is cut by what was learnt of the shot (`scene`), beginning from the last cut,
carried along by how things moved; the cut is then refined on a copy of middle size to a soft matte,
which is mixed with the last one, carried along too, where the two pictures show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.core.nouns import Box
from reelwright.edit.enhance.background.composite import find_shade
from reelwright.edit.enhance.background.edges import Edge, unmix
from reelwright.edit.enhance.background.guided import apply_guide, fit_guide
from reelwright.edit.enhance.background.mincut import cut, edge_weights
from reelwright.edit.enhance.background.scene import COST, Scene, nearest_faces
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.motion import Follower, Frame, Map, shrink

Finder = Callable[[Sequence[Frame]], Sequence[Sequence[Box]]]
"""Pictures → the faces in each."""

SMALL = 256
"""Pixels of the longer side of the copy that is cut."""
_MIDDLE = 512
"""Pixels of the longer side of the copy on which the cut becomes a soft matte."""
_LOOKS = 3
"""Times a second that faces are looked for."""
_KEEP = 1.2
"""Log odds that a place which was the person's still is."""
_STEADY = 0.55
"""Part of the last matte in the new one, where both pictures show the same."""
_WINDOW = 1 / 100
"""Half the width of a window of the guided filter, of the longer side."""
_REACH = 2
"""How far, in pixels of the copy that is cut, hair reaches beyond the cut or light into it."""
_EDGE = 2e-4
"""Variance of colour (0 to 1) from which on an edge is one."""


@dataclass(frozen=True, eq=False)
class Matted:
    """A picture with its person's matte."""

    picture: Picture
    edge: Edge
    shade: Map | None = None
    """See `composite.find_shade`."""


def to_lab(frame: Frame) -> Frame:
    """A picture in Lab (bytes), as `scene` takes it."""
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2LAB), np.uint8)


def matte_shot(pictures: Iterator[Picture], scene: Scene, find: Finder) -> Iterator[Matted]:
    """The mattes of a shot's pictures, which follow one another.

    Args:
        pictures: of one shot, in order.
        scene: what was learnt of the shot.
        find: finds the faces in pictures; asked a few times a second.
    """
    import cv2

    follower = Follower()
    cut_before: Map | None = None
    soft_before: Map | None = None
    looked, faces = -1, ()
    for picture in pictures:
        middle = shrink(picture.rgb, _MIDDLE)
        small = shrink(middle, SMALL)
        lab = to_lab(small)
        if looked != (now := int(picture.at * _LOOKS)) or not faces:
            looked = now
            faces = find([small])[0] or faces or nearest_faces(scene.faces, float(picture.at))
        odds = scene.odds(lab, faces)
        move = follower.see(small)
        if move is None or cut_before is None:
            begin, steps = 1 / (1 + np.exp(-odds)), 80
        else:
            begin, steps = move.carry(cut_before), 24
            odds = odds + np.float32(_KEEP) * move.sure * (2 * begin - 1)
        cut_before = cut(odds, edge_weights(lab) * np.float32(COST), begin, steps)
        fit = _follow_edges(cut_before, middle)
        soft = apply_guide(fit, middle)
        if move is not None and soft_before is not None:
            last = move.carry(soft_before)
            part = move.at(soft.shape[1], soft.shape[0]) * np.float32(_STEADY)
            soft = soft + part * (last - soft)
        soft_before = soft
        whole = picture.width, picture.height
        rough = np.asarray(cv2.resize(soft, whole, interpolation=cv2.INTER_LINEAR), np.float32)
        size = (small.shape[1], small.shape[0])
        person = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)
        guide = None if middle is picture.rgb else fit
        edge = unmix(picture.rgb, small, person, rough, _REACH, guide)
        yield Matted(picture, edge, find_shade(small, scene.behind, person))


def _follow_edges(person: Map, frame: Frame) -> Map:
    """The guided filter's functions for a rough cut."""
    import cv2

    high, wide = frame.shape[:2]
    rough = np.asarray(cv2.resize(person, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32)
    radius = max(1, round(max(high, wide) * _WINDOW))
    return fit_guide(frame.astype(np.float32) / 255, rough, radius, _EDGE)
