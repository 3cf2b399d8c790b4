"""Any endpoint with ``/embeddings``: cloud, Ollama, vLLM, llama.cpp. Places texts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused
from reelwright.providers.http import Endpoint, request_json

CLOUD = "https://api.openai.com/v1"
CLOUD_MODEL = "text-embedding-3-small"
_AT_ONCE = 64


class OpenAIEmbedder:
    """See `reelwright.core.ports.Embedder`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the terms of the service or model"
    languages: ClassVar[tuple[str, ...]] = ()
    pictures: ClassVar[bool] = False

    class Options(BaseModel):
        """Filled from the settings section ``embed``."""

        model_config = ConfigDict(frozen=True)

        base_url: str = ""
        model: str = ""
        api_key: SecretStr = SecretStr("")
        timeout: float = 60
        retries: int = 3

    def __init__(self, options: Options) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what="the embedding service",
            base_url=options.base_url or CLOUD,
            key=options.api_key,
            section="embed",
            timeout=options.timeout,
            retries=options.retries,
        )
        self.model = options.model or CLOUD_MODEL

    def embed_texts(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text. See `core.ports.Embedder`.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http`; also what is no embedding.
        """
        if not self.options.base_url and not self.options.api_key.get_secret_value().strip():
            raise MissingKey(
                "no embedding service is set up",
                where="setting embed",
                hint="set REEL_EMBED_BASE_URL (a local server) or REEL_EMBED_API_KEY (OpenAI)",
            )
        vectors: list[tuple[float, ...]] = []
        for first in range(0, len(texts), _AT_ONCE):
            piece = list(texts[first : first + _AT_ONCE])
            payload = {"model": self.model, "input": piece, "encoding_format": "float"}
            answer = request_json(self.endpoint, "embeddings", payload)
            vectors += self._vectors(answer, len(piece))
        if len({len(vector) for vector in vectors}) > 1:
            raise self._refused("vectors of several lengths")
        return tuple(vectors)

    def embed_pictures(self, pictures: Sequence[Path]) -> tuple[tuple[float, ...], ...]:
        """Not known to this interface: ProviderRefused. `pictures` says so beforehand."""
        raise ProviderRefused("the embedding service places texts only")

    def key(self) -> Mapping[str, Any]:
        """Address and model."""
        return {"provider": "openai", "address": self.endpoint.address, "model": self.model}

    def _vectors(self, answer: Any, count: int) -> list[tuple[float, ...]]:
        try:
            rows = sorted(answer["data"], key=lambda row: int(row["index"]))
            vectors = [tuple(float(value) for value in row["embedding"]) for row in rows]
        except (KeyError, TypeError, ValueError):
            raise self._refused("JSON that holds no embeddings") from None
        if len(vectors) != count or not all(vectors):
            raise self._refused(f"{len(vectors)} embeddings for {count} texts")
        return vectors

    def _refused(self, what: str) -> ProviderRefused:
        return ProviderRefused(
            f"the embedding service answered with {what}",
            where=self.endpoint.address,
            hint="check embed.base_url and embed.model",
        )
