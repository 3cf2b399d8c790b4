"""Form: which bars open, tell, build, drop and close, from where the script does.

Sections are seconds and kinds; music has bars. The tempo gives way a little so that the drop begins
on a bar exactly where it was asked for; everything else takes the nearest bar.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.core.errors import SettingError, nearest

KINDS = ("intro", "verse", "build", "drop", "outro")
"""What a section may be."""
GIVE = 0.08
"""How far, as a share of it, the tempo may leave the mood's so that the drop is on a bar."""
BUILD = 2
"""Bars at most before a drop that nobody asked to build up to."""
LONG = 16
"""Bars of verses or drops at most, or nearly, in a piece without sections."""


@dataclass(frozen=True)
class Form:
    """The tempo (beats a minute), and of each whole bar its kind."""

    tempo: float
    kinds: tuple[str, ...]

    def place(self, bar: int) -> tuple[int, int]:
        """Where a bar stands in its section: bars since it began, and bars it has in all."""
        first, last = bar, bar
        while first > 0 and self.kinds[first - 1] == self.kinds[bar]:
            first -= 1
        while last + 1 < len(self.kinds) and self.kinds[last + 1] == self.kinds[bar]:
            last += 1
        return bar - first, last - first + 1


def lay_form(
    seconds: float, tempo: float, sections: Sequence[tuple[float, str]] = (), *, loop: bool = False
) -> Form:
    """The form of a piece.

    Args:
        seconds: of the piece.
        tempo: the mood's, beats a minute.
        sections: where sections begin (seconds, rising) and of what kind they are; none lets the
            length decide.
        loop: whether whole bars must fill the piece exactly.

    Raises:
        SettingError: a kind that there is none of, or sections out of order.
    """
    _check(sections)
    bar = 240 / tempo
    if loop:
        bars = max(1, round(seconds / bar))
        tempo = 240 * bars / seconds
    else:
        drop = next((start for start, kind in sections if kind == "drop" and start >= bar), None)
        if drop is not None:
            wanted = 240 * round(drop / bar) / drop
            if abs(wanted / tempo - 1) <= GIVE:
                tempo = wanted
        # A hair more, so that what divides evenly is not lost to rounding.
        bars = max(1, int(seconds * tempo / 240 + 1e-6))
    if sections:
        return Form(tempo, _from_sections(bars, 240 / tempo, sections))
    if loop:
        # Nothing opens or closes what goes round.
        return Form(tempo, ("verse",) * (bars - bars // 2) + ("drop",) * (bars // 2))
    return Form(tempo, _free(bars))


def _check(sections: Sequence[tuple[float, str]]) -> None:
    before = 0.0
    for start, kind in sections:
        if kind not in KINDS:
            raise SettingError(f'music has no section "{kind}"', hint=nearest(kind, KINDS))
        if not (math.isfinite(start) and start >= before):
            raise SettingError(f"a section of music cannot begin at {start} seconds here")
        before = start


def _from_sections(bars: int, bar: float, sections: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    kinds = ["verse"] * bars
    for start, kind in sections:
        # What begins within the same bar: the later one is what is meant.
        for index in range(min(bars, round(start / bar)), bars):
            kinds[index] = kind
    for index in range(1, bars):
        if kinds[index] == "drop" and kinds[index - 1] in ("intro", "verse"):
            first = max(index - BUILD, index // 2)
            kinds[first:index] = ["build"] * (index - first)
    return tuple(kinds)


def _free(bars: int) -> tuple[str, ...]:
    """A form for a piece that follows no script: by its length."""
    if bars < 4:
        return ("verse",) * bars
    intro = 1 if bars < 8 else 2 if bars < 20 else 4
    outro = 1 if bars < 8 else 2
    inner = bars - intro - outro
    kinds = ["intro"] * intro
    rounds = max(1, -(-inner // (2 * LONG)))
    for number in range(rounds):
        length = inner * (number + 1) // rounds - inner * number // rounds
        drop = max(1, length * 2 // 5)
        build = min(BUILD, (length - drop) // 2)
        kinds += ["verse"] * (length - drop - build) + ["build"] * build + ["drop"] * drop
    return (*kinds, *["outro"] * outro)
