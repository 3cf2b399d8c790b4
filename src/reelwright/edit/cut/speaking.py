"""Who of several people in a shot speaks, and when: by whose mouth moves while speech is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.cut.watching import RATE, Look
from reelwright.media.tracks import Track

_WINDOW = 1.2
"""Seconds over which mouths are compared."""
_CLEARLY = 1.5
"""How much more the one's mouth must move than anybody else's."""
_MOVES = 0.02
_TURN = 2.2
"""Seconds that a turn lasts at least: shorter ones are nods and "yes"."""


@dataclass(frozen=True)
class Turn:
    """Somebody's turn to speak."""

    who: int
    """Which of the people."""
    start: float
    end: float


def turns(
    people: Sequence[Track],
    looks: Sequence[Look],
    speech: Sequence[tuple[float, float]],
    span: tuple[float, float],
) -> tuple[Turn, ...]:
    """The turns of a shot, without gaps; nothing where nobody can be told to speak.

    Args:
        people: who is seen.
        looks: of the shot.
        speech: when somebody speaks, in seconds.
        span: from when to when the shot goes.
    """
    if not speech or len(people) < 2:
        return ()
    mouths = np.array([[_mouth(track, look) for track in people] for look in looks])
    spoken = np.array([any(a - 0.15 <= look.at <= b + 0.15 for a, b in speech) for look in looks])
    reach = max(1, round(_WINDOW * RATE / 2))
    weights = np.ones(2 * reach + 1)
    power = np.stack(
        [np.convolve(mouths[:, who] * spoken, weights, mode="same") for who in range(len(people))]
    )
    heard = np.maximum(1.0, np.convolve(spoken, weights, mode="same"))
    power = power / heard
    order = np.sort(power, axis=0)
    clear = spoken & (order[-1] > _MOVES) & (order[-1] > _CLEARLY * order[-2])
    who = np.where(clear, power.argmax(axis=0), -1)
    if not clear.any():
        return ()
    return _settled(who, looks, span)


def _mouth(track: Track, look: Look) -> float:
    """How much a person's mouth moves in a look; 0 while they are not seen."""
    box = track.at(look.at, hold=0.0)
    if box is None:
        return 0.0
    near = [f for f in look.faces if abs(f.centre[0] - box.centre[0]) < box.width / 2]
    return max((face.mouth for face in near), default=0.0)


def _settled(
    who: npt.NDArray[np.int64], looks: Sequence[Look], span: tuple[float, float]
) -> tuple[Turn, ...]:
    """Turns long enough to be followed: a turn begins when another is heard for long enough."""
    at = np.array([look.at for look in looks])
    long = round(_TURN * RATE)
    known = np.nonzero(who >= 0)[0]
    current = int(who[known[0]])
    found = [(span[0], current)]
    index = int(known[0])
    while index < len(who):
        if who[index] >= 0 and who[index] != current:
            ahead = who[index : index + long]
            mine = float((ahead == who[index]).sum())
            others = float(((ahead >= 0) & (ahead != who[index])).sum())
            if len(ahead) == long and mine >= 0.5 * long and mine > 3 * others:
                current = int(who[index])
                found.append((float(at[index]), current))
                index += long
                continue
        index += 1
    ends = [start for start, _ in found[1:]] + [span[1]]
    return tuple(Turn(person, start, end) for (start, person), end in zip(found, ends, strict=True))
