"""What the stock libraries have in common: asking, choosing a file, fetching it.

A library is one file: how it is asked, and how a row of its answer is read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import ProviderRefused
from reelwright.core.nouns import Format, Origin
from reelwright.core.ports import Candidate
from reelwright.providers.door import need_key
from reelwright.providers.download import Download, download, trusted_host
from reelwright.providers.http import Endpoint, request_json

MOST = 20
"""Clips asked for at once; the best stands among the first."""
_CJK = re.compile(r"[㐀-鿿]")


class StockOptions(BaseModel):
    """Filled from the settings section ``stock``."""

    model_config = ConfigDict(frozen=True)

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    max_bytes: int = 80_000_000
    timeout: float = 120
    retries: int = 3


@dataclass(frozen=True)
class Rendition:
    """One size that a clip comes in. `bytes` is 0 where nobody says."""

    link: str
    width: int
    height: int
    bytes: int = 0


@dataclass(frozen=True)
class Clip:
    """What a row of an answer says of a clip."""

    renditions: tuple[Rendition, ...]
    tags: tuple[str, ...]
    page: str = ""
    author: str = ""


class StockLibrary(ABC):
    """See `reelwright.core.ports.Stock`."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    languages: ClassVar[tuple[str, ...]] = ()
    licence: ClassVar[str]
    what: ClassVar[str]
    """Its name for people; in small letters it is the provider's."""
    address: ClassVar[str]
    key_as: ClassVar[Literal["plain", "query"]]
    """How the key is sent: as the bare ``Authorization`` header, or in the address."""
    path: ClassVar[str]
    """Where clips are searched for."""
    rows: ClassVar[str]
    """Under which name an answer holds them."""

    Options = StockOptions

    def __init__(self, options: StockOptions) -> None:
        self.options = options
        self.endpoint = Endpoint(
            what=self.what,
            base_url=options.base_url or self.address,
            key=options.api_key,
            key_as=self.key_as,
            section="stock",
            timeout=min(options.timeout, 30),
            retries=options.retries,
        )

    @abstractmethod
    def asked(self, query: str, format: Format) -> dict[str, str]:
        """What is asked for clips of a few words."""

    @abstractmethod
    def read(self, row: Mapping[str, Any]) -> Clip:
        """What a row of the answer says."""

    def search(self, query: str, *, format: Format, seconds: float) -> tuple[Candidate, ...]:
        """Clips for a few words. See `core.ports.Stock`.

        Raises:
            MissingKey, ProviderRefused, ProviderUnavailable: see `providers.http`.
        """
        need_key(self.options.api_key, ("stock", "api_key"), what=self.what)
        answer = request_json(self.endpoint, self.path, query=self.asked(query, format))
        rows = answer.get(self.rows) if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise ProviderRefused(
                f"{self.what} answered with JSON that holds no clips",
                where=self.endpoint.address,
                hint="check stock.base_url",
            )
        found = [self._candidate(row, format) for row in rows if isinstance(row, dict)]
        return _order([c for c in found if c], format, seconds)

    def fetch(self, candidate: Candidate, out: Path) -> None:
        """Download a candidate's file. Errors: those of `download.download`."""
        download(
            Download(
                what=f"the clip {candidate.id} of {self.what}",
                url=candidate.link,
                name=f"{self.what} {candidate.id} {candidate.width}x{candidate.height}",
                kinds=("video/",),
                max_bytes=self.options.max_bytes,
                section="stock",
                trusted=trusted_host(self.options.base_url),
                timeout=self.options.timeout,
                retries=self.options.retries,
            ),
            out,
        )

    def key(self) -> Mapping[str, Any]:
        """Provider and address."""
        return {"provider": self.what.lower(), "address": self.endpoint.address}

    def _candidate(self, row: Mapping[str, Any], format: Format) -> Candidate | None:
        clip = self.read(row)
        file = choose(clip.renditions, format, self.options.max_bytes)
        if file is None or "id" not in row:
            return None
        return Candidate(
            id=str(row["id"]),
            link=file.link,
            seconds=float(number(row.get("duration"))),
            width=file.width,
            height=file.height,
            bytes=file.bytes,
            tags=clip.tags,
            origin=Origin(
                provider=self.what.lower(),
                licence=self.licence,
                author=clip.author or None,
                url=clip.page or None,
            ),
        )


def rendition(file: Mapping[str, Any], link: str) -> Rendition:
    """A rendition out of an answer, whose address stands under the name `link`."""
    return Rendition(
        link=str(file.get(link) or ""),
        width=number(file.get("width")),
        height=number(file.get("height")),
        bytes=number(file.get("size")),
    )


def choose(renditions: Iterable[Rendition], format: Format, max_bytes: int) -> Rendition | None:
    """The smallest rendition that fills the format without being enlarged, else the largest.

    Those known to be larger than `max_bytes` are left out.
    """
    fitting = [r for r in renditions if r.link and r.width and r.bytes <= max_bytes]

    def scale(r: Rendition) -> float:
        return min(r.width / format.width, r.height / format.height)

    # A tenth of enlarging is not seen, and saves most of a download.
    enough = [r for r in fitting if scale(r) >= 0.9]
    if enough:
        return min(enough, key=lambda r: (r.width * r.height, r.link))
    return max(fitting, key=lambda r: (scale(r), r.link), default=None)


def _order(
    candidates: Iterable[Candidate], format: Format, seconds: float
) -> tuple[Candidate, ...]:
    """Candidates that last long enough, those of the format's shape first, else as they came."""
    upright = format.height > format.width
    lasting = [c for c in candidates if c.seconds >= seconds]
    return tuple(sorted(lasting, key=lambda c: (c.height > c.width) != upright))


def is_chinese(query: str) -> bool:
    """Whether a query is in Chinese letters; libraries translate by what they are told."""
    return bool(_CJK.search(query))


def number(value: object) -> int:
    """A whole number out of an answer; 0 for what is none."""
    return int(value) if isinstance(value, int | float) and value > 0 else 0
