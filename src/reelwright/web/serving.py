"""The server that the service runs on, and the socket it listens at."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from reelwright.core.errors import SettingError
from reelwright.core.settings import Settings
from reelwright.store.database import Database
from reelwright.web.app import make_app


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
    database: Database, settings: Settings, say: Callable[[str], None] | None = None
) -> uvicorn.Server:
    """The server; it runs until a signal, or `should_exit`. What is asked by then is answered."""
    config = uvicorn.Config(
        make_app(database, settings, say),
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
    return uvicorn.Server(config)
