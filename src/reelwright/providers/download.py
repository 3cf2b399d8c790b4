"""Files of others, downloaded: bounded, checked, resumed, and from public addresses only.

The address of a file comes from a service's answer, so it is not trusted: it must be http or https,
every name it leads through must stand for public addresses (a service's answer must not make this
machine talk to its own network), and what arrives must be of the kind that was asked for.

What has arrived is kept in the home under the file's name, so that a broken download goes on where
it stopped, in the same run or in the next.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import shutil
import socket
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from filelock import FileLock

from reelwright.core.errors import ProviderRefused, ProviderUnavailable
from reelwright.core.settings import home
from reelwright.providers.http import LOOPBACK, MAX_WAIT, Deadline, retry_after
from reelwright.store import atomic

if TYPE_CHECKING:
    import httpx

_CONNECT = 10.0
_HOPS = 5


@dataclass(frozen=True)
class Download:
    """What to download, and within which bounds."""

    what: str
    """To begin messages with: ``the clip 1526909 of Pexels``."""
    url: str
    name: str
    """Which file it is, whatever its address: addresses of one file change with the day."""
    kinds: tuple[str, ...]
    """What its content type may begin with: ``video/``."""
    max_bytes: int
    section: str
    """The group of settings that bounds it, for hints."""
    trusted: frozenset[str] = frozenset()
    """Hosts that may be private: those the person set themselves."""
    timeout: float = 120
    """Seconds for one try."""
    retries: int = 3
    sleep: Callable[[float], None] = field(default=time.sleep, compare=False)

    @property
    def address(self) -> str:
        """The address for messages: without user, password and query, which may hold keys."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return ""
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def trusted_host(base_url: str) -> frozenset[str]:
    """The host of an address the person set, if it is a private one: files may come from there."""
    host = urlsplit(base_url).hostname
    if not host:
        return frozenset()
    try:
        private = not all(_is_public(address) for address in _addresses(host, 80))
    except OSError:
        private = False
    return frozenset({host}) if private else frozenset()


def download(wanted: Download, out: Path) -> None:
    """Download a file to `out`, whole.

    Raises:
        ProviderUnavailable: no complete answer after all tries; what arrived is kept for the next.
        ProviderRefused: it is too large, of another kind, not there, or at a private address.
        StoreError: the disk is full.
    """
    folder = home() / "downloads"
    part = folder / f"{hashlib.sha256(wanted.name.encode()).hexdigest()[:32]}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Two projects may want the same file at once; the second then finds it whole.
        with FileLock(f"{part}.lock"):
            _complete(wanted, part)
            shutil.move(part, out)
            _note_path(part).unlink(missing_ok=True)
    except OSError as error:
        raise atomic.explain(error, part) from error


def _complete(wanted: Download, part: Path) -> None:
    for tried in range(wanted.retries + 1):
        try:
            _once(wanted, part)
        except ProviderUnavailable as error:
            wait = error.wait if isinstance(error, _Busy) else None
            if tried == wanted.retries or (wait or 0) > MAX_WAIT:
                raise ProviderUnavailable(
                    f"{error.message} ({tried + 1} tries)", where=error.where, hint=error.hint
                ) from None
            wanted.sleep(min(2.0**tried, MAX_WAIT) if wait is None else wait)
        except ProviderRefused:
            # What is of no use must not be gone on with.
            _forget(part)
            raise
        else:
            return


class _Busy(ProviderUnavailable):
    """429 or 5xx, with what Retry-After asked for."""

    wait: float | None = None


def _once(wanted: Download, part: Path) -> None:
    """One try: go on with what has arrived, or begin."""
    import httpx

    have, note = _have(part)
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": note["validator"]}
    deadline = Deadline(wanted.timeout)
    url = wanted.url
    try:
        with deadline:
            for _ in range(_HOPS):
                moved = _hop(wanted, url, headers, part, have, deadline)
                if not moved:
                    return
                url = urljoin(url, moved)
        raise _refuse(wanted, "leads from one address to the next without end")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
        raise _refuse(wanted, "has an address that is none") from None
    except httpx.TransportError as error:
        if deadline.passed or isinstance(error, httpx.TimeoutException):
            why = f"did not arrive within {wanted.timeout:g} seconds"
        else:
            why = "broke off on the way"
        raise ProviderUnavailable(
            f"{wanted.what} {why}",
            where=wanted.address or None,
            hint="run again: it goes on where it stopped",
        ) from None


