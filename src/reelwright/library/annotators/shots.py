"""Shots: where a film is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import EVERY, Annotator, Kind, Subject, Watcher
from reelwright.media.scenes import given_rate, place
from reelwright.media.shots import ShotFinder


class Shots(Annotator):
    """Gives ``shot``: one for each, ``{"kind": how it begins}``: start, cut, fade or dissolve."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video"})
    gives = frozenset({"shot"})
    look = EVERY

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.times: list[float] = []
        self.finder: ShotFinder | None = None

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        if self.finder is None and self.subject.facts is not None:
            self.finder = ShotFinder(given_rate(times, self.subject.facts))
        self.times += times.tolist()
        if self.finder is not None:
            self.finder.add(frames)

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        facts = self.subject.facts
        if self.finder is None or facts is None:
            return
        ends = max(self.times[-1], facts.seconds)
        # Not every frame was there (`Subject.lean`): cuts among the others are looked up.
        scenes = place(self.finder.finish(), self.times, self.subject.path, facts)
        starts = [(0.0, "start", 1.0), *((one.at, one.kind, one.sure) for one in scenes)]
        edges = [*(at for at, _, _ in starts[1:]), ends]
        for (start, kind, sure), end in zip(starts, edges, strict=True):
            yield Annotation(
                name="shot",
                value={"kind": kind},
                confidence=round(float(min(1.0, max(0.0, sure))), 3),
                start=round(start, 3),
                end=round(max(start, end), 3),
                annotator="shots",
                version=Shots.version,
            )
