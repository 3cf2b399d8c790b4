"""`POST /v1/events`: what viewers did. Answered once it is on the disk."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from reelwright.audience.events import as_plain
from reelwright.core.errors import ReelError
from reelwright.core.nouns import Event
from reelwright.web.asking import Refused, body_of, caller_of, of_error, service_of

router = APIRouter(tags=["events"])
MOST = 10_000
"""Events of one batch, at most."""
_EVENTS = TypeAdapter(list[Event])
_KEY = "idempotency-key"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["events"],
    "properties": {
        "events": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "required": ["user", "item", "kind", "time"],
                "properties": {
                    name: {"type": "string"} for name in ("user", "item", "kind", "id", "request")
                }
                | {name: {"type": "number"} for name in ("time", "value", "rank", "propensity")},
            },
        }
    },
}


@router.post(
    "/v1/events",
    status_code=202,
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": _SCHEMA}}, "required": True},
        "parameters": [{"in": "header", "name": "Idempotency-Key", "schema": {"type": "string"}}],
    },
)
async def events(request: Request) -> JSONResponse:
    """Take in a batch: `{"events": [{"user": …, "item": …, "kind": …, "time": …}, …]}`.

    Answers 202 when it is durable, with how many were `new` and `known`, and which were kept
    `apart` or `refused`, and why. The same batch under the same `Idempotency-Key` gets the same
    answer.
    """
    caller = await caller_of(request, "viewer")
    batch = await body_of(request, _EVENTS, "events")
    if len(batch) > MOST:
        raise Refused(413, f"a batch has {MOST} events at most", "send several")
    service = service_of(request)
    if service.keeper.waits({event.request for event in batch if event.request}):
        await run_in_threadpool(service.keeper.flush)
    key = request.headers.get(_KEY, "").strip()
    try:
        # Keys of two callers never meet: whose it is goes before it.
        future = service.appender.submit(batch, f"{caller.id}:{key}" if key else "")
        answer = await asyncio.wrap_future(future)
    except ReelError as error:
        return of_error(error)
    service.metrics.count("reel_events_total", answer.new, outcome="new")
    service.metrics.count("reel_events_total", answer.known, outcome="known")
    service.metrics.count("reel_events_total", len(answer.apart), outcome="apart")
    service.metrics.count("reel_events_total", len(answer.refused), outcome="refused")
    return JSONResponse(as_plain(answer), 202)
