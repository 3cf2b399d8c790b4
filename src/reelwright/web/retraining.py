"""Models are trained again beside the service, by a process of its own that yields to it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from sqlalchemy import func, select

from reelwright.audience.tables import EventRow, ModelRow
from reelwright.store.database import Database

_FEWEST = 1000
"""Events that must have come since the last training, at least."""
_GROWN = 0.01
"""Or this part of all, if that is more."""
_NICE = 10


class Retrainer:
    """Runs `reel feed train` every so often where enough came since. Whoever serves takes the new
    model up by itself, if it proved better.

    Args:
        database: the feed's.
        hours: between trainings; 0: never.
        say: what to do with a message for whoever runs the service.
    """

    def __init__(self, database: Database, hours: float, say: Callable[[str], None]) -> None:
        self._database, self._hours, self._say = database, hours, say
        self._ending = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._known = 0
        url = database.engine.url.render_as_string(hide_password=False)
        self._where = {"REEL_FEED_URL": url}
        self._thread = threading.Thread(target=self._work, name="retrainer", daemon=True)

    def start(self) -> None:
        """Begin to wait for the first time."""
        if self._hours:
            self._thread.start()

    def close(self) -> None:
        """Stop, and end a training that runs: nothing of it is lost but its time."""
        self._ending.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._ending.wait(self._hours * 3600):
            if self.due():
                self.train()

    def due(self) -> bool:
        """Whether enough events came since the newest model or the last try."""
        with self._database.reading() as session:
            newest = session.scalar(select(func.max(EventRow.number))) or 0
            learnt = session.scalar(select(func.max(ModelRow.events))) or 0
        if newest - max(learnt, self._known) < max(_FEWEST, _GROWN * newest):
            return False
        self._known = newest
        return True

    def train(self) -> None:
        """Train once, and tell what came of it."""
        command = [sys.executable, "-m", "reelwright", "feed", "train", "--json"]
        # One thread: the service needs the others.
        alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._child = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **alone, **self._where},
        )
        if os.name == "posix":
            # It gives way to those who watch.
            os.setpriority(os.PRIO_PROCESS, self._child.pid, _NICE)
        _, error = self._child.communicate()
        if self._child.returncode and not self._ending.is_set():
            last = error.strip().splitlines()[-1:] or [f"exit {self._child.returncode}"]
            self._say(f"models could not be trained again: {last[0]}")
