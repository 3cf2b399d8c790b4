"""Connections are handed to workers by turns."""

from __future__ import annotations

import socket

from reelwright.web.handing import Ways
from reelwright.web.serving import listen


def taken(way: socket.socket) -> list[int]:
    """Ports of the connections that came on a way."""
    found: list[int] = []
    while True:
        try:
            said, numbers, *_ = socket.recv_fds(way, 1, 1)
        except BlockingIOError:
            return found
        if not said:
            return found
        with socket.socket(fileno=numbers[0]) as connection:
            found.append(connection.getpeername()[1])


def test_connections_go_to_workers_by_turns_and_none_to_one_that_is_gone() -> None:
    ways = Ways()
    with listen("127.0.0.1", 0) as listening:
        listening.setblocking(False)
        first, second = ways.open(0), ways.open(1)
        made: list[socket.socket] = []

        def connect(count: int) -> list[int]:
            new = [socket.create_connection(listening.getsockname()) for _ in range(count)]
            made.extend(new)
            ways.accept(listening)
            return [one.getsockname()[1] for one in new]

        one, two, three, four = connect(4)
        assert (taken(first), taken(second)) == ([one, three], [two, four])
        first.close()
        assert connect(3) == taken(second)
        # Who comes in its place has its turn.
        again = ways.open(0)
        five, six = connect(2)
        assert (taken(again), taken(second)) == ([five], [six])
        again.close()
        second.close()
        # Nobody is there: the connection is closed, not kept waiting.
        connect(1)
        assert made[-1].recv(1) == b""
        ways.close()
        for each in made:
            each.close()
