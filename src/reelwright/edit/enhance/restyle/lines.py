"""Lines and planes, from which drawn looks are put together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from reelwright.edit.enhance.motion import Frame, Map


def unit_of(frame: Frame) -> float:
    """The width of a pen's line in a picture, in pixels: 1 at 720 lines."""
    return max(0.5, min(frame.shape[:2]) / 720)


def gray_of(frame: Frame) -> Map:
    """The light of a picture: height × width, 0 to 1."""
    import cv2

    gray = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return np.asarray(gray, np.float32) * np.float32(1 / 255)


def draw_lines(gray: Map, width: float, *, sharp: float, threshold: float, bold: float) -> Map:
    """Lines where light changes: 1 is paper, 0 ink ("XDoG", Winnemöller et al. 2012).

    Args:
        gray: height × width, 0 to 1.
        width: of a line, in pixels (σ).
        sharp: how much the difference of Gaussians counts against the light itself (p).
        threshold: light from which on there is no ink (ε).
        bold: how fast ink sets in below it (φ).
    """
    import cv2

    near = cv2.GaussianBlur(gray, (0, 0), width)
    far = cv2.GaussianBlur(gray, (0, 0), 1.6 * width)
    value = (1 + sharp) * near - sharp * far - np.float32(threshold)
    return np.where(value >= 0, np.float32(1), 1 + np.tanh(bold * value)).astype(np.float32)


def smooth_planes(frame: Frame, rounds: int, *, space: float, colour: float) -> Frame:
    """Even planes between edges that stay: a bilateral filter, several times, on half the size."""
    import cv2

    high, wide = frame.shape[:2]
    small = np.asarray(
        cv2.resize(frame, (max(2, wide // 2), max(2, high // 2)), interpolation=cv2.INTER_AREA)
    )
    for _ in range(rounds):
        small = cv2.bilateralFilter(small, 5, colour, space)
    return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR), np.uint8)


@lru_cache(maxsize=8)
def paper(width: int, height: int, grain: float, seed: int = 5) -> Map:
    """The relief of paper: height × width, mean 0 and deviation 1, always the same.

    Args:
        width: in pixels.
        height: likewise.
        grain: size of a grain, in pixels.
        seed: of another sheet.
    """
    import cv2

    noise = np.random.default_rng(seed).standard_normal((height, width), dtype=np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), max(0.5, grain))
    coarse = cv2.GaussianBlur(noise, (0, 0), max(1.0, 4 * grain))
    both = fine / float(fine.std()) + 0.6 * coarse / float(coarse.std())
    sheet = np.asarray(both / float(both.std()), np.float32)
    sheet.setflags(write=False)
    return sheet


def light_around(gray: Map, width: float) -> Map:
    """The light of each place's wider surroundings: a wide blur, done on a small copy."""
    import cv2

    high, wide = gray.shape
    scale = max(1, int(width / 4))
    size = max(2, wide // scale), max(2, high // scale)
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), width / scale)
    return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32)


def rise(values: Map, low: float, high: float) -> Map:
    """0 below `low`, 1 above `high`, smooth between (Hermite)."""
    t = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def to_bytes(values: Map) -> Frame:
    """0 to 1 → 0 to 255."""
    import cv2

    return np.asarray(cv2.convertScaleAbs(np.maximum(values, 0), alpha=255), np.uint8)
