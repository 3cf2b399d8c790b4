"""Several processes serve one feed: they know what the others were told, and outlive each other."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from feeding import NOW, event, put
from reelwright.audience.events import append_events
from reelwright.audience.models import list_models
from reelwright.audience.shelf import open_feed
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database
from reelwright.web.keys import key_file
from reelwright.web.metrics import Metrics
from reelwright.web.retraining import Retrainer


@pytest.fixture
def together(fresh_home: Path) -> Iterator[tuple[str, int]]:
    """Two workers over a feed of a few videos: where they are, and who watches over them."""
    feed = open_feed(FeedSettings())
    put(feed, *(f"v{n}" for n in range(30)), added=NOW)
    feed.close()
    command = [sys.executable, "-m", "reelwright", "serve", "--port", "0", "--workers", "2"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    url = next(line for line in child.stdout if line.startswith("watch")).split()[1].rstrip("/")
    yield url, child.pid
    child.send_signal(signal.SIGINT)
    assert child.wait(30) in (0, 130)
    child.stdout.close()


def workers_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def page(url: str, user: str) -> list[str]:
    # A connection of its own each time: any worker may answer.
    answer = httpx.get(f"{url}/v1/feed", params={"user": user, "have": ""}, trust_env=False)
    answer.raise_for_status()
    return [item["id"] for item in answer.json()["items"]]


def test_what_one_was_told_all_know_and_one_that_dies_is_replaced(together: tuple[str, int]):
    url, pid = together
    first = page(url, "ann")[0]
    events = [{"user": "ann", "item": first, "kind": "impression", "time": time.time()}]
    assert httpx.post(f"{url}/v1/events", json={"events": events}, trust_env=False).is_success
    assert all(first not in page(url, "ann") for _ in range(12))
    # Callers who hang up in the middle of an answer end nobody.
    address = (url.rpartition("/")[2].partition(":")[0], int(url.rpartition(":")[2]))
    for _ in range(4):
        with socket.create_connection(address) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raw.sendall(b"GET /v1/feed?user=a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
    before = workers_of(pid)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    limit = time.monotonic() + 20
    while set(workers_of(pid)) & {before[0]} or len(workers_of(pid)) < 2:
        assert time.monotonic() < limit
        os.sched_yield()
    assert all(first not in page(url, "ann") for _ in range(6))
    headers = {"Authorization": f"Bearer {key_file('owner').read_text().strip()}"}
    put_in = {"items": [{"id": "late"}]}
    httpx.put(f"{url}/v1/items", json=put_in, headers=headers, trust_env=False).raise_for_status()
    limit = time.monotonic() + 20
    seen = 0
    while seen < 8:
        # Of 31 videos a page of 100 has all that are there.
        answer = httpx.get(f"{url}/v1/feed", params={"user": "eve", "n": 100}, trust_env=False)
        seen = seen + 1 if "late" in answer.text else 0
        assert time.monotonic() < limit


def test_what_several_counted_is_told_together(tmp_path: Path):
    one, two = Metrics(tmp_path, 0), Metrics(tmp_path, 1)
    one.count("reel_events_total", 2, outcome="new")
    two.count("reel_events_total", 3, outcome="new")
    two.timed("/v1/feed", 0.03)
    two.tell()
    text = one.text({})
    assert 'reel_events_total{outcome="new"} 5' in text
    assert 'reel_request_seconds_count{route="/v1/feed"} 1' in text
    one.tell()
    assert 'reel_events_total{outcome="new"} 5' in two.text({})


def watch(feed: Database, viewers: int, first: int = 0) -> None:
    """Viewers who go round a ring of videos."""
    events = [
        event(f"u{user}", f"v{(user + step) % 30}", time=NOW - 90_000 + first + step * 100 + user)
        for user in range(viewers)
        for step in range(20)
    ]
    with feed.writing() as session:
        append_events(session, events, now=NOW)


def test_models_are_trained_again_where_enough_came(fresh_home: Path):
    feed = open_feed(FeedSettings())
    put(feed, *(f"v{n}" for n in range(30)), added=NOW - 9e6)
    said: list[str] = []
    retrainer = Retrainer(feed, 6, said.append)
    watch(feed, 10)
    assert not retrainer.due()
    watch(feed, 60)
    assert retrainer.due()
    retrainer.train()
    assert not retrainer.due()
    assert said == []
    assert {row.state for row in list_models(feed)} == {"serving"}
    retrainer.close()
    feed.close()
