"""Any endpoint with ``/audio/transcriptions``: cloud, or a local server that speaks the same.

What is asked for is ``verbose_json`` with the time of each word. A service that tells the times of
segments only is taken at that: their words are spread over them. One that tells no times at all is
refused, since nothing here could be done with its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused
from reelwright.core.nouns import Transcript, Word
from reelwright.providers.asr.pieces import cut_wav
from reelwright.providers.asr.words import PROMPTS, language_code, place_words, spread
from reelwright.providers.http import Endpoint, Form, request_json

CLOUD = "https://api.openai.com/v1"
CLOUD_MODEL = "whisper-1"
VERSION = 1
"""Counts changes to what is asked and how the answer is read."""


class OpenAITranscriber:
    """See `reelwright.core.ports.Transcriber`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the terms of the service or model"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Filled from the settings section ``asr``."""

        model_config = ConfigDict(frozen=True)

        base_url: str = ""
        model: str = ""
        api_key: SecretStr = SecretStr("")
        timeout: float = 300
        retries: int = 3

    def __init__(self, options: Options) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what="the transcription service",
            base_url=options.base_url or CLOUD,
            key=options.api_key,
            section="asr",
            timeout=options.timeout,
            retries=options.retries,
        )
        self.model = options.model or CLOUD_MODEL

    def transcribe(self, sound: Path, language: str | None) -> Transcript:
        """See `core.ports.Transcriber`. Recordings over ten minutes are sent in pieces.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http`; an answer without times.
            FootageError: the sound is no PCM WAV.
        """
        if not self.options.base_url and not self.options.api_key.get_secret_value().strip():
            raise MissingKey(
                "no transcription service is set up",
                where="setting asr",
                hint="set REEL_ASR_BASE_URL (a local server) or REEL_ASR_API_KEY (OpenAI)",
            )
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
        return ProviderRefused(
            f"the transcription service answered with {what}",
            where=self.endpoint.address,
            hint="check asr.base_url and asr.model: it needs a model that gives word times, "
            f"like {CLOUD_MODEL}",
        )
