"""The pages: the viewer's at `/`, the documentation of the service at `/docs`.

Everything comes from this machine, and the browser is told to fetch nothing from elsewhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from reelwright.web.asking import COOKIE, Refused, service_of

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent / "pages"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_YEAR = 365 * 86_400


@router.get("/")
async def viewer(request: Request) -> Response:
    """The viewer's page. `/?key=…` remembers a viewer's key first, for who is elsewhere."""
    key = request.query_params.get("key")
    if key is None:
        return _page("viewer.html")
    rest = request.url.remove_query_params("key")
    answer = RedirectResponse(f"/?{rest.query}" if rest.query else "/", 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, key[:200], max_age=_YEAR, httponly=True, samesite="strict", secure=secure
    )
    return answer


@router.get("/docs")
async def docs() -> Response:
    """The calls there are."""
    return _page("docs.html")


@router.get("/favicon.ico")
async def icon() -> Response:
    """The mark in the browser's tab."""
    return _page("icon.svg")


@router.get("/pages/{name}")
async def part(name: str) -> Response:
    """What a page is made of."""
    return _page(name)


@router.get("/healthz")
async def health(request: Request) -> dict[str, str | float]:
    """Whether it serves."""
    return {"status": "ok", **service_of(request).feed.facts}


def _page(name: str) -> Response:
    body = _files().get(name)
    if body is None:
        raise Refused(404, "there is nothing here", "the page is at /, the calls are at /docs")
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
    }
    return Response(body, media_type=_TYPES[Path(name).suffix], headers=headers)


@cache
def _files() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES
    }
