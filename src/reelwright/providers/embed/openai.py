"""Any endpoint with ``/embeddings``: cloud, Ollama, vLLM, llama.cpp; Jina, Infinity and SGLang also
for pictures, which each takes in its own form (``embed.pictures``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused
from reelwright.providers.http import Endpoint, request_json

CLOUD = "https://api.openai.com/v1"
CLOUD_MODEL = "text-embedding-3-small"
_AT_ONCE = 64
_PICTURES_AT_ONCE = 8
_SIDE = 512
"""Pixels of the longer side of a picture that is sent: more than these models look at."""


class OpenAIEmbedder:
    """See `reelwright.core.ports.Embedder`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the terms of the service or model"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Filled from the settings section ``embed``."""

        model_config = ConfigDict(frozen=True)

        pictures: Literal["", "items", "modality"] = ""
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
        self.pictures = bool(options.pictures)

    def embed_texts(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text. See `core.ports.Embedder`.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http`; also what is no embedding.
        """
        self._check()
        payloads = [
            {"input": list(texts[first : first + _AT_ONCE]), "encoding_format": "float"}
            for first in range(0, len(texts), _AT_ONCE)
        ]
        return self._ask(payloads)

    def embed_pictures(self, pictures: Sequence[Path]) -> tuple[tuple[float, ...], ...]:
        """A vector for each picture file. See `core.ports.Embedder`.

        Raises:
            FootageError: a file is no picture that can be read.
            MissingKey, ProviderUnavailable: as `embed_texts`.
            ProviderRefused: likewise; also where the service takes texts only (`pictures`).
        """
        if not self.options.pictures:
            raise ProviderRefused(
                "the embedding service places texts only",
                hint="set embed.pictures where its model places pictures too",
            )
        self._check()
        parts = [
            [_packed(path) for path in pictures[first : first + _PICTURES_AT_ONCE]]
            for first in range(0, len(pictures), _PICTURES_AT_ONCE)
        ]
        if self.options.pictures == "items":
            return self._ask([{"input": [{"image": data} for data in part]} for part in parts])
        return self._ask(
            [
                {"input": [f"data:image/jpeg;base64,{data}" for data in part], "modality": "image"}
                for part in parts
            ]
        )

    def _check(self) -> None:
        if not self.options.base_url and not self.options.api_key.get_secret_value().strip():
            raise MissingKey(
                "no embedding service is set up",
                where="setting embed",
                hint="set REEL_EMBED_BASE_URL (a local server) or REEL_EMBED_API_KEY (OpenAI)",
            )

    def _ask(self, payloads: Sequence[Mapping[str, Any]]) -> tuple[tuple[float, ...], ...]:
        vectors: list[tuple[float, ...]] = []
        for payload in payloads:
            asked = {"model": self.model, **payload}
            answer = request_json(self.endpoint, "embeddings", asked)
            vectors += self._vectors(answer, len(payload["input"]))
        if len({len(vector) for vector in vectors}) > 1:
            raise self._refused("vectors of several lengths")
        return tuple(vectors)

    def key(self) -> Mapping[str, Any]:
        """Address and model, and whether pictures are placed."""
        key = {"provider": "openai", "address": self.endpoint.address, "model": self.model}
        return key | ({"pictures": self.options.pictures} if self.pictures else {})

    def _vectors(self, answer: Any, count: int) -> list[tuple[float, ...]]:
        try:
            rows = sorted(answer["data"], key=lambda row: int(row["index"]))
            vectors = [tuple(float(value) for value in row["embedding"]) for row in rows]
        except (KeyError, TypeError, ValueError):
            raise self._refused("JSON that holds no embeddings") from None
        if len(vectors) != count or not all(vectors):
            raise self._refused(f"{len(vectors)} embeddings where {count} were asked for")
        return vectors

    def _refused(self, what: str) -> ProviderRefused:
        return ProviderRefused(
            f"the embedding service answered with {what}",
            where=self.endpoint.address,
            hint="check embed.base_url and embed.model",
        )


def _packed(path: Path) -> str:
    """A picture as a small JPEG, in base64."""
    from base64 import b64encode
    from io import BytesIO

    from PIL import Image

    from reelwright.media.frames import read_picture

    image = Image.fromarray(read_picture(path, _SIDE))
    image.thumbnail((_SIDE, _SIDE))
    packed = BytesIO()
    image.save(packed, "JPEG", quality=90)
    return b64encode(packed.getvalue()).decode("ascii")
