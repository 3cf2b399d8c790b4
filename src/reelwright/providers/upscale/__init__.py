"""Pictures made larger by the person's own models: see `reelwright.core.ports.PictureEnlarger`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from reelwright.core.errors import InputError
from reelwright.core.ports import PictureEnlarger
from reelwright.providers import door

NAMES = {".onnx": "onnx", ".safetensors": "safetensors"}
"""What a file's name ends in → the provider that reads it."""
_PICKLES = frozenset({".pth", ".pt", ".ckpt", ".bin", ".pkl"})
_CONVERT = (
    "such files can run programs when they are opened. Convert it where you trust it: "
    "import torch, safetensors.torch; "
    'found = torch.load("x.pth", weights_only=True); '
    'found = found.get("params_ema", found.get("params", found)); '
    'safetensors.torch.save_file(found, "x.safetensors")'
)


class Choice(BaseModel):
    """What the providers of this kind are told."""

    model: str
    """The model's file."""


def load_enlarger(path: Path, say: Callable[[str], None] = lambda _: None) -> PictureEnlarger:
    """Who enlarges pictures by the model in a file. Loads no weights yet.

    Args:
        path: an ONNX or safetensors file.
        say: is told when memory runs out.

    Raises:
        InputError: there is no such file, or it is of a kind that is not read.
        MissingExtra: the model needs a library that is not installed.
    """
    kind = path.suffix.lower()
    if kind in _PICKLES:
        raise InputError("is a pickle, which is never loaded", where=str(path), hint=_CONVERT)
    if kind not in NAMES:
        hint = "give an .onnx or .safetensors file, the folder of an upscaler, auto or lanczos"
        raise InputError("is no model that enlarges pictures", where=str(path), hint=hint)
    if not path.is_file():
        raise InputError("is not there", where=str(path), hint="check the path")
    enlarger = door.load("upscale", NAMES[kind], Choice(model=str(path)))
    enlarger.say = say
    return enlarger
