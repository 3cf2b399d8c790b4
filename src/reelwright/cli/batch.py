"""Several videos by one command: one after another or a few at once, under one progress display."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reelwright.cli.common import find_project, merge
from reelwright.cli.jobs import Job, refuse_twins
from reelwright.cli.telling import as_values, of_the_disk
from reelwright.core.errors import ReelError
from reelwright.core.progress import Progress
from reelwright.core.settings import load_settings
from reelwright.pipeline import Result, Stage, make, make_variants
from reelwright.store.project import Project
from reelwright.store.steps import available_cores

_WHOLE = 100
"""Units of one video in the progress of all."""
_SHARES = {"voice": 10, "render": 85}
"""What part of a video's units each of its stages is."""


@dataclass(frozen=True)
class Outcome:
    """How a video came out: its result, or what was wrong."""

    label: str
    target: Path
    seconds: float
    project: Path | None = None
    variant: int | None = None
    result: Result | None = None
    error: ReelError | None = None


@dataclass(frozen=True)
class Order:
    """What counts for all jobs alike."""

    overrides: Mapping[str, Any]
    until: Stage
    draft: bool


def run_jobs(jobs: Sequence[Job], order: Order, progress: Progress) -> list[Outcome]:
    """Make the videos of all jobs; a job that fails stops none of the others.

    The outcomes are in the order of the jobs. Broken off by KeyboardInterrupt, what was finished
    stays, and the next run goes on from there.

    Raises:
        BriefError: two jobs have the same project; nothing was made.
        SettingError: a setting of the command line cannot be.
    """
    refuse_twins(jobs)
    at_once = load_settings(("--set", order.overrides)).batch.at_once
    # Jobs made at once share the cores instead of fighting over them.
    cores = max(1, available_cores() // at_once) if at_once > 1 else 0
    whole = _Whole(progress, sum(job.variants for job in jobs))
    stopping = threading.Event()
    if at_once == 1:
        done = [_run(job, order, whole, stopping, cores) for job in jobs]
    else:
        with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="video") as pool:
            futures = [pool.submit(_run, job, order, whole, stopping, cores) for job in jobs]
            try:
                done = [future.result() for future in futures]
            except BaseException:
                stopping.set()
                pool.shutdown(cancel_futures=True)
                raise
    whole.finish()
    return [outcome for outcomes in done for outcome in outcomes]


def _run(
    job: Job, order: Order, whole: _Whole, stopping: threading.Event, cores: int
) -> list[Outcome]:
    """A job's videos: one, or its variants. What goes wrong is in the outcome."""
    overrides: dict[str, Any] = {"render": {"jobs": cores}} if cores else {}
    merge(overrides, job.overrides)
    merge(overrides, order.overrides)
    first = whole.share(job.label)
    began = time.perf_counter()
    ways: list[tuple[int | None, Project]]
    try:
        if job.error:
            raise job.error
        project = find_project(job.target, job.name)
        ways = [(None, project)]
        if job.variants > 1:
            laid_out = make_variants(
                project, job.variants, overrides=overrides, progress=first, stopping=stopping
            )
            ways = list(enumerate(laid_out, 1))
            # The briefs of the variants hold the settings now.
            overrides = {"render": {"jobs": cores}} if cores else {}
    except (ReelError, OSError) as error:
        failed = Outcome(job.label, job.target, 0.0, error=_told(error, job.where))
        if not stopping.is_set():
            whole.tell(failed, job.variants)
        return [failed]
    outcomes: list[Outcome] = []
    for number, project in ways:
        label = job.label if number is None else f"{job.label} {number}"
        outcome = Outcome(label, job.target, 0.0, project.root, number)
        try:
            result = make(
                project,
                overrides=overrides,
                until=order.until,
                draft=order.draft,
                progress=whole.share(label),
                stopping=stopping,
                batch=True,
            )
            outcome = replace(outcome, result=result)
        except (ReelError, OSError) as error:
            outcome = replace(outcome, error=_told(error, job.where))
        outcome = replace(outcome, seconds=round(time.perf_counter() - began, 1))
        outcomes.append(outcome)
        if stopping.is_set():
            break
        whole.tell(outcome)
        began = time.perf_counter()
    return outcomes


def _told(error: ReelError | OSError, where: str) -> ReelError:
    """An error as a person is told it, with the line of the file of jobs it came from."""
    if isinstance(error, OSError):
        error = of_the_disk(error)
    return error.at(where) if where and not (error.where or "").startswith(where) else error


