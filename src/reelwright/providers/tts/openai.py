"""Any service that speaks OpenAI's ``/audio/speech``: the cloud, or a server of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, SecretStr

from reelwright.core.nouns import Origin, Speech, WordTime
from reelwright.providers.door import need_key
from reelwright.providers.http import Endpoint, request_bytes
from reelwright.providers.tts.files import save_sound

_CLOUD = "https://api.openai.com/v1"


class OpenAIVoice:
    """Kind ``tts``, name ``openai``. Gives no word times."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the service's terms"
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")

    class Options(BaseModel):
        """From the settings group ``voice``."""

        base_url: str = ""
        api_key: SecretStr = SecretStr("")
        model: str = ""
        timeout: float = 60
        retries: int = 3

    def __init__(self, options: Options) -> None:
        """Raises MissingKey when OpenAI's own address is meant and there is no key."""
        self.options = options
        self.base_url = options.base_url or _CLOUD
        self.model = options.model or "tts-1"
        if not options.base_url:
            need_key(options.api_key, ("voice", "api_key"), what="OpenAI's voice")

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`. Errors: `reelwright.providers.http`."""
        endpoint = Endpoint(
            what="the voice openai",
            base_url=self.base_url,
            key=self.options.api_key,
            section="voice",
            timeout=self.options.timeout,
            retries=self.options.retries,
        )
        data = request_bytes(
            endpoint,
            "audio/speech",
            {
                "model": self.model,
                "input": speech.text,
                "voice": _voice(speech),
                "response_format": "wav",
                "speed": speech.rate,
            },
        )
        save_sound(
            data,
            out,
            what="the voice openai",
            hint="check that the service at voice.base_url gives WAV, and the name in voice.model",
        )
        return ()

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`."""
        return Origin(
            provider="openai",
            model=f"{self.model}, {_voice(speech)}",
            licence=self.licence,
            ai_made=True,
        )

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        return {
            "engine": "openai",
            "address": Endpoint(what="", base_url=self.base_url).address,
            "model": self.model,
            "voice": _voice(speech),
        }


def _voice(speech: Speech) -> str:
    return speech.voice or "alloy"
