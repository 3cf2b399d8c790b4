"""What to keep of a recording: speech, with the air around it that makes it sound natural.

Pauses longer than asked are shortened to it, not taken out: what is left of one lies partly after
the word before it and partly before the next. Where exactly it is cut, within what the margins
allow, is where it is quietest, so that a breath is kept whole or left out whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from reelwright.edit.cut.speech import TICK, Hearing

Stretch = tuple[float, float]
"""Start and end in seconds."""

TAIL, LEAD = 0.18, 0.1
"""Seconds kept after a word and before the next, at least, whatever pause is asked for: where
noise hides a word's last consonant from every measurement, it still lies within."""
OPENING, ENDING = 0.2, 0.4
"""Seconds kept before the first word and after the last one."""
WORTH = 0.12
"""Seconds that a cut must take out to be made: a jump that saves nothing is only seen."""
SLIVER = 0.08
"""Seconds: what is left of speech beside something that goes, and is shorter, goes with it."""
SHORTEST = 0.5
"""Seconds a piece lasts at least: shorter ones flash by, and take some of the silence around."""


def keep(
    speech: Sequence[Stretch],
    hearing: Hearing,
    *,
    pause: float,
    without: Sequence[Stretch] = (),
) -> tuple[Stretch, ...]:
    """The stretches of a recording to keep, in order and apart.

    Args:
        speech: whole words, as `speech.find_speech` finds them.
        hearing: of the same recording.
        pause: seconds that longer pauses are shortened to.
        without: stretches that are to go although they are spoken (`fillers`).
    """
    spoken = _without(speech, without)
    if not spoken:
        return ()
    loud = _loudness(hearing)
    length = hearing.seconds
    first, last = _free(0.0, spoken[0][0], without), _free(spoken[-1][1], length, without)
    begin = max(first[1], spoken[0][0] - OPENING)
    kept: list[Stretch] = []
    for (_, end), (start, _) in pairwise(spoken):
        gone = [w for w in without if w[0] < start and w[1] > end]
        if start - end < pause + WORTH and not gone:
            continue
        tail, lead = _shares(end, start, pause, gone, loud)
        if start - end - tail - lead < WORTH and not gone:
            continue
        kept.append((begin, end + tail))
        begin = start - lead
    kept.append((begin, min(last[0], spoken[-1][1] + ENDING, length)))
    return tuple(_lengthened(kept, without, length))


def _without(speech: Sequence[Stretch], without: Sequence[Stretch]) -> list[Stretch]:
    """Speech less what is to go."""
    left: list[Stretch] = []
    for start, end in speech:
        at = start
        for first, last in sorted(without):
            if first >= end or last <= at:
                continue
            if first - at > (SLIVER if at == start else 0):
                left.append((at, first))
            at = max(at, last)
        if end - at > (0 if at == start else SLIVER):
            left.append((at, end))
    return left


def _free(start: float, end: float, without: Sequence[Stretch]) -> Stretch:
    """How far after `start`, and from where before `end`, nothing stands that is to go."""
    inside = [w for w in without if w[0] < end and w[1] > start]
    if not inside:
        return end, start
    return max(start, min(w[0] for w in inside)), min(end, max(w[1] for w in inside))


def _shares(
    end: float, start: float, pause: float, gone: Sequence[Stretch], loud: Any
) -> tuple[float, float]:
    """How much of a pause stays after the word before it, and before the next."""
    total = max(pause, TAIL + LEAD)
    latest, earliest = _free(end, start, gone)
    most_tail, most_lead = latest - end, start - earliest
    tails = np.arange(min(TAIL, most_tail), max(TAIL, total - LEAD) + TICK / 2, TICK)
    tails = np.minimum(tails, most_tail)
    leads = np.minimum(np.maximum(total - tails, LEAD), most_lead)
    after, before = _at(loud, end + tails), _at(loud, start - leads)
    # Quiet on both sides of the cut; where all is alike, most of the pause stays after the word.
    cost = np.maximum(after, before) + 0.25 * np.minimum(after, before)
    cost += 12 * np.abs(tails - 0.6 * total)
    best = int(np.argmin(np.round(cost, 3)))
    return float(tails[best]), float(leads[best])


def _loudness(hearing: Hearing) -> Any:
    """Decibels of all bands together, over 50 ms around each moment."""
    power = (10 ** (hearing.levels.astype(np.float64) / 10)).sum(axis=1)
    smooth = np.convolve(np.pad(power, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return 10 * np.log10(np.maximum(smooth, 1e-10))


def _at(loud: Any, times: Any) -> Any:
    return loud[np.clip(np.round(times / TICK).astype(int), 0, len(loud) - 1)]


def _lengthened(
    kept: Sequence[Stretch], without: Sequence[Stretch], length: float
) -> list[Stretch]:
    """Pieces with no flash among them: short ones take of the silence around, or join."""
    made: list[Stretch] = []
    for index, (start, end) in enumerate(kept):
        short = SHORTEST - (end - start)
        if short > 0:
            before = kept[index - 1][1] if index else 0.0
            after = kept[index + 1][0] if index + 1 < len(kept) else length
            latest, _ = _free(end, after, without)
            _, earliest = _free(before, start, without)
            more = min(short, max(0.0, min(latest, after - WORTH) - end))
            end += more
            start -= min(short - more, max(0.0, start - max(earliest, before + WORTH)))
        if made and start - made[-1][1] < TICK:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made
