"""Any endpoint with ``/embeddings``: cloud, Ollama, vLLM, llama.cpp; Jina, Infinity and SGLang also
for pictures, which each takes in its own form (``embed.pictures``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from reelwright.core.errors import ProviderRefused
from reelwright.providers.http import request_json
from reelwright.providers.openai import OpenAIOptions, OpenAIService

CLOUD_MODEL = "text-embedding-3-small"
_AT_ONCE = 64
_PICTURES_AT_ONCE = 8
_SIDE = 512
"""Pixels of the longer side of a picture that is sent: more than these models look at."""


class OpenAIEmbedder(OpenAIService):
    """See `reelwright.core.ports.Embedder`."""

    what: ClassVar[str] = "embedding service"
    section: ClassVar[str] = "embed"

    class Options(OpenAIOptions):
        """Filled from the settings section ``embed``."""

        pictures: Literal["", "items", "modality"] = ""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.form = options.pictures
        self.model = options.model or CLOUD_MODEL
        self.pictures = bool(self.form)

    def embed_texts(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text. See `core.ports.Embedder`.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http`; also what is no embedding.
        """
        self.check_configured()
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
        if not self.form:
            raise ProviderRefused(
                "the embedding service places texts only",
                hint="set embed.pictures where its model places pictures too",
            )
        self.check_configured()
        parts = [
            [_packed(path) for path in pictures[first : first + _PICTURES_AT_ONCE]]
            for first in range(0, len(pictures), _PICTURES_AT_ONCE)
        ]
        if self.form == "items":
            return self._ask([{"input": [{"image": data} for data in part]} for part in parts])
        return self._ask(
            [
                {"input": [f"data:image/jpeg;base64,{data}" for data in part], "modality": "image"}
                for part in parts
            ]
        )

    def _ask(self, payloads: Sequence[Mapping[str, Any]]) -> tuple[tuple[float, ...], ...]:
        vectors: list[tuple[float, ...]] = []
        for payload in payloads:
            asked = {"model": self.model, **payload}
            answer = request_json(self.endpoint, "embeddings", asked)
            vectors += self._vectors(answer, len(payload["input"]))
        if len({len(vector) for vector in vectors}) > 1:
            raise self.refused("vectors of several lengths")
        return tuple(vectors)

    def key(self) -> Mapping[str, Any]:
        """Address and model, and whether pictures are placed."""
        key = {"provider": "openai", "address": self.endpoint.address, "model": self.model}
        return key | ({"pictures": self.form} if self.pictures else {})

    def _vectors(self, answer: Any, count: int) -> list[tuple[float, ...]]:
        try:
            rows = sorted(answer["data"], key=lambda row: int(row["index"]))
            vectors = [tuple(float(value) for value in row["embedding"]) for row in rows]
        except (KeyError, TypeError, ValueError):
            raise self.refused("JSON that holds no embeddings") from None
        if len(vectors) != count or not all(vectors):
            raise self.refused(f"{len(vectors)} embeddings where {count} were asked for")
        return vectors


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