class _Whole:
    """The progress of all videos together, shown above that of the stages at work."""

    def __init__(self, progress: Progress, videos: int) -> None:
        self.progress = progress
        self._name = f"{videos} video{'s' if videos > 1 else ''}"
        self._videos, self._ended = videos, 0
        self._guard = threading.Lock()
        self._given: dict[str, float] = {}
        progress.start(self._name, videos * _WHOLE)

    def share(self, label: str) -> Progress:
        """Progress for the video of this label."""
        return _Share(self, label)

    def give(self, label: str, units: float) -> None:
        """A video has come further by some of its units."""
        with self._guard:
            given = self._given.get(label, 0.0)
            units = min(units, _WHOLE - given)
            self._given[label] = given + units
        if units > 0:
            self.progress.advance(self._name, units, label)

    def tell(self, outcome: Outcome, videos: int = 1) -> None:
        """A video has ended, well or not."""
        self.give(outcome.label, _WHOLE)
        if videos > 1:
            self.progress.advance(self._name, (videos - 1) * _WHOLE)
        with self._guard:
            self._ended += videos
            place = f"{self._ended} of {self._videos}"
        # Why it failed is told once, at the end, where nothing scrolls it away.
        ended = "failed" if outcome.error else f"done in {outcome.seconds:.1f} s"
        self.progress.say(f"{place}: {outcome.label} {ended}")

    def finish(self) -> None:
        """All videos have ended."""
        self.progress.finish(self._name)


class _Share:
    """The progress of one of several videos: its stages under its name, its part of the whole."""

    def __init__(self, whole: _Whole, label: str) -> None:
        self._whole, self._label = whole, label
        self._totals: dict[str, int] = {}
        self._gave: dict[str, float] = {}

    def start(self, stage: str, total: int) -> None:
        """See `Progress.start`."""
        self._totals[stage] = max(1, total)
        self._whole.progress.start(self._name(stage), total)

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        """See `Progress.advance`."""
        # A stage may be run more than once (lines spoken anew to fit); it counts once.
        most = _SHARES.get(stage, 0)
        part = min(units / self._totals[stage] * most, most - self._gave.get(stage, 0.0))
        self._gave[stage] = self._gave.get(stage, 0.0) + part
        self._whole.give(self._label, part)
        self._whole.progress.advance(self._name(stage), units, note)

    def finish(self, stage: str) -> None:
        """See `Progress.finish`."""
        self._whole.progress.finish(self._name(stage))

    def say(self, message: str) -> None:
        """See `Progress.say`."""
        self._whole.progress.say(f"{self._label}: {message}")

    def _name(self, stage: str) -> str:
        return f"{self._label}: {stage}"


# ── What is told at the end ──────────────────────────────────────────────────────────────────────


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    """What became of each job, for people; what failed, and why, last."""
    from rich.cells import cell_len

    wide = max(cell_len(outcome.label) for outcome in outcomes)
    rows: list[str] = []
    for outcome in outcomes:
        name = outcome.label + " " * (wide - cell_len(outcome.label))
        if outcome.error:
            why, _, hint = str(outcome.error).partition("\n")
            rows.append(f"failed  {name}  {why}")
            rows += [f"        {' ' * wide}{hint}"] if hint else []
        elif outcome.result:
            made = outcome.result.outputs
            shown = made.get("video") or next(iter(made.values()), "")
            rows.append(f"ok      {name}  {outcome.seconds:6.1f} s  {shown}")
    failed = sum(1 for outcome in outcomes if outcome.error)
    rows.append(f"{len(outcomes) - failed} made, {failed} failed, {seconds:.1f} s")
    return "\n".join(rows)


def values(outcomes: Sequence[Outcome], of_result: Callable[[Result], dict[str, Any]]) -> Any:
    """The same for machines: ``{"jobs": [...], "failed": n}``."""
    jobs: list[dict[str, Any]] = []
    for outcome in outcomes:
        job: dict[str, Any] = {"name": outcome.label, "target": str(outcome.target)}
        if outcome.project:
            job["project"] = str(outcome.project)
        if outcome.variant:
            job["variant"] = outcome.variant
        if outcome.result:
            job |= of_result(outcome.result)
        if outcome.error:
            job |= as_values(outcome.error)
        jobs.append(job)
    return {"jobs": jobs, "failed": sum(1 for outcome in outcomes if outcome.error)}
