"""Mood: from light, colours, motion, cuts and music, as valence and energy.

The two axes are Russell's ("A circumplex model of affect", 1980); that motion, the pace of cutting
and the energy of the sound carry the one is from Hanjalic and Xu ("Affective video content
representation and modeling", 2005). No more is claimed than a leaning: its confidence is low.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher

_LOW, _HIGH = 0.3, 0.55
"""Energies between which it is neither calm nor lively."""
_LEAN = 0.15
"""Valence beyond which it leans to a side."""
_WORDS = (
    ("gloomy", "calm", "peaceful"),
    ("sombre", "neutral", "cheerful"),
    ("tense", "energetic", "joyful"),
)
"""By energy (low to high), then by valence (low to high)."""
_FAST, _CUTS = 0.15, 0.5
"""Picture widths, and cuts, a second at which motion and cutting have all their energy."""
_QUIET, _LOUD = -45.0, -12.0
"""Decibels between which sound gains its energy."""


class Mood(Annotator):
    """Gives ``mood``: ``{"kind": a word, "valence": −1 to 1, "energy": 0 to 1}``. The words, by
    rising energy: gloomy, calm, peaceful; sombre, neutral, cheerful; tense, energetic, joyful."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio", "picture"})
    gives = frozenset({"mood"})
    after = frozenset({"looks", "motion", "shots", "sound"})

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        known = {one.name: one.value for one in told if one.start is None}
        sound = known.get("sounds") if isinstance(known.get("sounds"), Mapping) else None
        if sound and sound.get("silence", 0) > 0.95:
            sound = None
        facts = self.subject.facts
        shots = sum(one.name == "shot" for one in told)
        seconds = facts.seconds if facts else 0.0
        pace = (shots - 1) / seconds if shots > 1 and seconds > 1 else 0.0
        energies = _energies(known, sound, pace, moving=self.subject.kind == "video")
        valences = _valences(known, sound)
        if not valences:
            return  # a voice alone tells too little
        energy, valence = _weigh(energies, 0.4), _weigh(valences, 0.0)
        row = 0 if energy < _LOW else (2 if energy > _HIGH else 1)
        column = 0 if valence < -_LEAN else (2 if valence > _LEAN else 1)
        # The nearer to an edge between two words, the less sure.
        edge = min(abs(energy - _LOW), abs(energy - _HIGH), abs(abs(valence) - _LEAN))
        yield Annotation(
            name="mood",
            value={
                "kind": _WORDS[row][column],
                "valence": round(valence, 3),
                "energy": round(energy, 3),
            },
            confidence=round(min(0.6, 0.3 + 2 * edge), 3),
            annotator="mood",
            version=Mood.version,
        )


Weighed = list[tuple[float, float]]
"""Values and how much each counts."""


def _weigh(values: Weighed, default: float) -> float:
    total = sum(weight for _, weight in values)
    return sum(value * weight for value, weight in values) / total if total else default


def _energies(
    known: Mapping[str, Any], sound: Mapping[str, Any] | None, pace: float, *, moving: bool
) -> Weighed:
    found: Weighed = []
    if moving:
        motion = known.get("motion") or {}
        found.append((min(1.0, float(motion.get("amount", 0.0)) / _FAST), 0.4))
        found.append((min(1.0, pace / _CUTS), 0.2))
    if sound:
        loud = (float(sound["level"]) - _QUIET) / (_LOUD - _QUIET)
        found.append((min(1.0, max(0.0, loud)), 0.08))
        if sound.get("music", 0) > 0.3:
            # What strikes up often has a beat: 0.08 is a pad, 0.16 a dance.
            beat = (float(sound["strokes"]) - 0.08) / 0.08
            found.append((min(1.0, max(0.0, beat)), 0.35))
    tone = known.get("tone")
    if tone and not moving:
        lively = 0.5 * min(1.0, tone["contrast"] / 0.6) + 0.5 * min(1.0, tone["colourful"] / 0.6)
        found.append((lively, 0.3))
    return found


def _valences(known: Mapping[str, Any], sound: Mapping[str, Any] | None) -> Weighed:
    found: Weighed = []
    if "brightness" in known:
        found.append((_within((float(known["brightness"]) - 0.4) * 3), 0.35))
    if tone := known.get("tone"):
        found.append((_within((float(tone["colourful"]) - 0.28) * 2.5), 0.25))
        found.append((_within(float(tone["warm"]) * 2), 0.15))
    if sound and sound.get("music", 0) > 0.3:
        found.append((_within(float(sound.get("mode", 0.0))), 0.45))
    return found


def _within(value: float) -> float:
    return max(-1.0, min(1.0, value))
