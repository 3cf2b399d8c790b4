"""A shaking clip made calm: its camera is moved onto a smooth way of its own.

Each picture is shifted and turned by as much as the real way differs from the smooth one, and all
of a shot is enlarged by as little as hides the edges: 81 % of the picture or more stay in sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.edit.enhance.camera_path import (
    CALM,
    WIDTH,
    Floats,
    Way,
    follow,
    shaking,
    smooth,
    swaying,
    ways_of,
)
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look, Picture, coarse
from reelwright.edit.enhance.order import Order
from reelwright.media.movement import measure, to_gray
from reelwright.media.sweep import sweep
from reelwright.store.artefacts import hash_value
from reelwright.store.steps import Step

_SIDE = 0.9
"""Share of each side that is kept, at least."""
_ROLL = 0.02
"""Radians that a picture is turned by, at most."""
_SHAKES = 0.001
"""Picture widths a frame (`camera_path.shaking`) from which on a hand is seen."""
_BETTER = 0.8
"""What must be left of the shaking, at most, for it to be worth what is cut off."""
_TRIED = 240
"""Pictures over which the result is measured before it is believed."""


class Stabilise(Filter):
    """Pictures at instants, each with its own correction."""

    name = "stabilise"
    version = 1
    deep = True

    def __init__(
        self, times: Floats, moves: Floats, zooms: Floats, *, before: float, after: float
    ) -> None:
        self.times = times
        self.moves = moves
        """n × 3: right and down in picture widths, roll in radians, that the view is moved by."""
        self.zooms = zooms
        self.before, self.after = before, after

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        return {"ways": hash_value(np.round(np.column_stack([self.times, self.moves]), 7).tolist())}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        for picture in pictures:
            yield self.calm(picture)

    def calm(self, picture: Picture) -> Picture:
        """One picture, moved to where the calm camera would have seen it."""
        import cv2

        place = int(np.argmin(np.abs(self.times - float(picture.at))))
        high, wide = picture.rgb.shape[:2]
        turn = _view(self.moves[place], float(self.zooms[place]), wide, high)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size, border = (wide, high), cv2.BORDER_REPLICATE
        given: Any = picture.rgb if picture.fine is None else picture.fine
        shown: Any = cv2.warpAffine(given, turn, size, flags=flags, borderMode=border)
        alpha = picture.alpha
        if alpha is not None:
            moved: Any = cv2.warpAffine(alpha, turn, size, flags=flags, borderMode=border)
            alpha = moved
        if picture.fine is None:
            return replace(picture, rgb=shown, alpha=alpha)
        return replace(picture, rgb=coarse(shown), alpha=alpha, fine=shown)

    def told(self) -> str:
        """See `Filter.told`."""
        kept = float((1 / self.zooms**2).min())
        left = self.after / self.before
        return f"stabilise: {left:.0%} of the shaking is left, {kept:.0%} of the picture kept"


def _view(move: Any, zoom: float, wide: int, high: int) -> Any:
    """The matrix from a place in the calm picture to that in the given one (2 × 3)."""
    x, y, roll = move
    c, s = np.cos(roll) / zoom, np.sin(roll) / zoom
    middle = np.array([(wide - 1) / 2, (high - 1) / 2])
    turn = np.array([[c, -s], [s, c]])
    return np.column_stack([turn, middle + np.array([x, y]) * wide - turn @ middle])


def plan_stabilise(look: Look, order: Order) -> Filter | str:
    """The filter for a clip, or why it is left alone."""
    if look.still:
        return "stabilise: a still picture does not shake"
    ways = _ways(look)
    weights = [len(way.times) for way in ways]
    if not ways or sum(weights) < 5:
        return "stabilise: left alone, it is too short to shake"
    shakes = [shaking(way) for way in ways]
    before = float(np.sqrt(np.average(np.square(shakes), weights=weights)))
    if max(shakes) < _SHAKES:
        return "stabilise: left alone, its camera is calm"
    high = look.facts.height / look.facts.width
    every = [correct(way, high, shake) for way, shake in zip(ways, shakes, strict=True)]
    moves = np.vstack([move for move, _ in every])
    zooms = np.concatenate([np.full(len(move), zoom) for move, zoom in every])
    times = np.concatenate([way.times for way in ways])
    found = Stabilise(times, moves, zooms, before=before, after=before)
    worst = int(np.argmax(shakes))
    one, two = _measured(look, found, ways[worst])
    found.before, found.after = shaking(one), shaking(two)
    if found.after > _BETTER * found.before or swaying(two) > swaying(one):
        return "stabilise: left alone, it would not have become calmer (measured)"
    return found


def correct(way: Way, high: float, shake: float) -> tuple[Floats, float]:
    """What moves a shot onto its calm way (n × 3), and by how much it is enlarged.

    Args:
        way: of the camera.
        high: height of the picture, in widths of it.
        shake: what `shaking` says of it; a calm shot stays as it is.
    """
    if shake < _SHAKES:
        return np.zeros((len(way.times), 3)), 1.0
    edge = (1 - _SIDE) / 2
    best: tuple[float, Floats] | None = None
    for hertz in CALM:
        roll = smooth(way, (1.0, 1.0, _ROLL), hertz)[:, 2] - way.places[:, 2]
        # Turning uncovers corners: what is left to shift by is less.
        turned = float(np.abs(roll).max()) / 2
        room = max(edge - turned * high, 0.0), max(edge * high - turned, 0.0)
        moves = smooth(way, (*room, _ROLL), hertz) - way.places
        left = swaying(Way(way.times, way.places + moves))
        if best is None or left < best[0]:
            best = left, moves
    assert best is not None
    return best[1], _zoom(best[1], high)


def _zoom(moves: Floats, high: float) -> float:
    """The least enlargement at which no edge is seen in any picture."""
    zoom = 1.0
    for x, y, roll in moves:
        c, s = abs(np.cos(roll)), abs(np.sin(roll))
        # Half the view's extent across and down, in widths, when the view is turned.
        across, down = (c + s * high) / 2, (s + c * high) / 2
        zoom = max(zoom, across / max(0.5 - abs(x), 0.3), down / max(high / 2 - abs(y), 0.3 * high))
    return min(zoom * 1.002, 1 / _SIDE)


def _ways(look: Look) -> list[Way]:
    """How the camera went, remembered: a whole clip is looked through."""

    def make(out: Path) -> None:
        look.steps.progress.say(f"watching how {look.path.name} shakes")
        found = follow(look.path, look.facts, changes)
        rows = [np.column_stack([way.times, way.places]) for way in found]
        with out.open("wb") as file:
            np.savez(file, *rows)

    changes = [float(at) for at in look.changes]
    params = {"changes": changes, "width": WIDTH}
    step = Step("camera", 1, make, params, (look.path,), ".npz", look.path.name)
    with np.load(look.steps.run(step)) as rows:
        return [Way(rows[name][:, 0], rows[name][:, 1:]) for name in rows.files]


def _measured(look: Look, filter: Stabilise, way: Way) -> tuple[Way, Way]:
    """How the camera goes in a shot before and after, looked at anew in the pictures."""
    start = float(way.times[0])
    end = float(way.times[min(len(way.times), _TRIED) - 1]) + 1e-3
    before: list[Any] = []
    after: list[Any] = []
    times: list[float] = []
    for block in sweep(look.path, look.facts, width=WIDTH, start=start, end=end):
        for at, frame in zip(block.times.tolist(), block.frames, strict=True):
            picture = Picture(frame, Fraction(at))
            times.append(at)
            before.append(to_gray(frame))
            after.append(to_gray(filter.calm(picture).rgb))
    return _way_of(times, before), _way_of(times, after)


def _way_of(times: Sequence[float], frames: Sequence[Any]) -> Way:
    pairs = zip(pairwise(frames), pairwise(times), strict=True)
    steps = [measure(a, b, after, after - before) for (a, b), (before, after) in pairs]
    return ways_of(times, steps, ())[0]
