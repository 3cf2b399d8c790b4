"""Looks: colours, brightness, contrast, how colourful and how warm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher
from reelwright.media.glance import leading_colours

_ACROSS = 64
"""Pixels of the longer side of the copies that are measured."""
_MOST = 400
"""Copies that are kept for naming colours, evenly apart."""


class Looks(Annotator):
    """Gives ``colours``, the names of those that take up most of the picture, most first;
    ``brightness``, mean luma, 0 to 1; and ``tone``, ``{"contrast", "colourful", "warm"}``: spread
    of luma and mean saturation (0 to 1), and how much redder than blue it is (−1 to 1)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"colours", "brightness", "tone"})
    look = CLOSE

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher()


class _Watcher(Watcher):
    def __init__(self) -> None:
        self.small: list[npt.NDArray[np.uint8]] = []
        self.every = 1
        self.count = 0
        self.sums = np.zeros(4)

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        import cv2

        high, wide = frames.shape[1:3]
        share = min(1.0, _ACROSS / max(high, wide))
        size = max(1, round(wide * share)), max(1, round(high * share))
        for frame in frames:
            copy = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
            self.sums += _measure(copy)
            if self.count % self.every == 0:
                self.small.append(copy)
            self.count += 1
            if len(self.small) > _MOST:
                self.small, self.every = self.small[::2], self.every * 2

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if not self.count:
            return
        light, contrast, colourful, warm = (self.sums / self.count).round(3).tolist()
        pixels = np.concatenate([copy.reshape(-1, 3) for copy in self.small])
        yield _say("colours", list(leading_colours(pixels)))
        yield _say("brightness", light)
        yield _say("tone", {"contrast": contrast, "colourful": colourful, "warm": warm})


def _measure(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Mean luma, its spread, mean saturation and warmth of a frame (height × width × 3)."""
    values = frame.reshape(-1, 3) / 255
    luma = values @ np.array([0.2126, 0.7152, 0.0722])
    high, low = values.max(1), values.min(1)
    # Saturation of what is nearly black is noise: weighed by its light.
    saturation = float((high - low).mean() / max(high.mean(), 0.02))
    warm = float((values[:, 0] - values[:, 2]).mean() / max(high.mean(), 0.02))
    return np.array([luma.mean(), luma.std() * 2, min(1.0, saturation), max(-1.0, min(1.0, warm))])


def _say(name: str, value: Any) -> Annotation:
    return Annotation(name=name, value=value, annotator="looks", version=Looks.version)
