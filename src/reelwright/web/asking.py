"""What every call goes through: who asks, how often, how much they send; errors told as JSON."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from anyio import CapacityLimiter
from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from reelwright.audience.appending import Appender
from reelwright.audience.checks import is_name
from reelwright.audience.feed import Feed
from reelwright.core.errors import ReelError, must_be
from reelwright.core.settings import Settings
from reelwright.store.database import Database
from reelwright.web.cards import Cards
from reelwright.web.keys import Caller, Scope, find_key
from reelwright.web.limits import Limits
from reelwright.web.metrics import Metrics
from reelwright.web.noting import PageKeeper

COOKIE = "reel_key"
_LOCAL = {"localhost", "127.0.0.1", "[::1]"}
_KNOWN = 1_000
_T = TypeVar("_T")


class Refused(Exception):
    """A call that is not answered.

    Args:
        status: the HTTP status.
        message: what was wrong.
        hint: what to do.
        headers: of the answer.
    """

    def __init__(
        self, status: int, message: str, hint: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint
        self.headers = headers or {}

    def answer(self) -> JSONResponse:
        """As what is sent."""
        body = {"error": self.message, "hint": self.hint or None}
        return JSONResponse(body, self.status, self.headers)


@dataclass
class Service:
    """What all calls share; `app.state.service`."""

    database: Database
    settings: Settings
    feed: Feed
    appender: Appender
    keeper: PageKeeper
    limits: Limits
    wrong_keys: Limits
    metrics: Metrics
    cards: Cards
    callers: dict[str, Caller]
    """Keys that were right a moment ago, by what they are: emptied every few seconds."""
    paging: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """One page after another, in the order they were asked for: several at once would only wait for
    each other."""


def service_of(request: Request) -> Service:
    """What all calls share."""
    return request.app.state.service


async def caller_of(request: Request, scope: Scope, cost: float = 1) -> Caller:
    """Who asks, if they may do what asks for `scope`, and not too often (`cost` requests at once).

    Raises:
        Refused: 401 for a wrong key or none, 403 for one that does not reach so far, 429.
    """
    service = service_of(request)
    caller = await _find(request, service)
    if wait := service.limits.wait(caller.id, cost):
        raise _too_many(wait)
    if scope == "owner" and caller.scope != "owner":
        raise Refused(
            403 if _key_of(request) else 401,
            "this asks for the owner's key",
            "send it as `Authorization: Bearer …`; `reel serve` says where it lies",
            {"WWW-Authenticate": "Bearer"},
        )
    return caller


async def _find(request: Request, service: Service) -> Caller:
    address = request.client.host if request.client else ""
    key = _key_of(request)
    if not key:
        if is_here(request):
            return Caller(f"here:{address}", "viewer")
        raise _no_key("this asks for a key")
    if known := service.callers.get(key):
        return known
    found = await run_in_threadpool(_look_up, service, key)
    if found is None:
        if wait := service.wrong_keys.wait(address):
            raise _too_many(wait)
        raise _no_key("nobody has this key")
    if len(service.callers) < _KNOWN:
        service.callers[key] = found
    return found


def _look_up(service: Service, key: str) -> Caller | None:
    with service.database.reading() as session:
        return find_key(session, key)


def _key_of(request: Request) -> str:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and key.strip():
        return key.strip()
    return request.headers.get("x-api-key", "") or request.cookies.get(COOKIE, "")


def is_here(request: Request) -> bool:
    """Whether a call comes from this machine, and from no other site that its browser has open.

    A name that another site let point here is in the Host header; what a proxy passes on is not
    from here.
    """
    address = request.client.host if request.client else ""
    try:
        here = ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    origin = request.headers.get("origin")
    same = origin is None or origin.partition("://")[2] == host
    return here and same and name in _LOCAL and "x-forwarded-for" not in request.headers


def _no_key(message: str) -> Refused:
    hint = "send it as `Authorization: Bearer …`"
    return Refused(401, message, hint, {"WWW-Authenticate": "Bearer"})


def _too_many(wait: float) -> Refused:
    seconds = str(max(1, round(wait + 0.5)))
    return Refused(429, "too many requests", f"wait {seconds} s", {"Retry-After": seconds})


def checked_name(name: str, what: str) -> str:
    """An id out of an address or a query.

    Raises:
        Refused: 422, it cannot be one; what looks like a path cannot.
    """
    if not is_name(name):
        raise Refused(
            422, f"this cannot be the id of a {what}", "ids have no slashes, no dot at the start"
        )
    return name


async def body_of(request: Request, adapter: TypeAdapter[_T], inside: str = "") -> _T:
    """The body of a call, as what it should be.

    Args:
        adapter: of what it should be.
        inside: the key under which it may stand in an object; it may stand there alone too.

    Raises:
        Refused: 400 malformed JSON, 413 too large, 415 no JSON at all, 422 of another shape.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "the body must be JSON", "send `Content-Type: application/json`")
    limit = service_of(request).settings.serve.body << 20
    data = await _read(request, limit)
    import orjson

    try:
        values: Any = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the body is no JSON: {error}", "check it with any JSON tool") from None
    if inside and isinstance(values, dict) and set(values) == {inside}:
        values = values[inside]
    try:
        return adapter.validate_python(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refused(422, f"{inside}.{where}: cannot be used", must_be(first["msg"])) from None


async def _read(request: Request, limit: int) -> bytes:
    too_large = Refused(
        413,
        f"the body is larger than {limit >> 20} MB",
        "send smaller batches, or raise serve.body",
        {"Connection": "close"},
    )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_large
        parts.append(part)
    return b"".join(parts)


def of_error(error: ReelError) -> JSONResponse:
    """One of our own errors, as what is sent: what a caller asks for wrongly is 4xx, else 503."""
    from reelwright.core.errors import InputError

    status = 422 if isinstance(error, InputError) else 503
    body = {"error": error.message, "where": error.where, "hint": error.hint}
    return JSONResponse(body, status, {"Retry-After": "2"} if status == 503 else None)
