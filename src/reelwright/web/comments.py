"""`GET` and `POST /v1/items/{id}/comments`: what viewers write under a video."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from reelwright.audience.comments import Comment, read_comments, write_comment
from reelwright.web.asking import Service, body_of, caller_of, checked_name, service_of

router = APIRouter(prefix="/v1/items", tags=["comments"])
_COST = 20
"""A comment counts as so many requests: people do not write hundreds a second."""


class _Written(BaseModel):
    user: str
    text: str


_WRITTEN = TypeAdapter(_Written)
_SCHEMA: dict[str, Any] = {"application/json": {"schema": _Written.model_json_schema()}}


@router.get("/{item}/comments")
async def listing(request: Request, item: str) -> JSONResponse:
    """The newest hundred comments under a video, the newest first."""
    await caller_of(request, "viewer")
    checked_name(item, "video")
    found = await run_in_threadpool(_read, service_of(request), item)
    return JSONResponse({"comments": [asdict(one) for one in found]})


def _read(service: Service, item: str) -> list[Comment]:
    with service.database.reading() as session:
        return read_comments(session, item)


@router.post(
    "/{item}/comments", status_code=201, openapi_extra={"requestBody": {"content": _SCHEMA}}
)
async def writing(request: Request, item: str) -> JSONResponse:
    """Write a comment: `{"user": …, "text": …}`."""
    await caller_of(request, "viewer", _COST)
    checked_name(item, "video")
    written = await body_of(request, _WRITTEN)
    checked_name(written.user, "viewer")
    made = await run_in_threadpool(_write, service_of(request), item, written)
    return JSONResponse(asdict(made), 201)


def _write(service: Service, item: str, written: _Written) -> Comment:
    with service.database.writing() as session:
        return write_comment(session, item, written.user, written.text, time.time())
