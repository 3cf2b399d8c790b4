"""`reel enhance`: a clip or a picture made better, as a new file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer


def enhance(
    source: Annotated[
        Path, typer.Argument(help="A video or a picture; it is never written to.", metavar="FILE")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write; by default a new one beside the source."),
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Look, decide, and say what is done and why.")
    ] = False,
    denoise: Annotated[
        str, typer.Option(help="auto (the best of several, tried on this clip), or one by name.")
    ] = "",
    grain: Annotated[
        float, typer.Option(help="Put so much of the noise back as fine grain.", min=0, max=1)
    ] = 0.0,
    stabilise: Annotated[bool, typer.Option("--stabilise", help="Calm a shaking camera.")] = False,
    colour: Annotated[
        str, typer.Option(help="auto: white balance, exposure, contrast, saturation, by shot.")
    ] = "",
    sound: Annotated[
        bool, typer.Option("--sound", help="Clean the sound; bring it to −14 LUFS.")
    ] = False,
    fps: Annotated[str, typer.Option(help="Pictures a second: 30, 60, 59.94 …")] = "",
    upscale: Annotated[
        int, typer.Option(help="2, 3 or 4 times as wide and as high.", min=0, max=4)
    ] = 0,
    upscaler: Annotated[str, typer.Option(help="auto, lanczos, or a model's path.")] = "auto",
    style: Annotated[
        str,
        typer.Option(
            help="ink, oil, pencil, cartoon, film, pixel; a picture, a .cube file, a model."
        ),
    ] = "",
    strength: Annotated[float, typer.Option(help="Of the style.", min=0, max=1)] = 1.0,
    background: Annotated[
        str, typer.Option(help="blur, a colour (#00aa55), a picture or a video.")
    ] = "",
    matte: Annotated[str, typer.Option(help="auto, chroma, or a model's path.")] = "auto",
    label: Annotated[
        str,
        typer.Option(
            help="auto: what is made up is marked as AI-made for two seconds; off: your decision, "
            "which is noted. The metadata are written either way. Default: label.mode."
        ),
    ] = "",
    jobs: Annotated[int, typer.Option(help="Steps at once; 0 is one per core.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make a clip or a picture better: less noise, calmer, better colours, cleaner sound."""
    from pydantic import ValidationError

    from reelwright.cli.common import watched
    from reelwright.core.errors import SettingError, must_be
    from reelwright.core.settings import load_settings
    from reelwright.edit.enhance.order import Order
    from reelwright.pipeline import enhance as enhance_file

    asked: dict[str, Any] = {
        "auto": auto,
        "denoise": denoise,
        "grain": grain,
        "stabilise": stabilise,
        "colour": colour,
        "sound": sound,
        "fps": fps,
        "upscale": upscale,
        "upscaler": upscaler,
        "style": style,
        "strength": strength,
        "background": background,
        "matte": matte,
    }
    try:
        order = Order.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingError(
            f"cannot be {first['input']!r}",
            where=f"--{first['loc'][0]}",
            hint=must_be(first["msg"]),
        ) from None
    settings = load_settings(("--label", {"label": {"mode": label}} if label else {}))
    with watched(quiet=as_json) as progress:
        made = enhance_file(source, order, out=out, progress=progress, jobs=jobs, settings=settings)
    if as_json:
        values = {
            "path": str(made.path),
            "told": made.told,
            "origin": made.origin.model_dump(mode="json"),
            "damage": made.damage,
            "pictures": made.pictures,
        }
        print(json.dumps(values, ensure_ascii=False))
        return
    for sentence in made.told:
        print(sentence)
    print(made.path)
