"""How much each moment of a clip is worth showing in a montage: sharp, well lit, alive.

One pass over the clip in small frames, eight a second; what it finds is a plain noun, so that it
can be kept. Measures are then set against those of all clips of the montage (`weigh`): what counts
as sharp or lively is what the person's own material has to offer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Box, MediaFacts, Noun
from reelwright.media.patches import Frame, grey
from reelwright.media.scenes import find_scenes
from reelwright.media.sweep import Block, View
from reelwright.media.tracks import FindFaces

VERSION = 1
"""Raised whenever the same clip would be measured otherwise."""
PER_SECOND = 8
"""Looks a second."""
WIDTH = 192
_FACES_EVERY = PER_SECOND

Values = npt.NDArray[np.float64]

WEIGHTS: Mapping[str, float] = {
    "sharp": 0.3,
    "light": 0.15,
    "motion": 0.3,
    "colour": 0.1,
    "faces": 0.15,
}


class Looks(Noun):
    """Measures of a clip, `PER_SECOND` a second, in order."""

    seconds: float
    sharp: tuple[float, ...]
    """Mean square of the Laplacian: fine detail."""
    light: tuple[float, ...]
    """0 where it is black or burnt out, 1 where tones are spread well."""
    motion: tuple[float, ...]
    """Mean change of light from look to look, 0 to 255; none at a change of shot."""
    colour: tuple[float, ...]
    """Mean saturation, 0 to 1."""
    faces: tuple[float, ...]
    """How much there is of faces, 0 to 1."""
    changes: tuple[tuple[float, float], ...]
    """Seconds at which one shot becomes another: when the old one is no longer alone, and from
    when on the new one is."""


def look_over(path: Path, facts: MediaFacts, *, find_faces: FindFaces | None = None) -> Looks:
    """Measure a clip.

    Args:
        path: a video.
        facts: what probing says of it.
        find_faces: finds the faces in frames (`core.ports.FaceFinder.find`); None: nobody does.

    Raises:
        FootageError: it cannot be read.
    """
    rows: list[tuple[float, ...]] = []
    times: list[float] = []
    before: list[Any] = []

    def look(block: Block) -> None:
        shown = list(block.frames)
        faces: Sequence[float] = [0.0] * len(shown)
        if find_faces is not None:
            # Faces stay for a while: one look a second is enough.
            asked = [n for n in range(len(shown)) if (block.first + n) % _FACES_EVERY == 0]
            found = find_faces([shown[n] for n in asked])
            shares = dict(zip(asked, map(_share, found), strict=True))
            faces = [shares.get(n, -1.0) for n in range(len(shown))]
        times.extend(block.times.tolist())
        for frame, face in zip(shown, faces, strict=True):
            tones = grey(frame).astype(np.float32)
            moved = float(np.abs(tones - before[0]).mean()) if before else 0.0
            before[:] = [tones]
            rows.append((*_measures(frame, tones), moved, face))

    scenes = find_scenes(path, facts, also=((View(WIDTH, float(PER_SECOND)), look),))
    table = np.array(rows, np.float64).reshape(-1, 5)
    table[:, 4] = _held(table[:, 4])
    # On an even grid, whatever the clip's own rate does.
    grid = np.arange(max(1, round(facts.seconds * PER_SECOND))) / PER_SECOND
    even = np.stack([np.interp(grid, times, column) for column in table.T], axis=1)
    for scene in scenes:
        first, last = (round(at * PER_SECOND) for at in (scene.start, scene.end))
        even[max(0, first - 1) : last + 2, 3] = 0.0
    return Looks(
        seconds=facts.seconds,
        sharp=_told(even[:, 0]),
        light=_told(even[:, 1]),
        colour=_told(even[:, 2]),
        motion=_told(even[:, 3]),
        faces=_told(even[:, 4]),
        changes=tuple((round(scene.start, 6), round(scene.end, 6)) for scene in scenes),
    )


def _share(faces: Sequence[Box]) -> float:
    """How much there is of faces in a frame: one that fills a tenth of it is enough."""
    largest = max((face.width * face.height for face in faces), default=0.0)
    return min(1.0, (largest / 0.1) ** 0.5)


def _measures(frame: Frame, tones: npt.NDArray[np.float32]) -> tuple[float, float, float]:
    edges = 4 * tones[1:-1, 1:-1] - tones[:-2, 1:-1] - tones[2:, 1:-1]
    edges = edges - tones[1:-1, :-2] - tones[1:-1, 2:]
    low, middle, high = np.percentile(tones, (5, 50, 95))
    spread = min(1.0, float(high - low) / 140)
    lost = float(((tones < 8) | (tones > 247)).mean())
    light = spread * max(0.0, 1 - 1.5 * lost) * min(1.0, float(middle) / 40)
    most, least = frame.max(axis=2).astype(np.int16), frame.min(axis=2).astype(np.int16)
    colour = float(((most - least) / np.maximum(most, 32)).mean())
    return float((edges**2).mean()), light, colour


def _held(values: Values) -> Values:
    """Values with those that were not measured (−1) taken from the one before."""
    known = np.flatnonzero(values >= 0)
    if not len(known):
        return np.zeros(len(values))
    return values[known[np.maximum(np.searchsorted(known, np.arange(len(values)), "right") - 1, 0)]]


def _told(values: Values) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)


def weigh(clips: Sequence[Looks], weights: Mapping[str, float] = WEIGHTS) -> tuple[Values, ...]:
    """What each moment of some clips is worth, 0 to 1, `PER_SECOND` a second.

    A measure that all clips have alike (no faces anywhere, no colour) counts for nothing.
    """
    measures: dict[str, list[Values]] = {name: [] for name in weights}
    for clip in clips:
        # A moment that moves is worth as much as what moves around it.
        measures["motion"].append(_smooth(np.sqrt(np.array(clip.motion))))
        measures["sharp"].append(_smooth(np.log1p(np.array(clip.sharp))))
        for name in ("light", "colour", "faces"):
            measures[name].append(_smooth(np.array(getattr(clip, name))))
    totals = [np.zeros(len(clip.sharp)) for clip in clips]
    whole = 0.0
    for name, parts in measures.items():
        joined = np.concatenate(parts) if parts else np.zeros(0)
        if not len(joined):
            continue
        low, high = np.percentile(joined, (10, 90))
        if high - low < 1e-3:
            continue
        whole += weights[name]
        for total, part in zip(totals, parts, strict=True):
            total += weights[name] * np.clip((part - low) / (high - low), 0, 1)
    return tuple(total / max(whole, 1e-9) if whole else total + 0.5 for total in totals)


def _smooth(values: Values) -> Values:
    if len(values) < 2:
        return values
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    return np.convolve(np.pad(values, 2, mode="edge"), kernel, "valid")
