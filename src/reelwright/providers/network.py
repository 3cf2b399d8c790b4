"""A network in an ONNX file that a person gives: loaded when first needed, whoever made it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import MissingExtra, ProviderRefused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Network:
    """An ONNX file.

    Args:
        path: the file.
        what: what it is used for, for messages ("the model for mattes").
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path, self.what = path, what
        self._loading = threading.Lock()

    @cached_property
    def digest(self) -> str:
        """A hash of the file's content."""
        from hashlib import file_digest

        with self.path.open("rb") as file:
            return file_digest(file, "blake2b").hexdigest()[:32]

    @property
    def inputs(self) -> dict[str, tuple[list[Any], str]]:
        """Its inputs: name → shape (numbers, or names where it may vary) and type of numbers."""
        return {entry.name: (list(entry.shape), entry.type) for entry in self._loaded.get_inputs()}

    @property
    def outputs(self) -> list[str]:
        """The names of its outputs, in order."""
        return [entry.name for entry in self._loaded.get_outputs()]

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Its outputs, in order. Raises ProviderRefused where it does not run."""
        try:
            return list(self._loaded.run(None, dict(inputs)))
        except (*_errors(), ValueError) as error:
            raise self.refused(f"does not run ({type(error).__name__})") from error

    def number(self, name: str) -> type[np.floating[Any]]:
        """The type of numbers that an input takes."""
        import numpy as np

        return np.float16 if self.inputs[name][1] == "tensor(float16)" else np.float32

    def refused(self, why: str, hint: str = "") -> ProviderRefused:
        """The error that says why the file cannot be used."""
        return ProviderRefused(f"{self.what} {why}", where=str(self.path), hint=hint or None)

    @property
    def _loaded(self) -> Any:
        with self._loading:
            return self._session

    @cached_property
    def _session(self) -> Any:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra(
                "onnxruntime is not installed", hint="pip install --force-reinstall reelwright"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # What is wrong is raised; the runtime would print it as well.
        options.log_severity_level = 4
        try:
            data = self.path.read_bytes()
            return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except (*_errors(), OSError) as error:
            raise self.refused(
                f"cannot be read ({type(error).__name__})", "give a whole ONNX file"
            ) from error


def _errors() -> tuple[type[Exception], ...]:
    state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel")
    return tuple(getattr(state, name) for name in (*names, "NotImplemented", "RuntimeException"))
