"""The tones and palette of a picture for a whole shot: optimal transport of colours.

The colours of both are taken for normal distributions in Lab; the linear map that moves the one
onto the other with the least movement in all is Monge's (Pitié and Kokaram 2007). What a normal
distribution cannot tell, the tones' own distribution, follows by one curve of lightness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.motion import Frame
from reelwright.edit.enhance.restyle.cube import Cube, cube_of, grid

Array = npt.NDArray[np.float64]

_LEAST = 9.0
"""Variance (Lab) that colours have at least: a grey picture has no palette to stretch."""
_STRETCH = 1.6
"""Times that colours are spread at most, in any direction."""
_CURVE = 0.5
"""Part of the way that lightness goes to the picture's own distribution, beyond the linear map."""
_SLOPES = 0.6, 1.5
"""How much flatter and steeper that makes tones."""
_POINTS = 33
_SAMPLE = 40_000


@dataclass(frozen=True, eq=False)
class Palette:
    """The colours of a picture or a shot, in Lab (L 0 to 100)."""

    mean: Array
    spread: Array
    """Covariance, 3 × 3."""
    tones: Array
    """Lightness at `_POINTS` even shares, the darkest first."""


def measure(frames: Sequence[Frame]) -> Palette:
    """The palette of some pictures (RGB bytes)."""
    pixels = np.concatenate(
        [
            frame.reshape(-1, 3)[:: max(1, frame.size // 3 * len(frames) // _SAMPLE)]
            for frame in frames
        ]
    )
    lab = to_lab(pixels / 255.0)
    return Palette(
        lab.mean(0),
        np.cov(lab, rowvar=False) + _LEAST * np.eye(3),
        np.quantile(lab[:, 0], np.linspace(0, 1, _POINTS)),
    )


def map_colours(source: Palette, wanted: Palette, title: str = "") -> Cube:
    """The table that gives a shot's colours the wanted palette."""
    colours = grid()
    lab = to_lab(colours)
    matrix = monge(source.spread, wanted.spread)
    moved = (lab - source.mean) @ matrix.T + wanted.mean
    # Where the source's own lightness comes to lie, and where it should.
    linear = (source.tones - source.mean[0]) * matrix[0, 0] + wanted.mean[0]
    rising = np.maximum.accumulate(linear + np.arange(_POINTS) * 1e-6)
    lights = np.linspace(0, 100, 101)
    wish = lights + _CURVE * np.interp(lights, rising, _smooth(wanted.tones - rising))
    moved[:, 0] = np.interp(moved[:, 0], lights, _bound(wish))
    return cube_of(np.clip(to_rgb(moved), 0, 1), title)


def monge(source: Array, wanted: Array) -> Array:
    """The linear map of least movement from one covariance to another, its stretch bounded."""
    root, inverse = _power(source, 0.5), _power(source, -0.5)
    matrix = inverse @ _power(root @ wanted @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return (vectors * np.clip(values, 0.2, _STRETCH)) @ vectors.T


def to_lab(rgb: Array) -> Array:
    """sRGB (n × 3, 0 to 1) → CIE L*a*b* under D65."""
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = linear @ _XYZ.T / _XYZ.sum(1)
    f = np.where(xyz > _LINEAR, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


def to_rgb(lab: Array) -> Array:
    """The inverse of `to_lab`; colours that no screen has lie outside 0 to 1."""
    y = (lab[:, 0] + 16) / 116
    f = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], 1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _XYZ.sum(1)
    linear = xyz @ np.linalg.inv(_XYZ).T
    bent = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, bent, 12.92 * linear)


_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
"""Linear sRGB → XYZ (IEC 61966-2-1)."""
_LINEAR = (6 / 29) ** 3


def _power(matrix: Array, exponent: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T


def _bound(curve: Array) -> Array:
    """A curve of lightness without steps that would tear even ground apart, or flatten it."""
    slopes = np.clip(np.diff(curve), *_SLOPES)
    bounded = np.concatenate([[0.0], np.cumsum(slopes)])
    return bounded + float(np.median(curve - bounded))


def _smooth(values: Array) -> Array:
    """A curve without the steps of single tones."""
    padded = np.pad(values, 3, mode="edge")
    return np.convolve(padded, np.array([1, 3, 6, 7, 6, 3, 1]) / 27, mode="valid")
