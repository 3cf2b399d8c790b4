"""Pages that were given are noted a moment later, many at once: no viewer waits for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from reelwright.audience.pages import Page, keep_pages
from reelwright.core.errors import ReelError
from reelwright.store.database import Database

_MOST = 20_000
"""Pages that may wait; more are not noted. Events then tell themselves where they came from."""
_GATHER = 0.1
"""Seconds in which pages are gathered."""


class PageKeeper:
    """Notes pages in a thread of its own. Close it, or use it as a context."""

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self._database, self._say = database, say
        self._waiting: dict[str, Page] = {}
        self._going: set[str] = set()
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="page-keeper", daemon=True)
        self._thread.start()

    def keep(self, page: Page) -> None:
        """Note a page soon."""
        with self._changed:
            if page.items and len(self._waiting) < _MOST:
                self._waiting[page.id] = page
                self._changed.notify()

    def flush(self) -> None:
        """Note all that waits now."""
        with self._writing:
            with self._changed:
                pages, self._waiting = list(self._waiting.values()), {}
                self._going = {page.id for page in pages}
            if not pages:
                return
            try:
                with self._database.writing() as session:
                    keep_pages(session, pages)
            except ReelError as error:
                self._say(f"{len(pages)} pages are not noted: {error}")
            finally:
                self._going = set()

    def waits(self, requests: Iterable[str]) -> bool:
        """Whether one of these pages is not noted yet: an event of it would not know its cause."""
        with self._changed:
            return any(name in self._waiting or name in self._going for name in requests)

    def close(self) -> None:
        """Note what waits, then stop."""
        self._closing.set()
        with self._changed:
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
            self._closing.wait(_GATHER)
            self.flush()
        self.flush()
