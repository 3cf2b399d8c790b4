"""A few processes that draw. Skia holds Python's lock, so threads would draw one after another.

They are started when the first job comes (nothing is started when everything is there already),
kept for the next one, and ended with the render.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

from reelwright.core import errors
from reelwright.core.errors import MediaError, ReelError
from reelwright.edit.render.worker import Done, Job

Process = subprocess.Popen[bytes]


class Workers:
    """The drawing processes of one render; a context manager.

    Args:
        stopping: when it is set, the processes are ended at once and their jobs fail.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._guard = threading.Lock()
        self._all: list[Process] = []
        self._idle: list[Process] = []
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; more can be started."""
        self._closed.set()
        self._end()
        self._closed = threading.Event()

    def warm(self, painter: str) -> None:
        """Start a process that loads the painter while other work goes on."""
        with self._guard:
            if not self._all:
                self._idle.append(self._start(painter))

    def draw(self, job: Job) -> int:
        """Have a job done by a free process; callable from many threads.

        Returns the number of frames encoded. Raises what the job raised.
        """
        process = self._take(job.painter)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(job.model_dump_json().encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        if not line:
            raise self._death(process)
        with self._guard:
            self._idle.append(process)
        done = Done.model_validate_json(line)
        if done.error:
            kind: type[ReelError] = getattr(errors, done.error, MediaError)
            raise kind(done.message, where=done.where, hint=done.hint)
        return done.frames

    def _take(self, painter: str) -> Process:
        with self._guard:
            return self._idle.pop() if self._idle else self._start(painter)

    def _start(self, painter: str) -> Process:
        if not self._all:
            threading.Thread(target=self._watch, daemon=True).start()
        process = subprocess.Popen(
            [sys.executable, "-m", "reelwright.edit.render.worker", painter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Errors come back as answers; the rest is chatter of libraries (fontconfig).
            stderr=subprocess.DEVNULL,
            # The same modules as here, painters of tests and plugins among them.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p or "." for p in sys.path)},
        )
        self._all.append(process)
        return process

    def _watch(self) -> None:
        closed = self._closed
        while not closed.is_set():
            if self._stopping.wait(0.1):
                self._end()
                return

    def _end(self) -> None:
        with self._guard:
            processes, self._all, self._idle = self._all, [], []
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    try:
                        pipe.close()
                    except OSError:
                        continue  # what was still to be sent no longer matters

    def _death(self, process: Process) -> MediaError:
        if self._stopping.is_set() or self._closed.is_set():
            return MediaError("was broken off")
        code = process.wait()
        words = f"signal {-code}" if code < 0 else f"exit status {code}"
        return MediaError(
            f"the process that draws died ({words})",
            hint="often too little memory: use a smaller render.jobs, or close other programs",
        )
