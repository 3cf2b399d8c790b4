"""One way to ask a service over HTTP: bounded in time and size, tried again, errors for people.

`request_json` and `request_bytes` send one JSON body, or a form with a file, with POST (or GET
without one) and give back the answer. What can go wrong becomes one of four errors::

    no connection, time-out, 429, 5xx     tried again, then ProviderUnavailable
    401, or 403 without a key             MissingKey, naming the setting
    other 4xx, a redirect                 ProviderRefused, with what the service said
    HTML, not JSON, empty, too large      ProviderRefused

A service that hangs, or sends a byte now and then for ever, is cut off when `Endpoint.timeout`
seconds are over. The waits between tries are 1, 2, 4 … seconds, or what Retry-After asks for; they
hold no chance, so a run can be repeated. Keys never get into a message or a repr.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import SecretStr

from reelwright.core.errors import (
    MissingKey,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SettingError,
)

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 50_000_000
MAX_WAIT = 60.0
"""Seconds: the longest wait a Retry-After may ask for. Beyond it, a person decides."""
_CONNECT = 10.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
"""Names of this machine, for which no proxy and no certificates are needed."""


@dataclass(frozen=True)
class Endpoint:
    """A service, and how patient to be with it."""

    what: str
    """What it is, to begin messages with: ``the LLM``, ``the voice``."""
    base_url: str
    """Address up to and including the version, as in ``http://localhost:11434/v1``."""
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    """Sent with every request unless empty."""
    key_as: Literal["bearer", "plain", "query"] = "bearer"
    """As a bearer token, as the bare ``Authorization`` header, or as ``key`` in the address."""
    section: str = "llm"
    """The group of settings it comes from; messages name ``REEL_<SECTION>_API_KEY``."""
    timeout: float = 60.0
    """Seconds for one try, from the first byte sent to the last received."""
    retries: int = 3
    """Further tries after the first."""
    max_bytes: int = MAX_BYTES
    sleep: Callable[[float], None] = time.sleep
    """Waits between tries; tests hand in their own."""

    @property
    def address(self) -> str:
        """The address for messages: without user, password and query."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


@dataclass(frozen=True)
class Form:
    """A ``multipart/form-data`` body: fields in order, and one file."""

    fields: tuple[tuple[str, str], ...]
    """Names and values; a name may stand more than once."""
    file: tuple[str, str, str, bytes]
    """The field's name, the file's name, its media type, its content."""


def request_json(
    endpoint: Endpoint,
    path: str,
    payload: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, str] | None = None,
    form: Form | None = None,
) -> Any:
    """The service's JSON answer, decoded.

    Args:
        endpoint: whom to ask.
        path: what comes after the base address, as in ``chat/completions``.
        payload: the JSON body of a POST; None sends a GET.
        query: what comes after the address's question mark.
        form: the body of a POST instead of JSON.

    Raises:
        SettingError: the address or the key cannot be one.
        MissingKey, ProviderRefused, ProviderUnavailable: see the module.
    """
    answer = _request(endpoint, path, payload, query, form)
    text = answer.body.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        raise ProviderRefused(
            f"{endpoint.what} answered with {_describe(answer)} instead of JSON",
            where=endpoint.address,
            hint=f"check {endpoint.section}.base_url: it usually ends in /v1",
        ) from None


def request_bytes(endpoint: Endpoint, path: str, payload: Mapping[str, Any] | None = None) -> bytes:
    """The service's answer as bytes, such as a sound file. Arguments and errors: `request_json`.

    An empty answer and one that says of itself that it is text or JSON are refused.
    """
    answer = _request(endpoint, path, payload)
    if not answer.body or _is_text(answer):
        raise ProviderRefused(
            f"{endpoint.what} answered with {_describe(answer)} instead of data",
            where=endpoint.address,
            hint=f"check {endpoint.section}.base_url and {endpoint.section}.model",
        )
    return answer.body


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _request(
    endpoint: Endpoint,
    path: str,
    payload: Mapping[str, Any] | None,
    query: Mapping[str, str] | None = None,
    form: Form | None = None,
) -> _Answer:
    url = _check_url(endpoint, path, query or {})
    headers = {"Accept-Encoding": "identity", **_authorization(endpoint)}
    for tried in range(endpoint.retries + 1):
        wait = min(2.0**tried, MAX_WAIT)
        failed: ProviderUnavailable
        try:
            answer = _once(endpoint, url, headers, payload, form)
        except ProviderUnavailable as error:
            failed = error
        else:
            if answer.status < 300:
                return answer
            error = _explain(endpoint, path, answer)
            if not isinstance(error, ProviderUnavailable):
                raise error
            failed = error
            asked = retry_after(answer.headers)
            if asked is not None and asked > MAX_WAIT:
                raise failed
            wait = wait if asked is None else asked
        if tried == endpoint.retries:
            tries = f" ({tried + 1} tries)" if tried else ""
            raise ProviderUnavailable(
                f"{failed.message}{tries}", where=failed.where, hint=failed.hint
            )
        endpoint.sleep(wait)
    raise AssertionError("unreachable: the last try returns or raises")


def _once(
    endpoint: Endpoint,
    url: str,
    headers: Mapping[str, str],
    payload: Mapping[str, Any] | None,
    form: Form | None,
) -> _Answer:
    """One try. Any failure to get a complete answer is ProviderUnavailable, worth another."""
    import httpx

    deadline = Deadline(endpoint.timeout)
    local = urlsplit(url).hostname in LOOPBACK
    try:
        # A proxy of the environment knows nothing of this machine's own services.
        with (
            httpx.Client(
                timeout=httpx.Timeout(endpoint.timeout, connect=min(_CONNECT, endpoint.timeout)),
                trust_env=not local,
                # Reading the list of authorities takes longer than a local answer.
                verify=not (local and url.startswith("http://")),
            ) as client,
            deadline,
            client.stream(
                "GET" if payload is None and form is None else "POST",
                url,
                headers=dict(headers),
                json=payload,
                **_body(form),
                extensions={"trace": deadline.trace},
            ) as response,
        ):
            body = _read(endpoint, response)
            return _Answer(response.status_code, response.headers, body)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise _bad_address(endpoint) from None
    except httpx.TransportError as error:
        if deadline.passed or isinstance(error, httpx.TimeoutException):
            raise ProviderUnavailable(
                f"{endpoint.what} gave no complete answer within {endpoint.timeout:g} seconds",
                where=endpoint.address,
                hint=f"try again later, or raise {endpoint.section}.timeout",
            ) from None
        raise ProviderUnavailable(
            f"{endpoint.what} cannot be reached: {_scrub(endpoint, str(error) or 'no connection')}",
            where=endpoint.address,
            hint="is it running, and is the network up? "
            f"The address is the setting {endpoint.section}.base_url",
        ) from None


def _body(form: Form | None) -> dict[str, Any]:
    """A form as httpx takes it: values of one name together."""
    if form is None:
        return {}
    values: dict[str, list[str]] = {}
    for name, value in form.fields:
        values.setdefault(name, []).append(value)
    field_name, name, kind, content = form.file
    return {"data": values, "files": {field_name: (name, content, kind)}}


def _read(endpoint: Endpoint, response: httpx.Response) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > endpoint.max_bytes:
            raise ProviderRefused(
                f"{endpoint.what} sent more than {endpoint.max_bytes / 1e6:g} MB",
                where=endpoint.address,
                hint=f"check {endpoint.section}.base_url",
            )
        pieces.append(piece)
    return b"".join(pieces)


class Deadline:
    """Cuts the connection when the time is over.

    httpx bounds each read, so a service that drips a byte at a time would hold us for ever. The
    sockets are learnt from httpx's trace extension and shut down by a timer.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """See httpx's documentation of the ``trace`` request extension."""
        # Wrapping a socket in TLS empties the plain one, so both events count.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(found)
            if self.passed:
                self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            for sock in self._sockets:
                try:
                    # Below TLS, whose own shutdown would wait for the other side.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
                except OSError:
                    continue  # already closed


def _check_url(endpoint: Endpoint, path: str, asked: Mapping[str, str]) -> str:
    try:
        parts = urlsplit(endpoint.base_url.strip())
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise _bad_address(endpoint)
    base, _, query = endpoint.base_url.strip().partition("?")
    key = _checked_key(endpoint) if endpoint.key_as == "query" else ""
    more = urlencode({**asked, **({"key": key} if key else {})})
    query = "&".join(part for part in (query, more) if part)
    return f"{base.rstrip('/')}/{path}{'?' if query else ''}{query}"


def _bad_address(endpoint: Endpoint) -> SettingError:
    # The address may hold a password, so it is not repeated.
    return SettingError(
        f"{endpoint.section}.base_url is not an http:// or https:// address",
        where=f"setting {endpoint.section}.base_url",
        hint="write it like http://localhost:11434/v1",
    )


def _authorization(endpoint: Endpoint) -> dict[str, str]:
    key = _checked_key(endpoint)
    if not key or endpoint.key_as == "query":
        return {}
    return {"Authorization": f"Bearer {key}" if endpoint.key_as == "bearer" else key}


def _checked_key(endpoint: Endpoint) -> str:
    key = endpoint.key.get_secret_value().strip()
    if not all("!" <= char <= "~" for char in key):
        raise SettingError(
            f"{endpoint.section}.api_key holds spaces or characters no key has",
            where=f"setting {endpoint.section}.api_key",
            hint=f"copy the key again into {_variable(endpoint)}",
        )
    return key


def _variable(endpoint: Endpoint) -> str:
    return f"REEL_{endpoint.section.upper()}_API_KEY"


def _explain(endpoint: Endpoint, path: str, answer: _Answer) -> ProviderError:
    """The error for an answer that is none."""
    what, where, status = endpoint.what, endpoint.address, answer.status
    said = _scrub(endpoint, _said(answer))
    told = f": {said}" if said else ""
    if status == 401 or (status == 403 and not endpoint.key.get_secret_value().strip()):
        missing = not endpoint.key.get_secret_value().strip()
        return MissingKey(
            f"{what} asks for a key" if missing else f"{what} does not accept the key{told}",
            where=where,
            hint=f"set {_variable(endpoint)} in the environment",
        )
    if status == 429 and "insufficient_quota" in answer.body.decode("utf-8", "replace"):
        return ProviderRefused(
            f"{what} says the account has no quota left{told}",
            where=where,
            hint="look at the account's plan and billing, or use another endpoint",
        )
    if status == 429 or status >= 500:
        asked = retry_after(answer.headers)
        later = f"in {asked:g} seconds" if asked is not None and asked > MAX_WAIT else "later"
        return ProviderUnavailable(
            f"{what} is too busy (429){told}"
            if status == 429
            else f"{what} failed on its side ({status}){told}",
            where=where,
            hint=f"try again {later}",
        )
    if 300 <= status < 400:
        return ProviderRefused(
            f"{what} has moved ({status})",
            where=where,
            hint=f"set {endpoint.section}.base_url to its new address",
        )
    also = "model" if endpoint.key_as == "bearer" else "api_key"
    hint = f"check {endpoint.section}.base_url and {endpoint.section}.{also}"
    if status == 404:
        hint += f"; asked was {endpoint.address.rstrip('/')}/{path}"
    return ProviderRefused(f"{what} refused ({status}){told}", where=where, hint=hint)


def _said(answer: _Answer) -> str:
    """What the service said of an error, in one short line; nothing for a page of HTML."""
    text = answer.body[:20_000].decode("utf-8", "replace").strip()
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = "" if text.startswith("<") else text
    for key in ("error", "message", "detail"):
        if isinstance(value, dict) and key in value:
            value = value[key]
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    line = " ".join(str(value).split())
    return f"{line[:297]}…" if len(line) > 300 else line


def _scrub(endpoint: Endpoint, text: str) -> str:
    """`text` without anything that is, or looks like, a key."""
    key = endpoint.key.get_secret_value().strip()
    if key:
        text = text.replace(key, "(hidden)")
    return re.sub(r"\b(sk|Bearer)[-_ ][\w*.-]{6,}", "(hidden)", text)


def _is_text(answer: _Answer) -> bool:
    kind = answer.headers.get("content-type", "").lower()
    return kind.startswith("text/") or "json" in kind


def _describe(answer: _Answer) -> str:
    start = answer.body[:200].decode("utf-8", "replace").lstrip().lower()
    if start.startswith(("<!doctype", "<html")) or start.startswith("<"):
        return "a web page (HTML)"
    if not answer.body.strip():
        return "nothing"
    return "text" if _is_text(answer) else "something else"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks for: a number, or a date against the answer's own Date."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        then, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):
        return None
