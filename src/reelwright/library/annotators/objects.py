"""Objects: the things that a detector of the person's own finds in pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation, Box
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Kind, Look, Subject, Watcher
from reelwright.providers.objects import load_finder

if TYPE_CHECKING:
    from reelwright.core.ports import ObjectFinder

_LOOK = Look(640, 0.5)
"""A frame in two seconds, RGB."""
_GAP = 4.5
"""Seconds without a thing that do not end the stretch in which it is seen."""

Sight = tuple[float, tuple[Box, ...]]
"""When things of one name are seen, and where."""


class Objects(Annotator):
    """Gives ``object`` for each thing and each stretch in which it is seen: ``{"kind": its name,
    "count": the most at one moment, "box": [left, top, width, height] of the surest}``. Says
    nothing unless ``objects.model`` is set."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"object"})
    look = _LOOK

    def __init__(self, finder: ObjectFinder) -> None:
        self.finder = finder

    @classmethod
    def make(cls, settings: Settings) -> Objects | None:
        """With the detector that is set; None where there is none."""
        finder = load_finder(settings.objects)
        return cls(finder) if finder else None

    def key(self) -> Mapping[str, Any]:
        """The detector's."""
        return self.finder.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.finder)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, finder: ObjectFinder) -> None:
        self.subject, self.finder = subject, finder
        self.found: dict[str, list[Sight]] = {}

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for at, frame in zip(times.tolist(), frames, strict=True):
            here: dict[str, list[Box]] = {}
            for name, box in self.finder.find([frame])[0]:
                here.setdefault(name, []).append(box)
            for name, boxes in here.items():
                self.found.setdefault(name, []).append((at, tuple(boxes)))

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        moving = self.subject.kind == "video"
        facts = self.subject.facts
        ends = facts.seconds if facts and facts.seconds else float("inf")
        for name, sights in sorted(self.found.items()):
            for run in _runs(sights):
                best = max((box for _, boxes in run for box in boxes), key=lambda box: box.score)
                start, end = run[0][0], min(run[-1][0] + 1 / (_LOOK.rate or 1), ends)
                yield Annotation(
                    name="object",
                    value={
                        "kind": name,
                        "count": max(len(boxes) for _, boxes in run),
                        "box": [best.left, best.top, best.width, best.height],
                    },
                    confidence=best.score,
                    start=round(start, 3) if moving else None,
                    end=round(max(start, end), 3) if moving else None,
                    annotator="objects",
                    version=Objects.version,
                )


def _runs(sights: Sequence[Sight]) -> list[list[Sight]]:
    runs: list[list[Sight]] = []
    for one in sights:
        if runs and one[0] - runs[-1][-1][0] <= _GAP:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
