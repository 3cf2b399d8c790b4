"""How the camera moves, and how much moves before it.

Corners are followed from one small frame to the next (Shi and Tomasi 1994; pyramidal Lucas and
Kanade), and one turn, scale and shift is fitted to most of them (RANSAC): that is the camera. What
does not agree is something moving in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Camera = Literal[
    "still", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "handheld",
    "moving",
]  # fmt: skip
"""``moving``: fast, and in no one direction."""

_APART = 0.06
"""Seconds between two frames that are compared: about fifteen pairs a second."""
_TOO_FAR = 0.5
"""Seconds beyond which two frames say nothing of how one became the other."""
_CORNERS = 80
_FEWEST = 8
_AGREE = 1.2
"""Pixels by which a corner may miss the camera's movement."""
_SURE = 0.5
"""Share of the corners that must agree for a step to tell what the camera does."""
_STANDS = 0.4
"""Pixels by which a corner that stands may seem to move."""
_WINDOW = 1.0
"""Seconds over which a camera's movement is told."""
_SHORTEST = 0.7
"""Seconds that a movement lasts, at least."""
_PAN, _ZOOM = 0.035, 0.03
"""Picture widths, and shares of the size, a second: from here on the camera moves."""
_SHAKY = 0.0014
"""Picture widths from which on a camera is held by hand; see `Step.jerk`."""


@dataclass(frozen=True)
class Step:
    """What happened between two frames."""

    at: float
    """Seconds: when the later one is shown."""
    seconds: float
    """How long after the earlier one."""
    right: float
    """How far the camera turned, in picture widths: to the right is positive."""
    down: float
    """Likewise downwards."""
    zoom: float
    """By what share what is shown grew."""
    sure: float
    """Share of the corners that agree; 0 where none could be followed."""
    flow: float
    """How far things moved in the picture, on average, in picture widths."""
    turn: float = 0.0
    """By what angle the camera rolled, in radians: clockwise is positive."""


