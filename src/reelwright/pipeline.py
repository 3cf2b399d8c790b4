"""The whole story: brief → script → shots → voice → timeline → video. Only here is its order.

And the story of a cut: recordings → what is said → what of it is shown → timeline → video.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reelwright import stages
from reelwright.core.nouns import Asset, Brief, Script, Shot, Transcript
from reelwright.core.progress import Progress
from reelwright.core.settings import Settings, load_settings
from reelwright.core.timeline import read_timeline
from reelwright.create.brief import read_brief
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.edit.enhance.order import Order as Enhancement
from reelwright.edit.render.workers import Workers
from reelwright.store.project import Project
from reelwright.store.steps import Steps

if TYPE_CHECKING:
    from reelwright.edit.enhance.compare import Comparison

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
    spans: tuple[Span, ...] = ()
    """What a cut shows of its recordings, and why."""


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
    """Make a project's video, or everything up to a stage of it; a cut's as `cut` does.

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
    if project.is_cut:
        return cut(
            project,
            overrides=overrides,
            until=until,
            draft=draft or safe_area,
            progress=progress,
            stopping=stopping,
        )
    result = Result()
    with _working(project, overrides or {}, progress, stopping, result) as run:
        run.batch = batch
        _tell(run, result, until, draft or safe_area, safe_area)
        _note_used(run, until, draft or safe_area, overrides or {})
    return result


def begin_cut(sources: Sequence[Path], out: Path | None, asked: Mapping[str, Any]) -> Project:
    """The project folder of a cut, with its cut.yaml: made, or taken up where it is there.

    Args:
        sources: the recordings.
        out: the folder; None puts it beside the first recording, under its name.
        asked: what `edit.cut.order.Order` knows besides, as plain values.

    Raises:
        InputError: a recording is not there, what is asked cannot be, or the folder is something
            else already; a cut.yaml that was edited by hand is never written over.
    """
    return stages.begin_cut(sources, out, asked)


def cut(
    project: Project,
    *,
    overrides: Mapping[str, Any] | None = None,
    until: Stage = "video",
    draft: bool = False,
    explain: bool = False,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
) -> Result:
    """Cut recordings into a video as the project's cut.yaml says, or only its timeline.

    Args:
        overrides: settings as nested plain values; they win over all others.
        until: ``timeline`` or ``video``; what comes before a timeline is no stage of a cut.
        draft: a quick look: half the size, written as ``draft.mp4``.
        explain: draw the score that highlights and clips were picked by.
        stopping: when it is set by another thread, the run is broken off.

    Several clips are projects of their own in ``clips/``, made one after the other.

    Raises:
        ReelError: what was wrong, where, and what to do. What was finished before stays.
    """
    result = Result()
    clips: list[Project] = []
    with _working(project, overrides or {}, progress, stopping, result) as run:
        order = stages.read_order(project)
        assets, told = _listen(run, result, order)
        with _timed(result, "choosing"):
            result.spans = stages.choose_spans(run, order, assets, told)
        if explain and order.kind in ("highlights", "clips"):
            result.outputs.update(stages.draw_scores(run, assets, result.spans))
        if order.clips:
            clips = stages.lay_out_clips(run, order, assets[0], result.spans, overrides or {})
        else:
            _tell_cut(run, result, order, assets, told, until, draft)
            _note_used(run, until, draft, overrides or {})
    for number, clip in enumerate(clips, 1):
        made = cut(clip, until=until, draft=draft, progress=progress, stopping=stopping)
        for name, path in made.outputs.items():
            if name in ("video", "timeline"):
                result.outputs[f"clip {number} {name}"] = path
        result.made, result.reused = result.made + made.made, result.reused + made.reused
        for stage, seconds in made.seconds.items():
            result.seconds[stage] = round(result.seconds.get(stage, 0.0) + seconds, 3)
    return result


def enhance(
    source: Path,
    order: Enhancement,
    *,
    out: Path | None = None,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
    jobs: int = 0,
    settings: Settings | None = None,
) -> stages.Enhanced:
    """Make a clip or a picture better, in a file of its own; see `stages.enhance_file`."""
    return stages.enhance_file(
        source,
        order,
        out=out,
        progress=progress,
        stopping=stopping,
        jobs=jobs,
        settings=settings,
    )


def clean_enhancements() -> tuple[int, int]:
    """Drop what broken-off enhancements kept; see `stages.clean_enhancements`."""
    return stages.clean_enhancements()


def compare(
    before: Path,
    after: Path,
    out: Path | None = None,
    *,
    wipe: bool = False,
    show: bool = True,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
) -> Comparison:
    """Hold two versions of one thing against each other; see `stages.compare_files`."""
    return stages.compare_files(
        before, after, out, wipe=wipe, show=show, progress=progress, stopping=stopping
    )


def _listen(
    run: stages.Run, result: Result, order: Order
) -> tuple[tuple[Asset, ...], dict[str, Transcript]]:
    with _timed(result, "listening"):
        assets = stages.open_sources(run, order)
        return assets, stages.write_down(run, assets)


def _tell_cut(
    run: stages.Run,
    result: Result,
    order: Order,
    assets: tuple[Asset, ...],
    told: Mapping[str, Transcript],
    until: Stage,
    draft: bool,
) -> None:
    outputs = result.outputs
    with _timed(result, "timeline"):
        layout = stages.lay_out_cut(run, order, assets, told, result.spans)
    outputs["timeline"] = run.project.timeline
    if until != "video":
        return
    with _timed(result, "video"):
        outputs["video"] = stages.render_video(run, layout, draft=draft)
    if not draft:
        with _timed(result, "package"):
            script, shots, moments = stages.tell_post(order, assets, layout)
            outputs.update(stages.package(run, script, shots, layout, moments))


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


@contextmanager
def _working(
    project: Project,
    overrides: Mapping[str, Any],
    progress: Progress | None,
    stopping: threading.Event | None,
    result: Result,
) -> Iterator[stages.Run]:
    """A run that holds the project's folder, and tells what it made even where it fails."""
    with project.locked(progress):
        run = _open(project, overrides, progress, stopping)
        try:
            yield run
        finally:
            run.workers.close()
            run.steps.store.save_hashes()
            result.made, result.reused = run.steps.made, run.steps.reused


def _note_used(run: stages.Run, until: Stage, draft: bool, overrides: Mapping[str, Any]) -> None:
    """Remember what a finished video is made of, and with which settings."""
    if until == "video":
        used = run.project.read_state().get("used", {})
        used = {**used, "draft" if draft else "make": sorted(run.steps.used)}
        run.project.write_state(used=used, overrides=overrides)


def _open(
    project: Project,
    overrides: Mapping[str, Any],
    progress: Progress | None,
    stopping: threading.Event | None = None,
) -> stages.Run:
    if project.is_cut:
        brief = Brief(settings=stages.read_order(project).settings)
    else:
        brief = read_brief(project.brief)
    name = project.cut.name if project.is_cut else project.brief.name
    settings = load_settings((name, brief.settings), ("--set", overrides))
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
