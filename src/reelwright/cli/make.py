"""`reel make`: the main job."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reelwright.cli.jobs import Job
    from reelwright.pipeline import Result


class Until(StrEnum):
    """Where to stop."""

    SCRIPT = "script"
    SHOTS = "shots"
    VOICE = "voice"
    TIMELINE = "timeline"


def make(
    targets: Annotated[
        list[Path] | None,
        typer.Argument(help="Project folders, or articles (.md, .txt).", metavar="TARGET..."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help='A file of jobs, one JSON object a line: {"target": "a.md", "set": '
            '{"style.theme": "ink"}, "name": "a-ink", "variants": 1}. Paths start at its folder.'
        ),
    ] = None,
    variants: Annotated[
        int,
        typer.Option(
            min=1,
            max=20,
            help="So many videos of each, in variants/1, 2 …, that differ in hook, cover, theme "
            "and pace.",
        ),
    ] = 1,
    until: Annotated[
        Until | None, typer.Option(help="Stop after this stage, to look and edit by hand.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="A quick, small look.")] = False,
    safe_area: Annotated[
        bool,
        typer.Option(
            "--show-safe-area",
            help="A draft with what the platform covers shaded: out/safe-area.mp4.",
        ),
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting, as key=value; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Make the video of a project or an article, or of several; only what changed is made again."""
    if not targets and not batch:
        raise typer.BadParameter("name a project folder or an article, or a file with --batch")
    from reelwright.cli.common import assignments
    from reelwright.cli.jobs import Job, read_jobs

    overrides = assignments(set_ or [])
    stage = until.value if until else "video"
    jobs = [Job(target, variants=variants) for target in targets or ()]
    if batch:
        listed = read_jobs(batch)
        jobs += [job if job.variants > 1 else job.times(variants) for job in listed]
    if len(jobs) > 1 or batch or variants > 1:
        if safe_area:
            raise typer.BadParameter("--show-safe-area looks at one video at a time")
        return _several(jobs, overrides, stage, draft, as_json)

    from reelwright.cli.common import find_project, watched
    from reelwright.pipeline import make as make_video

    project = find_project(jobs[0].target)
    with watched(quiet=as_json) as progress:
        result = make_video(
            project,
            overrides=overrides,
            until=stage,
            draft=draft,
            safe_area=safe_area,
            progress=progress,
        )
    print(json.dumps(_values(result), ensure_ascii=False) if as_json else _text(result, until))
    return 0


def _several(
    jobs: list[Job], overrides: dict[str, Any], stage: Any, draft: bool, as_json: bool
) -> int:
    from reelwright.cli.batch import Order, run_jobs, table, values
    from reelwright.cli.common import watched

    began = time.perf_counter()
    with watched(quiet=as_json) as progress:
        outcomes = run_jobs(jobs, Order(overrides, stage, draft), progress)
    if as_json:
        print(json.dumps(values(outcomes, _values), ensure_ascii=False))
    else:
        print(table(outcomes, time.perf_counter() - began))
    return 1 if any(outcome.error for outcome in outcomes) else 0


def _values(result: Result) -> dict[str, object]:
    return {
        "outputs": {name: str(path) for name, path in result.outputs.items()},
        "made": result.made,
        "reused": result.reused,
        "seconds": result.seconds,
        "shots": [
            {
                "line": shot.line + 1,
                "scene": shot.scene,
                "footage": Path(shot.asset.path).name if shot.asset else None,
                "why": shot.why,
            }
            for shot in result.shots
        ],
    }


def _text(result: Result, until: Until | None) -> str:
    rows: list[str] = []
    if until is Until.SHOTS and result.script:
        for shot in result.shots:
            shown = Path(shot.asset.path).name if shot.asset else shot.scene
            rows.append(f"{shot.line + 1:>3}  {result.script.lines[shot.line].say}")
            rows.append(f"     → {shown}: {shot.why}")
    rows.append(f"{result.made} made, {result.reused} reused, {sum(result.seconds.values()):.1f} s")
    rows.extend(str(path) for name, path in result.outputs.items() if name != "video")
    # The video comes last, where the eye is.
    rows.extend(str(path) for name, path in result.outputs.items() if name == "video")
    return "\n".join(rows)
