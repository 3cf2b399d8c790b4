"""`reel serve`: the service, and the page on which your videos are watched."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Annotated

import typer

from reelwright.cli.feed.opening import Set, opened
from reelwright.cli.telling import Stopped


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on; 0.0.0.0 is all of them.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="0 takes a free one.", min=0, max=65535)] = None,
    workers: Annotated[
        int, typer.Option(help="Processes that serve; about as many as there are cores.", min=1)
    ] = 1,
    sets: Set = None,
) -> None:
    """Serve your feed: a page to watch it on, and an HTTP service for apps of your own."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        # Pages multiply small tables: threads would wait for each other for longer than they work.
        os.environ.setdefault(name, "1")

    from reelwright.core.errors import SettingError
    from reelwright.web.keys import ensure_keys
    from reelwright.web.serving import listen, make_server, serve_together

    if workers > 1 and not hasattr(os, "fork"):
        raise SettingError("several workers need Linux or macOS", hint="leave --workers out")

    if hasattr(signal, "SIGPIPE"):
        # Commands end quietly when nobody reads on; a service outlives callers who hang up.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with opened(sets) as (database, settings):
        host = host or settings.serve.host
        listening = listen(host, settings.serve.port if port is None else port)
        with listening:
            keys = ensure_keys(database, time.time())
            shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
            shown = f"[{shown}]" if ":" in shown else shown
            at = f"http://{shown}:{listening.getsockname()[1]}"
            print(f"watch       {at}/", flush=True)
            print(f"calls       {at}/docs")
            print(f"owner's key {keys['owner']}")
            if host not in ("127.0.0.1", "::1", "localhost"):
                print(f"elsewhere   {at}/?key=… with the key in {keys['viewer']}")
            print("Ctrl-C stops it", flush=True)

            def say(said: str) -> None:
                print(said, file=sys.stderr, flush=True)

            try:
                if workers > 1:
                    serve_together(database, settings, workers, listening, say)
                else:
                    make_server(database, settings, say).run(sockets=[listening])
            except KeyboardInterrupt:
                raise Stopped("all that was taken in is kept") from None
