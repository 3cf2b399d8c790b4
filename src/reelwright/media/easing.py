"""Easing: how a value goes from 0 to 1. All take and give numbers; 0 → 0 and 1 → 1."""

from __future__ import annotations

from math import cos, exp, pi


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value, or the end of the range that it is past."""
    return low if value < low else high if value > high else value


def progress(now: float, start: float, length: float) -> float:
    """How far between `start` and `start + length` (any unit) `now` is, from 0 to 1."""
    return clamp((now - start) / length) if length > 0 else float(now >= start)


def cubic_out(x: float) -> float:
    """Fast, then slowing down."""
    return 1 - (1 - x) ** 3


def quint_out(x: float) -> float:
    """Very fast, then settling for long."""
    return 1 - (1 - x) ** 5


def cubic_in_out(x: float) -> float:
    """Slow at both ends."""
    return 4 * x**3 if x < 0.5 else 1 - (2 - 2 * x) ** 3 / 2


def back_out(x: float) -> float:
    """A little too far, then back (by a tenth at most)."""
    over = 1.70158
    return 1 + (over + 1) * (x - 1) ** 3 + over * (x - 1) ** 2


def spring(x: float) -> float:
    """Swings past the end twice before resting there."""
    return 1 - exp(-6.5 * x) * cos(2.6 * pi * x) * (1 - x) if x < 1 else 1.0
