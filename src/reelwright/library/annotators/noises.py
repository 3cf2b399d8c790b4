"""Faults of the sound: silence, clipping; a recording that is too short or damaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import LibrarySettings, Settings
from reelwright.library.annotators import Annotator, Ear, Kind, Subject, Watcher
from reelwright.library.annotators.faults import VERSION, Stretch, fault

_FULL = 0.97
"""Of full scale: recordings and mixes that are in order get there for moments only."""
_LOUD = 0.5
"""Peak under which a cut below full scale is not looked for: it would have been turned down far."""
_TOP = np.array([0.985, 0.995, 1.001])
"""Shares of the peak: how much lies on the cut, and how much right under it."""
_PILED = 4.0
"""By how much more: of a sine, a third more lies at the top than under it; of all else, less."""


class SoundFaults(Annotator):
    """Gives ``fault`` for what is silent, clipped, short or damaged."""

    version = VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio"})
    gives = frozenset({"fault"})
    ear = Ear(None, None)

    def __init__(self, limits: LibrarySettings) -> None:
        self.limits = limits

    @classmethod
    def make(cls, settings: Settings) -> SoundFaults:
        """With the thresholds of ``library``."""
        return cls(settings.library)

    def key(self) -> Mapping[str, Any]:
        """The thresholds."""
        return self.limits.model_dump(include={"silent", "silent_seconds", "clipped", "short"})

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.limits)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, limits: LibrarySettings) -> None:
        self.subject, self.limits = subject, limits
        self.rest: npt.NDArray[np.float32] | None = None
        self.at = 0.0
        self.silent = Stretch(limits.silent_seconds)
        self.clipped = Stretch(0.0, gap=1.0)

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        rate = self._rate()
        sound = samples if self.rest is None else np.concatenate([self.rest, samples])
        while len(sound) >= rate:
            self._judge(sound[:rate])
            sound = sound[rate:]
        self.rest = sound

    def _rate(self) -> int:
        return self.subject.track.rate if self.subject.track else 48_000

    def _judge(self, second: npt.NDArray[np.float32]) -> None:
        rate = self._rate()
        for first in range(0, len(second), rate // 10):
            part = second[first : first + rate // 10]
            level = 10 * float(np.log10(np.square(part, dtype=np.float64).mean() + 1e-12))
            begins = self.at + first / rate
            quiet = level < self.limits.silent
            self.silent.tell(begins, begins + len(part) / rate, level if quiet else None)
        share = max(cut_off(second[:, channel]) for channel in range(second.shape[1]))
        until = self.at + len(second) / rate
        self.clipped.tell(self.at, until, share if share >= self.limits.clipped else None)
        self.at = until

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if self.rest is not None and len(self.rest) >= self._rate() // 10:
            self._judge(self.rest)
        facts = self.subject.facts
        if facts is not None and facts.kind == "audio" and facts.seconds < self.limits.short:
            yield fault("noises", "short", facts.seconds, self.limits.short)
        for start, end, level in self.silent.found():
            yield fault("noises", "silent", level, self.limits.silent, start, end)
        for start, end, share in self.clipped.found():
            yield fault("noises", "clipped", share, self.limits.clipped, start, end)
        if self.subject.trouble:
            yield fault("noises", "damaged", len(self.subject.trouble), 0)


def cut_off(sound: npt.NDArray[np.float32]) -> float:
    """The share of some samples (one channel, about a second) that lie where the sound was cut off.

    Sound that is cut off at full scale stays there, or about there when a codec has ruffled it. Cut
    off and then turned down, without a codec, many samples still share one height.
    """
    loud = np.abs(sound)
    share = float((loud >= _FULL).mean())
    top = float(loud.max(initial=0.0))
    if _LOUD <= top < _FULL:
        under, over = np.histogram(loud, _TOP * top)[0]
        if over > _PILED * max(under, 8):
            share = float(over) / len(loud)
    return share
