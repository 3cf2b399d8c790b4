"""kill −9 under load: no accepted event is lost, none is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import killed
from feeding import put
from killed import NOW, batch, key_of
from reelwright.audience.answers import Batch
from reelwright.audience.events import append_batches
from reelwright.audience.reading import read_events
from reelwright.audience.shelf import open_feed
from reelwright.core.settings import FeedSettings, home

BATCHES, SIZE, ENOUGH = 4000, 20, 40
SCRIPT = Path(killed.__file__)


def per_viewer(settings: FeedSettings) -> Counter[str]:
    feed = open_feed(settings)
    with feed.reading() as session:
        log = read_events(session)
    feed.close()
    return Counter(log.user_names[user] for user in log.users)


def test_nothing_accepted_is_lost_and_nothing_is_there_twice(feed_settings: FeedSettings):
    feed = open_feed(feed_settings)
    put(feed, "v0", "v1", "v2")
    feed.close()
    url = feed_settings.url.get_secret_value() or f"sqlite:///{home() / 'feed.db'}"
    accepted: set[int] = set()
    for _ in range(2):
        command = [sys.executable, str(SCRIPT), url, "4", str(BATCHES), str(SIZE)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            fresh: set[int] = set()
            for line in child.stdout:
                fresh.add(int(line))
                if len(fresh - accepted) == ENOUGH:
                    os.kill(child.pid, signal.SIGKILL)
                    break
            # What it had said before it died counts too.
            fresh |= {int(line) for line in child.stdout if line.endswith("\n")}
        assert child.returncode == -signal.SIGKILL
        accepted |= fresh
        found = per_viewer(feed_settings)
        assert all(found[f"u{number}"] == SIZE for number in accepted)
        # A batch is there whole or not at all.
        assert set(found.values()) == {SIZE}
    # Whoever got no answer sends again; then all is there, once.
    sent = range(max(accepted) + 10)
    feed = open_feed(feed_settings)
    with feed.writing() as session:
        batches = [Batch(batch(number, SIZE), key_of(number)) for number in sent]
        append_batches(session, batches, NOW)
    feed.close()
    found = per_viewer(feed_settings)
    assert all(found[f"u{number}"] == SIZE for number in sent)
    assert set(found.values()) == {SIZE}
