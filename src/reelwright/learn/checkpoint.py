"""Checkpoints: all that a training needs to go on as if nothing had happened.

One safetensors file (tensors by name, everything else as JSON in its header), written whole beside
the model in `.training/`, and the best weights so far in another. No pickle.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch.optim import Optimizer

from reelwright.core.errors import ModelError
from reelwright.learn.folder import TRAINING, disk_error
from reelwright.store.atomic import replacing

_FILE = "checkpoint.safetensors"


def write_checkpoint(
    folder: Path, facts: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]
) -> None:
    """Write a checkpoint whole; the last one stands until then.

    Raises:
        StoreError: the disk is full or read-only; the last good checkpoint still stands.
    """
    _write(folder / TRAINING / _FILE, {"facts": json.dumps(dict(facts))}, tensors)
    best = _best(folder, facts["best_epoch"])
    for old in (folder / TRAINING).glob("best-*.safetensors"):
        if old != best:
            old.unlink()


def read_checkpoint(
    folder: Path, fingerprint: str
) -> tuple[dict[str, Any], dict[str, torch.Tensor]] | None:
    """The facts and tensors of the last checkpoint; None where there is none.

    Raises:
        ModelError: it is damaged, or of another training (kind, settings or data differ).
    """
    path = folder / TRAINING / _FILE
    if not path.is_file():
        return None
    facts, tensors = _read(path)
    if facts.get("fingerprint") != fingerprint:
        raise ModelError(
            "the checkpoint is of another training: its kind, settings or data differ",
            where=str(path),
            hint="give the same --set and --data as before, or train anew without --resume",
        )
    return facts, tensors


def write_best(folder: Path, epoch: int, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write the best weights so far, which are those of `epoch`."""
    _write(_best(folder, epoch), {}, tensors)


def read_best(folder: Path, epoch: int) -> dict[str, torch.Tensor]:
    """The best weights, which are those of `epoch`."""
    return _read(_best(folder, epoch))[1]


def has_checkpoint(folder: Path) -> bool:
    """Whether a training in this folder was interrupted, and could go on."""
    return (folder / TRAINING / _FILE).is_file()


def remove_checkpoints(folder: Path) -> None:
    """Forget an interrupted training."""
    shutil.rmtree(folder / TRAINING, ignore_errors=True)


def optimizer_tensors(name: str, optimizer: Optimizer) -> dict[str, torch.Tensor]:
    """An optimiser's memory of each parameter, by name."""
    state = optimizer.state_dict()["state"]
    return {
        f"{name}.{index}.{key}": value
        for index, values in state.items()
        for key, value in values.items()
    }


def load_optimizer(name: str, optimizer: Optimizer, tensors: Mapping[str, torch.Tensor]) -> None:
    """Put back what `optimizer_tensors` gave. Rates are not kept: each step sets them anew."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for full, value in tensors.items():
        if full.startswith(f"{name}."):
            index, key = full[len(name) + 1 :].split(".", 1)
            state.setdefault(int(index), {})[key] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _best(folder: Path, epoch: int) -> Path:
    return folder / TRAINING / f"best-{epoch}.safetensors"


def _write(path: Path, header: dict[str, str], tensors: Mapping[str, torch.Tensor]) -> None:
    # Cloned: safetensors refuses views and weights that are tied to one another.
    whole = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        try:
            save_file(whole, str(temporary), header)
        except SafetensorError as error:
            raise disk_error(error) from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    try:
        with safe_open(str(path), "pt") as file:
            header = file.metadata() or {}
        return json.loads(header.get("facts", "{}")), load_file(str(path))
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            "the checkpoint is damaged", where=str(path), hint="train anew without --resume"
        ) from error
