"""Pexels: clips under the Pexels licence (https://www.pexels.com/license/).

The interface is described at https://www.pexels.com/api/documentation/: the key is the bare
``Authorization`` header, clips come in several sizes as ``video_files``. They ask that the author
be credited with a link to the clip's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from reelwright.core.nouns import Format
from reelwright.providers.stock.library import MOST, Clip, StockLibrary, is_chinese, rendition


class Pexels(StockLibrary):
    """See `reelwright.core.ports.Stock`."""

    what: ClassVar[str] = "Pexels"
    licence: ClassVar[str] = "Pexels License"
    address: ClassVar[str] = "https://api.pexels.com"
    key_as: ClassVar[Literal["plain", "query"]] = "plain"
    path: ClassVar[str] = "videos/search"
    rows: ClassVar[str] = "videos"

    def asked(self, query: str, format: Format) -> dict[str, str]:
        """The words, the format's shape, and the language Chinese words are translated from."""
        asked = {"query": query, "per_page": str(MOST)}
        if format.width != format.height:
            asked["orientation"] = "portrait" if format.height > format.width else "landscape"
        if is_chinese(query):
            asked["locale"] = "zh-CN"
        return asked

    def read(self, row: Mapping[str, Any]) -> Clip:
        """A row of ``videos``."""
        files, user, page = row.get("video_files"), row.get("user"), str(row.get("url") or "")
        return Clip(
            renditions=tuple(
                rendition(file, "link")
                for file in (files if isinstance(files, list) else [])
                # Playlists are listed among the files.
                if isinstance(file, dict) and file.get("file_type") == "video/mp4"
            ),
            tags=_tags(row, page),
            page=page,
            author=str(user.get("name") or "") if isinstance(user, dict) else "",
        )


def _tags(row: Mapping[str, Any], page: str) -> tuple[str, ...]:
    """Its tags, and the words of its page's address, which is how Pexels says what is seen."""
    tags = [str(tag) for tag in row.get("tags") or [] if isinstance(tag, str)]
    slug = urlsplit(page).path.rstrip("/").rpartition("/")[2]
    words = [word for word in slug.split("-") if len(word) > 2 and not word.isdigit()]
    return tuple(dict.fromkeys([*tags, *words]))
