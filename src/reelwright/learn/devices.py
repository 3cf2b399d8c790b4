"""Where networks are fitted: devices, precision, seeds, and several processes under torchrun."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from reelwright.core.errors import InputError


def choose_device(name: str) -> torch.device:
    """The torch device of a name; `auto` takes a GPU where there is one.

    Raises:
        InputError: no such device, or none on this machine.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        return torch.zeros(1, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f'cannot compute on "{name}": {str(error).splitlines()[0]}',
            hint="--device cpu works everywhere; auto takes a GPU where there is one",
        ) from error


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The number type that networks compute in; weights stay float32."""
    if name != "auto":
        return getattr(torch, name)
    good = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if good else torch.float32


def cast(device: torch.device, precision: torch.dtype) -> AbstractContextManager[Any]:
    """Computes in `precision` inside the block where it is safe to."""
    return torch.autocast(device.type, precision, enabled=precision != torch.float32)


def seed_everything(seed: int) -> None:
    """Seed Python's, numpy's and torch's own generators, and ask cuDNN for one order of sums."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def move(batch: Any, device: torch.device) -> Any:
    """A batch on a device: tensors inside tuples, lists, dicts and dataclasses are moved."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, Mapping):
        return {key: move(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(move(value, device) for value in batch))
    if isinstance(batch, (tuple, list)):
        return type(batch)(move(value, device) for value in batch)
    if is_dataclass(batch) and not isinstance(batch, type):
        return replace(
            batch, **{part.name: move(getattr(batch, part.name), device) for part in fields(batch)}
        )
    return batch


class World:
    """The processes that fit one network together, as torchrun started them; one without it.

    Each takes every n-th batch; gradients are averaged before each step, so the weights stay equal.
    """

    def __init__(self, device: torch.device) -> None:
        self.rank, self.size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.size > 1:
            backend = "nccl" if device.type == "cuda" else "gloo"
            torch.distributed.init_process_group(backend)

    def agree(self, tensors: Iterable[torch.Tensor]) -> None:
        """Everybody takes the first process's values."""
        if self.size > 1:
            for tensor in tensors:
                torch.distributed.broadcast(tensor.data, 0)

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Everybody's gradients become their mean."""
        if self.size > 1:
            for parameter in parameters:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
                torch.distributed.all_reduce(parameter.grad)
                parameter.grad /= self.size

    def leave(self) -> None:
        """The work is done; all processes but the first end here, since it alone writes the model.

        Raises:
            SystemExit: in every process but the first.
        """
        if self.size > 1:
            torch.distributed.destroy_process_group()
            if self.rank:
                raise SystemExit(0)
