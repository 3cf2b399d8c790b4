"""What `reel predict` may ask of the kind `frames`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from reelwright.core.errors import InputError
from reelwright.learn.given import check_settings

if TYPE_CHECKING:
    from reelwright.learn.kind import Kind


class FootageOptions(BaseModel):
    """Options of a living background."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(default=30, gt=0, le=3600)
    loop: bool = True
    """Whether its end goes over into its beginning."""
    seed: int = Field(default=0, ge=0)
    """Other seeds, other footage."""
    strength: float = Field(default=0.5, ge=0, le=1)
    """How far frames follow imagined codes rather than the moments that their detail is from."""
    denoise: float = Field(default=0, ge=0, le=32)
    """Grey levels of change from frame to frame that count as noise."""
    deflicker: float = Field(default=0, ge=0, le=1)
    """How much of the light's unsteadiness is taken back."""


class ContinueOptions(BaseModel):
    """Options of what predicts frames."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: int = Field(default=0, ge=0, le=10_000)
    """How many are wanted; 0: as many as it was trained for."""
    out: str = ""
    """The file to write: .npz, or .mp4. By default beside the input."""


def write_footage(
    model: Kind, outs: Sequence[str], options: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """New footage, one clip an input."""
    from reelwright.learn.frames.footage import film
    from reelwright.learn.frames.living import Wish

    asked = check_settings(FootageOptions, dict(options), "a living background", {})
    if not outs:
        hint = f"name one: reel predict {model.folder} out.mp4"
        raise InputError("there is no file to write", hint=hint)
    for number, out in enumerate(outs):
        path = Path(out)
        if path.suffix.lower() not in (".mp4", ".mov", ".mkv"):
            raise InputError("is no name of a clip", where=out, hint="let it end in .mp4")
        wish = Wish(asked.seconds, asked.loop, asked.seed + number, asked.strength)
        count = film(model.folder, path, wish, asked.denoise, asked.deflicker)
        size = "{}×{}".format(*model.config.facts["size"])
        yield {"input": out, "frames": count, "size": size, "loop": asked.loop}


def continue_clips(
    model: Kind, inputs: Sequence[str], options: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The frames that follow each input, written beside it."""
    from tempfile import TemporaryDirectory

    from reelwright.learn.frames.clips import ARRAY, read_clips
    from reelwright.learn.frames.foreseeing import as_input, check_shape, load_predictor, roll
    from reelwright.learn.frames.settings import FrameSettings

    asked = check_settings(ContinueOptions, dict(options), "what predicts frames", {})
    settings = FrameSettings.model_validate(model.config.settings)
    if len(inputs) > 1 and asked.out:
        raise InputError("one file cannot hold what follows several clips", where=asked.out)
    predict = load_predictor(model)
    for name in inputs:
        path = Path(name)
        with (
            TemporaryDirectory() as place,
            read_clips([path], settings.past, settings.side, Path(place)) as clips,
        ):
            check_shape(model, clips)
            high, wide, _ = clips.shape
            frames = clips.parts[0].frames
            past = (
                frames[:, -settings.past :] if frames.ndim == 5 else frames[None, -settings.past :]
            )
            count = asked.frames or settings.future
            told = np.concatenate(
                [roll(predict, as_input(some[None]), count) for some in np.asarray(past)]
            )
        told = told.transpose(0, 1, 3, 4, 2)[:, :, :high, :wide]
        made = np.round(np.clip(told, 0, 1) * 255).astype(np.uint8)
        suffix = ".npz" if path.suffix.lower() in ARRAY else ".mp4"
        out = Path(asked.out) if asked.out else path.with_suffix(f".next{suffix}")
        _write(made, out)
        yield {"input": name, "out": str(out), "clips": len(made), "frames": count}


def _write(made: np.ndarray, out: Path) -> None:
    """Predicted frames (N × T × H × W × C) as an array file, or the first clip of them as MP4."""
    from reelwright.learn.frames.assembling import assemble_rgb
    from reelwright.store.atomic import replacing

    if out.suffix.lower() == ".mp4":
        assemble_rgb(np.broadcast_to(made[0], (*made.shape[1:4], 3)), Fraction(25), out)
    elif out.suffix.lower() == ".npz":
        with replacing(out) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, clips=made)
    else:
        raise InputError("is no name of a clip", where=str(out), hint="let it end in .npz or .mp4")
