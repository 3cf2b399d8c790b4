"""Pixabay: clips under the Pixabay content licence.

The interface is described at https://pixabay.com/api/docs/: the key stands in the address, clips
come as ``large``, ``medium``, ``small`` and ``tiny``, and an answer must be kept for 24 hours (here
it is a step, kept for good).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from reelwright.core.nouns import Format, Origin
from reelwright.core.ports import Candidate
from reelwright.providers.http import Endpoint
from reelwright.providers.stock import library

ADDRESS = "https://pixabay.com"
LICENCE = "Pixabay Content License"
_LONGEST = 100
"""Characters of a query."""


class Pixabay:
    """See `reelwright.core.ports.Stock`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = LICENCE
    languages: ClassVar[tuple[str, ...]] = ()

    Options = library.StockOptions

    def __init__(self, options: library.StockOptions) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what="Pixabay",
            base_url=options.base_url or ADDRESS,
            key=options.api_key,
            key_as="query",
            section="stock",
            timeout=min(options.timeout, 30),
            retries=options.retries,
        )

    def search(self, query: str, *, format: Format, seconds: float) -> tuple[Candidate, ...]:
        """Clips for a few words. See `core.ports.Stock`.

        Raises:
            MissingKey, ProviderRefused, ProviderUnavailable: see `providers.http`.
        """
        asked = {
            "q": query[:_LONGEST],
            "per_page": str(library.MOST),
            "safesearch": "true",
            "lang": "zh" if library.is_chinese(query) else "en",
        }
        rows = library.ask(self.endpoint, "api/videos/", asked, "hits")
        found = [self._candidate(row, format) for row in rows]
        return library.order([c for c in found if c], format, seconds)

    def fetch(self, candidate: Candidate, out: Path) -> None:
        """Download a clip. Errors: those of `download.download`."""
        library.fetch(candidate, out, library="Pixabay", options=self.options)

    def key(self) -> Mapping[str, Any]:
        """Provider and address."""
        return {"provider": "pixabay", "address": self.endpoint.address}

    def _candidate(self, row: dict[str, Any], format: Format) -> Candidate | None:
        files = row.get("videos")
        renditions = [
            library.Rendition(
                link=str(file.get("url") or ""),
                width=library.number(file.get("width")),
                height=library.number(file.get("height")),
                bytes=library.number(file.get("size")),
            )
            for file in (files.values() if isinstance(files, dict) else [])
            if isinstance(file, dict)
        ]
        file = library.choose(renditions, format, self.options.max_bytes)
        if file is None or "id" not in row:
            return None
        tags = [tag.strip() for tag in str(row.get("tags") or "").split(",")]
        return Candidate(
            id=str(row["id"]),
            link=file.link,
            seconds=float(library.number(row.get("duration"))),
            width=file.width,
            height=file.height,
            bytes=file.bytes,
            tags=tuple(tag for tag in tags if tag),
            origin=Origin(
                provider="pixabay",
                licence=LICENCE,
                author=str(row.get("user") or "") or None,
                url=str(row.get("pageURL") or "") or None,
            ),
        )
