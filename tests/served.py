"""The real service on a free port of this machine, for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from reelwright.core.settings import Settings
from reelwright.store.database import Database
from reelwright.web.keys import ensure_keys
from reelwright.web.serving import listen, make_server


@dataclass
class Served:
    """A running service.

    Attributes:
        url: where it is.
        http: a client of this machine without a key.
        owner: headers with the owner's key.
        said: messages for whoever runs it.
    """

    url: str
    http: httpx.Client
    owner: dict[str, str]
    said: list[str] = field(default_factory=list)

    def page(self, user: str, n: int = 20, **query: object) -> list[str]:
        """Ids of a page."""
        answer = self.http.get("/v1/feed", params={"user": user, "n": n, **query})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    def tell(self, *events: dict[str, object], **headers: str) -> httpx.Response:
        """Send events; each needs user, item and kind."""
        batch = [{"time": time.time(), **event} for event in events]
        return self.http.post("/v1/events", json={"events": batch}, headers=headers)


@contextmanager
def served(database: Database, settings: Settings | None = None) -> Iterator[Served]:
    """The service over a feed, for the block."""
    keys = ensure_keys(database, time.time())
    listening = listen("127.0.0.1", 0)
    said: list[str] = []
    server = make_server(database, settings or Settings(), said.append)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    owner = {"Authorization": f"Bearer {keys['owner'].read_text().strip()}"}
    try:
        with httpx.Client(base_url=url, timeout=20, trust_env=False) as http:
            http.get("/healthz")
            yield Served(url, http, owner, said)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
