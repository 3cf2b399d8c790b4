"""Networks as ONNX files: written from torch, and checked against it in onnxruntime."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright.core.errors import ModelError
from reelwright.core.extras import library
from reelwright.learn.session import Session as Session
from reelwright.learn.session import first_line
from reelwright.store.atomic import replacing

if TYPE_CHECKING:
    from torch import Tensor, nn

Names = tuple[Sequence[str], Sequence[str]]
"""Of the inputs, and of the outputs."""
Axes = Mapping[str, Mapping[int, str]]
"""Input or output → its axis → what that axis is called; axes of one name have one size."""
_APART = 1e-3
"""The difference, by the largest output (or 1), from which two networks are not the same."""


class _Unfit(Exception):
    """The network could not be written in this way."""


def export(
    network: nn.Module,
    inputs: tuple[Tensor, ...],
    names: Names,
    axes: Axes,
    path: Path,
    checks: Sequence[tuple[Tensor, ...]] | None = None,
) -> float:
    """Write a network as ONNX and check it against torch.

    It is traced with the example. Where the result is wrong at another size, as that of attention
    is, its program is captured instead, which takes longer.

    Args:
        network: on the CPU; it is run in evaluation mode.
        inputs: an example, at least 2 long along the axes that vary.
        names: of the inputs and of the outputs.
        axes: which axes vary in size, of inputs and outputs.
        path: the file to write.
        checks: further examples, of other sizes, to check with; by default a corner of `inputs`.

    Returns:
        The largest difference between any output of the two networks.

    Raises:
        ModelError: the network cannot be written, or the file gives other results.
        MissingExtra: the extra ``learn`` is not installed.
    """
    torch: Any = library("torch", extra="learn")
    library("onnx", extra="learn")
    examples = [inputs, *([_corner(inputs, names[0], axes)] if checks is None else checks)]
    training = network.training
    network.eval()
    failure = ""
    try:
        with torch.no_grad():
            expected = [_outputs(network(*example)) for example in examples]
            for write in (_trace, _capture):
                try:
                    with replacing(path) as temporary:
                        with _quiet():
                            write(network, inputs, names, axes, temporary)
                        apart = _compare(temporary, names[0], examples, expected)
                        _strip(temporary)
                    return apart
                except _Unfit as error:
                    failure = str(error)
    finally:
        network.train(training)
    raise ModelError(f"the network cannot be written as ONNX: {failure}", where=str(path))


def _trace(
    network: nn.Module, inputs: tuple[Tensor, ...], names: Names, axes: Axes, path: Path
) -> None:
    """Write what the network did with the example; sizes it took for fixed stay fixed."""
    import torch

    try:
        torch.onnx.export(
            network,
            inputs,
            str(path),
            input_names=list(names[0]),
            output_names=list(names[1]),
            dynamic_axes={name: dict(of) for name, of in axes.items()},
            dynamo=False,
        )
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        raise _Unfit(first_line(error)) from error


def _capture(
    network: nn.Module, inputs: tuple[Tensor, ...], names: Names, axes: Axes, path: Path
) -> None:
    """Write the network's program, with sizes as unknowns."""
    import torch

    free = torch.export.Dim.DYNAMIC
    shapes = tuple(dict.fromkeys(axes.get(name, {}), free) for name in names[0])
    try:
        torch.onnx.export(
            network,
            inputs,
            str(path),
            input_names=list(names[0]),
            output_names=list(names[1]),
            dynamic_shapes=shapes,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        raise _Unfit(first_line(error)) from error


def _compare(
    path: Path,
    names: Sequence[str],
    examples: Sequence[tuple[Tensor, ...]],
    expected: Sequence[list[np.ndarray]],
) -> float:
    """The largest difference between the file's outputs and the expected ones."""
    apart = 0.0
    try:
        session = Session(path)
        for example, outputs in zip(examples, expected, strict=True):
            # An input that the network makes no use of is not in the file.
            given = {name: tensor.numpy() for name, tensor in zip(names, example, strict=True)}
            told = session.run(**{n: value for n, value in given.items() if n in session.inputs})
            for output, value in zip(outputs, told.values(), strict=True):
                apart = max(apart, _difference(output, value))
    except ModelError as error:
        raise _Unfit(error.message) from error
    return apart


def _difference(expected: np.ndarray, told: np.ndarray) -> float:
    if expected.shape != told.shape:
        raise _Unfit(f"an output has the shape {told.shape}, not {expected.shape}")
    if not expected.size:
        return 0.0
    apart = float(np.abs(expected.astype(np.float64) - told.astype(np.float64)).max())
    if not apart <= _APART * max(1.0, float(np.abs(expected).max())):
        raise _Unfit(f"its outputs differ from torch's by up to {apart:.3g}")
    return apart


def _corner(inputs: tuple[Tensor, ...], names: Sequence[str], axes: Axes) -> tuple[Tensor, ...]:
    """The example, one shorter along every axis that varies."""
    pieces = []
    for name, tensor in zip(names, inputs, strict=True):
        for axis in axes.get(name, {}):
            tensor = tensor.narrow(axis, 0, max(1, tensor.shape[axis] - 1))
        pieces.append(tensor.contiguous())
    return tuple(pieces)


def _outputs(result: Any) -> list[np.ndarray]:
    """What a network gives, one tensor or several, as arrays."""
    several = result if isinstance(result, tuple | list) else [result]
    return [tensor.detach().cpu().numpy() for tensor in several]


def _strip(path: Path) -> None:
    """Leave out what torch notes for its developers, such as paths of this machine."""
    import onnx

    model = onnx.load(str(path))
    for part in (model.graph, *model.functions):
        for node in part.node:
            node.ClearField("doc_string")
            del node.metadata_props[:]
    for value in (*model.graph.value_info, *model.graph.initializer):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.save(model, str(path))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's own warnings: what matters is told by the comparison."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
