"""Where the subject of a picture is: what a viewer looks at first.

That is a face, where one is known of. Else it is found without a model: four signs are multiplied
with a leaning towards the middle: what stands out of the picture's own spectrum (Hou and Zhang
2007, "spectral residual"), colours that the picture's edge does not have, detail, and skin. On a
small copy this takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Box

Floats = npt.NDArray[np.float64]

_LONG = 72
"""Pixels of the longer side of the small copy; the eye's first glance sees no more."""
_MIDDLE = (0.5, 0.5)


_BESIDE = 0.35
"""Share of the largest face's area from which another counts beside it."""


def find_subject(rgb: npt.NDArray[np.uint8], faces: Sequence[Box] = ()) -> tuple[float, float]:
    """Where the subject is, as shares of the width and the height, 0 to 1 (in hundredths).

    Args:
        rgb: height × width × 3, RGB.
        faces: those known of in it.

    Returns:
        The middle of the faces, the nearer ones counting more; without any, of what stands out
        most; (0.5, 0.5) where nothing does.
    """
    if faces:
        return weigh_faces(faces)
    found = saliency(rgb)
    if found.max() <= 0:
        return _MIDDLE
    high, wide = found.shape
    ys, xs = np.mgrid[0:high, 0:wide]
    y, x = (float(v) for v in np.unravel_index(int(np.argmax(found)), found.shape))
    # From the peak to the middle of what belongs to it.
    reach = 0.13 * max(high, wide)
    for _ in range(10):
        near = found * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * reach**2))
        total = near.sum()
        x, y = float((near * xs).sum() / total), float((near * ys).sum() / total)
    return round((x + 0.5) / wide, 2), round((y + 0.5) / high, 2)


def weigh_faces(faces: Sequence[Box]) -> tuple[float, float]:
    """The middle of the faces that matter, by their areas (in hundredths).

    Faces much smaller than the largest are passers-by.
    """
    largest = max(face.width * face.height for face in faces)
    near = [face for face in faces if face.width * face.height >= _BESIDE * largest]
    weights = [face.width * face.height * face.score for face in near]
    total = sum(weights) or 1.0
    x, y = (
        sum(weight * face.centre[axis] for weight, face in zip(weights, near, strict=True)) / total
        for axis in (0, 1)
    )
    return round(min(max(x, 0.0), 1.0), 2), round(min(max(y, 0.0), 1.0), 2)


def saliency(rgb: npt.NDArray[np.uint8]) -> Floats:
    """How much each place of a small copy of a picture stands out, 0 to 1; zeros if nothing does.

    Args:
        rgb: height × width × 3, RGB.
    """
    small = _shrunk(rgb)
    red, green, blue = (small[..., channel] for channel in range(3))
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = (light, red - green, blue - (red + green) / 2)
    if max(float(np.ptp(plane)) for plane in planes) < 6:
        return np.zeros(light.shape)
    rare = _unit(sum((_residual(plane) for plane in planes[1:]), _residual(light)))
    edge = _edge_contrast(np.stack(planes, -1))
    fine = _unit(_blurred(np.abs(light - _blurred(light, 2.0)), 2.5))
    cb = 128 - 0.169 * red - 0.331 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.419 * green - 0.081 * blue
    skin = _blurred(np.exp(-(((cb - 108) / 9) ** 2) - ((cr - 151) / 7) ** 2) * (light > 60), 1.6)
    # A picture that is skin-coloured all over (wood, sand) says nothing by it.
    skin *= max(0.0, 1 - 2.2 * float(skin.mean()))
    high, wide = light.shape
    ys, xs = np.mgrid[0:high, 0:wide]
    across, down = (xs + 0.5) / wide - 0.5, (ys + 0.5) / high - 0.5
    middle = np.exp(-(across**2 + down**2) / (2 * 0.36**2))
    total = _blurred(0.8 * rare + edge + 0.6 * fine + 1.1 * skin, 2.0) * middle
    return _unit(total) ** 2


def _shrunk(rgb: npt.NDArray[np.uint8]) -> Floats:
    from PIL import Image

    high, wide = rgb.shape[:2]
    scale = _LONG / max(high, wide)
    size = max(8, round(wide * scale)), max(8, round(high * scale))
    # Every nth pixel of a large picture is plenty to average from.
    step = max(1, int(max(high, wide) / (_LONG * 8)))
    picture = Image.fromarray(np.ascontiguousarray(rgb[::step, ::step]))
    return np.asarray(picture.resize(size, Image.Resampling.BOX), np.float64)


def _residual(plane: Floats) -> Floats:
    """What is left of a plane when its spectrum is made smooth: what is unlike the rest."""
    spectrum = np.fft.rfft2(plane - plane.mean())
    size = np.log(np.abs(spectrum) + 1e-3)
    smooth = sum(np.roll(size, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    back = np.fft.irfft2(np.exp(size - smooth + 1j * np.angle(spectrum)), plane.shape)
    weight = float(plane.std())
    return _unit(_blurred(back**2, 2.5)) * weight


def _edge_contrast(planes: Floats) -> Floats:
    """How unlike the colours along the picture's edge a place is: that edge is mostly ground."""
    high, wide = planes.shape[:2]
    rim = max(1, round(0.06 * min(high, wide)))
    sides = (planes[:rim], planes[-rim:], planes[:, :rim], planes[:, -rim:])
    unlike = [
        np.sqrt(((planes - side.reshape(-1, 3).mean(0)) ** 2).sum(-1))
        / (12 + side.reshape(-1, 3).std(0).mean())
        for side in sides
    ]
    # Unlike all four sides: a sky at the top is no subject for being unlike the meadow.
    return _unit(np.minimum.reduce(unlike))


def _blurred(plane: Floats, radius: float) -> Floats:
    """A plane under a Gaussian blur, its edges repeated."""
    reach = max(1, round(3 * radius))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        pads = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(plane, pads, mode="edge")
        length = plane.shape[axis]
        plane = np.zeros_like(plane)
        for at in range(2 * reach + 1):
            window = padded[at : at + length] if axis == 0 else padded[:, at : at + length]
            plane = plane + weights[at] * window
    return plane


def _unit(plane: Floats) -> Floats:
    low, high = float(plane.min()), float(plane.max())
    return (plane - low) / (high - low) if high > low else np.zeros_like(plane)
