"""Batches of many callers, written in few transactions: each waits for one disk, not each for it.

Syncing to a disk takes milliseconds however little is written. While one transaction syncs, what
callers bring meanwhile is gathered and goes into the next (group commit; Gray and Reuter,
Transaction Processing, 1993). Nobody gets an answer before their events are on the disk.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from reelwright.audience.answers import Accepted, Batch
from reelwright.audience.events import append_batches
from reelwright.core.errors import FeedError, ReelError, StoreError
from reelwright.core.nouns import Event
from reelwright.store.database import Database

TOGETHER = 4000
"""Events written in one transaction, about: readers of an SQLite file wait for none, other writers
for one."""
MOST = 100_000
"""Events that may wait to be written; more are not taken on."""

_Waiting = tuple[Batch, Future[Accepted]]


class Appender:
    """Takes in events for callers of any number of threads. Close it, or use it as a context.

    Args:
        database: the feed's.
        now: tells the time, in seconds since 1970.
    """

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._waiting: deque[_Waiting] = deque()
        self._events = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="feed-appender", daemon=True)
        self._thread.start()

    def submit(self, events: Sequence[Event], key: str = "") -> Future[Accepted]:
        """Hand in a batch. The future has its answer once it is durable, or a ReelError.

        Args:
            events, key: as `events.append_events` takes them.

        Raises:
            StoreError: too many events wait already, or the appender is closed.
        """
        future: Future[Accepted] = Future()
        with self._changed:
            if self._closing or not self._thread.is_alive():
                raise StoreError("takes no events any more", where=self._database.place)
            if self._events and self._events + len(events) > MOST:
                raise StoreError(
                    "cannot keep up with the events that come in",
                    where=self._database.place,
                    hint="send the same batch again in a moment",
                )
            self._waiting.append((Batch(events, key), future))
            self._events += len(events)
            self._changed.notify()
        return future

    def append(self, events: Sequence[Event], key: str = "") -> Accepted:
        """Hand in a batch and wait until it is durable. Raises as `submit` does, and FeedError."""
        return self.submit(events, key).result()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> Appender:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _work(self) -> None:
        while (group := self._next()) is not None:
            if group:
                self._write(group)

    def _next(self) -> list[_Waiting] | None:
        """What is written next; None at the end of all."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return None
            group: list[_Waiting] = []
            size = 0
            while self._waiting and size < TOGETHER:
                batch, future = self._waiting.popleft()
                size += len(batch.events)
                # Who gave up before it was begun is not written for.
                if future.set_running_or_notify_cancel():
                    group.append((batch, future))
            self._events -= size
            return group

    def _write(self, group: list[_Waiting]) -> None:
        batches = [batch for batch, _ in group]
        answers: Sequence[Accepted | ReelError] = ()
        try:
            with self._database.writing() as session:
                written = append_batches(session, batches, self._now())
            answers = written
        except ReelError as error:
            answers = [error] * len(group)
        finally:
            # Whatever happened, nobody is left waiting.
            lost: ReelError = FeedError("the events could not be written; nothing of them is kept")
            for place, (_, future) in enumerate(group):
                answer = answers[place] if answers else lost
                if isinstance(answer, ReelError):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
