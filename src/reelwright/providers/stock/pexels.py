"""Pexels: clips under the Pexels licence (https://www.pexels.com/license/).

The interface is described at https://www.pexels.com/api/documentation/: the key is the bare
``Authorization`` header, clips come in several sizes as ``video_files``. They ask that the author
be credited with a link to the clip's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from reelwright.core.nouns import Format, Origin
from reelwright.core.ports import Candidate
from reelwright.providers.http import Endpoint
from reelwright.providers.stock import library

ADDRESS = "https://api.pexels.com"
LICENCE = "Pexels License"


class Pexels:
    """See `reelwright.core.ports.Stock`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = LICENCE
    languages: ClassVar[tuple[str, ...]] = ()

    Options = library.StockOptions

    def __init__(self, options: library.StockOptions) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what="Pexels",
            base_url=options.base_url or ADDRESS,
            key=options.api_key,
            key_as="plain",
            section="stock",
            timeout=min(options.timeout, 30),
            retries=options.retries,
        )

    def search(self, query: str, *, format: Format, seconds: float) -> tuple[Candidate, ...]:
        """Clips for a few words. See `core.ports.Stock`.

        Raises:
            MissingKey, ProviderRefused, ProviderUnavailable: see `providers.http`.
        """
        asked = {"query": query, "per_page": str(library.MOST)}
        if format.width != format.height:
            asked["orientation"] = "portrait" if format.height > format.width else "landscape"
        if library.is_chinese(query):
            asked["locale"] = "zh-CN"
        rows = library.ask(self.endpoint, "videos/search", asked, "videos")
        found = [self._candidate(row, format) for row in rows]
        return library.order([c for c in found if c], format, seconds)

    def fetch(self, candidate: Candidate, out: Path) -> None:
        """Download a clip. Errors: those of `download.download`."""
        library.fetch(candidate, out, library="Pexels", options=self.options)

    def key(self) -> Mapping[str, Any]:
        """Provider and address."""
        return {"provider": "pexels", "address": self.endpoint.address}

    def _candidate(self, row: dict[str, Any], format: Format) -> Candidate | None:
        files = row.get("video_files")
        renditions = [
            library.Rendition(
                link=str(file.get("link") or ""),
                width=library.number(file.get("width")),
                height=library.number(file.get("height")),
                bytes=library.number(file.get("size")),
            )
            for file in (files if isinstance(files, list) else [])
            # Playlists are listed among the files.
            if isinstance(file, dict) and file.get("file_type") == "video/mp4"
        ]
        file = library.choose(renditions, format, self.options.max_bytes)
        if file is None or "id" not in row:
            return None
        user = row.get("user")
        page = str(row.get("url") or "")
        return Candidate(
            id=str(row["id"]),
            link=file.link,
            seconds=float(library.number(row.get("duration"))),
            width=file.width,
            height=file.height,
            bytes=file.bytes,
            tags=_tags(row, page),
            origin=Origin(
                provider="pexels",
                licence=LICENCE,
                author=str(user.get("name") or "") or None if isinstance(user, dict) else None,
                url=page or None,
            ),
        )


def _tags(row: dict[str, Any], page: str) -> tuple[str, ...]:
    """Its tags, and the words of its page's address, which is how Pexels says what is seen."""
    tags = [str(tag) for tag in row.get("tags") or [] if isinstance(tag, str)]
    slug = urlsplit(page).path.rstrip("/").rpartition("/")[2]
    words = [word for word in slug.split("-") if len(word) > 2 and not word.isdigit()]
    return tuple(dict.fromkeys([*tags, *words]))
