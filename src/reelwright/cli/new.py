"""`reel new`: begin a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer


def new(
    folder: Annotated[Path, typer.Argument(help="The project folder to make.")],
    topic: Annotated[str, typer.Option(help="What the video is about.")] = "",
    article: Annotated[Path | None, typer.Option(help="A .md or .txt file to work from.")] = None,
    length: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    footage: Annotated[
        list[Path] | None, typer.Option(help="Folder or file of your own clips; may be repeated.")
    ] = None,
    format: Annotated[str | None, typer.Option(help="9:16, 16:9, 1:1 or 3:4.")] = None,
    language: Annotated[str | None, typer.Option(help="zh, en or auto.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting, as key=value.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Begin a project: a folder with a brief.md to write in."""
    from reelwright.cli.common import assignments
    from reelwright.core.errors import BriefError, FootageError
    from reelwright.core.settings import load_settings
    from reelwright.create.brief import write_brief
    from reelwright.store.project import create_project

    settings: dict[str, Any] = {}
    if length is not None:
        settings["length"] = int(length) if length == int(length) else length
    if format:
        settings["format"] = format
    if language:
        settings["language"] = language
    for path in footage or ():
        if not path.expanduser().exists():
            raise FootageError("is not there", where=str(path), hint="check --footage")
    if footage:
        settings["footage"] = [str(path.expanduser().resolve()) for path in footage]
    if article and not article.is_file():
        raise BriefError("is not there", where=str(article), hint="check --article")
    settings.update(assignments(set_ or []))
    load_settings(("reel new", settings))
    project = create_project(
        folder.expanduser(),
        write_brief(
            topic=topic,
            settings=settings,
            article=str(article.resolve()) if article else "",
            body=""
            if article
            else "<!-- Write or paste the article here. With a topic alone, "
            "an LLM has to be set up: see README. -->",
        ),
    )
    if as_json:
        print(json.dumps({"project": str(project.root), "brief": str(project.brief)}))
    else:
        print(
            f"{project.brief}\nput clips and pictures into {project.footage.name}/, then run: "
            f"reel make {folder}"
        )
