"""Pixabay: clips under the Pixabay content licence.

The interface is described at https://pixabay.com/api/docs/: the key stands in the address, clips
come as ``large``, ``medium``, ``small`` and ``tiny``, and an answer must be kept for 24 hours (here
it is a step, kept for good).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from reelwright.core.nouns import Format
from reelwright.providers.stock.library import MOST, Clip, StockLibrary, is_chinese, rendition

_LONGEST = 100
"""Characters of a query."""


class Pixabay(StockLibrary):
    """See `reelwright.core.ports.Stock`."""

    what: ClassVar[str] = "Pixabay"
    licence: ClassVar[str] = "Pixabay Content License"
    address: ClassVar[str] = "https://pixabay.com"
    key_as: ClassVar[Literal["plain", "query"]] = "query"
    path: ClassVar[str] = "api/videos/"
    rows: ClassVar[str] = "hits"

    def asked(self, query: str, format: Format) -> dict[str, str]:
        """The words and their language. It cannot be asked for a shape."""
        return {
            "q": query[:_LONGEST],
            "per_page": str(MOST),
            "safesearch": "true",
            "lang": "zh" if is_chinese(query) else "en",
        }

    def read(self, row: Mapping[str, Any]) -> Clip:
        """A row of ``hits``."""
        files = row.get("videos")
        tags = [tag.strip() for tag in str(row.get("tags") or "").split(",")]
        return Clip(
            renditions=tuple(
                rendition(file, "url")
                for file in (files.values() if isinstance(files, dict) else [])
                if isinstance(file, dict)
            ),
            tags=tuple(tag for tag in tags if tag),
            page=str(row.get("pageURL") or ""),
            author=str(row.get("user") or ""),
        )
