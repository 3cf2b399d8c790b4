"""Sound: where there is speech, music, silence or other sound."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import ReelError
from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Ear, Kind, Subject, Watcher
from reelwright.media.hearing import RATE, STEP, Heard, Listener, tell_mode
from reelwright.providers import door

if TYPE_CHECKING:
    from reelwright.core.ports import VoiceActivity

_ON, _OFF = 0.5, 0.3
"""Probability at which speech begins, and under which it ends."""
_QUIET = -50.0
"""Decibels (full scale) under which there is silence."""
_TONES = 0.14
"""Share of the energy in held notes from which on it is music."""
_HUM = 0.9
"""Share beyond which it is nothing but one tone, if it never changes either."""
_CHANGES = 0.04
"""Strokes under which it never changes; see `media.hearing.Heard`."""
_DEEP = 28.0
"""Decibels below the loudest at which music is no longer told from a room's hum."""
_EDGE = 0.25
"""Seconds around speech in which a detector may have missed some of it."""
_WIDE = 2.0
"""Seconds over which music is told."""
_GAPS = {"speech": 0.4, "music": 1.5, "silence": 0.1, "noise": 0.3}
"""Seconds of something else that do not end a stretch."""
_LEAST = {"speech": 0.2, "music": 1.5, "silence": 0.3, "noise": 0.5}
"""Seconds that a stretch lasts, at least."""

Mask = npt.NDArray[np.bool_]


class Sound(Annotator):
    """Gives ``sound`` for each stretch, ``{"kind": speech, music, silence or noise}``, of which
    music may lie under speech; and ``sounds``, of the whole: ``{"speech", "music", "silence",
    "noise": shares of the time, "level": decibels of what is no silence, "strokes": how much of
    it is new from moment to moment, 0 to 1, "mode": −1 minor to 1 major}``."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio"})
    gives = frozenset({"sound", "sounds"})
    ear = Ear(RATE, 1)

    def __init__(self, vad: VoiceActivity) -> None:
        self.vad = vad

    @classmethod
    def make(cls, settings: Settings) -> Sound:
        """With the detector of speech that is set."""
        return cls(door.load("vad", settings.vad.provider, settings.vad))

    def key(self) -> Mapping[str, Any]:
        """The detector's."""
        return self.vad.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(self.vad)


class _Watcher(Watcher):
    def __init__(self, vad: VoiceActivity) -> None:
        self.vad = vad
        self.listener = Listener()
        self.voice = _Voice(vad)
        self.heard = 0

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        self.heard += len(samples)
        self.listener.hear(samples)
        self.voice.hear(samples)

    def close(self) -> None:
        self.voice.close()

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if not self.heard:
            return
        likely = self.voice.finish()
        heard = self.listener.finish()
        if not len(heard.levels):
            return
        at = ((np.arange(len(heard.levels)) + 0.5) * STEP / self.vad.step).astype(int)
        likely = likely[np.minimum(at, len(likely) - 1)] if len(likely) else np.zeros(len(at))
        masks = tell(heard, likely)
        seconds = self.heard / RATE
        for kind, mask in masks.items():
            for first, last in runs(mask):
                yield Annotation(
                    name="sound",
                    value={"kind": kind},
                    confidence=round(_sure(kind, heard, likely, first, last), 3),
                    start=round(first * heard.step, 3),
                    end=round(min(last * heard.step, seconds), 3),
                    annotator="sound",
                    version=Sound.version,
                )
        loud = heard.levels[~masks["silence"]]
        power = float(np.mean(10 ** (loud / 10))) if len(loud) else 0.0
        value: dict[str, float] = {
            kind: round(float(mask.mean()), 3) for kind, mask in masks.items()
        }
        value["level"] = round(10 * float(np.log10(power + 1e-12)), 1)
        value["strokes"] = round(float(heard.strokes.mean()), 3)
        value["mode"] = round(tell_mode(heard.notes), 2) if masks["music"].any() else 0.0
        yield Annotation(name="sounds", value=value, annotator="sound", version=Sound.version)


