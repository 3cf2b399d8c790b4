"""`reel predict` of the networks of an enhancement: pictures in, pictures beside them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reelwright.core.errors import InputError, nearest
from reelwright.core.marking import KEY, write_mark
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.still import KINDS, read_still, write_still
from reelwright.store.artefacts import hash_content, hash_value
from reelwright.store.atomic import replacing


def enlarge_files(
    model: Path, scale: int, inputs: Sequence[str], options: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """See `upscaler.kind.UpscalerKind.predict`."""
    from reelwright.edit.enhance.upscale import SCALES, Sharpen

    check_options("upscaler", options, ("out", "scale"))
    asked = options.get("scale", str(scale))
    if asked not in map(str, SCALES):
        raise InputError(f"cannot be {asked}", where="--set scale", hint="it must be 2, 3 or 4")
    step = Sharpen(int(asked), model)
    for path, out in places(inputs, f"x{asked}", options.get("out", "")):
        made = _through(step, path, out)
        yield {"input": str(path), "file": str(out), "size": [made.width, made.height]}


def denoise_files(
    model: Path, inputs: Sequence[str], options: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """See `denoiser.kind.DenoiserKind.predict`."""
    from reelwright.edit.enhance import noise
    from reelwright.edit.enhance.denoise_network import NetworkDenoise

    check_options("denoiser", options, ("out", "noise"))
    asked = options.get("noise", "")
    try:
        level = float(asked) if asked else None
    except ValueError:
        level = -1.0
    if level is not None and not 0 <= level <= 100:
        raise InputError(f"cannot be {asked}", where="--set noise", hint="it must be 0 to 100")
    for path, out in places(inputs, "denoised", options.get("out", "")):
        seen = level if level is not None else noise.estimate([read_still(path)[0]])
        _through(NetworkDenoise(seen, model), path, out)
        yield {"input": str(path), "file": str(out), "noise": round(seen, 2)}


def paint_files(
    model: Path, inputs: Sequence[str], options: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """See `restyle.kind.StyleKind.predict`."""
    from reelwright.edit.enhance.restyle.painter import load_painter
    from reelwright.edit.enhance.restyle.plan import Drawn

    check_options("style", options, ("out", "strength"))
    try:
        strength = float(options.get("strength", "1"))
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:
        asked = options["strength"]
        raise InputError(f"cannot be {asked}", where="--set strength", hint="it must be 0 to 1")
    step = Drawn(model.name, strength, load_painter(model))
    for path, out in places(inputs, "painted", options.get("out", "")):
        _through(step, path, out)
        yield {"input": str(path), "file": str(out)}


def check_options(kind: str, options: Mapping[str, str], known: Sequence[str]) -> None:
    """Raises InputError where an option is none of those known; names the nearest."""
    for key in options:
        if key not in known:
            raise InputError(f'"{key}" is no option of {kind}', hint=nearest(key, known))


def places(inputs: Sequence[str], word: str, out: str) -> Iterator[tuple[Path, Path]]:
    """Each picture and the file that is made of it: ``NAME-word.png`` beside it, or as asked.

    Args:
        inputs: pictures.
        word: what is added to names.
        out: a file for a single picture, or a folder; empty: beside each.

    Raises:
        InputError: one file is asked for several pictures, or that of the picture itself.
    """
    wanted = Path(out) if out else None
    if wanted and wanted.suffix.lower() in KINDS:
        if len(inputs) > 1:
            raise InputError("is one file for several pictures", where=out, hint="name a folder")
        if wanted.resolve() == Path(inputs[0]).resolve():
            raise InputError("would be overwritten", where=out, hint="name another file")
        yield Path(inputs[0]), wanted
        return
    for name in inputs:
        path = Path(name)
        kind = path.suffix if path.suffix.lower() in KINDS else ".png"
        yield path, (wanted or path.parent) / f"{path.stem}-{word}{kind}"


def _through(step: Filter, path: Path, out: Path) -> Picture:
    """A picture through a filter into a file; one that made something up says so."""
    picture, profile = read_still(path)
    made = next(step.run(iter([picture])))
    number = hash_value([hash_content(path), step.name, step.version, dict(step.key())])[:32]
    mark = {KEY: write_mark(number)} if step.synthesises else None
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as temporary:
        write_still(made, profile, temporary, mark)
    return made
