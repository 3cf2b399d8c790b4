"""The kinds of models there are: a lazy table from a name to the class that knows the kind.

Listing imports nothing; loading imports one module. A room of the house that has a model of its own
(a recommender, an upscaler) adds a line here, and `learn` still imports no room.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from reelwright.core.errors import InputError, ModelError, nearest
from reelwright.learn.folder import read_config
from reelwright.learn.kind import Kind

KINDS = {
    "tagger": "reelwright.learn.tagger.kind:Tagger",
    "classifier": "reelwright.learn.classifier.kind:Classifier",
    "sequence": "reelwright.learn.sequence.kind:Sequence",
    "frames": "reelwright.learn.frames.kind:Frames",
    "images": "reelwright.learn.images.kind:Images",
    "upscaler": "reelwright.edit.enhance.upscaler.kind:UpscalerKind",
    "denoiser": "reelwright.edit.enhance.denoiser.kind:DenoiserKind",
    "style": "reelwright.edit.enhance.restyle.kind:StyleKind",
}


def load_kind(name: str) -> type[Kind]:
    """The class of a kind.

    Raises:
        InputError: there is no kind of that name; the hint lists those there are.
    """
    if name not in KINDS:
        close = nearest(name, KINDS)
        there = f"there are {', '.join(KINDS)}"
        raise InputError(
            f'"{name}" is no kind of model', hint=f"{close}; {there}" if close else there
        )
    module, _, cls = KINDS[name].partition(":")
    return getattr(import_module(module), cls)


def load_model(folder: Path, kind: str = "") -> Kind:
    """The model in a folder, ready to predict. Weights are read when they are first needed.

    Args:
        folder: a model folder.
        kind: what kind it must be; empty takes any.

    Raises:
        ModelError: no model, a damaged one, one from a newer version, or of another kind.
    """
    config = read_config(folder)
    if kind and config.kind != kind:
        raise ModelError(
            f"is a model of kind {config.kind}, not {kind}",
            where=str(folder),
            hint=f"train one with: reel train {kind} --data … --out {folder}-{kind}",
        )
    cls = load_kind(config.kind)
    if config.version > cls.version:
        raise ModelError(
            f"was made by a newer Reelwright (version {config.version} of {config.kind}; "
            f"this one reads up to {cls.version})",
            where=str(folder),
            hint="upgrade Reelwright, or train the model again with this version",
        )
    return cls(folder, config)
