"""Several separate shorts out of one recording: an exact choice of stretches that do not overlap.

A clip is worth its mean score, its opening (people decide within seconds) and clean edges, more
for a middling length than for an extreme one. Of all sets of so many clips the one worth most in
all is found by dynamic programming over edges and clips.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Word
from reelwright.edit.cut.highlights import Material
from reelwright.edit.cut.spans import Span
from reelwright.edit.cut.telling import clock, why_picked
from reelwright.edit.cut.titles import title_by_score, title_of

SHORTEST, LONGEST = 15.0, 60.0
"""Seconds of a short."""
_BEST = 35.0
"""Seconds that a short best lasts."""
_OPENING = 3.0
_OPENING_COUNTS, _EDGES_COUNT, _LENGTH_COUNTS = 0.3, 0.25, 0.35
_FLOOR = 2.0
"""Seconds under which nothing is a clip."""

Values = npt.NDArray[np.float64]


def pick_clips(
    material: Material,
    count: int,
    words: Sequence[Word] = (),
    *,
    shortest: float = SHORTEST,
    longest: float = LONGEST,
    language: str = "zh",
) -> tuple[Span, ...]:
    """So many separate stretches, in the order of the recording, with titles and reasons.

    Args:
        material: the recording.
        count: how many.
        words: of its transcript; without one, titles tell of time and content.
        shortest: seconds of a clip at least; less where the recording is too short for so many.
        longest: seconds of a clip at most.
        language: of titles and reasons.

    Raises:
        FootageError: it is too short for so many clips.
    """
    seconds = material.curve.seconds
    share = seconds / count
    if share < _FLOOR:
        raise FootageError(
            f"lasts {seconds:.1f} s: too short for {count} clips",
            where=material.source,
            hint=f"ask for {max(1, int(seconds / SHORTEST))}",
        )
    shortest = min(shortest, 0.8 * share)
    picked = None
    while picked is None:
        picked = _best(material, count, shortest, max(longest, 2 * shortest))
        shortest /= 2
        if picked is None and shortest < _FLOOR / 2:
            raise FootageError(
                f"has too few pauses for {count} clips",
                where=material.source,
                hint=f"ask for fewer than {count}",
            )
    order = sorted(picked, key=lambda clip: -material.curve.mean(*clip))
    return tuple(_told(material, clip, order.index(clip), words, language) for clip in picked)


def _best(
    material: Material, count: int, shortest: float, longest: float
) -> list[tuple[float, float]] | None:
    """The clips worth most in all; None where there is no room for so many."""
    at = np.array([edge.at for edge in material.edges])
    good = np.array([edge.good for edge in material.edges])
    sums = material.curve.until(at)
    openings = material.curve.until(np.minimum(at + _OPENING, material.curve.seconds)) - sums
    usual = float(material.curve.total.mean()) or 1e-6
    best = np.zeros(len(at))
    came: list[npt.NDArray[np.int64]] = []
    for _ in range(count):
        fresh = np.full(len(at), -np.inf)
        start_of = np.full(len(at), -1, np.int64)
        for end in range(1, len(at)):
            first = int(np.searchsorted(at, at[end] - longest - 1e-6))
            last = int(np.searchsorted(at, at[end] - shortest + 1e-6))
            if last > first:
                long = at[end] - at[first:last]
                worth = (sums[end] - sums[first:last]) / long
                worth += _OPENING_COUNTS * openings[first:last] / np.minimum(_OPENING, long)
                worth += _EDGES_COUNT * usual * (good[first:last] + good[end]) / 2
                worth -= _LENGTH_COUNTS * usual * np.abs(np.log(long / _BEST))
                total = best[first:last] + worth
                place = int(np.argmax(total))
                fresh[end], start_of[end] = total[place], first + place
            if fresh[end - 1] >= fresh[end]:
                fresh[end], start_of[end] = fresh[end - 1], -1
        best = fresh
        came.append(start_of)
    if not np.isfinite(best[-1]):
        return None
    found: list[tuple[float, float]] = []
    end = len(at) - 1
    for starts in reversed(came):
        while starts[end] < 0:
            end -= 1
        found.append((float(at[starts[end]]), float(at[end])))
        end = int(starts[end])
    return found[::-1]


def _told(
    material: Material,
    clip: tuple[float, float],
    rank: int,
    words: Sequence[Word],
    language: str,
) -> Span:
    start, end = clip
    why = why_picked(material.curve, start, end, language)
    place = f"{clock(start)}–{clock(end)}"
    lead = f"{place}，第 {rank + 1} 名：" if language == "zh" else f"{place}, #{rank + 1}: "
    title = title_of(words, start, end, language) if words else ""
    return Span(
        source=material.source,
        start=start,
        end=end,
        title=title or title_by_score(material.curve, start, end, language),
        why=lead + why,
        score=round(material.curve.mean(start, end), 4),
    )
