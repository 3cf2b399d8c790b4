"""The best so many seconds: an exact choice of stretches under the score.

Stretches begin and end at edges (`edges.find_edges`), none is shorter than the least that can be
watched, all together are no longer than asked; of all such choices the one with the highest sum of
scores is found by dynamic programming over edges and seconds spent. Each stretch costs a little, so
that few long ones win over many short ones that are no better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import SettingError
from reelwright.edit.cut.edges import Edge
from reelwright.edit.cut.scoring import Curve
from reelwright.edit.cut.spans import Span
from reelwright.edit.cut.telling import why_picked

LEAST = 2.5
"""Seconds that a stretch lasts at least."""
_PARTS = 2400
"""Parts into which the length is divided: what a choice loses by rounding is one part a stretch."""
_FINEST = 0.02
_CUT = 0.6
"""Seconds of the mean score that a stretch costs; half of it at edges that are good to cut at."""

_ENOUGH = 0.5
"""Share of the length that must be found between edges, before any half second may be one."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """A recording to choose from."""

    source: str
    curve: Curve
    edges: tuple[Edge, ...]


def choose(
    materials: Sequence[Material], length: float, *, least: float = LEAST, language: str = "zh"
) -> tuple[Span, ...]:
    """The best stretches of some recordings, in the order in which they were recorded.

    Args:
        materials: the recordings, in order.
        length: seconds that all stretches together last at most.
        least: seconds that each lasts at least.
        language: of the reasons given.

    Raises:
        SettingError: the length is shorter than a stretch.
    """
    if length < least:
        raise SettingError(
            f"highlights of {length:g} s are too short",
            hint=f"a stretch lasts {least:g} s at least: ask for more seconds",
        )
    whole = sum(material.curve.seconds for material in materials)
    if whole <= length:
        picked = [(n, 0.0, m.curve.seconds) for n, m in enumerate(materials) if m.curve.seconds > 0]
    else:
        picked = _joined(_best(materials, length, least))
        if sum(end - start for _, start, end in picked) < _ENOUGH * length:
            # One long sentence, or somebody who never pauses: better cut inside than nothing.
            anywhere = [Material(m.source, m.curve, _everywhere(m)) for m in materials]
            picked = _joined(_best(anywhere, length, least))
    return tuple(
        Span(
            source=materials[n].source,
            start=start,
            end=end,
            why=why_picked(materials[n].curve, start, end, language),
            score=round(materials[n].curve.mean(start, end), 4),
        )
        for n, start, end in picked
    )


def _best(
    materials: Sequence[Material], length: float, least: float
) -> list[tuple[int, float, float]]:
    unit = max(_FINEST, length / _PARTS)
    room = floor(length / unit + 1e-9)
    usual = float(np.concatenate([m.curve.total for m in materials]).mean()) or 1e-6
    # Best sums with so many units spent: outside a stretch, and inside one that may end here.
    outside = np.full(room + 1, -np.inf)
    outside[0] = 0.0
    rows: list[_Row] = []
    for number, material in enumerate(materials):
        at = np.array([edge.at for edge in material.edges])
        sums = material.curve.until(at)
        cost = _CUT * usual * (1 - 0.25 * np.array([edge.good for edge in material.edges]))
        places = np.floor(at / unit).astype(int)
        # The first edge at which a stretch that begins here has lasted long enough.
        soonest = np.searchsorted(at, at + least - 1e-6)
        inside = np.full(room + 1, -np.inf)
        before: list[Values] = []
        for index in range(len(at)):
            came = np.full(room + 1, -1, np.int32)
            if index:
                spent = places[index] - places[index - 1]
                inside = _later(inside, spent) + (sums[index] - sums[index - 1])
            for start in np.flatnonzero(soonest == index).tolist():
                if start >= index:
                    continue
                spent = places[index] - places[start] + 1
                gain = sums[index] - sums[start] - cost[start]
                fresh = _later(before[start], spent) + gain
                better = fresh > inside
                inside = np.where(better, fresh, inside)
                came[better] = start
            worth = inside - (cost[index] - _CUT * usual * 0.75)
            ends = worth > outside
            before.append(outside := np.where(ends, worth, outside))
            rows.append(_Row(number, index, places, at, came, ends))
    return _trace(rows, int(np.argmax(outside)))


def _everywhere(material: Material) -> tuple[Edge, ...]:
    known = {round(edge.at, 3) for edge in material.edges}
    more = [n * 0.5 for n in range(1, int(material.curve.seconds * 2))]
    added = [Edge(at, 0.0) for at in more if round(at, 3) not in known]
    return tuple(sorted([*material.edges, *added], key=lambda edge: edge.at))


@dataclass(frozen=True)
class _Row:
    """What was decided at an edge, for each number of units spent."""

    number: int
    index: int
    places: npt.NDArray[np.int64]
    at: Values
    came: npt.NDArray[np.int32]
    """The edge at which the stretch that is long enough now began; −1: it was so before."""
    ends: npt.NDArray[np.bool_]
    """Whether a stretch ends here."""


def _later(values: Values, spent: int) -> Values:
    moved = np.full(len(values), -np.inf)
    if spent < len(values):
        moved[spent:] = values[: len(values) - spent]
    return moved


def _trace(rows: Sequence[_Row], spent: int) -> list[tuple[int, float, float]]:
    found: list[tuple[int, float, float]] = []
    place = len(rows) - 1
    while place >= 0:
        row = rows[place]
        if not row.ends[spent]:
            place -= 1
            continue
        end = float(row.at[row.index])
        # Back along the stretch to the edge at which it had just become long enough.
        while rows[place].came[spent] < 0:
            here = rows[place]
            spent -= int(here.places[here.index] - here.places[here.index - 1])
            place -= 1
        here = rows[place]
        start = int(here.came[spent])
        spent -= int(here.places[here.index] - here.places[start]) + 1
        found.append((here.number, float(here.at[start]), end))
        place -= here.index - start
    return found[::-1]


def _joined(picked: Sequence[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """The same with stretches that follow each other at once made one."""
    found: list[tuple[int, float, float]] = []
    for number, start, end in picked:
        if found and found[-1][0] == number and start - found[-1][2] < 1e-6:
            found[-1] = (number, found[-1][1], end)
        else:
            found.append((number, start, end))
    return found
