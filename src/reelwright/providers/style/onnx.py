"""Pictures painted anew by a network of the person's own, in an ONNX file.

Networks of fast style transfer (Johnson et al. 2016) take one picture, 1 × 3 × height × width, and
give one of the same size or about. Those of the ONNX model zoo count from 0 to 255; where what
comes out shows that a file counts from 0 to 1, it is given that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, Field

from reelwright.core.errors import ModelError, SettingError
from reelwright.media.networks import Network
from reelwright.store.artefacts import hash_content

Frame = npt.NDArray[np.uint8]

_STRIDE = 8
"""Sides are multiples of this: networks halve them up to three times."""
_PROBE = 64
"""Side of the picture by which it is found out from what to what a file counts."""


class OnnxStyle:
    """See `reelwright.core.ports.PictureStyle`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "that of the model that is given"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Which file, and at what size it paints."""

        model: str = ""
        side: int = Field(default=480, ge=64, le=4096)
        """Pixels of the longer side, where the file leaves that open."""

    def __init__(self, options: Options) -> None:
        self._path, self._side = Path(options.model).expanduser(), options.side
        if not options.model or not self._path.is_file():
            raise SettingError(
                f'there is no style at "{options.model}"',
                where="--style",
                hint="give an ONNX file that paints pictures",
            )
        self._loading = threading.Lock()

    def key(self) -> Mapping[str, Any]:
        """The file's content, and the size."""
        return {"engine": "onnx", "model": hash_content(self._path), "side": self._side}

    def paint(self, frame: Frame) -> Frame:
        """See the port.

        Raises:
            ModelError: the file is damaged, or paints no pictures.
        """
        import cv2

        with self._loading:
            network, top = self._network
        sizes = network.inputs[0].sizes
        scale = min(1.0, self._side / max(frame.shape[:2]))
        high, wide = (
            fixed or max(1, round(side * scale / _STRIDE)) * _STRIDE
            for fixed, side in zip(sizes[2:], frame.shape[:2], strict=True)
        )
        small = np.asarray(cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
        made = _run(network, small, top) * (255 / top)
        return np.clip(np.round(made), 0, 255).astype(np.uint8)

    @cached_property
    def _network(self) -> tuple[Network, float]:
        """The file, and what it takes for the brightest."""
        network = Network(self._path, alone=True)
        sizes = network.inputs[0].sizes
        if len(network.inputs) != 1 or len(sizes) != 4 or sizes[1] not in (0, 3):
            raise _refused(self._path, "takes no picture alone (1 × 3 × height × width)")
        sides = [side or _PROBE for side in sizes[2:]]
        probe = np.random.default_rng(0).integers(0, 256, (*sides, 3)).astype(np.uint8)
        # Files that count from 0 to 1 hold what they make there, whatever they are given.
        bright = float(np.percentile(np.abs(_run(network, probe, 255.0)), 99))
        return network, 255.0 if bright > 4 else 1.0


def _run(network: Network, frame: Frame, top: float) -> npt.NDArray[np.float32]:
    port = network.inputs[0]
    kind = np.float16 if port.type == "tensor(float16)" else np.float32
    planes = (frame.transpose(2, 0, 1)[None].astype(np.float32) * (top / 255)).astype(kind)
    made = np.asarray(network.run({port.name: np.ascontiguousarray(planes)})[0], np.float32)
    if made.ndim != 4 or made.shape[:2] != (1, 3) or not np.isfinite(made).all():
        raise _refused(network.path, f"gives {'×'.join(map(str, made.shape))} numbers")
    return made[0].transpose(1, 2, 0)


def _refused(path: Path, why: str) -> ModelError:
    return ModelError(
        f"is no style: it {why}", where=str(path), hint="give an ONNX file that paints pictures"
    )
