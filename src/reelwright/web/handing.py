"""Connections go from the process that accepts them to those that answer, by turns.

Those who listen on one socket together accept as chance has it: of eight connections that stay open
one of two workers may get six, and is asked three times as often as the other.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import uvicorn

_MOST = 64
"""Connections that are accepted before anything else is looked at."""


class Ways:
    """Our ends of the ways to workers, by their numbers."""

    def __init__(self) -> None:
        self._ways: dict[int, socket.socket] = {}
        self._last = -1

    def open(self, number: int) -> socket.socket:
        """A new way to a worker; returns its end."""
        self.close(number)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._ways[number] = ours
        return theirs

    def close(self, *numbers: int) -> None:
        """Close the ways to some workers; to all where none is named."""
        for number in numbers or tuple(self._ways):
            if way := self._ways.pop(number, None):
                way.close()

    def accept(self, listening: socket.socket) -> None:
        """Hand over the connections that wait; one that nobody takes is closed."""
        for _ in range(_MOST):
            try:
                connection, _ = listening.accept()
            except OSError:
                # None waits any more, or the one that did is gone already.
                return
            with connection:
                any(self._send(connection, number) for number in self._turns())

    def _turns(self) -> Iterator[int]:
        """Workers, whose turn it is first."""
        numbers = sorted(self._ways)
        later = [number for number in numbers if number > self._last]
        yield from (*later, *(number for number in numbers if number not in later))

    def _send(self, connection: socket.socket, number: int) -> bool:
        try:
            socket.send_fds(self._ways[number], [b"c"], [connection.fileno()])
        except OSError:
            # It has died, or takes none: the next one has its turn.
            return False
        self._last = number
        return True


class HandedServer(uvicorn.Server):
    """A server that is handed its connections.

    Args:
        config: see uvicorn.
        way: where they come from; when it is closed, the server ends.
    """

    def __init__(self, config: uvicorn.Config, way: socket.socket) -> None:
        super().__init__(config)
        self._way = way
        self._taken: set[asyncio.Task[object]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await super().startup(sockets=[])
        asyncio.get_running_loop().add_reader(self._way, self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        asyncio.get_running_loop().remove_reader(self._way)
        await super().shutdown(sockets=[])

    def _take(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            said, numbers, *_ = socket.recv_fds(self._way, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            said, numbers = b"", []
        if not said:
            loop.remove_reader(self._way)
            self.should_exit = True
        for number in numbers:
            connection = socket.socket(fileno=number)
            connection.setblocking(False)
            task = loop.create_task(self._connect(connection))
            self._taken.add(task)
            task.add_done_callback(self._taken.discard)

    async def _connect(self, connection: socket.socket) -> None:
        # Who hung up by now is nobody's error.
        with suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        return make(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
