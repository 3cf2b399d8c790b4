"""What happens in each second of a recording, measured once: what highlights are chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.nouns import MediaFacts, Noun
from reelwright.edit.cut.speech import TICK, Hearing
from reelwright.media.patches import Frame, difference, grey
from reelwright.media.scenes import find_scenes
from reelwright.media.sweep import Block, View
from reelwright.media.tracks import FindFaces

VERSION = 1
"""Raised whenever the same recording would be measured otherwise."""
NAMES = ("speech", "loudness", "applause", "laughter", "motion", "faces", "text", "rhythm")
"""The parts of a score."""

_FACES_EVERY = 2.0
"""Seconds between two looks for faces and for text."""
_FACES_WIDTH = 320
_TEXT_EDGE = 60
"""Step of light (0 to 255) that the edge of a letter makes."""
_RHYTHM = 5.0
"""Seconds to each side in which changes of shot are counted."""
_FAST = 5.0
"""Changes in that time that are as many as can be wished for."""


class Signs(Noun):
    """Measures of a recording, one for each second, in order."""

    seconds: float
    speech: tuple[float, ...]
    """Share of the second that is spoken."""
    levels: tuple[float, ...]
    """Decibels (full scale)."""
    applause: tuple[float, ...]
    """0 to 1, guessed."""
    laughter: tuple[float, ...]
    """0 to 1, guessed."""
    motion: tuple[float, ...]
    """Mean change of light a second, 0 to 255 and more; changes of shot do not count."""
    faces: tuple[float, ...]
    """How much there is of faces, 0 to 1."""
    text: tuple[float, ...]
    """How much there is of what looks like lettering, 0 to 1."""
    changes: tuple[float, ...]
    """Seconds at which a new shot begins."""


def measure(
    path: Path,
    facts: MediaFacts,
    *,
    hearing: Hearing | None = None,
    find_faces: FindFaces | None = None,
) -> Signs:
    """Measure a recording in one pass over its picture and one over its sound.

    Args:
        path: a video, or a sound file.
        facts: what probing says of it.
        hearing: where somebody speaks (`speech.hear`); None where there is no sound.
        find_faces: finds the faces in frames (`core.ports.FaceFinder.find`); None: nobody does.

    Raises:
        FootageError: it cannot be read.
    """
    count = max(1, round(facts.seconds))
    applause, laughter, levels = np.zeros(count), np.zeros(count), np.full(count, -120.0)
    if facts.has_sound:
        from reelwright.media.crowd import RATE, hear_crowd
        from reelwright.media.listening import listen

        crowd = hear_crowd(listen(path, rate=RATE))
        levels = _fit(crowd.levels, count, -120.0)
        applause, laughter = _fit(crowd.applause, count), _fit(crowd.laughter, count)
    speech = np.zeros(count)
    if hearing is not None:
        speech = _fit(_by_second(hearing.probability() >= 0.5, round(1 / TICK)), count)
    watcher = _Watcher(count, find_faces)
    changes: tuple[float, ...] = ()
    if facts.kind == "video":
        also = ((View(_FACES_WIDTH, 1 / _FACES_EVERY), watcher.look),)
        scenes = find_scenes(path, facts, also=also, each=watcher.follow)
        changes = tuple(round(scene.at, 6) for scene in scenes)
    return Signs(
        seconds=facts.seconds,
        speech=_told(speech),
        levels=_told(levels),
        applause=_told(applause),
        laughter=_told(laughter),
        motion=_told(watcher.motion()),
        faces=_told(watcher.spread(watcher.faces)),
        text=_told(watcher.spread(watcher.texts)),
        changes=changes,
    )


class _Watcher:
    """Takes what one pass over the picture shows, block by block."""

    def __init__(self, count: int, find_faces: FindFaces | None) -> None:
        self.count = count
        self.find_faces = find_faces
        self.steps: list[list[float]] = [[] for _ in range(count)]
        self.last: tuple[float, Frame] | None = None
        self.faces: list[float] = []
        self.texts: list[float] = []

    def follow(self, block: Block) -> None:
        """How much each frame changes."""
        shown = list(zip(block.times.tolist(), block.frames, strict=True))
        shown = [self.last, *shown] if self.last else shown
        for (before, a), (at, b) in pairwise(shown):
            if at > before:
                change = difference(a, b) / (at - before)
                self.steps[min(int(at), self.count - 1)].append(change)
        self.last = shown[-1]

    def look(self, block: Block) -> None:
        """Faces and lettering in single frames."""
        self.texts += [lettering(frame) for frame in block.frames]
        if self.find_faces is None:
            return
        for faces in self.find_faces(list(block.frames)):
            # A face that fills a tenth of the picture is as much of one as can be wished for.
            shares = [min(1.0, (face.width * face.height / 0.1) ** 0.5) for face in faces]
            self.faces.append(min(1.0, max(shares, default=0.0) + 0.1 * max(0, len(faces) - 1)))

    def motion(self) -> Any:
        # The median: a change of shot is one step of many.
        return np.array([float(np.median(steps)) if steps else 0.0 for steps in self.steps])

    def spread(self, looks: Sequence[float]) -> Any:
        if not looks:
            return np.zeros(self.count)
        at = np.arange(len(looks)) * _FACES_EVERY
        return np.interp(np.arange(self.count) + 0.5, at, looks)


def lettering(frame: Frame) -> float:
    """How much of a picture (height × width × 3) looks like lines of letters, 0 to 1.

    Letters are many upright strokes close together in a row, all about as high as each other. A
    fence and a bookshelf are too.
    """
    light = grey(frame).astype(np.int16)
    strokes = np.abs(np.diff(light, axis=1)) > _TEXT_EDGE
    # Strokes among the 24 pixels around, in a row.
    near = np.apply_along_axis(lambda row: np.convolve(row, np.ones(24), "same"), 1, strokes)
    dense = (near >= 5) & (near <= 18)
    rows = dense.mean(axis=1)
    lines = rows > 0.08
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lines.astype(np.int8), [0]])))
    total = 0.0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if 4 <= last - first <= len(rows) // 6:
            total += float(rows[first:last].sum()) / len(rows)
    return min(1.0, total / 0.06)


def rhythm(changes: Sequence[float], count: int) -> Any:
    """How fast shots follow each other about each second, 0 to 1."""
    at = np.array(changes, np.float64)
    middles = np.arange(count) + 0.5
    near = np.abs(at[None, :] - middles[:, None]) <= _RHYTHM if len(at) else np.zeros((count, 0))
    return np.minimum(1.0, near.sum(1) / _FAST)


def _by_second(values: Any, per: int) -> Any:
    whole = np.pad(values.astype(np.float64), (0, -len(values) % per), mode="constant")
    return whole.reshape(-1, per).mean(1)


def _fit(values: Any, count: int, rest: float = 0.0) -> Any:
    return np.concatenate([values[:count], np.full(max(0, count - len(values)), rest)])


def _told(values: Any) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
