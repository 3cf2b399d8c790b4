"""The changes of shot of a video file, in seconds; found in half the frames, exact all the same.

Frames that no other depends on (in most files every second one) are not decoded, which halves the
time. A cut that falls among those left out is then placed by decoding the few frames around it;
mostly that is not needed, since encoders begin a new shot with a key frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import MediaFacts
from reelwright.media.decoding import SLACK, key_times
from reelwright.media.patches import Frame, difference
from reelwright.media.probing import open_media
from reelwright.media.shots import Change, Kind, ShotFinder
from reelwright.media.sweep import Block, View, sweep, sweep_views

Consumer = Callable[[Block], None]
WIDTH = 128
"""Pixels across of the frames that are looked at."""


@dataclass(frozen=True)
class Scene:
    """A change of shot in a file."""

    kind: Kind
    start: float
    """Seconds at which the old shot is no longer alone; of a cut, when the new one begins."""
    end: float
    """Seconds from which on the new shot is alone; of a cut, the same as `start`."""
    sure: float
    """0 to 1."""

    @property
    def at(self) -> float:
        """The second at which the new shot is best taken to begin."""
        return (self.start + self.end) / 2


def find_scenes(
    path: Path,
    facts: MediaFacts,
    *,
    each: Consumer | None = None,
    also: Sequence[tuple[View, Consumer]] = (),
) -> tuple[Scene, ...]:
    """Where one shot of a video becomes another, in order.

    Args:
        path: a video.
        facts: what probing says of it.
        each: is handed the frames that are looked at as well (`WIDTH` pixels across).
        also: other views of the video to be taken in the same pass, and what they are handed to.

    Raises:
        FootageError: it cannot be opened, has no picture, or cannot be read any more.
    """
    times: list[float] = []
    finder: ShotFinder | None = None
    views = (View(WIDTH), *(view for view, _ in also))
    for block in sweep_views(path, facts, views, lean=True):
        if block.view:
            also[block.view - 1][1](block)
            continue
        if each:
            each(block)
        times += block.times.tolist()
        if finder is None:
            finder = ShotFinder(given_rate(block.times, facts))
        finder.add(block.frames)
    return place(finder.finish(), times, path, facts) if finder else ()


def place(
    changes: Sequence[Change], times: list[float], path: Path, facts: MediaFacts
) -> tuple[Scene, ...]:
    """Changes found in some of a video's frames, exact to the frame.

    Args:
        changes: what was found.
        times: when those frames are shown, in seconds.
        path: the video.
        facts: what probing says of it.

    Raises:
        FootageError: it cannot be read any more.
    """
    if not changes:
        return ()
    step = 1 / float(facts.rate or 25)
    keys = _keys(path)
    return tuple(_timed(change, times, step, keys, path, facts) for change in changes)


def given_rate(times: npt.NDArray[np.float64], facts: MediaFacts) -> float:
    """Frames a second that are given, which may be half of what the file has."""
    if len(times) < 3:
        return float(facts.rate or 25)
    return 1 / max(float(times[-1] - times[0]) / (len(times) - 1), 1e-3)


def _keys(path: Path) -> npt.NDArray[np.float64]:
    with open_media(path) as container:
        film = container.streams.video[0]
        return key_times(film, film.time_base or Fraction(1, 1000), film.start_time or 0)


def _timed(
    change: Change,
    times: list[float],
    step: float,
    keys: npt.NDArray[np.float64],
    path: Path,
    facts: MediaFacts,
) -> Scene:
    start = times[change.first]
    if change.kind != "cut":
        after = times[min(change.last + 1, len(times) - 1)]
        return Scene(change.kind, start, after, change.sure)
    before = times[change.first - 1]
    if start - before > 1.5 * step and not (np.abs(keys - start) < step / 2).any():
        start = _place(path, facts, before, start, step)
    return Scene("cut", start, start, change.sure)


def _place(path: Path, facts: MediaFacts, before: float, after: float, step: float) -> float:
    """When the picture jumps, between a frame of the old shot and one of the new."""
    shown: list[tuple[float, Frame]] = []
    nearby = sweep(path, facts, width=WIDTH, start=max(0.0, before - SLACK), end=after + step / 2)
    for block in nearby:
        shown += zip(block.times.tolist(), block.frames, strict=True)
    jumps = [(difference(a, b), -at) for (_, a), (at, b) in pairwise(shown)]
    return -max(jumps)[1] if jumps else after
