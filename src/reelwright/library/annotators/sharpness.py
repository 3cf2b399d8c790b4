"""Blur: pictures whose sharpest edges are soft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import LibrarySettings, Settings
from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.faults import VERSION, Stretch, fault

_EDGES = 0.98
"""Of the places of a picture, those steeper than this share of them are its edges."""
_FAINTEST = 10.0
"""Steepness (of luma, 0 to 255, over eight pixels) under which there is no edge to judge by."""
_AGAIN = 2.0
"""Pixels by which a picture is blurred to see what difference that makes."""
_LEAST = 2.0
"""Pixels of blur that every small picture may have."""


class Sharpness(Annotator):
    """Gives ``fault`` for what is blurred, and ``sharpness``: how soft the sharpest edges usually
    are, as a share of the longer side (0.001 is sharp)."""

    version = VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"fault", "sharpness"})
    look = CLOSE

    def __init__(self, limits: LibrarySettings) -> None:
        self.limits = limits

    @classmethod
    def make(cls, settings: Settings) -> Sharpness:
        """With the thresholds of ``library``."""
        return cls(settings.library)

    def key(self) -> Mapping[str, Any]:
        """The thresholds."""
        return self.limits.model_dump(include={"blurred", "blurred_seconds"})

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.limits)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, limits: LibrarySettings) -> None:
        self.subject, self.limits = subject, limits
        self.times: list[float] = []
        self.found: list[float | None] = []
        self.side = 1

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for at, frame in zip(times.tolist(), frames, strict=True):
            self.times.append(at)
            self.found.append(softness(frame))
            self.side = max(frame.shape[:2])

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        known = [one for one in self.found if one is not None]
        if not known:
            return
        usual = round(float(np.median(known)), 5)
        yield Annotation(name="sharpness", value=usual, annotator="sharpness", version=VERSION)
        limit = max(self.limits.blurred, _LEAST / self.side)
        if self.subject.kind == "picture":
            if known[0] >= limit:
                yield fault("sharpness", "blurred", known[0], round(limit, 4))
            return
        facts = self.subject.facts
        ends = [*self.times[1:], max(self.times[-1], facts.seconds if facts else 0.0)]
        stretch = Stretch(self.limits.blurred_seconds)
        for at, until, soft in zip(self.times, ends, self.found, strict=True):
            stretch.tell(at, until, soft if soft is not None and soft >= limit else None)
        for start, end, measured in stretch.found():
            yield fault("sharpness", "blurred", measured, round(limit, 4), start, end)


def softness(frame: npt.NDArray[np.uint8]) -> float | None:
    """How soft a picture's sharpest edges are: the standard deviation of the blur that would make
    them of steps, as a share of the longer side. None where there are no edges.

    The picture is blurred once more: the softer an edge is, the less flatter it gets (Zhuo and Sim,
    "Defocus map estimation from a single image", 2011).

    Args:
        frame: height × width × 3, RGB.
    """
    import cv2

    high, wide = frame.shape[:2]
    if min(high, wide) < 16:
        return None
    light = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = cv2.GaussianBlur(light, (0, 0), 0.7)  # grain has no edges
    steep = _steepness(light)
    place = int(_EDGES * (steep.size - 1))
    limit = float(np.partition(steep.ravel(), place)[place])
    if limit < _FAINTEST:
        return None
    crests = steep >= cv2.dilate(steep, np.ones((3, 3), np.uint8))
    edges = crests & (steep >= limit)
    flatter = _steepness(cv2.GaussianBlur(light, (0, 0), _AGAIN))
    ratio = float(np.median(steep[edges] / np.maximum(flatter[edges], 1e-3)))
    return _AGAIN / float(np.sqrt(max(ratio**2 - 1, 1e-3))) / max(high, wide)


def _steepness(light: Any) -> Any:
    import cv2

    return cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
