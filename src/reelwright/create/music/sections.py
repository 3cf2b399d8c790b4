"""Which part of the script is which part of the music."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.core.nouns import Role, Script, Shot

FIGURES = frozenset({"number", "bars", "line", "ring", "compare"})
"""Scenes that show a figure: where a script has its reveal."""
GRID = 1.0
"""Seconds that places are rounded to: a word more in a line then leaves the music as it was."""
DROP = 16.0
"""Seconds a drop lasts at most; then it is a verse again."""
BUILD = 5.0
"""Seconds before the drop that build up to it."""
_WHERE = 0.6
"""Where in a video the reveal is looked for first, as a share of it."""


def find_sections(
    script: Script, shots: Sequence[Shot], starts: Sequence[float], seconds: float
) -> tuple[tuple[float, str], ...]:
    """Sections for `create.music.compose`: the hook is the intro, the call the outro, the strongest
    figure the drop.

    Args:
        shots: one for each line.
        starts: seconds at which each line's shot begins.
        seconds: of the whole video.
    """
    call = script.lines[-1].role is Role.CALL and len(script.lines) > 2
    end = starts[-1] if call else seconds
    found: dict[float, str] = {0.0: "intro"}
    if len(starts) > 1:
        found[_round(starts[1])] = "verse"
    line = find_reveal(script, shots, starts, seconds)
    if line is not None:
        drop = _round(starts[line])
        if drop - BUILD > _round(starts[1]):
            found[drop - BUILD] = "build"
        found[drop] = "drop"
        over = next((s for s in starts[line + 1 :] if s >= drop + DROP and s < end), None)
        if over is not None:
            found[_round(over)] = "verse"
    if call:
        found[_round(starts[-1])] = "outro"
    return tuple(sorted(found.items()))


def find_reveal(
    script: Script, shots: Sequence[Shot], starts: Sequence[float], seconds: float
) -> int | None:
    """The line the music drops on: the figure nearest to where a reveal belongs, else the point
    there. None in a script of few lines."""
    points = [
        index
        for index, line in enumerate(script.lines)
        if index >= 2 and line.role is Role.POINT and 0.3 * seconds <= starts[index]
    ]
    if not points:
        return None
    figures = [index for index in points if shots[index].scene in FIGURES]
    return min(figures or points, key=lambda i: (abs(starts[i] - _WHERE * seconds), i))


def _round(seconds: float) -> float:
    return round(seconds / GRID) * GRID
