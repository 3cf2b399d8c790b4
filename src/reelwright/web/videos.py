"""The files of a video: itself by byte ranges, its cover, its captions as WebVTT."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from reelwright.audience.items import file_of
from reelwright.audience.tables import ItemRow
from reelwright.core.errors import FeedError
from reelwright.media.texts import decode
from reelwright.web.asking import Refused, caller_of, checked_name, service_of
from reelwright.web.describing import read_items

router = APIRouter(prefix="/v1/items", tags=["videos"])
_KEEP = {"Cache-Control": "private, max-age=3600"}
_COMMA = re.compile(r"(\d\d:\d\d:\d\d),(\d\d\d)")
_CAPTIONS = 4 << 20


def _row(request: Request, item: str) -> ItemRow:
    with service_of(request).database.reading() as session:
        row = read_items(session, [checked_name(item, "video")]).get(item)
    if row is None:
        raise Refused(404, "this video is not in the feed")
    return row


@router.get("/{item}/video", response_class=FileResponse)
async def video(request: Request, item: str) -> Response:
    """The video file; `Range` is understood."""
    await caller_of(request, "viewer")
    row = await run_in_threadpool(_row, request, item)
    try:
        path = await run_in_threadpool(file_of, row)
    except FeedError as error:
        # The message names a place on this machine: not for viewers.
        raise Refused(404, "the file of this video is not there", error.hint or "") from None
    return FileResponse(path, media_type=_type(path), headers=_KEEP)


@router.get("/{item}/cover", response_class=FileResponse)
async def cover(request: Request, item: str) -> Response:
    """Its cover."""
    await caller_of(request, "viewer")
    row = await run_in_threadpool(_row, request, item)
    if row.cover is None or not Path(row.cover).is_file():
        raise Refused(404, "this video has no cover")
    return FileResponse(row.cover, media_type=_type(Path(row.cover)), headers=_KEEP)


@router.get("/{item}/captions.vtt", response_class=Response)
async def captions(request: Request, item: str) -> Response:
    """Its captions, as WebVTT."""
    await caller_of(request, "viewer")
    row = await run_in_threadpool(_row, request, item)
    text = await run_in_threadpool(_captions, row)
    return Response(text, media_type="text/vtt; charset=utf-8", headers=_KEEP)


def _captions(row: ItemRow) -> str:
    path = Path(row.captions) if row.captions else None
    if path is None or not path.is_file() or path.stat().st_size > _CAPTIONS:
        raise Refused(404, "this video has no captions")
    text = decode(path.read_bytes())
    if text is None:
        raise Refused(404, "the captions of this video cannot be read")
    return to_vtt(text)


def to_vtt(srt: str) -> str:
    """SubRip text as WebVTT.

    >>> to_vtt("1\\n00:00:00,000 --> 00:00:01,500\\nTea\\n")
    'WEBVTT\\n\\n1\\n00:00:00.000 --> 00:00:01.500\\nTea\\n'
    """
    lines = srt.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    return "WEBVTT\n\n" + "\n".join(
        _COMMA.sub(r"\1.\2", line) if "-->" in line else line.replace("&", "&amp;")
        for line in lines
    )


def _type(path: Path) -> str:
    kinds = {".m4v": "video/mp4", ".mkv": "video/x-matroska"}
    guess = kinds.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    # Never what a browser would run.
    is_media = guess is not None and guess.partition("/")[0] in ("video", "image")
    return guess if guess and is_media and "svg" not in guess else "application/octet-stream"
