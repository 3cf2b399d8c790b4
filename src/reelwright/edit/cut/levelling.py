"""Speakers brought to one level: a gain for each piece, from how loud its speech is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reelwright.edit.cut.speech import TICK, Hearing, loudness

MOST = 9.0
"""Decibels by which a piece is raised or lowered, at most: more would raise noise to be heard."""
_NEAR = 1.0
"""Decibels that are no difference."""
_SPOKEN = 0.5
_LEAST = 12
"""Hundredths of a second of speech by which a piece's level can be told."""


def level_of(hearing: Hearing, start: float, end: float) -> float | None:
    """How loud the speech in a stretch is, in decibels; None where hardly anybody speaks."""
    first, last = round(start / TICK), round(end / TICK)
    likely = hearing.probability()[first:last]
    spoken = hearing.levels[first:last][likely >= _SPOKEN]
    return loudness(spoken, [(0, len(spoken))]) if len(spoken) >= _LEAST else None


def gains(levels: Sequence[float | None], seconds: Sequence[float]) -> list[float]:
    """The gain of each piece, in decibels, that brings its speech to the level of most of it.

    A piece is weighed with its neighbours, so that one loud word does not make its sentence quiet.

    Args:
        levels: of the pieces' speech (`level_of`), in order.
        seconds: how long they last.
    """
    known = [
        (level, long) for level, long in zip(levels, seconds, strict=True) if level is not None
    ]
    if not known:
        return [0.0] * len(levels)
    order = sorted(known)
    half = sum(long for _, long in order) / 2
    passed, goal = 0.0, order[-1][0]
    for level, long in order:
        passed += long
        if passed >= half:
            goal = level
            break
    made: list[float] = []
    for index, level in enumerate(levels):
        near = [one for one in levels[max(0, index - 1) : index + 2] if one is not None]
        if not near:
            made.append(made[-1] if made else 0.0)
            continue
        own = float(np.mean(near)) if level is None else 0.6 * level + 0.4 * float(np.median(near))
        gain = max(-MOST, min(MOST, goal - own))
        made.append(round(gain, 1) if abs(gain) > _NEAR else 0.0)
    return made