class MovementMeter:
    """Measures movement in a film that is told block by block."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._last: tuple[float, Any] | None = None

    def see(self, times: Sequence[float] | npt.NDArray[np.float64], frames: Any) -> None:
        """The next frames: n × height × width (× 3), about 160 pixels across."""
        for at, frame in zip(times, frames, strict=True):
            if self._last is not None and at < self._last[0] + _APART:
                continue
            gray: Any = to_gray(frame)
            if self._last is not None and at - self._last[0] <= _TOO_FAR:
                self.steps.append(measure(self._last[1], gray, float(at), at - self._last[0]))
            self._last = float(at), gray


def to_gray(frame: Any) -> Any:
    """The light of a frame: height × width (× 3, RGB)."""
    import cv2

    if frame.ndim == 2:
        return frame
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def measure(before: Any, after: Any, at: float, seconds: float) -> Step:
    """What happened between two frames (height × width, luma) of the same size."""
    import cv2

    nothing = Step(at, seconds, 0.0, 0.0, 0.0, 0.0, 0.0)
    high, wide = before.shape
    if min(high, wide) < 16:
        return nothing
    cv: Any = cv2
    corners = cv.goodFeaturesToTrack(before, _CORNERS, 0.01, max(3, wide // 22), blockSize=5)
    if corners is None or len(corners) < _FEWEST:
        return nothing
    there, found, error = cv.calcOpticalFlowPyrLK(
        before, after, corners, None, winSize=(13, 13), maxLevel=3
    )
    good = (found[:, 0] == 1) & (error[:, 0] < 24)
    if good.sum() < _FEWEST:
        return nothing
    middle = np.array([wide / 2, high / 2], np.float32)
    a, b = corners[good][:, 0] - middle, there[good][:, 0] - middle
    fit, agree = cv.estimateAffinePartial2D(a, b, ransacReprojThreshold=_AGREE, maxIters=300)
    moved = float(np.linalg.norm(b - a, axis=1).mean()) / wide
    if fit is None:
        return Step(at, seconds, 0.0, 0.0, 0.0, 0.0, moved)
    # Where many corners stand that the fit would move, the camera stands too, and what was fitted
    # is something large in front of it.
    meant = np.linalg.norm(a @ fit[:, :2].T + fit[:, 2] - a, axis=1)
    stands = (np.linalg.norm(b - a, axis=1) < _STANDS) & (meant > 2 * _STANDS)
    if stands.sum() > agree.sum() / 2:
        return Step(at, seconds, 0.0, 0.0, 0.0, float(stands.mean()), moved)
    scale = float(np.hypot(fit[0, 0], fit[1, 0]))
    # What is shown moves against the camera.
    return Step(
        *(at, seconds, -float(fit[0, 2]) / wide, -float(fit[1, 2]) / wide, scale - 1.0),
        sure=float(agree.mean()) * float(good.mean()),
        flow=moved,
        turn=-float(np.arctan2(fit[1, 0], fit[0, 0])),
    )


@dataclass(frozen=True)
class Movement:
    """A stretch over which the camera does one thing."""

    camera: Camera
    start: float
    end: float
    speed: float
    """Picture widths a second of a pan or tilt, shares of the size a second of a zoom."""
    jerk: float
    """How unsteady it is: see `jerk_of`."""
    sure: float


def follow_camera(steps: Sequence[Step], start: float, end: float) -> list[Movement]:
    """What the camera does during one shot, from its first second to its last, in order.

    Args:
        steps: all that was measured.
        start: when the shot begins.
        end: when it ends.
    """
    inside = [step for step in steps if start < step.at - step.seconds / 2 < end]
    # The step over the cut itself compares two shots.
    inside = [step for step in inside if step.at - step.seconds >= start - 1e-3 and step.at < end]
    seen = [step for step in inside if step.sure >= _SURE]
    if not seen or sum(step.seconds for step in seen) < 0.3:
        return []
    kinds: list[Camera] = [_kind(_around(seen, step.at)) for step in seen]
    runs = _runs(seen, _settled(kinds, seen), start, end)
    return [_told(kind, first, last, seen) for kind, first, last in runs]


def jerk_of(steps: Sequence[Step]) -> float:
    """How unsteady a camera is: the usual change of its movement from one fifteenth of a second to
    the next, in picture widths (a robust standard deviation)."""
    changes: list[float] = []
    for one, two in pairwise(steps):
        if two.at - two.seconds - one.at > 0.02 or min(one.sure, two.sure) < _SURE:
            continue
        tick = 1 / 15
        for a, b in ((one.right, two.right), (one.down, two.down)):
            changes.append(abs(b / two.seconds - a / one.seconds) * tick)
    return 1.48 * float(np.median(changes)) if len(changes) >= 6 else 0.0


def _around(steps: Sequence[Step], at: float) -> list[Step]:
    return [step for step in steps if abs(step.at - at) <= _WINDOW / 2]


def _kind(steps: Sequence[Step]) -> Camera:
    """What the camera does in a window of about a second."""
    seconds = sum(step.seconds for step in steps)
    right, down, zoom = (
        sum(getattr(step, name) for step in steps) / seconds for name in ("right", "down", "zoom")
    )
    speeds: dict[float, Camera] = {abs(right) / _PAN: _side(right)}
    speeds[abs(down) / _PAN] = _height(down)
    speeds[abs(zoom) / _ZOOM] = "zoom in" if zoom > 0 else "zoom out"
    most = max(speeds)
    jerk = jerk_of(steps)
    if most >= 1:
        # A hand's sway also goes somewhere; a move goes there for all of the window.
        if _even(steps, speeds[most]) >= 0.75:
            return speeds[most]
        fast = [np.hypot(step.right, step.down) > _PAN * step.seconds for step in steps]
        if jerk < _SHAKY and sum(fast) >= len(fast) / 2:
            return "moving"
    return "handheld" if jerk >= _SHAKY else "still"


def _side(right: float) -> Camera:
    return "pan right" if right > 0 else "pan left"


def _height(down: float) -> Camera:
    return "tilt down" if down > 0 else "tilt up"


def _even(steps: Sequence[Step], kind: Camera) -> float:
    """The share of a window in which the camera goes the way that the window says."""
    name, sign = _AXES[kind]
    ways = [getattr(step, name) * sign > 0 for step in steps]
    return sum(ways) / len(ways)


_AXES: dict[str, tuple[str, int]] = {
    "pan right": ("right", 1), "pan left": ("right", -1), "tilt down": ("down", 1),
    "tilt up": ("down", -1), "zoom in": ("zoom", 1), "zoom out": ("zoom", -1),
}  # fmt: skip


def _settled(kinds: Sequence[Camera], steps: Sequence[Step]) -> list[Camera]:
    """The same without stretches that are too short to be seen: they go with what was before."""
    kept = list(kinds)
    for first, last in list(_same(kept)):
        seconds = steps[last - 1].at - steps[first].at + steps[first].seconds
        if seconds < _SHORTEST and (first > 0 or last < len(kept)):
            instead: Camera = kept[first - 1] if first else kept[last]
            kept[first:last] = [instead for _ in range(first, last)]
    return kept


def _same(kinds: Sequence[Camera]) -> Iterator[tuple[int, int]]:
    first = 0
    for index in range(1, len(kinds) + 1):
        if index == len(kinds) or kinds[index] != kinds[first]:
            yield first, index
            first = index


def _runs(
    steps: Sequence[Step], kinds: Sequence[Camera], start: float, end: float
) -> list[tuple[Camera, float, float]]:
    edges = list(_same(kinds))
    return [
        (
            kinds[first],
            start if not first else steps[first].at - steps[first].seconds,
            end if last == len(steps) else steps[last].at - steps[last].seconds,
        )
        for first, last in edges
    ]


def _told(kind: Camera, start: float, end: float, steps: Sequence[Step]) -> Movement:
    inside = [step for step in steps if start <= step.at - step.seconds / 2 <= end] or list(steps)
    seconds = sum(step.seconds for step in inside)
    speed = 0.0
    if kind in _AXES:
        speed = abs(sum(getattr(step, _AXES[kind][0]) for step in inside)) / seconds
    sure = float(np.mean([step.sure for step in inside]))
    return Movement(kind, start, end, speed, jerk_of(inside), sure)
