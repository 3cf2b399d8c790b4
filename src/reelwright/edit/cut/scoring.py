"""A score for each second of a recording, made of parts that can be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.edit.cut.signs import NAMES, Signs, rhythm

Values = npt.NDArray[np.float64]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "speech": 0.8,
        "loudness": 1.2,
        "applause": 1.2,
        "laughter": 1.2,
        "motion": 1.0,
        "faces": 0.6,
        "text": 0.3,
        "rhythm": 0.4,
    }
)
"""How much each part counts, if it is sure."""
SURE: Mapping[str, float] = MappingProxyType(
    {
        "speech": 0.9,
        "loudness": 1.0,
        "applause": 0.5,
        "laughter": 0.3,
        "motion": 0.9,
        "faces": 0.8,
        "text": 0.4,
        "rhythm": 0.9,
    }
)
"""How sure each measure tells what its name says. Applause and laughter are guessed from the
spectrum, text from strokes: no learnt model is at hand."""
_AROUND = 1.0
"""Seconds over which scores are smoothed (standard deviation)."""


@dataclass(frozen=True)
class Part:
    """What one measure adds to the score."""

    name: str
    values: Values
    """0 to 1 for each second."""
    weight: float
    """Share of the whole score that it can make."""
    sure: float
    """How sure the measure is, 0 to 1; already in the weight."""


@dataclass(frozen=True)
class Curve:
    """The score of a recording: `total` is the parts' values times their weights, smoothed."""

    seconds: float
    parts: tuple[Part, ...]
    total: Values
    """0 to 1 for each second."""

    def until(self, at: float | Values) -> Any:
        """The sum of the score from the beginning to an instant (seconds)."""
        sums = np.concatenate([[0.0], np.cumsum(self.total)])
        return np.interp(at, np.arange(len(sums)), sums)

    def mean(self, start: float, end: float) -> float:
        """The mean score between two instants."""
        return float(self.until(end) - self.until(start)) / max(end - start, 1e-9)

    def part_means(self, start: float, end: float) -> dict[str, float]:
        """The mean of each part between two instants."""
        first, last = int(start), max(int(start) + 1, round(end))
        return {part.name: float(part.values[first:last].mean()) for part in self.parts}


def score(signs: Signs, weights: Mapping[str, float] = WEIGHTS) -> Curve:
    """The score of each second of a recording.

    What is measured against the recording itself (loudness, motion) is 0 at its usual level and 1
    at its strongest: a shout counts in a quiet talk as a goal in a loud match. Parts that a
    recording does not have (no sound, no faces found at all) count for nothing, and the others
    share their weight.
    """
    values: dict[str, Values] = {
        "speech": np.array(signs.speech),
        "loudness": _above(np.array(signs.levels), 30, 98, 6.0),
        "applause": np.array(signs.applause),
        "laughter": np.array(signs.laughter),
        "motion": _above(np.sqrt(np.array(signs.motion)), 30, 98, 1.0),
        "faces": np.array(signs.faces),
        "text": np.array(signs.text),
        "rhythm": rhythm(signs.changes, len(signs.levels)),
    }
    there = {name: weights.get(name, 0.0) * SURE[name] for name in NAMES if values[name].any()}
    whole = sum(there.values()) or 1.0
    parts = tuple(
        Part(name, values[name], there.get(name, 0.0) / whole, SURE[name]) for name in NAMES
    )
    total = sum((part.values * part.weight for part in parts), np.zeros(len(signs.levels)))
    return Curve(signs.seconds, parts, _smooth(total))


def _above(values: Values, usual: float, strongest: float, least: float) -> Values:
    """How far values lie above their usual level, 0 to 1; `least` is a difference that matters."""
    low, high = np.percentile(values, usual), np.percentile(values, strongest)
    return np.clip((values - low) / max(float(high - low), least), 0, 1)


def _smooth(values: Values) -> Values:
    reach = 3
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _AROUND) ** 2)
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), "valid").astype(np.float64)
