"""A person before another background, as if filmed there.

Each pixel of the edge gives back what it has of the old background, shadows that fell on the old
one fall on the new one, and a little of the new one's light comes around the person's edge.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.background.edges import Edge, look_up
from reelwright.edit.enhance.motion import Frame, Map

_CLEAR, _FULL = 0.02, 0.98
"""Mattes below and above are nothing and everything."""
_WRAP = 0.22
"""Part of the background's light at the very edge of the person."""
_WRAP_REACH = 1 / 70
"""How far it reaches in, of the longer side."""
_LEAST_SHADE = 0.55
"""What a shadow leaves of the light, at least."""
_SHADE_NOISE = 0.06
"""Darkening that is no shadow."""


def compose(
    frame: Frame, edge: Edge, ground: Frame, *, wrap: bool = True, shade: Map | None = None
) -> Frame:
    """Lay a person over a background.

    Args:
        frame: the picture, height × width × 3.
        edge: the person's matte in it, and the colours behind.
        ground: the new background, of the same size.
        wrap: whether its light comes around the person.
        shade: see `find_shade`; of any size.
    """
    import cv2

    high, wide = frame.shape[:2]
    matte = edge.matte
    if shade is not None:
        ground = _darken(ground, shade)
    away = np.subtract(1, matte, dtype=np.float32)
    made = np.asarray(cv2.blendLinear(frame, ground, matte, away), np.uint8)
    small = _shrunk(matte, edge.behind.shape[1], edge.behind.shape[0])
    reach = max(1.0, max(small.shape) * _WRAP_REACH)
    around = np.asarray(cv2.GaussianBlur(1 - small, (0, 0), reach), np.float32)
    rim = (around > 0.04) & (small > _CLEAR)
    size = (wide, high)
    spots = cv2.resize(rim.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    places = np.flatnonzero(spots.astype(bool) & (matte > _CLEAR))
    if not places.size:
        return made
    rows, columns = np.divmod(places, wide)
    share = matte.reshape(-1)[places][:, None]
    new = ground.reshape(-1, 3)[places].astype(np.float32)
    old = look_up(edge.behind, rows, columns, size)
    # The old background's part is taken out of the mixture, the new one's put in.
    person = np.maximum(frame.reshape(-1, 3)[places] - (1 - share) * old, 0)
    if wrap:
        light = np.asarray(cv2.GaussianBlur(_shrunk(ground, *small.shape[::-1]), (0, 0), 2 * reach))
        near = _WRAP * look_up(around, rows, columns, size)[:, None] * share
        shining = look_up(light.astype(np.float32), rows, columns, size)
        # Laid over as light is: it brightens what is darker than itself.
        person += near * np.maximum(shining * share - person, 0)
    mixed = np.clip(person + (1 - share) * new, 0, 255)
    made.reshape(-1, 3)[places] = np.round(mixed).astype(np.uint8)
    return made


def find_shade(small: Frame, behind: Map, person: Map) -> Map:
    """How much light the person's shadow leaves on what is behind: small height × width, to 1.

    Args:
        small: the picture.
        behind: the background without the shadow, in size and colours as `small`.
        person: the matte, in size as `small`.
    """
    import cv2

    light, usual = (np.asarray(v, np.float32).sum(2) + 12 for v in (small, behind))
    weight = np.maximum(0, 1 - 4 * person)
    ratio = np.clip(light / usual, 0, 1) * weight
    reach = max(1.0, max(small.shape[:2]) / 60)
    total = cv2.GaussianBlur(weight, (0, 0), reach)
    left = cv2.GaussianBlur(ratio, (0, 0), reach) / np.maximum(total, 1e-3)
    left = np.where(total > 0.02, left / (1 - _SHADE_NOISE), 1)
    return np.clip(left, _LEAST_SHADE, 1).astype(np.float32)


def clear_spill(frame: Frame, towards: npt.NDArray[np.float32], matte: Map) -> Frame:
    """Take out the light that a coloured wall throws onto the person.

    Args:
        frame: the picture.
        towards: 3 numbers: the wall's colour less its grey, of length 1.
        matte: of the person; where it is nothing, nothing is done.

    Returns:
        The picture with no pixel nearer to the wall's hue than to any other: a green screen's green
        is held down to the mean of red and blue, and likewise for other walls (Vlahos' limit).
    """
    values = frame.astype(np.float32)
    gray = values.mean(2)
    over = (values - gray[..., None]) @ towards
    # What skin and cloth may have of that hue stays; beyond, it is the wall's.
    # At the edge the mixture with the wall itself is taken apart later.
    over = np.maximum(over - _OWN_HUE * gray, 0) * np.square(matte)
    cleared = values - over[..., None] * towards
    return np.clip(np.round(cleared), 0, 255).astype(np.uint8)


_OWN_HUE = 0.06
"""What of the wall's hue a person may have, of the pixel's lightness."""


def _darken(ground: Frame, shade: Map) -> Frame:
    import cv2

    if float(shade.min()) > 0.995:
        return ground
    size = (ground.shape[1], ground.shape[0])
    whole = cv2.resize(shade, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(ground, cv2.merge([whole] * 3), dtype=cv2.CV_8U), np.uint8)


def _shrunk(values: Map | Frame, width: int, height: int) -> Map:
    import cv2

    small = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
