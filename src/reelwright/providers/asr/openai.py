"""Any endpoint with ``/audio/transcriptions``: cloud, or a local server that speaks the same.

What is asked for is ``verbose_json`` with the time of each word. A service that tells the times of
segments only is taken at that: their words are spread over them. One that tells no times at all is
refused, since nothing here could be done with its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from reelwright.core.errors import ProviderRefused
from reelwright.core.nouns import Transcript, Word
from reelwright.providers.asr.pieces import cut_wav
from reelwright.providers.asr.words import PROMPTS, language_code, place_words, spread
from reelwright.providers.http import Form, request_json
from reelwright.providers.openai import OpenAIOptions, OpenAIService

CLOUD_MODEL = "whisper-1"
VERSION = 1
"""Counts changes to what is asked and how the answer is read."""


class OpenAITranscriber(OpenAIService):
    """See `reelwright.core.ports.Transcriber`."""

    what: ClassVar[str] = "transcription service"
    section: ClassVar[str] = "asr"

    class Options(OpenAIOptions):
        """Filled from the settings section ``asr``."""

        timeout: float = 300

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.model = options.model or CLOUD_MODEL

    def transcribe(self, sound: Path, language: str | None) -> Transcript:
        """See `core.ports.Transcriber`. Recordings over ten minutes are sent in pieces.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http`; an answer without times.
            FootageError: the sound is no PCM WAV.
        """
        self.check_configured()
        words: list[Word] = []
        spoken = language or ""
        for begin, wav in cut_wav(sound):
            answer = self._ask(wav, language)
            if not spoken and isinstance(answer.get("language"), str):
                spoken = language_code(answer["language"])
            found = self._words(answer)
            if words and found and found[0].text[0].isascii():
                words[-1] = words[-1].model_copy(update={"text": words[-1].text.rstrip() + " "})
            words += [
                word.model_copy(update={"start": word.start + begin, "end": word.end + begin})
                for word in found
            ]
        return Transcript(language=spoken, words=tuple(words))

    def key(self) -> Mapping[str, Any]:
        """Address and model."""
        return {
            "provider": "openai",
            "version": VERSION,
            "address": self.endpoint.address,
            "model": self.model,
        }

    def _ask(self, wav: bytes, language: str | None) -> dict[str, Any]:
        fields = [
            ("model", self.model),
            ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
            ("temperature", "0"),
        ]
        if language:
            fields.append(("language", language))
        if language in PROMPTS:
            fields.append(("prompt", PROMPTS[language]))
        form = Form(tuple(fields), ("file", "speech.wav", "audio/wav", wav))
        answer = request_json(self.endpoint, "audio/transcriptions", form=form)
        if not isinstance(answer, dict):
            raise self._refused("JSON that holds no transcript")
        return answer

    def _words(self, answer: dict[str, Any]) -> tuple[Word, ...]:
        try:
            text = str(answer["text"])
            segments = answer.get("segments") or []
            rows = answer.get("words") or [w for s in segments for w in s.get("words") or []]
            heard = [(str(row["word"]), float(row["start"]), float(row["end"])) for row in rows]
            if not heard:
                for segment in segments:
                    begin, end = float(segment["start"]), float(segment["end"])
                    heard += spread(str(segment["text"]), begin, end)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._refused("JSON that holds no transcript") from None
        if text.strip() and not heard:
            raise self._refused("a text without the times of its words")
        return place_words(text, heard)

    def _refused(self, what: str) -> ProviderRefused:
        return self.refused(
            what,
            "check asr.base_url and asr.model: it needs a model that gives word times, "
            f"like {CLOUD_MODEL}",
        )
