"""Networks in ONNX files that make pictures of pictures: on a GPU where there is one, else on the
CPU. What they are for is known above."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import ModelError

THREADS = 2
_GPU, _CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
_FULL = ("out of memory", "allocate memory", "bad allocation", "bad_alloc", "cuda failure 2")
"""What the runtime says where memory ran out; it has no error of its own for it."""


@dataclass(frozen=True)
class Port:
    """An input or output: its name, sizes (0 where any will do), and type of numbers."""

    name: str
    sizes: tuple[int, ...]
    type: str


class Network:
    """A network in an ONNX file.

    Args:
        path: the file.
        gpu: whether a GPU is used where there is one.
        alone: whether nobody else (`tiles.Tiler`) sees to it when memory runs out: then it goes on
            with the CPU, and says so to Python's log.

    Raises:
        ModelError: it cannot be read, or is no ONNX file.
    """

    def __init__(self, path: Path, *, gpu: bool = True, alone: bool = False) -> None:
        ort: Any = import_module("onnxruntime")
        self.path, self._alone = path, alone
        self.on_gpu = gpu and _GPU in ort.get_available_providers()
        try:
            self._session: Any = self._open(ort)
        except _errors() as error:
            if not self.on_gpu or not _is_full(error):
                raise ModelError(
                    f"is no ONNX network that can be run here: {_short(error)}",
                    where=str(path),
                    hint="give a model exported to ONNX in one file; copy it again if it is one",
                ) from None
            self._leave_gpu()
        self.inputs = [_port(entry) for entry in self._session.get_inputs()]
        self.outputs = [_port(entry) for entry in self._session.get_outputs()]

    def _open(self, ort: Any) -> Any:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        # Waiting threads sleep: several networks and a decoder share the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # What is wrong is raised; the runtime would print it as well.
        options.log_severity_level = 4
        wanted = [_GPU, _CPU] if self.on_gpu else [_CPU]
        try:
            # Read by us: files that the model names beside it are not looked for.
            data = self.path.read_bytes()
        except OSError as error:
            raise ModelError(f"cannot be read: {error.strerror}", where=str(self.path)) from None
        return ort.InferenceSession(data, options, providers=wanted)

    def run(self, given: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Inputs by name → outputs in order.

        Raises:
            MemoryError: there is too little memory for inputs of this size; alone, a ModelError.
            ModelError: the network cannot take these.
        """
        try:
            found: Any = self._session.run(None, dict(given))
        except (*_errors(), ValueError) as error:
            if _is_full(error):
                if self._alone and self.on_gpu:
                    self._leave_gpu()
                    return self.run(given)
                raise self._no_room(error) from None
            raise ModelError(f"does not run: {_short(error)}", where=str(self.path)) from None
        return [np.asarray(one) for one in found]

    def _leave_gpu(self) -> None:
        self.on_gpu = False
        self._session = self._open(import_module("onnxruntime"))
        said = "the GPU's memory is too small for %s: going on with the CPU, more slowly"
        logging.getLogger(__name__).warning(said, self.path.name)

    def _no_room(self, error: Exception) -> Exception:
        if not self._alone:
            return MemoryError(_short(error))
        hint = "close other programs, or choose a smaller model"
        return ModelError("needs more memory than there is", where=str(self.path), hint=hint)


def _is_full(error: Exception) -> bool:
    said = str(error).lower()
    return any(words in said for words in _FULL)


def _port(entry: Any) -> Port:
    sizes = tuple(side if isinstance(side, int) and side > 0 else 0 for side in entry.shape)
    return Port(entry.name, sizes, entry.type)


def _errors() -> tuple[type[Exception], ...]:
    """What the runtime raises; they share no parent."""
    state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel")
    return tuple(getattr(state, name) for name in (*names, "NotImplemented", "RuntimeException"))


def _short(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
