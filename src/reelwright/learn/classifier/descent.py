"""The least of a smooth function, by L-BFGS (Liu & Nocedal 1989)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.floating[Any]]
_MEMORY = 8
_SLOPE = 1e-4


def descend(
    function: Callable[[Point], tuple[float, Point]],
    start: Point,
    steps: int,
    enough: float = 1e-5,
) -> Point:
    """Where a function is least, or close to it.

    Args:
        function: gives its value and gradient at a point.
        start: the first point.
        steps: the most that are made.
        enough: ends when a step gains less than this part of the value.
    """
    point = start
    value, slope = function(point)
    memory: deque[tuple[Point, Point, float]] = deque(maxlen=_MEMORY)
    for _ in range(steps):
        direction = _turn(slope, memory)
        descent = float(direction @ slope)
        if descent >= 0:
            break
        length = 1.0 if memory else 1.0 / max(float(np.linalg.norm(slope)), 1e-12)
        for _ in range(20):
            moved = point + np.float32(length) * direction
            new_value, new_slope = function(moved)
            if new_value <= value + _SLOPE * length * descent:
                break
            length *= 0.4
        else:
            break
        step, change = moved - point, new_slope - slope
        curvature = float(step @ change)
        if curvature > 1e-12:
            memory.append((step, change, curvature))
        gained = value - new_value
        point, value, slope = moved, new_value, new_slope
        if gained < enough * max(abs(value), 1e-12):
            break
    return point


def _turn(slope: Point, memory: deque[tuple[Point, Point, float]]) -> Point:
    """The way down: minus the inverse of the curvature seen so far, times the slope."""
    way = -slope
    parts: list[float] = []
    for step, change, curvature in reversed(memory):
        part = float(step @ way) / curvature
        parts.append(part)
        way = way - np.float32(part) * change
    if memory:
        _, change, curvature = memory[-1]
        way = way * np.float32(curvature / max(float(change @ change), 1e-30))
    for (step, change, curvature), part in zip(memory, reversed(parts), strict=True):
        way = way + np.float32(part - float(change @ way) / curvature) * step
    return way
