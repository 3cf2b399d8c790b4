"""`reel compare`: two versions of one video or picture, as figures and side by side."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isinf
from pathlib import Path
from typing import Annotated

import typer


def compare(
    before: Annotated[Path, typer.Argument(help="The first version; the reference.")],
    after: Annotated[Path, typer.Argument(help="The second version.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write; by default a new one beside the second."),
    ] = None,
    wipe: Annotated[
        bool, typer.Option("--wipe", help="A line that wanders over both, not side by side.")
    ] = False,
    figures: Annotated[
        bool, typer.Option("--figures", help="Only figures; no video is made.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Hold two versions of one video or picture against each other."""
    from reelwright.cli.common import watched
    from reelwright.pipeline import compare as compare_files

    with watched(quiet=as_json) as progress:
        made = compare_files(before, after, out, wipe=wipe, show=not figures, progress=progress)
    if as_json:
        values = asdict(made) | {"path": str(made.path) if made.path else None}
        if isinf(made.psnr):
            values["psnr"] = None
        print(json.dumps(values))
        return
    print(f"PSNR {'∞' if isinf(made.psnr) else f'{made.psnr:.2f}'} dB")
    print(f"SSIM {made.ssim:.4f}")
    if made.vmaf is not None:
        print(f"VMAF {made.vmaf:.1f}")
    if made.flicker:
        print(f"flicker {made.flicker[0]:.2f} → {made.flicker[1]:.2f} of 255")
    if made.path:
        print(made.path)
