"""Steps: pure pieces of work whose outputs are kept under the hash of their inputs.

A step is made only if its artefact is not there yet. Its key is the hash of its name, version,
parameters and the contents of its input files; nothing else may decide what it makes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import (
    FIRST_EXCEPTION,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelwright.core.errors import FootageError, MediaError, ReelError
from reelwright.core.progress import Progress, Silent
from reelwright.store import atomic
from reelwright.store.artefacts import Store, hash_value


@dataclass(frozen=True)
class Step:
    """One piece of work.

    Attributes:
        name: what kind of work (``take``, ``segment``, ``mix``).
        version: raised whenever the same inputs would make something else.
        make: writes the output at the path it is given: a file, or the contents of an existing
            empty folder when `suffix` is empty.
        params: plain values, nouns, and lists and mappings of them.
        inputs: files that are read; their contents count, not their names.
        suffix: of the output file (``.mp4``), or empty when the output is a folder.
        what: how to call it when something goes wrong (``shot 3 (…)``).
        weight: how much work it is, for progress.
    """

    name: str
    version: int
    make: Callable[[Path], None]
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inputs: tuple[Path, ...] = ()
    suffix: str = ""
    what: str = ""
    weight: float = 1


class Steps:
    """Runs steps against a store.

    Args:
        store: where artefacts are looked up and kept.
        jobs: how many steps run at once; 0 is one per core.
        progress: who is told.
        stopping: set from outside, nothing more is begun and what can be is ended.
    """

    def __init__(
        self,
        store: Store,
        *,
        jobs: int = 0,
        progress: Progress | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self.store = store
        self.jobs = jobs or available_cores()
        self.progress: Progress = progress or Silent()
        self.made = 0
        self.reused = 0
        self.used: set[str] = set()
        """Names of the artefacts that this run refers to."""
        self.stopping = stopping or threading.Event()
        """Set when the run is being broken off; long work should look at it."""
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._later: dict[str, Step] = {}

    def key(self, step: Step) -> str:
        """The hash of everything that decides what the step makes."""
        hashes: list[str] = []
        for path in step.inputs:
            try:
                hashes.append(self.store.hash_file(path))
            except OSError as error:
                raise FootageError(
                    f"cannot be read ({error.strerror})",
                    where=f"{step.what}: {path}" if step.what else str(path),
                    hint="put the file back, or take it out of the script",
                ) from error
        return hash_value(
            {"step": step.name, "version": step.version, "params": step.params, "inputs": hashes}
        )

    def find(self, step: Step) -> Path | None:
        """The step's artefact if it is there already."""
        return self.store.find(self.key(step), step.suffix)

    def run(self, step: Step) -> Path:
        """The step's artefact, made now if it is not there yet.

        Raises:
            ReelError: whatever the step raises, with the step's `what` put before its place.
        """
        key = self.key(step)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        # Two equal steps of one run wait for each other instead of both being made.
        with lock:
            path = self.store.find(key, step.suffix)
            if path is None:
                path = self._make(step, self.store.path(key, step.suffix))
                self.store.share(path)
                with self._guard:
                    self.made += 1
            else:
                with self._guard:
                    self.reused += 1
        with self._guard:
            self.used.add(path.name)
        return path

    def later(self, step: Step) -> Path:
        """Where the step's artefact is, or will be: it is made when a step is that reads it.

        So what nobody waits for does not hold up what does. `settle` makes what is still to come.
        """
        key = self.key(step)
        path = self.store.find(key, step.suffix)
        with self._guard:
            if path is None:
                path = self.store.path(key, step.suffix)
                self._later[path.name] = step
            else:
                self.reused += 1
            self.used.add(path.name)
        return path

    def settle(self) -> None:
        """Make what was put off for `later` and is not there yet."""
        with self._guard:
            waiting = list(self._later.values())
        for step in waiting:
            self._run_put_off(step)

    def run_all(self, steps: Sequence[Step], stage: str) -> list[Path]:
        """The artefacts of several steps, in their order; up to `jobs` are made at once.

        The first failure is raised once the steps already begun have ended; the others are not
        begun. What was finished stays, so that the next run goes on from there.
        """
        total = sum(step.weight for step in steps)
        self.progress.start(stage, round(total))
        futures: list[Future[Path]] = []
        failed = threading.Event()

        def work(step: Step) -> Path:
            if failed.is_set():
                raise CancelledError
            try:
                path = self.run(step)
            except BaseException:
                failed.set()
                raise
            self.progress.advance(stage, step.weight, step.what)
            return path

        with ThreadPoolExecutor(max_workers=self.jobs, thread_name_prefix="step") as pool:
            try:
                # Long ones first, so that the last core is not left alone with the longest.
                order = sorted(range(len(steps)), key=lambda i: -self._whole_weight(steps[i]))
                begun = {i: pool.submit(work, steps[i]) for i in order}
                futures = [begun[i] for i in range(len(steps))]
                wait(futures, return_when=FIRST_EXCEPTION)
            except BaseException:
                self.stopping.set()
                raise
            finally:
                for future in futures:
                    future.cancel()
        for future in futures:
            error = None if future.cancelled() else future.exception()
            if error and not isinstance(error, CancelledError):
                raise error
        self.progress.finish(stage)
        return [future.result() for future in futures]

    def _put_off(self, step: Step) -> list[Step]:
        """What was put off and is among the step's inputs."""
        names = dict.fromkeys(self.store.name_of(path) for path in step.inputs)
        with self._guard:
            return [self._later[name] for name in names if name in self._later]

    def _run_put_off(self, step: Step) -> None:
        path = self.run(step)
        with self._guard:
            self._later.pop(path.name, None)

    def _whole_weight(self, step: Step) -> float:
        return step.weight + sum(before.weight for before in self._put_off(step))

    def _make(self, step: Step, target: Path) -> Path:
        for before in self._put_off(step):
            self._run_put_off(before)
        if self.stopping.is_set():
            raise MediaError("was broken off", where=step.what or step.name)
        with atomic.replacing(target) as temporary:
            if not step.suffix:
                temporary.mkdir()
            try:
                step.make(temporary)
            except ReelError as error:
                if not step.what:
                    raise
                raise error.at(step.what) from error
            if not temporary.exists():
                raise MediaError("was not made, and nothing said why", where=step.what or step.name)
        return target


def available_cores() -> int:
    """Cores this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return max(1, os.cpu_count() or 1)
