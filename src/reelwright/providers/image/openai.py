"""Any endpoint with ``/images/generations``: OpenAI, LocalAI, and servers that speak alike."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from reelwright.core.nouns import Format, Origin
from reelwright.providers.download import Download, download, trusted_host
from reelwright.providers.http import request_json
from reelwright.providers.openai import OpenAIOptions, OpenAIService
from reelwright.store import atomic

CLOUD_MODEL = "gpt-image-1"
_MOST_BYTES = 40_000_000
_SIZES = {
    "gpt-image": ((1024, 1024), (1024, 1536), (1536, 1024)),
    "dall-e-3": ((1024, 1024), (1024, 1792), (1792, 1024)),
}
"""Sizes that models take, by how their names begin."""


class OpenAIImages(OpenAIService):
    """See `reelwright.core.ports.Images`."""

    what: ClassVar[str] = "image service"
    section: ClassVar[str] = "image"

    class Options(OpenAIOptions):
        """Filled from the settings section ``image``."""

        size: str = ""
        timeout: float = 180

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.endpoint = replace(self.endpoint, max_bytes=2 * _MOST_BYTES)
        self.chosen = options.size
        self.model = options.model or ("" if options.base_url else CLOUD_MODEL)

    def draw(self, prompt: str, *, format: Format, seed: int, out: Path) -> None:
        """Generate a picture into `out`. See `core.ports.Images`.

        The seed is sent to endpoints of one's own; OpenAI's own knows none and refuses unknown
        parameters.

        Raises:
            MissingKey: there is neither an address nor a key, or the key is not accepted.
            ProviderRefused, ProviderUnavailable: see `providers.http` and `providers.download`;
                also what is no picture.
        """
        self.check_configured()
        payload: dict[str, Any] = {"prompt": prompt, "n": 1, "size": self.size(format)}
        if self.model:
            payload["model"] = self.model
        if not self.model.startswith("gpt-image"):
            # gpt-image always answers so, and refuses to be told.
            payload["response_format"] = "b64_json"
        if self.options.base_url:
            payload["seed"] = seed
        answer = request_json(self.endpoint, "images/generations", payload)
        try:
            row = answer["data"][0]
            packed, url = row.get("b64_json"), row.get("url")
        except (KeyError, IndexError, TypeError, AttributeError):
            raise self.refused("JSON that holds no picture") from None
        if isinstance(packed, str) and packed:
            self._unpack(packed, out)
        elif isinstance(url, str) and url:
            self._fetch(url, f"{prompt} {seed} {payload['size']}", out)
        else:
            raise self.refused("JSON that holds no picture")
        self._check(out)

    def origin(self, prompt: str, *, seed: int) -> Origin:
        """What to record of a picture: it is AI-made."""
        return Origin(
            provider="openai", model=self.model or None, prompt=prompt, seed=seed, ai_made=True
        )

    def key(self) -> Mapping[str, Any]:
        """Address, model and size."""
        return {
            "provider": "openai",
            "address": self.endpoint.address,
            "model": self.model,
            "size": self.chosen,
        }

    def size(self, format: Format) -> str:
        """The size to ask for: as set, else the model's nearest to the format's shape."""
        if self.chosen:
            return self.chosen
        known = next((s for name, s in _SIZES.items() if self.model.startswith(name)), None)
        if known:
            shape = format.width / format.height
            width, height = min(known, key=lambda size: abs(size[0] / size[1] - shape))
        else:
            # Models of one's own take multiples of 64, about a million pixels in all.
            scale = (1_048_576 / (format.width * format.height)) ** 0.5
            width, height = (
                round(side * scale / 64) * 64 for side in (format.width, format.height)
            )
        return f"{width}x{height}"

    def _unpack(self, packed: str, out: Path) -> None:
        try:
            data = base64.b64decode(packed.partition("base64,")[2] or packed, validate=True)
        except (binascii.Error, ValueError):
            raise self.refused("a picture that is no base64") from None
        atomic.write_bytes(out, data)

    def _fetch(self, url: str, name: str, out: Path) -> None:
        download(
            Download(
                what="the generated picture",
                url=url,
                name=f"image {name}",
                kinds=("image/",),
                max_bytes=_MOST_BYTES,
                section="image",
                trusted=trusted_host(self.options.base_url),
                timeout=self.options.timeout,
                retries=self.options.retries,
                sleep=self.endpoint.sleep,
            ),
            out,
        )

    def _check(self, out: Path) -> None:
        from PIL import Image

        try:
            with Image.open(io.BytesIO(out.read_bytes()), formats=("PNG", "JPEG", "WEBP")) as image:
                image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            out.unlink(missing_ok=True)
            raise self.refused("something that is no PNG, JPEG or WebP picture") from None