def tell(heard: Heard, likely: npt.NDArray[Any]) -> dict[str, Mask]:
    """What there is at each step: speech, music (also under speech), silence, noise.

    Args:
        heard: what was measured.
        likely: the probability of speech at each step.
    """
    speech = np.zeros(len(likely), bool)
    for first, last in runs(likely >= _OFF):
        speech[first:last] = likely[first:last].max() >= _ON
    speech = _tidy(speech, "speech", heard.step)
    silence = _tidy((heard.levels < _QUIET) & ~speech, "silence", heard.step)
    # Under words a voice hides the notes, so the pauses decide, unless nothing but the hum of the
    # room is in them.
    loudest = float(np.percentile(heard.levels, 95)) if len(heard.levels) else 0.0
    counts = ~silence & (heard.levels > loudest - _DEEP)
    voiced = np.convolve(speech, np.ones(2 * round(_EDGE / heard.step) + 1), "same") > 0
    weight = np.where(voiced[: len(speech)], 0.02, 1.0) * counts
    width = round(_WIDE / heard.step)
    tones = _mean(heard.tones, weight, width)
    changing = _mean(heard.strokes, weight, width) >= _CHANGES
    music = (tones >= _TONES) & (changing | (tones < _HUM)) & ~silence
    music = _tidy(music, "music", heard.step) & ~silence
    noise = _tidy(~(speech | silence | music), "noise", heard.step) & ~(speech | silence | music)
    return {"speech": speech, "music": music, "silence": silence, "noise": noise}


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Where a mask is true: first and last (exclusive)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _tidy(mask: Mask, kind: str, step: float) -> Mask:
    """A mask without gaps and stretches that are too short to be told."""
    kept = mask.copy()
    for first, last in runs(~mask):
        if first > 0 and last < len(mask) and (last - first) * step < _GAPS[kind]:
            kept[first:last] = True
    for first, last in runs(kept):
        whole = first == 0 and last == len(mask)
        if (last - first) * step < _LEAST[kind] and not whole:
            kept[first:last] = False
    return kept


def _mean(values: npt.NDArray[Any], weight: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
    """The weighted mean around each step; 0 where hardly anything counts."""
    window = np.ones(min(width, len(values)))
    total = np.convolve(weight, window, "same")
    found = np.convolve(values * weight, window, "same") / np.maximum(total, 1e-9)
    return np.where(total > 0.1 * len(window), found, 0.0)


def _sure(kind: str, heard: Heard, likely: npt.NDArray[Any], first: int, last: int) -> float:
    if kind == "speech":
        return float(likely[first:last].mean())
    if kind == "music":
        return min(1.0, 0.5 + float(heard.tones[first:last].mean()))
    return 1.0 if kind == "silence" else 0.6


class _Voice:
    """A detector of speech, told block by block: it asks for the next in a thread of its own."""

    def __init__(self, vad: VoiceActivity) -> None:
        self._blocks: queue.Queue[npt.NDArray[np.float32] | None] = queue.Queue(4)
        self._found: list[float] = []
        self._trouble: list[ReelError] = []
        self._worker = threading.Thread(target=self._work, args=(vad,), daemon=True)
        self._worker.start()

    def hear(self, samples: npt.NDArray[np.float32] | None) -> None:
        while self._worker.is_alive():
            with suppress(queue.Full):
                self._blocks.put(samples, timeout=0.2)
                return

    def finish(self) -> npt.NDArray[np.float64]:
        """The probability of speech at each of the detector's steps."""
        self.close()
        if self._trouble:
            raise self._trouble[0]
        return np.array(self._found)

    def close(self) -> None:
        self.hear(None)
        self._worker.join()

    def _work(self, vad: VoiceActivity) -> None:
        try:
            self._found.extend(vad.listen(self._asked()))
        except ReelError as error:
            self._trouble.append(error)

    def _asked(self) -> Iterator[npt.NDArray[np.float32]]:
        while (block := self._blocks.get()) is not None:
            yield block
