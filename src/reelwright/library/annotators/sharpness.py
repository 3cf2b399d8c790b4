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
_GAUSS = 0.36
"""Of an edge as a Gaussian blurs it, how soft it is times the sharpest bend for its steepness."""


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

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for at, frame in zip(times.tolist(), frames, strict=True):
            self.times.append(at)
            self.found.append(softness(frame))

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        known = [one for one in self.found if one is not None]
        if not known:
            return
        usual = round(float(np.median(known)), 5)
        yield Annotation(name="sharpness", value=usual, annotator="sharpness", version=VERSION)
        limit = self.limits.blurred
        if self.subject.kind == "picture":
            if known[0] >= limit:
                yield fault("sharpness", "blurred", known[0], limit)
            return
        facts = self.subject.facts
        ends = [*self.times[1:], max(self.times[-1], facts.seconds if facts else 0.0)]
        stretch = Stretch(self.limits.blurred_seconds)
        for at, until, soft in zip(self.times, ends, self.found, strict=True):
            stretch.tell(at, until, soft if soft is not None and soft >= limit else None)
        for start, end, measured in stretch.found():
            yield fault("sharpness", "blurred", measured, limit, start, end)


def softness(frame: npt.NDArray[np.uint8]) -> float | None:
    """How soft a picture's sharpest edges are: the standard deviation of the blur that would make
    them of steps, as a share of the longer side. None where there are no edges.

    An edge blurred by a Gaussian bends the more for its steepness, the less it is blurred: both
    are measured where the picture is steepest (after Elder and Zucker, "Local scale control for
    edge detection and blur estimation", 1998).

    Args:
        frame: height × width × 3, RGB.
    """
    import cv2

    high, wide = frame.shape[:2]
    if min(high, wide) < 16:
        return None
    light = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = cv2.GaussianBlur(light, (0, 0), 0.7)
    steep = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    limit = float(np.partition(steep.ravel(), int(_EDGES * (steep.size - 1)))[
        int(_EDGES * (steep.size - 1))
    ])  # fmt: skip
    if limit < _FAINTEST:
        return None
    bend = np.abs(cv2.Laplacian(light, cv2.CV_32F, ksize=3))
    bend = cv2.dilate(bend, np.ones((5, 5), np.uint8))
    edges = steep >= limit
    sharp = float(np.median(bend[edges] / steep[edges]))
    return _GAUSS / max(sharp, 1e-3) / max(high, wide)
