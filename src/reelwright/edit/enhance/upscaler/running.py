"""An upscaler of our own at work, in tiles: by its ONNX file, or by torch where there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.extras import library
from reelwright.edit.enhance.luma import Plane
from reelwright.edit.enhance.upscaler.kind import UpscalerKind
from reelwright.learn import folder
from reelwright.media.networks import Network
from reelwright.media.tiles import Planes, Run, Tiler
from reelwright.store.artefacts import hash_content

SHIPPED = Path(folder.__file__).parent / "shipped" / "upscaler"
"""The ×2 upscaler that comes with the package."""


class Enlarger:
    """Enlarges luma by what a model folder holds.

    Args:
        place: a model folder with its exported ONNX file.
        say: is told when memory runs out.

    Raises:
        ModelError: it is no upscaler, or is damaged.
        MissingExtra: it has not been exported, and torch is not installed.
    """

    def __init__(self, place: Path, say: Callable[[str], None] = lambda _: None) -> None:
        from reelwright.learn.kinds import load_model

        model = load_model(place, kind="upscaler")
        assert isinstance(model, UpscalerKind)
        self._model, self.scale = model, model.settings.scale
        exported = place / folder.EXPORTED
        self.path = exported if exported.is_file() else place / folder.WEIGHTS
        if self.path != exported:
            library("torch", extra="learn")
        # Each layer looks one pixel further; the interpolation two.
        self.rim = model.settings.depth + 2
        self._say = say

    def __call__(self, luma: Plane) -> Plane:
        """Luma, height × width, 16 to 235 → scale times as high and wide; not clipped.

        Raises:
            MediaError: there is too little memory.
            ModelError: the ONNX file is damaged, or another's.
        """
        return self._tiler(luma[None] / np.float32(255))[0] * np.float32(255)

    def key(self) -> dict[str, Any]:
        """The hash of what it runs."""
        return {"network": hash_content(self.path)}

    @cached_property
    def _tiler(self) -> Tiler:
        if self.path.suffix != ".onnx":
            run = by_torch(self._model.load())
            return Tiler(run, scale=self.scale, rim=self.rim, say=self._say)
        network = Network(self.path)
        slower = (lambda: _run(Network(self.path, gpu=False))) if network.on_gpu else None
        return Tiler(_run(network), scale=self.scale, rim=self.rim, slower=slower, say=self._say)


def by_torch(network: Any, *more: Any) -> Run:
    """A torch network as the tiler runs it, with further inputs that are the same for all."""
    import torch

    def run(planes: Planes) -> Planes:
        with torch.no_grad():
            return network(torch.from_numpy(planes[None]), *more)[0].numpy()

    return run


def _run(network: Network) -> Run:
    name = network.inputs[0].name

    def run(planes: Planes) -> Planes:
        return network.run({name: planes[None]})[0][0]

    return run
