"""What the stock libraries have in common: settings, choosing a file, fetching it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.core.errors import ProviderRefused
from reelwright.core.nouns import Format
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


def ask(endpoint: Endpoint, path: str, query: Mapping[str, str], rows: str) -> list[dict[str, Any]]:
    """The rows of a library's answer. Errors: those of `http.request_json`."""
    need_key(endpoint.key, ("stock", "api_key"), what=endpoint.what)
    answer = request_json(endpoint, path, query=query)
    found = answer.get(rows) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ProviderRefused(
            f"{endpoint.what} answered with JSON that holds no clips",
            where=endpoint.address,
            hint="check stock.base_url",
        )
    return [row for row in found if isinstance(row, dict)]


def order(candidates: Iterable[Candidate], format: Format, seconds: float) -> tuple[Candidate, ...]:
    """Candidates that last long enough, those of the format's shape first, else as they came."""
    upright = format.height > format.width
    lasting = [c for c in candidates if c.seconds >= seconds]
    return tuple(sorted(lasting, key=lambda c: (c.height > c.width) != upright))


def fetch(candidate: Candidate, out: Path, *, library: str, options: StockOptions) -> None:
    """Download a candidate's file. Errors: those of `download.download`."""
    download(
        Download(
            what=f"the clip {candidate.id} of {library}",
            url=candidate.link,
            name=f"{library} {candidate.id} {candidate.width}x{candidate.height}",
            kinds=("video/",),
            max_bytes=options.max_bytes,
            section="stock",
            trusted=trusted_host(options.base_url),
            timeout=options.timeout,
            retries=options.retries,
        ),
        out,
    )


def is_chinese(query: str) -> bool:
    """Whether a query is in Chinese letters; libraries translate by what they are told."""
    return bool(_CJK.search(query))


def number(value: object) -> int:
    """A whole number out of an answer; 0 for what is none."""
    return int(value) if isinstance(value, int | float) and value > 0 else 0
