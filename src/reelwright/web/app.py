"""The application: all calls, what they share, and what is done beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright import __version__
from reelwright.audience.appending import Appender
from reelwright.audience.events import settle
from reelwright.audience.feed import Feed
from reelwright.core.errors import ReelError, must_be
from reelwright.core.settings import Settings
from reelwright.store.database import Database
from reelwright.web import comments, events, owning, pages, videos
from reelwright.web import feed as feeding
from reelwright.web.asking import Refused, Service, of_error
from reelwright.web.cards import Cards
from reelwright.web.limits import Limits
from reelwright.web.metrics import Metrics
from reelwright.web.noting import PageKeeper
from reelwright.web.retraining import Retrainer

_TEND = 0.4
"""Seconds between rounds of what is done beside the calls: by then what others wrote is known."""
_SETTLE = 150
"""Rounds between looks for events whose time has come."""
_WRONG = 10
"""Wrong keys that an address may send at once; then one every six seconds."""


@dataclass(frozen=True)
class Worker:
    """Which of the processes that serve one feed this is.

    Attributes:
        number, of: which of how many.
        folder: where they tell each other what they counted; None of one alone.
    """

    number: int = 0
    of: int = 1
    folder: Path | None = None


def make_app(
    database: Database,
    settings: Settings,
    say: Callable[[str], None] | None = None,
    feed: Feed | None = None,
    worker: Worker | None = None,
) -> FastAPI:
    """The service over an open feed.

    Args:
        database: the feed's.
        settings: of the home.
        say: what to do with a message for whoever runs it.
        feed: where it was read already.
        worker: which of several processes; None is the only one.
    """
    say = say or (lambda message: None)
    feed = feed or Feed(database, settings.feed, say=say)
    worker = worker or Worker()

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncGenerator[None]:
        appender, keeper = Appender(database), PageKeeper(database, say)
        # Callers come to any of the workers.
        rate = settings.serve.rate / worker.of
        metrics = Metrics(worker.folder, worker.number)
        app.state.service = service = Service(
            database=database,
            settings=settings,
            feed=feed,
            appender=appender,
            keeper=keeper,
            limits=Limits(rate, 2 * rate),
            wrong_keys=Limits(1 / 6, _WRONG),
            metrics=metrics,
            cards=Cards(database),
            callers={},
        )
        ending = threading.Event()
        tending = threading.Thread(target=_tend, args=(service, ending, say), daemon=True)
        tending.start()
        retrainer = Retrainer(database, settings.feed.retrain, say)
        if worker.number == 0:
            retrainer.start()
        try:
            yield
        finally:
            ending.set()
            retrainer.close()
            tending.join()
            appender.close()
            keeper.close()

    app = FastAPI(
        title="Reelwright",
        version=__version__,
        description="A feed of short videos that learns from every second watched.",
        lifespan=living,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for part in (events, feeding, comments, owning, videos, pages):
        app.include_router(part.router)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(ReelError, _our_error)
    app.add_exception_handler(RequestValidationError, _wrong_query)
    app.add_exception_handler(HTTPException, _no_such_call)
    app.add_middleware(_Watched)
    return app


def _tend(service: Service, ending: threading.Event, say: Callable[[str], None]) -> None:
    rounds = 0
    while not ending.wait(_TEND):
        rounds += 1
        try:
            service.feed.tend()
            service.metrics.tell()
            # A key that was revoked is asked for again.
            service.callers.clear()
            if rounds % _SETTLE == 0:
                settle(service.database)
        except ReelError as error:
            say(f"will be tried again: {error}")


class _Watched:
    """Counts and times every call, and says to browsers what not to guess."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            metrics: Metrics = scope["app"].state.service.metrics
            metrics.count("reel_requests_total", route=route, status=str(status))
            metrics.timed(route, time.perf_counter() - began)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.answer()


async def _our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReelError)
    return of_error(error)


async def _wrong_query(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = str(first["loc"][-1])
    return JSONResponse({"error": f"{where}: cannot be used", "hint": must_be(first["msg"])}, 422)


async def _no_such_call(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = {404: "there is nothing here", 405: "this cannot be done here"}
    message = said.get(error.status_code, str(error.detail))
    hint = "the page is at /, the calls are at /docs"
    return JSONResponse({"error": message, "hint": hint}, error.status_code, error.headers)
