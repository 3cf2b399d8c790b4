"""Fitting: which ideas to say so that the script lasts as long as was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.core.nouns import Language, Pace
from reelwright.create.words import units


@dataclass(frozen=True)
class Version:
    """One way to say an idea: its lines, how long they take in seconds, what they are worth."""

    lines: tuple[str, ...]
    seconds: float
    value: float


def seconds_of(lines: Sequence[str], language: Language, pace: Pace) -> float:
    """Estimated seconds of some lines, each with the pause after it."""
    spoken = sum(units(line, language) for line in lines)
    return spoken / pace.units_per_second + pace.pause * len(lines)


def choose(
    options: Sequence[Sequence[Version]], least: float, most: float
) -> list[tuple[int, Version]]:
    """The most valuable choice, at most one version of each, that lasts `least` to `most` seconds.

    Where nothing lasts that long, the longest choice below `most`. A knapsack over time in steps of
    a few hundredths of a second, so totals are right to about 0.1 s.

    Returns:
        Positions in `options` with the version chosen, in order.
    """
    import numpy as np

    if most <= 0 or not options:
        return []
    step = max(0.02, most / 6000)
    slots = int(most / step) + 1
    never = -1e9
    best = np.full(slots, never)
    best[0] = 0.0
    taken = np.zeros((len(options), slots), dtype=np.int8)
    for at, versions in enumerate(options):
        before = best.copy()
        for number, version in enumerate(versions, 1):
            need = max(1, round(version.seconds / step))
            if need >= slots:
                continue
            tried = before[: slots - need] + version.value
            better = tried > best[need:]
            best[need:][better] = tried[better]
            taken[at, need:][better] = number
    low = min(slots - 1, max(0, int(least / step)))
    window = best[low:]
    if window.max() > never / 2:
        slot = low + int(window.argmax())
    else:
        slot = int(np.flatnonzero(best > never / 2)[-1])
    picked: list[tuple[int, Version]] = []
    for at in range(len(options) - 1, -1, -1):
        number = int(taken[at, slot])
        if number:
            version = options[at][number - 1]
            picked.append((at, version))
            slot -= max(1, round(version.seconds / step))
    return picked[::-1]
