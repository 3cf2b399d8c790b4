"""Faces: when some are seen, how large, and how many people there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation, Box
from reelwright.core.settings import Settings
from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher
from reelwright.providers.faces import load_finder

if TYPE_CHECKING:
    from reelwright.core.ports import FaceFinder

SIGHTS = "faces"
"""What the best sights of faces are shared as: a list of `Sight`, in order of time."""
_SIDE = 384
"""Pixels of the longer side of the frames that are searched."""
_CLOSELY = 8
"""Where none is found, one of so many frames is searched as it comes, for faces of a thirtieth of
its width: that takes six times as long."""
_SURE = 0.4
"""How sure the finder must be of a face for it to count."""
_GAP, _GAP_SMALL = 2.5, 8.5
"""Seconds without a face that do not end a stretch with faces; with small ones, which are not
looked for all the time."""
_SMALL = 0.12
"""Share of the picture's height up to which a face is small."""
_KEPT = 40


@dataclass(frozen=True)
class Sight:
    """Faces seen at one moment."""

    time: float
    frame: npt.NDArray[np.uint8]
    """Height × width × 3, RGB."""
    boxes: tuple[Box, ...]


class Faces(Annotator):
    """Gives ``people``, how many are seen at one moment, of the whole; and ``face`` for each
    stretch: ``{"count": the most at one moment, "size": the largest one's height as a share of the
    picture's, "box": [left, top, width, height] of that}``."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"face", "people"})
    look = CLOSE

    def __init__(self, finder: FaceFinder) -> None:
        self.finder = finder

    @classmethod
    def make(cls, settings: Settings) -> Faces | None:
        """With the finder that is set; None where ``faces.provider`` is none."""
        finder = load_finder(settings.faces)
        return cls(finder) if finder else None

    def key(self) -> Mapping[str, Any]:
        """The finder's."""
        return self.finder.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.finder)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, finder: FaceFinder) -> None:
        self.subject, self.finder = subject, finder
        self.found: list[tuple[float, tuple[Box, ...]]] = []
        self.sights: list[Sight] = []

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        import cv2

        high, wide = frames.shape[1:3]
        share = min(1.0, _SIDE / max(high, wide))
        size = max(1, round(wide * share)), max(1, round(high * share))
        for at, frame in zip(times.tolist(), frames, strict=True):
            boxes = self._find(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
            if not boxes and share < 1 and len(self.found) % _CLOSELY == 0:
                boxes = self._find(frame)
            self.found.append((at, boxes))
            if boxes:
                self._remember(Sight(at, frame, boxes))

    def _find(self, frame: Any) -> tuple[Box, ...]:
        return tuple(box for box in self.finder.find([frame])[0] if box.score >= _SURE)

    def _remember(self, sight: Sight) -> None:
        self.sights.append(sight)
        if len(self.sights) > _KEPT:
            # The least sure goes: those who tell people apart want the best.
            worst = min(range(len(self.sights)), key=lambda i: self.sights[i].boxes[0].score)
            del self.sights[worst]

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        self.subject.shared[SIGHTS] = self.sights
        if not self.found:
            return
        yield _say("people", _most(self.found))
        moving = self.subject.kind == "video"
        apart = _apart([at for at, _ in self.found])
        for run in _runs([one for one in self.found if one[1]]):
            boxes = [box for _, some in run for box in some]
            largest = max(boxes, key=lambda box: (box.height, box.score))
            value = {
                "count": max(len(some) for _, some in run),
                "size": round(largest.height, 3),
                "box": [
                    round(side, 4)
                    for side in (largest.left, largest.top, largest.width, largest.height)
                ],
            }
            sure = float(np.mean([some[0].score for _, some in run]))
            start, end = run[0][0], min(run[-1][0] + apart, self._ends())
            span = (round(start, 3), round(max(start, end), 3)) if moving else (None, None)
            yield _say("face", value, round(min(1.0, sure), 3), *span)

    def _ends(self) -> float:
        facts = self.subject.facts
        return facts.seconds if facts and facts.seconds else float("inf")


def _most(found: Sequence[tuple[float, tuple[Box, ...]]]) -> int:
    """The most faces at one moment; of a longer film, at two moments: one may be a mistake."""
    counts = sorted((len(boxes) for _, boxes in found), reverse=True)
    return counts[1] if len(counts) >= 6 else counts[0]


def _apart(times: Sequence[float]) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _runs(
    seen: Sequence[tuple[float, tuple[Box, ...]]],
) -> list[list[tuple[float, tuple[Box, ...]]]]:
    runs: list[list[tuple[float, tuple[Box, ...]]]] = []
    for one in seen:
        largest = max(box.height for box in one[1])
        gap = _GAP_SMALL if largest < _SMALL else _GAP
        if runs and one[0] - runs[-1][-1][0] <= gap:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _say(
    name: str,
    value: Any,
    confidence: float = 1.0,
    start: float | None = None,
    end: float | None = None,
) -> Annotation:
    return Annotation(
        name=name, value=value, confidence=confidence, start=start, end=end,
        annotator="faces", version=Faces.version,
    )  # fmt: skip
