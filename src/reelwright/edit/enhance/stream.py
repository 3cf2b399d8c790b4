"""A clip through filters: cut into segments, each of them a step, and joined.

A segment is a pure function of the clip, the filters and its two instants: it reads the clip from
`filters.memory_of` pictures before its start, or from where its shot begins, and leaves away what
comes out for those. So a run that was killed goes on where it stopped and ends with the same bytes,
several segments are made at once, and memory does not grow with the length.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.core.errors import FootageError, MediaError
from reelwright.edit.enhance.filters import Filter, chain, keys_of, memory_of, size_after
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.reading import Clip, read_pictures
from reelwright.edit.enhance.writing import Film, Segment, write_segment
from reelwright.media.decoding import SLACK, Span, joined
from reelwright.store.steps import Step, Steps

VERSION = 2
"""Raised whenever the same segment would come out with other bytes."""
STAGE = "enhance"
SECONDS = Fraction(6)
"""Of a segment; it ends with a shot where one ends nearby."""
_FILM, _TOLD = "film", "told.json"


@dataclass(frozen=True)
class Work:
    """What is to be made of a clip."""

    clip: Clip
    changes: Sequence[Fraction]
    """When new shots begin, in order."""
    filters: Sequence[Filter]
    rate: Fraction | None = None
    """Pictures a second of the result, where that is another than the clip's."""
    keeps_alpha: bool = True

    @property
    def film(self) -> Film:
        """How the result is encoded."""
        facts = self.clip.facts
        width, height = size_after(self.filters, facts.width, facts.height)
        rate = self.rate or self.clip.rate
        clock = self.clip.clock
        if self.rate is not None:
            clock = rate.numerator * (1 if rate.numerator >= 10_000 else 1000)
        alpha = self.clip.alpha and self.keeps_alpha
        return Film(width, height, clock, rate, alpha, self.clip.deep)


@dataclass(frozen=True)
class Made:
    """What came of it."""

    segments: tuple[Segment, ...]
    """Encoded, in order; none is empty."""
    pictures: int
    damage: tuple[Span, ...]
    """Stretches of the clip that could not be decoded, in seconds."""


def cut_up(seconds: float, changes: Sequence[Fraction]) -> list[tuple[Fraction, Fraction | None]]:
    """The instants from and to which segments go; the last one goes to the end."""
    edges = [Fraction(0)]
    while float(edges[-1] + SECONDS * 3 / 2) < seconds:
        goal = edges[-1] + SECONDS
        near = [at for at in changes if abs(at - goal) <= SECONDS / 2]
        edges.append(min(near, key=lambda at: abs(at - goal)) if near else goal)
    return [*zip(edges, [*edges[1:], None], strict=True)]


def make_segments(work: Work, steps: Steps) -> Made:
    """All segments of a clip, those that are there already taken as they are.

    Raises:
        FootageError: it cannot be read, or no picture of it can be decoded.
        MediaError: a filter or the encoder failed.
        StoreError: the disk is full or may not be written; what was finished stays.
    """
    spans = cut_up(work.clip.facts.seconds, work.changes)
    todo = [_step(work, start, end, steps.stopping) for start, end in spans]
    folders = steps.run_all(todo, STAGE)
    told: list[dict[str, Any]] = [json.loads((folder / _TOLD).read_bytes()) for folder in folders]
    count = sum(len(each["stamps"]) for each in told)
    if not count:
        raise FootageError(
            "no picture of it can be decoded",
            where=str(work.clip.path),
            hint="copy it again, or convert it to mp4 (H.264)",
        )
    damage = joined([(float(a), float(b)) for each in told for a, b in each["damage"]])
    name = f"{_FILM}.{work.film.container}"
    every = [Segment(f / name, each["stamps"]) for f, each in zip(folders, told, strict=True)]
    return Made(tuple(each for each in every if each.stamps), count, tuple(damage))


def _step(work: Work, start: Fraction, end: Fraction | None, stopping: threading.Event) -> Step:
    clip, film = work.clip, work.film
    memory = memory_of(work.filters)
    name = f"{_FILM}.{film.container}"

    def make(out: Path) -> None:
        damage: list[Span] = []
        pictures = _segment(work, start, end, damage)
        made = write_segment(_stoppable(pictures, stopping), film, out / name)
        until = float(end) if end is not None else float("inf")
        inside = [(a, b) for a, b in damage if float(start) <= a < until]
        (out / _TOLD).write_text(json.dumps({"stamps": made.stamps, "damage": inside}), "utf-8")

    params = {
        "span": [str(start), str(end)],
        "changes": [str(at) for at in _around(work.changes, start, end)],
        "filters": keys_of(work.filters),
        "film": film.key(),
        "memory": memory,
    }
    seconds = (end or max(start + 1, Fraction(clip.facts.seconds))) - start
    what = f"{clip.path.name} from {float(start):.1f} s"
    weight = float(seconds * clip.rate)
    return Step("enhance", VERSION, make, params, (clip.path,), "", what, weight)


def _around(
    changes: Sequence[Fraction], start: Fraction, end: Fraction | None
) -> Sequence[Fraction]:
    """The changes that a segment may see: the last before it, those in it, and one after."""
    first = max(0, bisect_right(changes, start) - 1)
    last = bisect_right(changes, end) + 1 if end is not None else len(changes)
    return changes[first:last]


def _segment(
    work: Work, start: Fraction, end: Fraction | None, damage: list[Span]
) -> Iterator[Picture]:
    """The pictures that come out between two instants."""
    memory = memory_of(work.filters)
    shot = bisect_right(work.changes, start)
    begun = work.changes[shot - 1] if shot else Fraction(0)
    # A little more than as many: stamps may stand unevenly.
    before = Fraction(memory * 5, 4) / work.clip.rate + (Fraction(1, 10) if memory else 0)
    given = read_pictures(work.clip, work.changes, start=max(begun, start - before), damage=damage)
    for picture in chain(work.filters, given):
        if end is not None and picture.at >= end - Fraction(SLACK):
            return
        if picture.at >= start - Fraction(SLACK):
            yield picture


def _stoppable(pictures: Iterator[Picture], stopping: threading.Event) -> Iterator[Picture]:
    for picture in pictures:
        if stopping.is_set():
            raise MediaError("was broken off")
        yield picture
