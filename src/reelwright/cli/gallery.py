"""`reel gallery`: every theme, scene and format on one page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def gallery(
    out: Annotated[Path, typer.Option(help="The folder to draw into.")],
    theme: Annotated[
        list[str] | None, typer.Option(help="Only this theme; again for more.")
    ] = None,
    scene: Annotated[
        list[str] | None, typer.Option(help="Only this scene; again for more.")
    ] = None,
    format: Annotated[
        list[str] | None, typer.Option(help="Only 9:16, 16:9, 1:1 or 3:4; again for more.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number, other layouts.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Draw what themes and scenes look like, to one HTML page."""
    from reelwright.cli.common import watched
    from reelwright.create.gallery import draw_gallery

    with watched(quiet=as_json) as progress:
        shown = 0

        def on_cell(done: int, total: int) -> None:
            nonlocal shown
            if not shown:
                progress.start("drawing", total)
            progress.advance("drawing", done - shown)
            shown = done

        page = draw_gallery(
            out,
            themes=theme or (),
            names=scene or (),
            shapes=format or (),
            seed=seed,
            on_cell=on_cell,
        )
        if shown:
            progress.finish("drawing")
    print(json.dumps({"outputs": {"gallery": str(page)}}) if as_json else page)
