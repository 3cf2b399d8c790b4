"""The embedded voice: espeak-ng, on any machine, without a network or an account.

A line is cut into runs of one language. Chinese is turned into syllables with tones
(`mandarin`), grouped into words, and spoken by espeak-ng's pinyin voice; Latin words, in whatever
language the line is, are spoken by its English voice with the same timbre. The runs are joined at
the quiet ends of their sound, and the whole is polished (`polish`). Word times are the engine's own
events, so they hold to the sample.

espeak-ng is free software under GPL-3.0-or-later; what it speaks is free of its licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from reelwright.core.nouns import Origin, Speech, WordTime

VERSION = 1
"""Counts changes to how these files make sound."""


class EspeakVoice:
    """Kind ``tts``, name ``espeak``."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "GPL-3.0-or-later (the engine; what it speaks is free)"
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")

    class Options(BaseModel):
        """Nothing to set besides the voice's name and rate, which come with each speech."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`.

        `speech.voice` is a variant of espeak-ng (``f3``, ``max`` …), an English accent (``en-gb``)
        or both (``en-gb+m3``).
        """
        from reelwright.media.sound import write_wav
        from reelwright.providers.tts.espeak_engine import RATE
        from reelwright.providers.tts.espeak_lines import speak_line

        samples, times = speak_line(speech)
        write_wav(out, samples, RATE)
        return times

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`. Synthetic speech is AI-made in the sense of
        GB 45438-2025."""
        return Origin(
            provider="espeak",
            model=f"espeak-ng, {speech.voice or 'its best voice'}",
            licence=self.licence,
            ai_made=True,
        )

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        from importlib.metadata import version

        libraries = ("espeakng-loader", "pypinyin", "rjieba")
        return {
            "engine": "espeak",
            "version": VERSION,
            "libraries": {name: version(name) for name in libraries},
            "voice": _checked(speech.voice),
        }


def _checked(voice: str | None) -> str:
    """A voice's name if there is such a voice; the engine is asked only when one is named."""
    if not voice:
        return ""
    from reelwright.providers.tts.espeak_lines import choose

    return "+".join(choose(voice))
