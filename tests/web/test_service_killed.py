"""kill −9 while events come in over HTTP: none that was accepted is lost, none is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from feeding import put
from reelwright.audience.reading import read_events
from reelwright.audience.shelf import open_feed
from reelwright.core.settings import FeedSettings

CLIENTS, SIZE, ENOUGH = 4, 20, 25
START = 1_760_000_000.0


def batch(number: int) -> list[dict[str, Any]]:
    return [
        {"user": f"u{number}", "item": f"v{place % 3}", "kind": "progress", "time": START + place,
         "value": 1.0}
        for place in range(SIZE)
    ]  # fmt: skip


def serve() -> tuple[subprocess.Popen[str], str]:
    """The service in a process of its own, and where it is."""
    command = [sys.executable, "-m", "reelwright", "serve", "--port", "0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    return child, next(line for line in child.stdout if line.startswith("watch")).split()[1]


def send(http: httpx.Client, number: int) -> bool:
    headers = {"Idempotency-Key": f"k{number}"}
    answer = http.post("/v1/events", json={"events": batch(number)}, headers=headers)
    return answer.status_code == 202


def test_accepted_is_durable_over_http(fresh_home: Path):
    feed = open_feed(FeedSettings())
    put(feed, "v0", "v1", "v2", added=START)
    accepted: set[int] = set()
    child, url = serve()

    def work(first: int) -> None:
        with httpx.Client(base_url=url, timeout=10, trust_env=False) as http:
            for number in range(first, 100_000, CLIENTS):
                try:
                    if send(http, number):
                        accepted.add(number)
                except httpx.TransportError:
                    return
                if len(accepted) >= ENOUGH:
                    os.kill(child.pid, signal.SIGKILL)

    workers = [Thread(target=work, args=(first,)) for first in range(CLIENTS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert child.wait(20) == -signal.SIGKILL
    assert child.stdout is not None
    child.stdout.close()
    with feed.reading() as session:
        log = read_events(session)
    found = Counter(log.user_names[user] for user in log.users)
    assert all(found[f"u{number}"] == SIZE for number in accepted)
    assert set(found.values()) == {SIZE}
    # Whoever got no answer sends again, to the service as it runs again; Ctrl-C then ends it well.
    child, url = serve()
    sent = range(max(accepted) + CLIENTS + 1)
    with httpx.Client(base_url=url, timeout=10, trust_env=False) as http:
        assert all(send(http, number) for number in sent)
        page = http.get("/v1/feed", params={"user": f"u{max(accepted)}"}).json()
        assert page["items"] == []
    child.send_signal(signal.SIGINT)
    assert child.wait(20) in (0, 130)
    child.stdout.close() if child.stdout else None
    with feed.reading() as session:
        log = read_events(session)
    found = Counter(log.user_names[user] for user in log.users)
    assert all(found[f"u{number}"] == SIZE for number in sent)
    assert set(found.values()) == {SIZE}
    feed.close()
