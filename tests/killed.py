"""Writes batches of events until it is killed, saying of each that it was accepted.

    python killed.py URL THREADS BATCHES SIZE

Batch n is `batch(n)`; its number is printed once it was accepted.
"""

from __future__ import annotations

import sys
import threading

from reelwright.audience.appending import Appender
from reelwright.audience.shelf import open_feed
from reelwright.core.nouns import Event
from reelwright.core.settings import FeedSettings

NOW = 1_760_000_000.0


def batch(number: int, size: int) -> list[Event]:
    """Events that belong to this batch alone; every other batch has ids of its own."""
    return [
        Event(
            user=f"u{number}",
            item=f"v{place % 3}",
            kind="progress",
            time=NOW - 1000 + place,
            value=float(place % 7),
            id=f"e{place}" if number % 2 else None,
        )
        for place in range(size)
    ]


def key_of(number: int) -> str:
    """The idempotency key of a batch; some have none."""
    return f"k{number}" if number % 3 else ""


def main() -> None:
    url, threads, batches, size = sys.argv[1], *map(int, sys.argv[2:5])
    said = threading.Lock()
    with Appender(open_feed(FeedSettings.model_validate({"url": url})), lambda: NOW) as appender:

        def work(first: int) -> None:
            for number in range(first, batches, threads):
                appender.append(batch(number, size), key_of(number))
                with said:
                    print(number, flush=True)

        workers = [threading.Thread(target=work, args=(first,)) for first in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    main()
