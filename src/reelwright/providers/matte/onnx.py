"""Persons told by a network of the person's own, in an ONNX file.

Three families are understood, by what the file takes:

- RobustVideoMatting (Lin et al. 2021): ``src``, four states that it hands on from picture to
  picture (``r1i`` … ``r4i``), and ``downsample_ratio``; it gives ``pha``;
- one picture of a fixed size, as U²-Net and its kin in rembg (320 pixels and the mean and deviation
  of ImageNet, or 1024 pixels and a mean of a half); its first output is stretched to 0 to 1;
- one picture of any size, as MODNet (Ke et al. 2022): sides of whole 32 pixels, −1 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from reelwright.core.errors import ModelError, SettingError
from reelwright.media.networks import Network, Port
from reelwright.store.artefacts import hash_content

Map = npt.NDArray[Any]
Frame = npt.NDArray[np.uint8]
Teller = Callable[[Frame], Map]

_STATES = ("r1i", "r2i", "r3i", "r4i")
_INNER = 512
"""Pixels of the longer side at which RVM looks for the person; it refines at the whole size."""
_SIDE, _STRIDE = 512, 32
"""Pixels of the shorter side that MODNet takes, and what its sides are multiples of."""
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_HALF = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
_SIGNED = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_LARGE = 512
"""Fixed sizes from here on are of the later family of rembg."""


class OnnxMatte:
    """See `reelwright.core.ports.PersonMatter`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "that of the model that is given"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Which file."""

        model: str = ""

    def __init__(self, options: Options) -> None:
        path = Path(options.model).expanduser()
        if not options.model or not path.is_file():
            raise SettingError(
                f'there is no model for mattes at "{options.model}"',
                where="--matte",
                hint="give an ONNX file of RobustVideoMatting, MODNet or rembg",
            )
        self._path = path

    def key(self) -> Mapping[str, Any]:
        """The file's content."""
        return {"engine": "onnx", "model": hash_content(self._path)}

    def begin(self) -> Teller:
        """See the port.

        Raises:
            ModelError: the file is damaged, or takes what no family above does.
        """
        network = Network(self._path, alone=True)
        if {"src", *_STATES} <= {port.name for port in network.inputs}:
            return _remembering(network)
        sizes = network.inputs[0].sizes
        if len(network.inputs) != 1 or len(sizes) != 4 or sizes[1] not in (0, 3):
            raise _refused(network, "takes no picture alone (1 × 3 × height × width)")
        high, wide = sizes[2:]
        if high and wide:
            scale = _HALF if max(high, wide) >= _LARGE else _IMAGENET
            return lambda frame: _tell(network, frame, (wide, high), scale, stretch=True)
        return lambda frame: _tell(network, frame, _fitting(frame), _SIGNED, stretch=False)


def _remembering(network: Network) -> Teller:
    """RobustVideoMatting: what it remembers begins as one zero and goes on from output to input."""
    outputs = [port.name for port in network.outputs]
    kinds = {port.name: _number(port) for port in network.inputs}
    if "pha" not in outputs or not {name[:2] + "o" for name in _STATES} <= set(outputs):
        raise _refused(network, "gives no matte (pha) or no states to go on from")
    states = {name: np.zeros((1, 1, 1, 1), kinds[name]) for name in _STATES}

    def tell(frame: Frame) -> Map:
        given: dict[str, npt.NDArray[Any]] = {
            "src": _planes(frame, ((0.0,) * 3, (1.0,) * 3), kinds["src"])
        }
        if "downsample_ratio" in kinds:
            share = min(1.0, _INNER / max(frame.shape[:2]))
            given["downsample_ratio"] = np.array([share], np.float32)
        found = dict(zip(outputs, network.run({**given, **states}), strict=True))
        states.update({name: found[name[:2] + "o"] for name in _STATES})
        return _whole(network, found["pha"], frame)

    return tell


def _tell(
    network: Network,
    frame: Frame,
    size: tuple[int, int],
    scale: tuple[tuple[float, ...], tuple[float, ...]],
    *,
    stretch: bool,
) -> Map:
    """The matte by a network that takes one picture (`size`: width, height)."""
    import cv2

    port = network.inputs[0]
    how = cv2.INTER_AREA if size[0] < frame.shape[1] else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(frame, size, interpolation=how), np.uint8)
    found = network.run({port.name: _planes(small, scale, _number(port))})[0]
    if stretch:
        low, high = float(found.min()), float(found.max())
        # A picture without anybody must not be stretched into one with somebody.
        found = (found - low) / max(high - low, 0.1)
    return _whole(network, found, frame)


def _planes(
    frame: Frame,
    scale: tuple[tuple[float, ...], tuple[float, ...]],
    kind: type[np.floating[Any]],
) -> npt.NDArray[Any]:
    values = (frame.astype(np.float32) / 255 - np.array(scale[0], np.float32)) / np.array(
        scale[1], np.float32
    )
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None]).astype(kind)


def _whole(network: Network, found: npt.NDArray[Any], frame: Frame) -> Map:
    import cv2

    matte = np.squeeze(np.asarray(found, np.float32))
    if matte.ndim != 2 or not np.isfinite(matte).all():
        raise _refused(
            network, f"gives {'×'.join(map(str, found.shape))} numbers, which is no matte"
        )
    high, wide = frame.shape[:2]
    if matte.shape != (high, wide):
        matte = np.asarray(cv2.resize(matte, (wide, high), interpolation=cv2.INTER_LINEAR))
    return np.clip(matte, 0, 1).astype(np.float32)


def _number(port: Port) -> type[np.floating[Any]]:
    return np.float16 if port.type == "tensor(float16)" else np.float32


def _refused(network: Network, why: str) -> ModelError:
    return ModelError(
        f"is no model for mattes: it {why}",
        where=str(network.path),
        hint="give an ONNX file of RobustVideoMatting, MODNet or rembg",
    )


def _fitting(frame: Frame) -> tuple[int, int]:
    """The size at which MODNet looks at a picture: width, height."""
    high, wide = frame.shape[:2]
    scale = _SIDE / min(high, wide)
    fitted = (max(1, round(side * scale / _STRIDE)) * _STRIDE for side in (wide, high))
    across, down = fitted
    return across, down
