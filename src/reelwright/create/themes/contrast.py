"""Colours that can be read on each other, as WCAG 2.2 measures it (relative luminance)."""

from __future__ import annotations

READABLE = 4.5
"""The contrast that text needs."""


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of ``#rrggbb``; an alpha is left out."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    parts = [value / 255 for value in channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """A colour `share` of the way from one to the other."""
    parts = [
        round(a + (b - a) * share) for a, b in zip(channels(one), channels(other), strict=True)
    ]
    return "#" + "".join(f"{value:02x}" for value in parts)
