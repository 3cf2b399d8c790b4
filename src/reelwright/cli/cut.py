"""`reel cut`: raw recordings become a video."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reelwright.pipeline import Result


class Until(StrEnum):
    """Where to stop."""

    TIMELINE = "timeline"


def cut(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Recordings (videos); several become a montage.", metavar="VIDEO..."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The project folder to make; by default beside the first recording."),
    ] = None,
    highlights: Annotated[
        float | None, typer.Option(help="The best so many seconds.", min=1)
    ] = None,
    clips: Annotated[
        int | None, typer.Option(help="So many separate videos, each of one matter.", min=1, max=50)
    ] = None,
    length: Annotated[
        float | None, typer.Option(help="A montage of so many seconds.", min=1)
    ] = None,
    music: Annotated[Path | None, typer.Option(help="A sound file to play with it.")] = None,
    beat: Annotated[
        bool, typer.Option("--beat", help="Cut a montage on its music's beat.")
    ] = False,
    stabilise: Annotated[bool, typer.Option("--stabilise", help="Calm a shaking camera.")] = False,
    level: Annotated[
        bool, typer.Option("--level", help="Bring quiet and loud speakers to one level.")
    ] = False,
    format: Annotated[str | None, typer.Option(help="9:16, 16:9, 1:1 or 3:4.")] = None,
    until: Annotated[Until | None, typer.Option(help="Stop after this stage, to look.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="A quick, small look.")] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Tell what is shown, and why; draw the score it was picked by."
        ),
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting, as key=value; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Cut recordings into a video: silence out, highlights, clips, or a montage."""
    from reelwright.cli.common import assignments, watched
    from reelwright.pipeline import begin_cut
    from reelwright.pipeline import cut as cut_video

    settings = assignments(set_ or [])
    if format:
        settings["format"] = format
    asked: dict[str, Any] = {
        "highlights": highlights,
        "clips": clips,
        "length": length,
        "music": str(music) if music else "",
        "beat": beat,
        "stabilise": stabilise,
        "level": level,
        "settings": settings,
    }
    project = begin_cut(sources, out, asked)
    with watched(quiet=as_json) as progress:
        result = cut_video(
            project,
            until=until.value if until else "video",
            draft=draft,
            explain=explain,
            progress=progress,
        )
    if as_json:
        print(json.dumps(_values(result, str(project.root)), ensure_ascii=False))
    else:
        print(_text(result, explain))


def _values(result: Result, project: str) -> dict[str, object]:
    return {
        "project": project,
        "outputs": {name: str(path) for name, path in result.outputs.items()},
        "made": result.made,
        "reused": result.reused,
        "seconds": result.seconds,
        "spans": [span.model_dump(mode="json") for span in result.spans],
    }


def _text(result: Result, explain: bool) -> str:
    rows: list[str] = []
    if explain:
        several = len({span.source for span in result.spans}) > 1
        for number, span in enumerate(result.spans, 1):
            of = f"{Path(span.source).name}  " if several else ""
            rows.append(f"{number:>4}  {of}{_clock(span.start)} – {_clock(span.end)}  {span.why}")
    elif any(span.title for span in result.spans):
        for number, span in enumerate(result.spans, 1):
            rows.append(f"{number:>4}  {span.title}\n      {span.why}")
    kept = sum(span.seconds for span in result.spans)
    rows.append(f"{len(result.spans)} pieces, {kept:.1f} s")
    rows.append(f"{result.made} made, {result.reused} reused, {sum(result.seconds.values()):.1f} s")
    rows.extend(str(path) for name, path in result.outputs.items() if name != "video")
    # The video comes last, where the eye is.
    rows.extend(str(path) for name, path in result.outputs.items() if name == "video")
    return "\n".join(rows)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):>3}:{rest:05.2f}"
