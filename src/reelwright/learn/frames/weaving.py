"""New frames: the detail of real moments, led by imagined codes, jumps hidden.

A new frame is the clip's frame at its moment, its light led from that moment's code towards the
imagined one: so it goes where the imagination goes and keeps all detail that no code holds.
Over a jump each place of the picture goes over from one stretch of the clip to the other in a time
of its own: when the two look most alike there (as seams through space and time, Kwatra et al.
2003). So water changes over wave by wave, and a road where there is no car just then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.learn.frames.paths import Path
from reelwright.learn.frames.planes import split
from reelwright.learn.frames.subspace import Subspace

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_SPREAD = 2.0
"""Cells over which places agree on when they go over."""
_SOFT = 3
"""One place goes over in one of so many parts of the time for a jump."""
_BLACK = 16.0
"""What black is in a plane of light."""
_CALM = 24.0
"""Grey levels added before factors are taken, so that the dark does not flare up."""
_MOST_LIGHT = 1.2
"""By how much a place may be made lighter or darker."""
_MIDDLE = 0.1
"""How much going over in the middle of the time for it is liked, against being alike."""


@dataclass(frozen=True)
class Material:
    """What frames are woven from.

    Attributes:
        frames: T × 3/2 H × W, the clip (I420).
        cells: T × h × w, the light of the same, small: what seams are chosen by.
        codes: T × K.
        subspace: what codes mean.
        small: the size that rows of the subspace have.
    """

    frames: Bytes
    cells: Floats
    codes: Floats
    subspace: Subspace
    small: tuple[int, int]


@dataclass(frozen=True)
class Seam:
    """How one stretch goes over into another.

    Attributes:
        first: the new frame with which it begins; may be before 0 in a loop.
        before: the moment that the old stretch has then.
        after: the moment that the new stretch has then.
        times: h × w, after how many frames each place has gone over by half.
        soft: over how many frames a place goes over.
    """

    first: int
    before: int
    after: int
    times: Floats
    soft: float


def find_seams(material: Material, path: Path, fade: int) -> list[Seam]:
    """How the jumps of a path are hidden, each over `fade` frames."""
    import cv2

    half, seams = fade // 2, list[Seam]()
    ramp = np.abs(np.arange(2 * half) - half + 0.5)[:, None, None] / half
    for at in path.jumps:
        before = int(path.moments[at - 1]) + 1 - half
        after = int(path.moments[at]) - half
        cells = material.cells
        apart = np.abs(cells[before : before + 2 * half] - cells[after : after + 2 * half])
        apart = np.stack([cv2.GaussianBlur(each, (0, 0), _SPREAD) for each in apart])
        apart += _MIDDLE * apart.mean() * ramp**2
        # Places that are to go over must have the time for it.
        margin = half // _SOFT
        times = apart[margin : 2 * half - margin + 1].argmin(0).astype(np.float32) + margin
        times = cv2.GaussianBlur(times, (0, 0), _SPREAD)
        seams.append(Seam(int(at) - half, before, after, times, 2 * half / _SOFT))
    return seams


def weave(
    material: Material,
    path: Path,
    wanted: Floats,
    fade: int,
    strength: float,
) -> Iterator[Bytes]:
    """The new frames, one after the other.

    Args:
        wanted: N × K, the imagined codes.
        fade: frames over which jumps are hidden.
        strength: 0 shows moments as they were, 1 goes all the way to the imagined code.
    """
    codes, number = material.codes, len(wanted)
    seams = find_seams(material, path, fade)
    over = {
        (seam.first + step) % number: (seam, step)
        for seam in seams
        for step in range(fade // 2 * 2)
    }
    for now, (moment, code) in enumerate(zip(path.moments, wanted, strict=True)):
        if now in over:
            seam, step = over[now]
            frame, part = _mixed(material.frames, seam, step)
            own = (1 - part) * codes[seam.before + step] + part * codes[seam.after + step]
        else:
            frame, own = material.frames[moment], codes[moment]
        out = np.array(frame, np.uint8)
        if strength:
            light = split(out)[0]
            _relight(light, material, own, own + strength * (code - own))
        yield out


def _relight(light: Bytes, material: Material, own: Floats, code: Floats) -> None:
    """Make a plane of light as light and dark, place by place, as a code says.

    By factors, so that what is black stays black, and within bounds: codes are few and cannot know
    where the edges of this moment's flames are.
    """
    import cv2

    basis, (wide, high) = material.subspace, material.small
    now, then = (np.maximum(basis.mean + basis.decode(each), _BLACK) for each in (own, code))
    factor = np.clip((then + _CALM) / (now + _CALM), 1 / _MOST_LIGHT, _MOST_LIGHT)
    factor = cv2.resize(factor.reshape(high, wide), light.shape[1::-1])
    change = (light.astype(np.float32) - _BLACK) * factor + _BLACK
    light[:] = cv2.add(light, change - light, dtype=cv2.CV_8U)


def _mixed(frames: Bytes, seam: Seam, step: int) -> tuple[Any, float]:
    """Two stretches in one frame, and how much of it is the new one."""
    import cv2

    a, b = frames[seam.before + step], frames[seam.after + step]
    part = np.clip((step + 0.5 - seam.times) / seam.soft + 0.5, 0, 1)
    part = part * part * (3 - 2 * part)
    if part.max() <= 0:
        return a, 0.0
    if part.min() >= 1:
        return b, 1.0
    mixed = np.empty_like(a)
    for one, two, out in zip(split(a), split(b), split(mixed), strict=True):
        weight = cv2.resize(part, one.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        out[:] = cv2.blendLinear(one, two, 1 - weight, weight)
    return mixed, float(part.mean())
