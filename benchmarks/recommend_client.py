"""Asks a service for pages over keep-alive connections: `URL REQUESTS CONNECTIONS VIEWERS`.

Plain sockets, so that the client takes little of the machine that the service needs.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time


def main() -> None:
    url, requests, clients, viewers = sys.argv[1], *map(int, sys.argv[2:5])
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    waits: list[float] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        with socket.create_connection((host, int(port)), timeout=120) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = connection.makefile("rb")
            for _ in range(requests // clients):
                began = time.perf_counter()
                viewer = chance.randrange(1, viewers + 1)
                connection.sendall(
                    f"GET /v1/feed?user=u{viewer}&n=20 HTTP/1.1\r\n"
                    f"Host: {host}:{port}\r\n\r\n".encode()
                )
                status = reader.readline()
                assert b" 200 " in status, status
                size = 0
                while (line := reader.readline()) != b"\r\n":
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        size = int(value)
                body = reader.read(size)
                assert body.count(b'"propensity"') == 20, body[:300]
                waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    waits.sort()
    told = {"rate": len(waits) / wall, "p50": waits[len(waits) // 2] * 1000}
    told["p99"] = waits[int(len(waits) * 0.99)] * 1000
    print(json.dumps(told))


if __name__ == "__main__":
    main()
