"""Any endpoint that speaks OpenAI's chat API: cloud, Ollama, vLLM, llama.cpp, DeepSeek, Qwen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from reelwright.core.errors import ProviderRefused, SettingError
from reelwright.core.nouns import Origin
from reelwright.core.ports import AnswerMode, Message
from reelwright.providers.http import Endpoint, request_json
from reelwright.providers.openai import OpenAIOptions, OpenAIService

CLOUD_MODEL = "gpt-4o-mini"


class OpenAILLM(OpenAIService):
    """See `reelwright.core.ports.LLM`."""

    what: ClassVar[str] = "LLM"
    section: ClassVar[str] = "llm"

    class Options(OpenAIOptions):
        """Filled from the settings section ``llm``. An empty model means OpenAI's small one, or the
        only one the endpoint has."""

        timeout: float = 120
        temperature: float = 0.7

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.temperature = options.temperature
        self._model = options.model or ("" if options.base_url else CLOUD_MODEL)
        self._sends_temperature = True

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None, mode: AnswerMode
    ) -> str:
        """The text of the answer, possibly empty or broken off. See `core.ports.LLM`.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused: the endpoint does not know this mode, or declines.
            ProviderUnavailable: no answer after all tries.
            SettingError: the endpoint has several models and none is chosen.
        """
        payload: dict[str, Any] = {
            "model": self.model(),
            "messages": [dict(message) for message in messages],
            "temperature": self.temperature,
        }
        if mode == "json_schema":
            payload["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(schema or {})},
            }
        elif mode == "json_object":
            payload["response_format"] = {"type": "json_object"}
        return _text(self._send(payload), self.endpoint)

    def key(self) -> Mapping[str, Any]:
        """Address, model and temperature."""
        return {
            "provider": "openai",
            "address": self.endpoint.address,
            "model": self._model,
            "temperature": self.temperature,
        }

    def origin(self, prompt: str) -> Origin:
        """What to record of an answer to `prompt`."""
        return Origin(provider="openai", model=self._model or None, prompt=prompt, ai_made=True)

    def model(self) -> str:
        """The model asked; where none is set, the only one the endpoint has (asked for once)."""
        self.check_configured()
        if not self._model:
            self._model = self._only_model()
        return self._model

    def models(self) -> list[str]:
        """The names of the endpoint's models, as it lists them. Errors: those of `complete`."""
        self.check_configured()
        answer = request_json(self.endpoint, "models")
        found = answer.get("data") if isinstance(answer, dict) else None
        rows = found if isinstance(found, list) else []
        return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]

    def _only_model(self) -> str:
        names = self.models()
        if len(names) == 1:
            return names[0]
        listed = ", ".join(names[:10]) or "none that it lists"
        raise SettingError(
            "no model is chosen, and the endpoint does not have exactly one",
            where="setting llm.model",
            hint=f"set llm.model to one of: {listed}",
        )

    def _send(self, payload: dict[str, Any]) -> Any:
        if not self._sends_temperature:
            payload.pop("temperature", None)
        try:
            return request_json(self.endpoint, "chat/completions", payload)
        except ProviderRefused as error:
            # Reasoning models answer 400 to any temperature but their own.
            if "temperature" not in error.message or "temperature" not in payload:
                raise
        self._sends_temperature = False
        return self._send(payload)


def _text(answer: Any, endpoint: Endpoint) -> str:
    """The text in a chat completion. A refusal by the model is ProviderRefused."""
    try:
        message = answer["choices"][0]["message"]
        content, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ProviderRefused(
            "the LLM answered with JSON that is no chat completion",
            where=endpoint.address,
            hint="check llm.base_url: it should end where /chat/completions begins",
        ) from None
    if refusal:
        raise ProviderRefused(f"the model declined: {refusal}", where=endpoint.address)
    return content if isinstance(content, str) else ""
