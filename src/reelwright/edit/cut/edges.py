"""Where a recording may be cut: at changes of shot and in pauses, never inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.core.nouns import Word

Stretch = tuple[float, float]

_PAUSE = 0.3
"""Seconds of pause that end a sentence, where no transcript tells."""
_BEFORE, _AFTER = 0.12, 0.25
"""Seconds left before speech begins and after it ends."""
_SLIVER = 0.6
"""Seconds: a piece of another shot as short as this, at an edge, looks like a fault."""
_STEP = 1.0
"""Seconds between edges where nobody speaks and no shot changes."""
_ANYWHERE = 0.2
"""How good it is to cut where nothing is said and nothing changes."""
_SAME = 0.04
_ENDS = re.compile(r"(?<!\.)[。！？!?.…][”’」』）)\]\"'\s]*$")


@dataclass(frozen=True)
class Edge:
    """An instant at which something may begin or end."""

    at: float
    """Seconds."""
    good: float
    """How good a place it is to cut, 0 to 1: a change of shot, or a long pause."""


def find_edges(
    seconds: float,
    changes: Sequence[float],
    speech: Sequence[Stretch],
    words: Sequence[Word] = (),
) -> tuple[Edge, ...]:
    """The instants at which a recording may be cut, in order; its two ends are always among them.

    Args:
        seconds: how long it is.
        changes: when new shots begin.
        speech: stretches in which somebody speaks, in order and apart.
        words: of a transcript, if there is one: then sentences end where it says so.
    """
    sentences = _sentences(speech, words)
    gaps = _gaps(sentences, seconds)
    inner = sorted(at for at in changes if 0 < at < seconds)
    found = [Edge(0.0, 1.0), Edge(seconds, 1.0)]
    for start, end in gaps:
        low = start + (_AFTER if start > 0 else 0.0)
        high = end - (_BEFORE if end < seconds else 0.0)
        if high <= low:
            # Too short a pause for both margins: its middle.
            low = high = (start + end) / 2
        shots = [at for at in inner if start <= at <= end]
        found += [Edge(min(max(at, low), high), 1.0) for at in shots]
        good = min(0.8, (end - start) / 2)
        places = [low, high] if high - low > 2 * _STEP else [(low + high) / 2]
        if high - low > 2 * _STEP:
            count = int((high - low) / _STEP)
            places += [low + n * (high - low) / count for n in range(1, count)]
        found += [Edge(at, good if at in (low, high) else _ANYWHERE) for at in places]
    return _apart(found, inner, seconds)


def _sentences(speech: Sequence[Stretch], words: Sequence[Word]) -> list[Stretch]:
    """Stretches that must stay whole."""
    if not words:
        return _joined(speech, _PAUSE)
    found: list[Stretch] = []
    first = words[0].start
    for index, word in enumerate(words):
        last = index == len(words) - 1
        pause = 0.0 if last else words[index + 1].start - word.end
        if last or pause > 1.5 or _ENDS.search(word.text):
            found.append((first, max(word.end, first + 0.01)))
            first = words[min(index + 1, len(words) - 1)].start
    # What is heard and not written (another speaker, a song) stays whole as well.
    return _joined(sorted([*found, *speech]), 0.0) if _agree(found, speech) else found


def _agree(sentences: Sequence[Stretch], speech: Sequence[Stretch]) -> bool:
    """Whether speech leaves most of the places between sentences free."""
    between = [(b, c) for (_, b), (c, _) in pairwise(sentences)]
    if not between:
        return True
    free = [gap for gap in between if not any(a <= gap[0] and gap[1] <= b for a, b in speech)]
    return len(free) >= 0.7 * len(between)


def _joined(stretches: Sequence[Stretch], pause: float) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end in stretches:
        if found and start - found[-1][1] < pause + 1e-9:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _gaps(stretches: Sequence[Stretch], seconds: float) -> list[Stretch]:
    ends = [0.0, *(end for _, end in stretches)]
    starts = [*(start for start, _ in stretches), seconds]
    return [(a, b) for a, b in zip(ends, starts, strict=True) if b >= a]


def _apart(edges: Sequence[Edge], changes: Sequence[float], seconds: float) -> tuple[Edge, ...]:
    """Edges in order, no two at one place, none that leaves a sliver of another shot."""
    kept: list[Edge] = []
    for edge in sorted(edges, key=lambda edge: (edge.at, -edge.good)):
        close = [at for at in changes if _SAME < abs(at - edge.at) < _SLIVER]
        end = edge.at in (0.0, seconds)
        if close and not end and edge.good <= _ANYWHERE:
            continue
        good = edge.good / 3 if close and not end else edge.good
        if kept and edge.at - kept[-1].at < _SAME:
            if (good > kept[-1].good and kept[-1].at > 0) or edge.at == seconds:
                kept[-1] = Edge(edge.at, good)
            continue
        kept.append(Edge(edge.at, good))
    return tuple(kept)
