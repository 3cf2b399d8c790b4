"""Writing: the text in pictures, where somebody reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Kind, Look, Subject, Watcher
from reelwright.providers.ocr import load_reader

if TYPE_CHECKING:
    from reelwright.core.ports import TextReader

_SHARP = Look(960, 0.2)
"""A frame in five seconds, large enough to be read."""
_MOST = 24
"""Frames of one asset that are read: those with most strokes in them."""
_STROKES = 0.035
"""Share of a picture's places on strong edges that run in all directions, from which on there may
be writing in it."""
_GAP = 12.0
"""Seconds within which the same line is the same text."""


class Writing(Annotator):
    """Gives ``text``, ``{"text": a line}``, for the stretch in which it was read. Says nothing
    where no reader is installed (``ocr.provider``)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"text"})
    look = _SHARP

    def __init__(self, reader: TextReader) -> None:
        self.reader = reader

    @classmethod
    def make(cls, settings: Settings) -> Writing | None:
        """With the reader that is set; None where there is none."""
        reader = load_reader(settings.ocr)
        return cls(reader) if reader else None

    def key(self) -> Mapping[str, Any]:
        """The reader's."""
        return self.reader.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.reader)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, reader: TextReader) -> None:
        self.subject, self.reader = subject, reader
        self.kept: list[tuple[float, float, npt.NDArray[np.uint8]]] = []

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for at, frame in zip(times.tolist(), frames, strict=True):
            strokes = strokes_in(frame)
            if strokes >= _STROKES:
                self.kept.append((strokes, at, frame.copy()))
        if len(self.kept) > _MOST:
            self.kept = sorted(self.kept, key=lambda one: -one[0])[:_MOST]

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        lines: dict[str, list[tuple[float, float]]] = {}
        for _, at, frame in sorted(self.kept, key=lambda one: one[1]):
            for text, box in self.reader.read(frame):
                if sum(char.isalnum() for char in text) > 1:
                    lines.setdefault(text, []).append((at, box.score))
        for text, seen in lines.items():
            for run in _runs(seen):
                sure = sum(score for _, score in run) / len(run)
                span = (run[0][0], run[-1][0] + 1 / (_SHARP.rate or 1))
                moving = self.subject.kind == "video"
                yield _say(text, sure, *(span if moving else (None, None)))


def strokes_in(frame: npt.NDArray[np.uint8]) -> float:
    """Share of a picture (height × width × 3, RGB) that lies on strong edges where edges run both
    across and down, as they do in writing: 0 to 1."""
    import cv2

    light = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float32)
    across = np.abs(np.asarray(cv2.Sobel(light, cv2.CV_32F, 1, 0), np.float32)) > 160
    down = np.abs(np.asarray(cv2.Sobel(light, cv2.CV_32F, 0, 1), np.float32)) > 160
    size = (15, 15)
    both = np.minimum(
        np.asarray(cv2.blur(across.astype(np.float32), size)),
        np.asarray(cv2.blur(down.astype(np.float32), size)),
    )
    return float((both > 0.06).mean())


def _runs(seen: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = []
    for one in seen:
        if runs and one[0] - runs[-1][-1][0] <= _GAP:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _say(
    text: str, sure: float, start: float | None = None, end: float | None = None
) -> Annotation:
    return Annotation(
        name="text", value={"text": text}, confidence=round(min(1.0, sure), 3),
        start=start, end=end, annotator="writing", version=Writing.version,
    )  # fmt: skip
