"""Shaking: a camera whose movement changes all the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from reelwright.core.nouns import Annotation
from reelwright.core.settings import LibrarySettings, Settings
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.faults import VERSION, Stretch, fault
from reelwright.library.annotators.motion import STEPS, shots_of
from reelwright.media.movement import Step, jerk_of

_WINDOW = 1.0
"""Seconds over which shaking is measured."""


class Steadiness(Annotator):
    """Gives ``fault`` for stretches in which the camera shakes."""

    version = VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video"})
    gives = frozenset({"fault"})
    after = frozenset({"shots"})
    beside = frozenset({"motion"})

    def __init__(self, limits: LibrarySettings) -> None:
        self.limits = limits

    @classmethod
    def make(cls, settings: Settings) -> Steadiness:
        """With the threshold ``library.shaking``."""
        return cls(settings.library)

    def key(self) -> Mapping[str, Any]:
        """The threshold."""
        return {"shaking": self.limits.shaking}

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.limits.shaking)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, limit: float) -> None:
        self.subject, self.limit = subject, limit

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        steps: list[Step] = self.subject.shared.get(STEPS, [])
        if not steps:
            return
        for start, end in shots_of(told, steps[-1].at):
            inside = [s for s in steps if s.at - s.seconds >= start - 1e-3 and s.at < end]
            found = Stretch(least=_WINDOW, gap=0.5)
            first = 0
            for last, step in enumerate(inside):
                while inside[first].at < step.at - _WINDOW:
                    first += 1
                jerk = jerk_of(inside[first : last + 1])
                found.tell(inside[first].at, step.at, jerk if jerk > self.limit else None)
            for begins, stops, measured in found.found():
                yield fault("steadiness", "shaking", measured, self.limit, begins, stops)
