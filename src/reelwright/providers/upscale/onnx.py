"""Pictures enlarged by an ONNX file of the Real-ESRGAN kind: 1 × 3 × H × W, RGB of 0 to 1, in and,
larger, out. Files that take one size only are given tiles of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import ModelError, ProviderRefused
from reelwright.media.networks import Network
from reelwright.media.tiles import Planes, Run, Tiler
from reelwright.providers.upscale import Choice
from reelwright.providers.upscale.colour import PROBE, enlarge, scale_of, tiler_of
from reelwright.store.artefacts import hash_content

_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
_HINT = "export a model such as Real-ESRGAN: 1 × 3 × height × width, RGB of 0 to 1, in and out"


class OnnxEnlarger:
    """See `reelwright.core.ports.PictureEnlarger`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "that of the model that is given"
    languages: ClassVar[tuple[str, ...]] = ()
    Options: ClassVar[type[Choice]] = Choice

    def __init__(self, options: Choice) -> None:
        self._path = Path(options.model)
        self.say: Callable[[str], None] = lambda _: None

    def enlarge(self, frame: Any) -> Any:
        """See `core.ports.PictureEnlarger`.

        Raises:
            ProviderRefused: the file is no network that enlarges pictures, or is damaged.
            MediaError: there is too little memory.
        """
        return enlarge(frame, self._tiler)

    def key(self) -> Mapping[str, Any]:
        """The hash of the file."""
        return {"engine": "onnx", "model": hash_content(self._path)}

    @cached_property
    def _tiler(self) -> Tiler:
        try:
            network = Network(self._path)
        except ModelError as error:
            raise ProviderRefused(error.message, where=error.where, hint=error.hint) from error
        ports = [*network.inputs, *network.outputs]
        shaped = len(ports) == 2 and all(
            len(port.sizes) == 4 and port.sizes[1] in (0, 3) and port.type in _TYPES
            for port in ports
        )
        if not shaped:
            raise self._refused("does not make one RGB picture of one RGB picture")
        high, wide = network.inputs[0].sizes[2:]
        fixed = (high, wide) if high and wide else None
        if fixed and min(fixed) < 16:
            raise self._refused(f"takes pictures of {wide}×{high} pixels only")
        run = self._run(network)
        probe = np.full((3, *(fixed or (PROBE, PROBE))), 0.5, np.float32)
        scale = scale_of(probe.shape, run(probe).shape)
        if not scale:
            raise self._refused("does not make pictures larger by a whole factor of 2 to 8")
        slower = (lambda: self._run(Network(self._path, gpu=False))) if network.on_gpu else None
        return tiler_of(run, scale, fixed=fixed, slower=slower, say=self.say)

    def _run(self, network: Network) -> Run:
        port = network.inputs[0]

        def run(planes: Planes) -> Planes:
            try:
                made = network.run({port.name: planes[None].astype(_TYPES[port.type])})[0]
            except ModelError as error:
                raise self._refused(error.message) from error
            if made.ndim != 4 or len(made) != 1:
                raise self._refused(f"gives {'×'.join(map(str, made.shape))} numbers")
            return made[0].astype(np.float32)

        return run

    def _refused(self, what: str) -> ProviderRefused:
        return ProviderRefused(f"the model {what}", where=str(self._path), hint=_HINT)
