"""Running a command and saying what it cost: seconds, processor seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Cost:
    """What a command cost, with all the processes it started."""

    wall: float
    cpu: float
    """Processor seconds, user and system."""
    memory: float = 0.0
    """Highest sum of resident memory over the process tree, MB; 0 where it was not watched. Pages
    that processes share are counted once for each, so it errs on the high side."""
    output: str = ""


def measure(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    memory: bool = False,
) -> Cost:
    """Run a command to its end. Ends the benchmark with its output when it fails."""
    args = [str(part) for part in command]
    start = time.perf_counter()
    with subprocess.Popen(
        args,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
    ) as child:
        watch = _Watch(child.pid) if memory else None
        assert child.stdout is not None
        output = child.stdout.read()
        # wait4 gives the usage of exactly this child and everything it waited for.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        peak = watch.stop() if watch else 0.0
    if child.returncode != 0:
        sys.exit(f"{' '.join(args)}\nended with {child.returncode}:\n{output[-4000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, output)


class _Watch:
    """Samples the memory of a process and its descendants until stopped."""

    def __init__(self, pid: int, every: float = 0.1) -> None:
        self._process = psutil.Process(pid)
        self._every = every
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._done.wait(self._every):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            total = 0
            for process in tree:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self._peak = max(self._peak, total)

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self._peak / 1e6
