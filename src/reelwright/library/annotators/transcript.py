"""Transcript: what is said, by the speech recogniser that is set."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation, Word
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Ear, Kind, Subject, Watcher
from reelwright.providers import door

if TYPE_CHECKING:
    from reelwright.core.ports import Transcriber

_RATE = 16_000
_PAUSE = 0.7
"""Seconds of silence that end a passage."""
_LONGEST = 15.0
"""Seconds of a passage."""
_ENDS = "。！？!?."


class Transcript(Annotator):
    """Gives ``transcript`` for each passage, ``{"text": …}``, and ``language`` of the whole. Asks
    nobody unless ``asr.provider`` is set, and only where there is speech."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio"})
    gives = frozenset({"transcript", "language"})
    after = frozenset({"sound"})
    ear = Ear(_RATE, 1)

    def __init__(self, asr: Transcriber) -> None:
        self.asr = asr

    @classmethod
    def make(cls, settings: Settings) -> Transcript | None:
        """With the recogniser that is set; None where there is none."""
        asr = settings.asr
        return cls(door.load("asr", asr.provider, asr)) if asr.provider else None

    def key(self) -> Mapping[str, Any]:
        """The recogniser's."""
        return self.asr.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(self.asr)


class _Watcher(Watcher):
    def __init__(self, asr: Transcriber) -> None:
        self.asr = asr
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory(prefix="reel-"))
        self.path = Path(folder) / "sound.wav"
        self.file: wave.Wave_write | None = None

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        if self.file is None:
            writer = wave.open(str(self.path), "wb")  # noqa: SIM115 (closed by the stack)
            self.file = self.open.enter_context(writer)
            self.file.setparams((1, 2, _RATE, 0, "NONE", ""))
        whole = np.clip(samples * 32767, -32768, 32767).astype("<i2")
        self.file.writeframes(whole.tobytes())

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if self.file is None:
            return
        self.file.close()
        sounds = next((one.value for one in told if one.name == "sounds"), None)
        if isinstance(sounds, Mapping) and not sounds.get("speech"):
            return
        found = self.asr.transcribe(self.path, None)
        said = False
        for text, start, end in _passages(found.words):
            said = True
            yield _say("transcript", {"text": text}, start, end)
        if said and found.language:
            yield _say("language", found.language.split("-")[0].lower())

    def close(self) -> None:
        self.open.close()


def _passages(words: Sequence[Word]) -> Iterator[tuple[str, float, float]]:
    """Words in passages: to the end of a sentence, to a pause, or as long as a passage may be."""
    run: list[Word] = []
    for number, word in enumerate(words):
        run.append(word)
        after = words[number + 1] if number + 1 < len(words) else None
        ends = word.text.rstrip()[-1:] in _ENDS
        if (
            after is None
            or after.start - word.end > _PAUSE
            or word.end - run[0].start > _LONGEST
            or (ends and word.end - run[0].start > 2)
        ):
            text = "".join(each.text for each in run).strip()
            if text:
                yield text, round(run[0].start, 3), round(max(run[0].start, run[-1].end), 3)
            run = []


def _say(name: str, value: Any, start: float | None = None, end: float | None = None) -> Annotation:
    return Annotation(
        name=name, value=value, confidence=0.9, start=start, end=end,
        annotator="transcript", version=Transcript.version,
    )  # fmt: skip
