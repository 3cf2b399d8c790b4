"""Looks of drawn and painted pictures: pure functions of one picture (RGB bytes), of any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reelwright.edit.enhance.motion import Frame, Map
from reelwright.edit.enhance.restyle.lines import (
    draw_lines,
    gray_of,
    light_around,
    paper,
    rise,
    smooth_planes,
    to_bytes,
    unit_of,
)

Look = Callable[[Frame], Frame]


def ink(frame: Frame) -> Frame:
    """Brush and ink on rice paper: washes in a few tones, brush lines, a hint of colour."""
    import cv2

    unit = unit_of(frame)
    flat = smooth_planes(frame, 2, space=4, colour=30)
    gray = gray_of(flat)
    wide = np.asarray(cv2.GaussianBlur(gray, (0, 0), 2.2 * unit), np.float32)
    # Local light as well as absolute: dark pictures are painted on white paper, too.
    tone = wide / (0.62 * light_around(gray, 70 * unit) + 0.30)
    sheet = paper(frame.shape[1], frame.shape[0], 0.9 * unit)
    wet = tone + 0.018 * sheet
    wash = 0.22 + 0.20 * rise(wet, 0.22, 0.34) + 0.20 * rise(wet, 0.46, 0.60)
    wash += 0.20 * rise(wet, 0.70, 0.86) + 0.18 * rise(wet, 0.92, 1.10)
    lines = draw_lines(gray, 1.5 * unit, sharp=26, threshold=0.17, bold=7)
    drawn = np.clip(wash * (0.14 + 0.86 * lines) * (1 + 0.014 * sheet), 0, 1)
    tint = _tint(frame, 7 * unit, 0.22)
    white = np.array([0.972, 0.957, 0.922], np.float32)
    black = np.array([0.085, 0.09, 0.105], np.float32)
    return to_bytes((black + drawn[..., None] * (white - black)) * tint)


def pencil(frame: Frame) -> Frame:
    """Graphite on drawing paper: fine contours, hatching where it is dark."""
    import cv2

    unit = unit_of(frame)
    gray = gray_of(frame)
    gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.8 * unit), np.float32)
    around = light_around(gray, 9 * unit)
    # Light against the light around it, as when a negative is laid over its blurred self.
    contour = np.clip(gray / (around + 0.04), 0, 1) ** 1.8
    tone = np.clip(gray / (0.5 * light_around(gray, 90 * unit) + 0.3), 0, 1)
    high, wide = gray.shape
    sheet = paper(wide, high, 0.7 * unit)
    dark = 1 - rise(tone, 0.12, 0.95)
    strokes = 0.5 * _hatch(wide, high, 5.0 * unit, 0.7) * rise(dark, 0.25, 0.6)
    strokes += 0.5 * _hatch(wide, high, 4.4 * unit, -0.9) * rise(dark, 0.6, 0.95)
    shade = 0.40 * dark * (1 + 0.28 * sheet) + 0.30 * strokes
    drawn = np.clip(contour * (1 - shade) + 0.008 * sheet, 0, 1)
    white = np.array([0.982, 0.977, 0.962], np.float32)
    black = np.array([0.16, 0.16, 0.175], np.float32)
    return to_bytes(black + drawn[..., None] * (white - black))


def cartoon(frame: Frame) -> Frame:
    """Even planes, a few steps of light, strong outlines (after Winnemöller et al. 2006)."""
    import cv2

    unit = unit_of(frame)
    flat = smooth_planes(frame, 3, space=4, colour=34)
    lab = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2LAB), np.float32)
    lab[..., 0] = _step(lab[..., 0], 255 / 7, 3.2)
    lab[..., 1:] = 128 + 1.38 * (lab[..., 1:] - 128)
    planes = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)
    lines = draw_lines(gray_of(flat), 1.15 * unit, sharp=24, threshold=0.14, bold=14)
    lines = np.asarray(cv2.GaussianBlur(lines, (0, 0), 0.6 * unit), np.float32)
    ink_of = np.array([0.07, 0.06, 0.09], np.float32) * 255
    drawn = ink_of + lines[..., None] * (planes - ink_of)
    return np.clip(drawn, 0, 255).astype(np.uint8)


def oil(frame: Frame) -> Frame:
    """Thick paint: patches of one colour that follow edges, light on the strokes' relief.

    Patches are a Kuwahara filter of eight windows, weighed by their evenness (Papari et al. 2007).
    """
    import cv2

    high, wide = frame.shape[:2]
    unit = unit_of(frame)
    scale = min(1.0, 640 / max(high, wide))
    size = max(2, round(wide * scale)), max(2, round(high * scale))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    painted = _patches(small, 4)
    painted = _patches(painted, 3)
    whole = np.asarray(cv2.resize(painted, (wide, high), interpolation=cv2.INTER_CUBIC), np.uint8)
    hsv = np.asarray(cv2.cvtColor(whole, cv2.COLOR_RGB2HSV), np.uint8)
    hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=1.28, beta=4)
    rich = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32)
    # Paint lies thick where strokes meet: their relief is lit from the upper left.
    height = np.asarray(cv2.GaussianBlur(gray_of(whole), (0, 0), 1.1 * unit), np.float32)
    relief = cv2.Sobel(height, cv2.CV_32F, 1, 0) + cv2.Sobel(height, cv2.CV_32F, 0, 1)
    canvas = paper(wide, high, 1.1 * unit, 9)
    shine = np.clip(26 * np.asarray(relief, np.float32), -13, 9) + 2.0 * canvas
    return np.clip(rich + shine[..., None], 0, 255).astype(np.uint8)


def film(frame: Frame) -> Frame:
    """Colour negative and print: soft shoulders, teal shadows, warm lights, glow, a darker rim."""
    import cv2

    high, wide = frame.shape[:2]
    table = _film_curves()
    graded = np.asarray(cv2.LUT(frame, table), np.uint8)
    # Light that is scattered in the film's base comes back, mostly red.
    scale = max(1, round(max(high, wide) / 320))
    size = max(2, wide // scale), max(2, high // scale)
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    bright = np.clip(gray_of(np.asarray(small, np.uint8)) - 0.72, 0, 1) * (1 / 0.28)
    glow = cv2.GaussianBlur(bright, (0, 0), max(small.shape[:2]) / 64)
    glow = cv2.resize(glow, (wide, high), interpolation=cv2.INTER_LINEAR)
    rim = _vignette(wide, high)
    light = np.empty((high, wide, 3), np.float32)
    for channel, amount in enumerate((15.0, 7.0, 3.0)):
        np.multiply(glow, np.float32(amount), out=light[..., channel])
        light[..., channel] += graded[..., channel]
        light[..., channel] *= rim
    return np.asarray(cv2.convertScaleAbs(light), np.uint8)


LOOKS: dict[str, Look] = {
    "ink": ink, "oil": oil, "pencil": pencil, "cartoon": cartoon, "film": film,
}  # fmt: skip
"""Name → look. ``pixel`` is the sixth, which remembers its palette: see `pixel`."""


def _tint(frame: Frame, width: float, amount: float) -> Map:
    """The picture's colours without its light, faint: about 1, to multiply with."""
    import cv2

    high, wide = frame.shape[:2]
    size = max(2, wide // 4), max(2, high // 4)
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.float32)
    small = cv2.GaussianBlur(small, (0, 0), max(0.6, width / 4))
    gray = small.mean(2, keepdims=True)
    tint = np.clip(1 + amount * (small - gray) / (gray + 40), 0.6, 1.25)
    return np.asarray(cv2.resize(tint, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32)


def _step(values: Map, step: float, sharp: float) -> Map:
    """Values in steps with soft borders: hard ones would jump with the least noise."""
    nearest = np.round(values / step) * step
    return nearest + step / 2 * np.tanh(sharp * (values - nearest) / step)


def _patches(frame: Frame, radius: int) -> Frame:
    """Each place as the most even of eight windows beside it."""
    import cv2

    side = (radius + 1, radius + 1)
    values = frame.astype(np.float32)
    gray = gray_of(frame)
    mean = cv2.blur(values, side, borderType=cv2.BORDER_REFLECT)
    first = cv2.blur(gray, side, borderType=cv2.BORDER_REFLECT)
    second = cv2.blur(gray * gray, side, borderType=cv2.BORDER_REFLECT)
    # 1 ⁄ σ⁸ of each window: the most even one decides, without a hard switch.
    even = 1 / np.square(np.square(np.maximum(second - first * first, 0) + np.float32(2e-5)))
    even = even * np.float32(1e-18)
    total = np.full(gray.shape, 1e-12, np.float32)
    sums = np.zeros_like(values)
    weighed = mean * even[..., None]
    reach = radius / 2
    how: Any = {"flags": cv2.INTER_NEAREST, "borderMode": cv2.BORDER_REPLICATE}
    for turn in range(8):
        across, down = (round(reach * f(turn * np.pi / 4)) for f in (np.cos, np.sin))
        move = np.array([[1, 0, across], [0, 1, down]], np.float32)
        size = (frame.shape[1], frame.shape[0])
        total += cv2.warpAffine(even, move, size, **how)
        sums += cv2.warpAffine(weighed, move, size, **how)
    return np.clip(sums / total[..., None], 0, 255).astype(np.uint8)


def _hatch(width: int, height: int, apart: float, slope: float) -> Map:
    """Strokes of a pencil in one direction: height × width, 0 to 1, always the same."""
    key = (width, height, apart, slope)
    if key not in _HATCHES:
        while len(_HATCHES) >= 8:
            del _HATCHES[next(iter(_HATCHES))]
        across = np.arange(width, dtype=np.float32)[None]
        down = np.arange(height, dtype=np.float32)[:, None]
        wobble = paper(width, height, 3.0 * apart, 7)
        place = (across * np.float32(slope) + down) * np.float32(2 * np.pi / (apart * 1.3))
        lines = 0.5 + 0.5 * np.sin(place + 0.9 * wobble)
        _HATCHES[key] = rise(lines * (1 + 0.25 * paper(width, height, apart / 4, 11)), 0.35, 0.9)
    return _HATCHES[key]


_HATCHES: dict[tuple[int, int, float, float], Map] = {}


def _film_curves() -> Frame:
    """Three curves as a table of 256 × 1 × 3."""
    x = np.linspace(0, 1, 256)
    shoulder = x**0.96 + 0.16 * np.sin(2 * np.pi * (x - 0.02)) * -0.32
    base = 0.035 + 0.93 * np.clip(shoulder, 0, 1)
    low, top = (1 - x) ** 2, x**2
    red = base - 0.028 * low * x * 4 + 0.022 * top
    green = base + 0.008 * low * x * 4 + 0.004 * top
    blue = base + 0.034 * low * x * 4 - 0.030 * top
    table = np.stack([red, green, blue], 1)
    return np.clip(np.round(table * 255), 0, 255).astype(np.uint8).reshape(256, 1, 3)


def _vignette(width: int, height: int) -> Map:
    across = np.linspace(-1, 1, width, dtype=np.float32)[None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return 1 - np.float32(0.17) * np.square(np.minimum(1.4, (across**2 + down**2) / 1.4))
