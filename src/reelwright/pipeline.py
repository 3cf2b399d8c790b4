"""The whole story: brief → script → shots → voice → timeline → video. Only here is its order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from reelwright import stages
from reelwright.core.nouns import Script, Shot
from reelwright.core.progress import Progress
from reelwright.core.settings import load_settings
from reelwright.core.timeline import read_timeline
from reelwright.create.brief import read_brief
from reelwright.edit.render.workers import Workers
from reelwright.store.project import Project
from reelwright.store.steps import Steps

Stage = Literal["script", "shots", "voice", "timeline", "video"]


@dataclass
class Result:
    """What a run made: paths by name, how much was made and reused, seconds by stage."""

    outputs: dict[str, Path] = field(default_factory=dict)
    made: int = 0
    reused: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    script: Script | None = None
    shots: tuple[Shot, ...] = ()


def make(
    project: Project,
    *,
    overrides: Mapping[str, Any] | None = None,
    until: Stage = "video",
    draft: bool = False,
    safe_area: bool = False,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
    batch: bool = False,
) -> Result:
    """Make a project's video, or everything up to a stage of it.

    Args:
        overrides: settings as nested plain values; they win over all others.
        until: the last stage to make.
        draft: a quick look: half the size, written as ``draft.mp4``.
        safe_area: a draft besides, ``safe-area.mp4``, that shows what the platform covers.
        stopping: when it is set by another thread, the run is broken off.
        batch: whether it is one of several videos, which then share footage out among them.

    Raises:
        ReelError: what was wrong, where, and what to do. What was finished before stays.
    """
    result = Result()
    with project.locked(progress):
        run = _open(project, overrides or {}, progress, stopping)
        run.batch = batch
        try:
            _tell(run, result, until, draft or safe_area, safe_area)
        finally:
            run.workers.close()
            run.steps.store.save_hashes()
            result.made, result.reused = run.steps.made, run.steps.reused
        if until == "video":
            project.write_state(
                used={
                    **project.read_state().get("used", {}),
                    "draft" if draft or safe_area else "make": sorted(run.steps.used),
                },
                overrides=overrides or {},
            )
    return result


def _tell(
    run: stages.Run, result: Result, until: Stage, draft: bool, safe_area: bool = False
) -> None:
    project, outputs = run.project, result.outputs
    with _timed(result, "script"):
        result.script = script = stages.write_script(run)
    outputs["script"] = project.script
    if until == "script":
        return
    with _timed(result, "shots"):
        assets = stages.collect_footage(run)
        result.shots = shots = stages.plan_shots(run, script, assets)
    if until == "shots":
        return
    _warm_up(run, until)
    with _timed(result, "voice"):
        takes = stages.speak(run, script)
    if until == "voice":
        outputs["voice"] = stages.publish_voice(run, takes)
        return
    _warm_up(run, until)
    with _timed(result, "timeline"):
        layout = stages.lay_out(run, script, shots, takes)
    outputs["timeline"] = project.timeline
    if until == "timeline":
        run.steps.settle()
        return
    with _timed(result, "video"):
        outputs["video"] = stages.render_video(run, layout, draft=draft)
        run.steps.settle()
        if safe_area:
            outputs["safe-area"] = stages.show_safe_area(run, layout.timeline, outputs["video"])
    if not draft:
        with _timed(result, "package"):
            outputs.update(stages.package(run, script, shots, layout))


def _warm_up(run: stages.Run, until: Stage) -> None:
    """Once something was made anew, there will be something to draw too."""
    if until == "video" and run.steps.made:
        stages.warm_up(run)


def make_variants(
    project: Project,
    count: int,
    *,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
) -> list[Project]:
    """Lay out `count` projects in ``variants/`` for videos of one brief that differ on purpose.

    The script is written, or the person's taken; each variant is then made like any project.
    """
    script = make(
        project, overrides=overrides, until="script", progress=progress, stopping=stopping
    ).script
    assert script is not None
    with project.locked(progress):
        run = _open(project, overrides or {}, progress, stopping)
        return stages.lay_out_variants(run, script, count, overrides or {})


def export_timeline(
    project: Project, name: str, out: Path | None = None, progress: Progress | None = None
) -> Path:
    """The project's timeline, made up to date, as another program reads it.

    It is made with the settings that the last video was made with, ``--set`` included.

    Args:
        name: ``otio``, ``fcpxml``, ``edl``, ``jianying``, ``srt`` or ``ass``.
        out: the folder to write into; by default the project's ``out/``.
    """
    stages.check_export(name)
    overrides = project.read_state().get("overrides", {})
    make(project, overrides=overrides, until="timeline", progress=progress)
    with project.locked(progress):
        run = _open(project, overrides, progress)
        try:
            timeline = read_timeline(project.timeline)
            return stages.export_for_editors(run, timeline, name, out)
        finally:
            run.workers.close()


def _open(
    project: Project,
    overrides: Mapping[str, Any],
    progress: Progress | None,
    stopping: threading.Event | None = None,
) -> stages.Run:
    brief = read_brief(project.brief)
    settings = load_settings(("brief.md", brief.settings), ("--set", overrides))
    steps = Steps(
        project.open_store(), jobs=settings.render.jobs, progress=progress, stopping=stopping
    )
    language = stages.language_of(brief, settings)
    return stages.Run(project, brief, settings, language, steps, Workers(steps.stopping))


@contextmanager
def _timed(result: Result, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    result.seconds[stage] = round(time.perf_counter() - began, 3)
