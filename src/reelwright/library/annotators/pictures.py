"""Faults of the picture that small frames show: damage, black, freezing, exposure; size, length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import LibrarySettings, Settings
from reelwright.library.annotators import EVERY, Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.faults import VERSION, Fault, Stretch, fault

_BRIGHT = 250
"""Luma (0 to 255) from which on a place has burnt out."""
_NEARLY = 225
_ROLLED = 0.03
"""What has burnt out shades off towards that: so much of its area is nearly as bright. White paper
and screens have edges instead."""
_MISSING = 1.0
"""Seconds by which a file may end before it says."""


class PictureFaults(Annotator):
    """Gives ``fault`` for what is damaged, black, frozen, over- or underexposed, short or small."""

    version = VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"fault"})
    look = EVERY

    def __init__(self, limits: LibrarySettings) -> None:
        self.limits = limits

    @classmethod
    def make(cls, settings: Settings) -> PictureFaults:
        """With the thresholds of ``library``."""
        return cls(settings.library)

    def key(self) -> Mapping[str, Any]:
        """The thresholds."""
        names = {
            "black", "black_seconds", "frozen", "frozen_seconds", "overexposed", "underexposed",
            "exposure_seconds", "short", "small",
        }  # fmt: skip
        return self.limits.model_dump(include=names)

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.limits)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, limits: LibrarySettings) -> None:
        self.subject, self.limits = subject, limits
        self.black = Stretch(limits.black_seconds)
        self.frozen = Stretch(limits.frozen_seconds)
        self.over = Stretch(limits.exposure_seconds, gap=0.2)
        self.under = Stretch(limits.exposure_seconds, gap=0.2)
        self.before: npt.NDArray[np.int16] | None = None
        self.at: float | None = None
        self.states: tuple[float | None, ...] = (None, None, None)

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for at, frame in zip(times.tolist(), frames, strict=True):
            light = luma(frame)
            self._tell(at)
            if self.before is not None and self.at is not None:
                change = float(np.abs(light - self.before).mean()) / 255
                self.frozen.tell(self.at, at, change if change <= self.limits.frozen else None)
            self.states = self._judge(light)
            self.before, self.at = light, at

    def _tell(self, until: float) -> None:
        """What the frame before showed, it showed until this one."""
        if self.at is not None:
            stretches = (self.black, self.over, self.under)
            for stretch, measured in zip(stretches, self.states, strict=True):
                stretch.tell(self.at, until, measured)

    def _judge(self, light: npt.NDArray[np.int16]) -> tuple[float | None, ...]:
        counts = np.bincount(light.ravel(), minlength=256)
        shares = np.cumsum(counts) / light.size
        # Nearly all of it, so that a channel's logo or a speck of noise makes no difference.
        most = float(np.searchsorted(shares, 0.98)) / 255
        if most <= self.limits.black:
            return most, None, None
        burnt, nearly = counts[_BRIGHT:].sum() / light.size, counts[_NEARLY:_BRIGHT].sum()
        over = burnt >= self.limits.overexposed and nearly >= _ROLLED * burnt * light.size
        usual = float(np.searchsorted(shares, 0.9)) / 255
        under = usual <= self.limits.underexposed
        return None, float(burnt) if over else None, usual if under else None

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        yield from self._facts()
        if self.at is None:
            return
        if self.subject.kind == "picture":
            kinds: tuple[Fault, ...] = ("black", "overexposed", "underexposed")
            for kind, measured in zip(kinds, self.states, strict=True):
                if measured is not None:
                    yield self._say(kind, measured)
            return
        facts = self.subject.facts
        end = facts.seconds if facts and facts.seconds > self.at else self.at
        self._tell(end)
        # A black picture stands still as well: that is one fault, not two.
        black = list(self.black.found())
        for start, stop, measured in black:
            yield self._say("black", measured, start, stop)
        for start, stop, measured in self.frozen.found():
            if not any(a - 0.1 <= start and stop <= b + 0.1 for a, b, _ in black):
                yield self._say("frozen", measured, start, stop)
        for start, stop, measured in self.over.found():
            yield self._say("overexposed", measured, start, stop)
        for start, stop, measured in self.under.found():
            yield self._say("underexposed", measured, start, stop)

    def _facts(self) -> Iterable[Annotation]:
        facts = self.subject.facts
        if facts is None:
            return
        for start, end in self.subject.damage:
            yield fault("pictures", "damaged", end - start, 0.0, start, end)
        if facts.kind == "video" and facts.seconds < self.limits.short:
            yield fault("pictures", "short", facts.seconds, self.limits.short)
        if min(facts.width, facts.height) < self.limits.small:
            yield fault("pictures", "small", min(facts.width, facts.height), self.limits.small)

    def _say(
        self, kind: Fault, measured: float, start: float | None = None, end: float | None = None
    ) -> Annotation:
        return fault("pictures", kind, measured, getattr(self.limits, kind), start, end)


def luma(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """The light of a frame (height × width × 3, RGB), 0 to 255."""
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.int16)
