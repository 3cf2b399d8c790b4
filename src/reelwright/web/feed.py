"""`GET /v1/feed`: the next videos for a viewer. `GET /v1/items/{id}/similar`: more like one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from reelwright.audience.feed import MOST
from reelwright.core.errors import FeedError
from reelwright.web.asking import Refused, Service, caller_of, checked_name, service_of
from reelwright.web.describing import describe, described, read_items

router = APIRouter(tags=["feed"])
Count = Annotated[int, Query(ge=1, le=MOST, description="How many videos.")]
Playable = Annotated[bool, Query(description="Only videos whose file the service has.")]


@router.get("/v1/feed")
async def feed(
    request: Request,
    user: Annotated[str, Query(description="The viewer's id: any name of your own.")],
    n: Count = 20,
    playable: Playable = False,
    again: Annotated[bool, Query(description="What was seen may come again, last.")] = False,
    have: Annotated[
        list[str] | None,
        Query(description="Ids that are on hand unseen, each as `have=`; they do not come again."),
    ] = None,
    explain: Annotated[bool, Query(description="Tell scores and rules of each place.")] = False,
) -> JSONResponse:
    """The next page for a viewer.

    Each item tells its `rank`, `source` and `propensity`; send them back with the page's `request`
    in the events that come of it. Where nothing is left to show, there are fewer items, or none.
    """
    await caller_of(request, "viewer")
    checked_name(user, "viewer")
    service = service_of(request)
    answer = await run_in_threadpool(_page, service, user, n, playable, again, have, explain)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _page(
    service: Service,
    user: str,
    n: int,
    playable: bool,
    again: bool,
    have: list[str] | None,
    explain: bool,
) -> dict[str, Any]:
    shown = service.feed.page(user, n, playable=playable, again=again, have=have)
    service.keeper.keep(shown.page)
    service.metrics.count("reel_shown_total", len(shown.places))
    with service.database.reading() as session:
        rows = read_items(session, [place.item for place in shown.places])
    items: list[dict[str, Any]] = []
    for rank, place in enumerate(shown.places):
        if row := rows.get(place.item):
            told = {"rank": rank, "source": place.source, "propensity": place.propensity}
            if explain:
                told |= {"score": place.score, "scores": place.scores, "rule": place.rule or None}
            items.append(describe(row) | told)
    return {"request": shown.request, "user": user, "model": shown.model, "items": items}


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
