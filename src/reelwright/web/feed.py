"""`GET /v1/feed`: the next videos for a viewer. `GET /v1/items/{id}/similar`: more like one."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from reelwright.audience.feed import MOST
from reelwright.core.errors import FeedError
from reelwright.web.asking import Refused, Service, caller_of, checked_name, service_of
from reelwright.web.describing import described

router = APIRouter(tags=["feed"])
Count = Annotated[int, Query(ge=1, le=MOST, description="How many videos.")]
Playable = Annotated[bool, Query(description="Only videos whose file the service has.")]


_ASKED: list[dict[str, Any]] = [
    {"name": name, "in": "query", "description": said, "required": name == "user", "schema": schema}
    for name, schema, said in (
        ("user", {"type": "string"}, "The viewer's id: any name of your own."),
        ("n", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20}, "How many."),
        ("playable", {"type": "boolean"}, "Only videos whose file the service has."),
        ("again", {"type": "boolean"}, "What was seen may come again, last."),
        (
            "have",
            {"type": "array", "items": {"type": "string"}},
            "Ids that are on hand unseen, each as `have=`; they do not come again.",
        ),
        ("explain", {"type": "boolean"}, "Tell scores and rules of each place."),
    )
]


@router.get("/v1/feed", response_class=Response, openapi_extra={"parameters": _ASKED})
async def feed(request: Request) -> Response:
    """The next page for a viewer.

    Each item tells its `rank`, `source` and `propensity`; send them back with the page's `request`
    in the events that come of it. Where nothing is left to show, there are fewer items, or none.
    """
    await caller_of(request, "viewer")
    # Read here, not by FastAPI: the call that is asked most should not wait for general machinery.
    asked = request.query_params
    user = checked_name(asked.get("user", ""), "viewer")
    count = asked.get("n", "20")
    if not (count.isascii() and count.isdecimal() and 1 <= int(count[:9]) <= MOST):
        raise Refused(422, "n: cannot be used", f"a whole number from 1 to {MOST}")
    flags = {name: _flag(asked.get(name)) for name in ("playable", "again", "explain")}
    have = asked.getlist("have") if "have" in asked else None
    service = service_of(request)
    make = partial(_page, service, user, int(count), have, **flags)
    body = await to_thread.run_sync(make, limiter=service.paging)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _flag(said: str | None) -> bool:
    value = (said or "false").lower()
    if value not in _FLAGS:
        raise Refused(422, "a flag cannot be used", "true or false")
    return _FLAGS[value]


_FLAGS: dict[str, bool] = dict.fromkeys(("true", "1", "yes", "on"), True)
_FLAGS |= dict.fromkeys(("false", "0", "no", "off", ""), False)


def _page(
    service: Service,
    user: str,
    n: int,
    have: list[str] | None,
    *,
    playable: bool,
    again: bool,
    explain: bool,
) -> bytes:
    shown = service.feed.page(user, n, playable=playable, again=again, have=have, explain=explain)
    service.keeper.keep(shown.page)
    service.metrics.count("reel_shown_total", len(shown.places))
    items = service.cards.page(shown.places, service.feed.version, explain=explain)
    told = {"request": shown.request, "user": user, "model": shown.model}
    return orjson.dumps(told)[:-1] + b',"items":[' + b",".join(items) + b"]}"


@router.get("/v1/items/{item}")
async def item(request: Request, item: str) -> JSONResponse:
    """What is known of a video."""
    await caller_of(request, "viewer")
    checked_name(item, "video")
    return JSONResponse(await run_in_threadpool(_item, service_of(request), item))


def _item(service: Service, item: str) -> dict[str, Any]:
    with service.database.reading() as session:
        found = described(session, [item])
    if not found:
        raise Refused(404, "this video is not in the feed")
    return found[0]


@router.get("/v1/items/{item}/similar")
async def similar(
    request: Request, item: str, n: Count = 20, playable: Playable = False
) -> JSONResponse:
    """The videos most like one, the most alike first."""
    await caller_of(request, "viewer")
    checked_name(item, "video")
    return JSONResponse(await run_in_threadpool(_similar, service_of(request), item, n, playable))


def _similar(service: Service, item: str, n: int, playable: bool) -> dict[str, Any]:
    try:
        found = dict(service.feed.similar(item, n, playable=playable))
    except FeedError:
        raise Refused(404, "this video is not in the feed") from None
    with service.database.reading() as session:
        items = described(session, list(found))
    return {"item": item, "items": [one | {"score": found[one["id"]]} for one in items]}
