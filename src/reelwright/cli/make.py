"""`reel make`: the main job."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reelwright.pipeline import Result


class Until(StrEnum):
    """Where to stop."""

    SCRIPT = "script"
    SHOTS = "shots"
    VOICE = "voice"
    TIMELINE = "timeline"


def make(
    target: Annotated[Path, typer.Argument(help="A project folder, or an article (.md, .txt).")],
    until: Annotated[
        Until | None, typer.Option(help="Stop after this stage, to look and edit by hand.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="A quick, small look.")] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting, as key=value; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make the video of a project or an article; only what changed is made again."""
    from reelwright.cli.common import assignments, find_project, watched
    from reelwright.pipeline import make as make_video

    overrides = assignments(set_ or [])
    project = find_project(target)
    with watched(quiet=as_json) as progress:
        result = make_video(
            project,
            overrides=overrides,
            until=until.value if until else "video",
            draft=draft,
            progress=progress,
        )
    print(json.dumps(_values(result), ensure_ascii=False) if as_json else _text(result, until))


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
