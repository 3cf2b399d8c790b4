"""Shots: where a film is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import EVERY, Annotator, Kind, Subject, Watcher
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
        if self.finder is None:
            # Not every frame is there (`Subject.lean`): what counts is how far they lie apart.
            apart = float(np.median(np.diff(times))) if len(times) > 1 else 0.04
            self.finder = ShotFinder(1 / max(apart, 1e-3))
        self.times += times.tolist()
        self.finder.add(frames)

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if self.finder is None or not self.times:
            return
        ends = max(self.times[-1], self.subject.facts.seconds if self.subject.facts else 0.0)
        changes = self.finder.finish()
        starts = [(0.0, "start", 1.0)]
        starts += [(self.times[one.middle], one.kind, one.sure) for one in changes]
        edges = [*(at for at, _, _ in starts[1:]), ends]
        for (start, kind, sure), end in zip(starts, edges, strict=True):
            yield Annotation(
                name="shot",
                value={"kind": kind},
                confidence=round(float(min(1.0, max(0.0, sure))), 3),
                start=round(start, 3),
                end=round(end, 3),
                annotator="shots",
                version=Shots.version,
            )
