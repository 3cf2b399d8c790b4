"""What the owner alone may do: videos put in and taken out, viewers told of and forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from reelwright.audience.events import settle
from reelwright.audience.items import Item, put_items, remove_items
from reelwright.audience.profile import read_profile
from reelwright.audience.viewers import export_viewer, forget_viewer
from reelwright.core.errors import FeedError
from reelwright.web.asking import Refused, Service, body_of, caller_of, checked_name, service_of
from reelwright.web.metrics import CONTENT_TYPE

router = APIRouter(tags=["owner"])
MOST = 10_000
"""Videos of one call, at most."""
_ITEMS = TypeAdapter(list[Item])
_IDS = TypeAdapter(list[str])
_NOT_FROM_AFAR = ("file", "cover", "captions", "hash", "size", "mtime")
_BODY: dict[str, Any] = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"type": "object"}, "maxItems": MOST}},
}


@router.put(
    "/v1/items", openapi_extra={"requestBody": {"content": {"application/json": {"schema": _BODY}}}}
)
async def put(request: Request) -> JSONResponse:
    """Add videos by name, or say more of those there are: `{"items": [{"id": …}, …]}`.

    Files come in by `reel feed add` or `reel feed import` alone: nobody gets a file of this machine
    served by naming it here.
    """
    await caller_of(request, "owner")
    items = await body_of(request, _ITEMS, "items")
    if len(items) > MOST:
        raise Refused(413, f"a call has {MOST} videos at most", "send several")
    for item in items:
        named = [name for name in _NOT_FROM_AFAR if getattr(item, name) is not None]
        if named:
            hint = "add files with `reel feed add`, on the machine itself"
            raise Refused(422, f"{item.id}: {named[0]} cannot be set from here", hint)
    return JSONResponse(await run_in_threadpool(_put, service_of(request), items))


def _put(service: Service, items: list[Item]) -> dict[str, Any]:
    now = time.time()
    with service.database.writing() as session:
        done = put_items(session, items, now)
    settled = settle(service.database, now) if done.new else 0
    service.feed.videos_changed()
    return asdict(done) | {"events": settled}


@router.delete("/v1/items")
async def remove(
    request: Request,
    ids: Annotated[
        list[str] | None, Query(alias="id", description="Ids; may be given often.")
    ] = None,
) -> JSONResponse:
    """Take videos out; no file is touched. Ids in the query, or `{"items": [id, …]}`."""
    await caller_of(request, "owner")
    wanted = ids or await body_of(request, _IDS, "items")
    for name in wanted:
        checked_name(name, "video")
    service = service_of(request)

    def work() -> int:
        with service.database.writing() as session:
            return remove_items(session, wanted, time.time())

    removed = await run_in_threadpool(work)
    service.feed.videos_changed()
    return JSONResponse({"removed": removed})


@router.get("/v1/users/{user}")
async def profile(
    request: Request,
    user: str,
    everything: Annotated[bool, Query(description="All that is kept, events too.")] = False,
) -> Response:
    """What is known of a viewer: their profile, or everything that is kept of them."""
    await caller_of(request, "owner")
    checked_name(user, "viewer")
    service = service_of(request)
    try:
        if everything:
            data = await run_in_threadpool(_everything, service, user)
            return Response(data, media_type="application/json")
        return JSONResponse(await run_in_threadpool(_profile, service, user))
    except FeedError as error:
        raise Refused(404, error.message) from None


def _profile(service: Service, user: str) -> dict[str, Any]:
    with service.database.reading() as session:
        return read_profile(session, user, service.settings.feed.half_life).as_plain()


def _everything(service: Service, user: str) -> bytes:
    service.keeper.flush()
    with TemporaryDirectory(prefix="reel-") as folder:
        out = Path(folder) / "viewer.json"
        export_viewer(service.database, user, out, service.settings.feed.half_life)
        return out.read_bytes()


@router.delete("/v1/users/{user}")
async def forget(request: Request, user: str) -> JSONResponse:
    """Erase all that is kept of a viewer, for good."""
    await caller_of(request, "owner")
    checked_name(user, "viewer")
    service = service_of(request)

    def work() -> dict[str, int]:
        # What was shown to them and is not noted yet would come back afterwards.
        service.keeper.flush()
        return asdict(forget_viewer(service.database, user))

    return JSONResponse({"forgotten": user, **await run_in_threadpool(work)})


@router.get("/v1/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """What the service did, for Prometheus."""
    await caller_of(request, "owner")
    service = service_of(request)
    return Response(service.metrics.text(dict(_gauges(service))), media_type=CONTENT_TYPE)


def _gauges(service: Service) -> Iterator[tuple[str, float]]:
    for name, value in service.feed.facts.items():
        if not isinstance(value, str):
            yield f"reel_feed_{name}", value
