"""The server that the service runs on, and the socket it listens at."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import uvicorn

from reelwright.audience.feed import Feed
from reelwright.core.errors import SettingError
from reelwright.core.settings import Settings
from reelwright.store.database import Database
from reelwright.web.app import Worker, make_app
from reelwright.web.handing import HandedServer, Ways

_PAUSE = 0.5
"""Seconds until a worker that died is started again."""
_SIGNALS = 4096
"""Signals read at once, that woke us."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        SettingError: somebody else does already, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise SettingError(
            f"cannot be listened on: {getattr(error, 'strerror', None) or error}",
            where=f"{host}:{port}",
            hint="another service may have it: try --port 0, which takes a free one",
        ) from error
    listening.listen(2048)
    return listening


def make_server(
    database: Database,
    settings: Settings,
    say: Callable[[str], None] | None = None,
    feed: Feed | None = None,
    worker: Worker | None = None,
    way: socket.socket | None = None,
) -> uvicorn.Server:
    """The server; it runs until a signal, or `should_exit`. What is asked by then is answered.

    Arguments are those of `app.make_app`, and the way by which connections are handed to it.
    """
    config = uvicorn.Config(
        make_app(database, settings, say, feed, worker),
        log_level="warning",
        # Addresses may hold keys and names of viewers: they are not written down.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 << 10,
    )
    return HandedServer(config, way) if way else uvicorn.Server(config)


def serve_together(
    database: Database,
    settings: Settings,
    workers: int,
    listening: socket.socket,
    say: Callable[[str], None],
) -> None:
    """Serve by several processes, to which connections are handed by turns, until a signal.

    The feed is read once, before they part: its arrays lie in memory once. From then on each
    follows the database by itself (`audience.following`). One that dies is started again.
    """
    feed = Feed(database, settings.feed, say=say)
    ending = False
    running: dict[int, int] = {}
    ways = Ways()

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal ending
        ending = True
        for pid in tuple(running):
            # One may have ended just now.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    with TemporaryDirectory(prefix="reel-serve-") as folder, _woken() as woken:
        # What is set up is not collected again and again by each: that would copy its pages.
        gc.collect()
        gc.freeze()
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, end)
        listening.setblocking(False)
        due = dict.fromkeys(range(workers), 0.0)
        while running or (due and not ending):
            now = time.monotonic()
            for number in [] if ending else [n for n, at in due.items() if at <= now]:
                del due[number]
                worker = Worker(number, workers, Path(folder))
                way = ways.open(number)
                running[_start(database, settings, (ways, listening), way, say, feed, worker)] = (
                    number
                )
                way.close()
            # The others go on being handed connections until one that died is started again; where
            # nobody is left, connections wait.
            heard = [woken, listening] if running and not ending else [woken]
            ready, *_ = select.select(heard, [], [], _PAUSE if due and not ending else None)
            if listening in ready:
                ways.accept(listening)
            if woken not in ready:
                continue
            woken.recv(_SIGNALS)
            for number, code in _ended(running):
                ways.close(number)
                if not ending:
                    say(f"worker {number} ended ({code}); starts again")
                    due[number] = time.monotonic() + _PAUSE
        ways.close()


@contextmanager
def _woken() -> Iterator[socket.socket]:
    """What can be read from as soon as a signal comes, a child's end among them."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield ours
        finally:
            signal.set_wakeup_fd(before)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _ended(running: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The numbers of workers that have ended, and how; they are running no more."""
    for pid in tuple(running):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            yield running.pop(pid), os.waitstatus_to_exitcode(status)


def _start(
    database: Database,
    settings: Settings,
    not_its: tuple[Ways, socket.socket],
    way: socket.socket,
    say: Callable[[str], None],
    feed: Feed,
    worker: Worker,
) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(one, signal.SIG_DFL)
        # Ends that others hold too would keep a way open whose owner is gone.
        for each in not_its:
            each.close()
        # No connection is shared with who made it.
        database.engine.dispose(close=False)
        make_server(database, settings, say, feed, worker, way).run()
    finally:
        os._exit(0)
