"""Networks in ONNX files, run without torch."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from reelwright.core.errors import ModelError


class Session:
    """A network in an ONNX file, ready to run on one thread of the CPU.

    Args:
        path: the file.

    Raises:
        ModelError: it cannot be read, or is no ONNX file.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # What is wrong is raised; the runtime would print it as well.
        options.log_severity_level = 4
        try:
            # Read by us: the runtime cannot open every path there may be.
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(f"cannot be read: {error.strerror}", where=str(path)) from None
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except runtime_errors() as error:
            raise ModelError(
                f"the model is damaged: {first_line(error)}",
                where=str(path),
                hint="write it again with: reel export … --to onnx",
            ) from None
        self.path = path
        self.inputs = tuple(entry.name for entry in self._session.get_inputs())
        self.outputs = tuple(entry.name for entry in self._session.get_outputs())

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name, for inputs by name.

        Raises:
            ModelError: the network cannot take these: it is another's.
        """
        try:
            values = cast(list[np.ndarray], self._session.run(self.outputs, inputs))
        except (*runtime_errors(), ValueError) as error:
            raise ModelError(f"does not run: {first_line(error)}", where=str(self.path)) from None
        return dict(zip(self.outputs, values, strict=True))


def runtime_errors() -> tuple[type[Exception], ...]:
    """What the runtime raises for a file that it cannot load or run; they share no parent."""
    state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented")
    return tuple(getattr(state, name) for name in (*names, "RuntimeException"))


def first_line(error: Exception) -> str:
    """What an error says, without the pages that some add to it."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