def _hop(
    wanted: Download,
    url: str,
    headers: Mapping[str, str],
    part: Path,
    have: int,
    deadline: Deadline,
) -> str:
    """Ask one address; the next one if it names one, else empty once the file is there."""
    import httpx

    proxied = check_public(wanted, url)
    host = urlsplit(url).hostname or ""

    def trace(event: str, info: Mapping[str, Any]) -> None:
        deadline.trace(event, info)
        if event.endswith("connect_tcp.complete") and not proxied and host not in wanted.trusted:
            # The name may stand for something else by now; what counts is who answered.
            stream = info["return_value"]
            there = stream.get_extra_info("server_addr")
            if there and not _is_public(str(there[0])):
                stream.close()
                raise _private(wanted)

    local = host in LOOPBACK
    with (
        httpx.Client(
            timeout=httpx.Timeout(wanted.timeout, connect=min(_CONNECT, wanted.timeout)),
            trust_env=not local,
            verify=not (local and url.startswith("http://")),
        ) as client,
        client.stream("GET", url, headers=dict(headers), extensions={"trace": trace}) as response,
    ):
        if 300 <= response.status_code < 400 and "location" in response.headers:
            return response.headers["location"]
        begins = response.headers.get("content-range", "").startswith(f"bytes {have}-")
        if response.status_code == 416 or (response.status_code == 206 and not (have and begins)):
            # What is here does not go with what is there: from the beginning.
            _forget(part)
            raise ProviderUnavailable(f"{wanted.what} has changed", where=wanted.address or None)
        _check_answer(wanted, response)
        _receive(wanted, response, part, have if response.status_code == 206 else 0)
    return ""


def check_public(wanted: Download, url: str) -> bool:
    """Refuse an address that is not on the public network.

    Returns whether a proxy of the environment will resolve the name in our place.

    Raises:
        ProviderRefused: it is no http address, or stands for a private one.
        ProviderUnavailable: its name is not known.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _refuse(wanted, "has an address that is none") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _refuse(wanted, "is not at an http:// or https:// address")
    if host in wanted.trusted:
        return False
    proxied = parts.scheme in urllib.request.getproxies()
    try:
        addresses = _addresses(host, port)
    except OSError:
        if proxied:
            return True
        raise ProviderUnavailable(
            f"{wanted.what} is at {host}, and that name is not known",
            where=wanted.address or None,
            hint="is the network up?",
        ) from None
    if not all(_is_public(address) for address in addresses):
        raise _private(wanted)
    return proxied


def _addresses(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_public(address: str) -> bool:
    there = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(there, "ipv4_mapped", None) or getattr(there, "sixtofour", None)
    return there.is_global and not there.is_multicast and (inner is None or inner.is_global)


def _private(wanted: Download) -> ProviderRefused:
    return _refuse(wanted, "is at an address of a private network, and those are not asked")


def _refuse(wanted: Download, why: str) -> ProviderRefused:
    return ProviderRefused(
        f"{wanted.what} {why}",
        where=wanted.address or None,
        hint=f"check {wanted.section}.base_url",
    )


def _check_answer(wanted: Download, response: httpx.Response) -> None:
    status = response.status_code
    if status == 429 or status >= 500:
        busy = _Busy(
            f"{wanted.what} is not to be had now ({status})",
            where=wanted.address or None,
            hint="try again later",
        )
        busy.wait = retry_after(response.headers)
        raise busy
    if status not in (200, 206):
        raise _refuse(wanted, f"is not there ({status})")
    kind = response.headers.get("content-type", "").lower()
    fits = kind.startswith((*wanted.kinds, "application/octet-stream", "binary/octet-stream"))
    if not fits:
        told = kind.partition(";")[0] or "something that does not say what it is"
        raise _refuse(wanted, f"is no {wanted.kinds[0].rstrip('/')} but {told}")


def _receive(wanted: Download, response: httpx.Response, part: Path, have: int) -> None:
    length = response.headers.get("content-length", "")
    total = have + int(length) if length.isdigit() else 0
    if total > wanted.max_bytes:
        raise _too_large(wanted)
    validator = response.headers.get("etag") or response.headers.get("last-modified") or ""
    # A weak validator says "much the same", which is not enough to join two halves.
    note = {"validator": "" if validator.startswith("W/") else validator}
    atomic.write_text(_note_path(part), json.dumps(note))
    size = have
    with part.open("r+b" if have else "wb") as file:
        file.truncate(have)
        file.seek(have)
        for piece in response.iter_raw():
            size += len(piece)
            if size > wanted.max_bytes:
                raise _too_large(wanted)
            file.write(piece)
    if not size:
        raise _refuse(wanted, "is empty")


def _too_large(wanted: Download) -> ProviderRefused:
    return ProviderRefused(
        f"{wanted.what} is larger than {wanted.max_bytes / 1e6:g} MB",
        where=wanted.address or None,
        hint=f"raise {wanted.section}.max_bytes",
    )


def _have(part: Path) -> tuple[int, dict[str, str]]:
    """How many bytes have arrived, if they can be gone on with, and what is known of them."""
    try:
        note = json.loads(_note_path(part).read_bytes())
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, {}
    return (size, note) if isinstance(note, dict) and note.get("validator") else (0, {})


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note_path(part).unlink(missing_ok=True)


def _note_path(part: Path) -> Path:
    return part.with_suffix(".json")
