"""A model as one file for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reelwright.core.errors import InputError, nearest
from reelwright.learn.folder import EXPORTED, WEIGHTS, read_weights
from reelwright.learn.kinds import load_model
from reelwright.store.atomic import copy

FORMS = {"onnx": EXPORTED, "safetensors": WEIGHTS}
"""What a model is written as → the file's usual name."""


@dataclass(frozen=True)
class Exported:
    """The file, and how far its outputs lie at most from torch's; None where it holds weights."""

    path: Path
    apart: float | None = None


def export_model(folder: Path, form: str, out: Path | None = None) -> Exported:
    """Write a model as ONNX, checked against torch, or its weights as safetensors.

    Args:
        folder: the model's.
        form: a key of `FORMS`.
        out: the file to write, or a folder to write it into; by default the model's own.

    Raises:
        InputError: there is no such form.
        ModelError: no model, a damaged one, or one that cannot be written so.
        MissingExtra: the extra ``learn`` is not installed.
    """
    if form not in FORMS:
        raise InputError(f'a model is not exported as "{form}"', hint=nearest(form, FORMS))
    model = load_model(folder)
    path = out or folder
    path = path / FORMS[form] if path.is_dir() else path
    if form == "onnx":
        return Exported(path, model.export_onnx(path))
    read_weights(folder)
    if path.resolve() != (folder / WEIGHTS).resolve():
        copy(folder / WEIGHTS, path)
    return Exported(path)
