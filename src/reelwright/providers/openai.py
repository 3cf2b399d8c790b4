"""What all services that speak OpenAI's API have in common, whatever they are asked for: the cloud,
Ollama, vLLM, llama.cpp, LocalAI, a server of one's own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused
from reelwright.providers.http import Endpoint

CLOUD = "https://api.openai.com/v1"


class OpenAIOptions(BaseModel):
    """What a section of the settings says of such a service."""

    model_config = ConfigDict(frozen=True)

    base_url: str = ""
    """Empty with a key: OpenAI's own."""
    model: str = ""
    api_key: SecretStr = SecretStr("")
    timeout: float = 60
    retries: int = 3


class OpenAIService:
    """A service at an address. A kind says what it is called and which settings it has."""

    what: ClassVar[str]
    """What people call it: "LLM", "image service"."""
    section: ClassVar[str]
    """Of the settings."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the terms of the service or model"
    languages: ClassVar[tuple[str, ...]] = ()

    def __init__(self, options: OpenAIOptions) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what=f"the {self.what}",
            base_url=options.base_url or CLOUD,
            key=options.api_key,
            section=self.section,
            timeout=options.timeout,
            retries=options.retries,
        )

    def check_configured(self) -> None:
        """Raises MissingKey where there is neither an address nor a key."""
        if self.options.base_url or self.options.api_key.get_secret_value().strip():
            return
        name = f"REEL_{self.section.upper()}"
        raise MissingKey(
            f"no {self.what} is set up",
            where=f"setting {self.section}",
            hint=f"set {name}_BASE_URL (a local server, such as http://localhost:11434/v1) "
            f"or {name}_API_KEY (OpenAI)",
        )

    def refused(self, what: str, hint: str = "") -> ProviderRefused:
        """The error of an answer that cannot be used.

        Args:
            what: the answer, as in "JSON that holds no picture".
            hint: what to do, unless it is to check address and model.
        """
        return ProviderRefused(
            f"the {self.what} answered with {what}",
            where=self.endpoint.address,
            hint=hint or f"check {self.section}.base_url and {self.section}.model",
        )
