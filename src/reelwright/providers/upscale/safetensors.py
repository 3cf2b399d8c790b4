"""Pictures enlarged by weights of the Real-ESRGAN kind in a safetensors file, run by torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reelwright.core.errors import ProviderRefused
from reelwright.media.tiles import Planes, Run, Tiler
from reelwright.providers import door
from reelwright.providers.upscale import Choice
from reelwright.providers.upscale.colour import enlarge, tiler_of
from reelwright.store.artefacts import hash_content

if TYPE_CHECKING:
    from torch import nn

_EXTRA = "learn"


class SafetensorsEnlarger:
    """See `reelwright.core.ports.PictureEnlarger`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "that of the model that is given"
    languages: ClassVar[tuple[str, ...]] = ()
    Options: ClassVar[type[Choice]] = Choice

    def __init__(self, options: Choice) -> None:
        door.need("torch", extra=_EXTRA)
        self._path = Path(options.model)
        self.say: Callable[[str], None] = lambda _: None

    def enlarge(self, frame: Any) -> Any:
        """See `core.ports.PictureEnlarger`.

        Raises:
            MissingExtra: torch is not installed.
            ProviderRefused: the file holds no weights of a network that is known, or is damaged.
            MediaError: there is too little memory.
        """
        return enlarge(frame, self._tiler)

    def key(self) -> Mapping[str, Any]:
        """The hash of the file."""
        return {"engine": "torch", "model": hash_content(self._path)}

    @cached_property
    def _tiler(self) -> Tiler:
        torch: Any = door.library("torch", extra=_EXTRA)
        from safetensors import SafetensorError
        from safetensors.torch import load

        from reelwright.providers.upscale.rebuilding import Unknown, rebuild

        try:
            network = rebuild(load(self._path.read_bytes()))
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise self._refused(f"cannot be read ({type(error).__name__})") from error
        except Unknown as error:
            raise self._refused(str(error)) from error
        scale, slower = network.scale, None
        if torch.cuda.is_available():
            slower = lambda: _run(network.cpu(), "cpu")  # noqa: E731 - as the tiler takes it
        run = _run(network, "cuda" if slower else "cpu")
        return tiler_of(run, scale, slower=slower, say=self.say)

    def _refused(self, what: str) -> ProviderRefused:
        return ProviderRefused(
            f"the model cannot be used: {what}",
            where=str(self._path),
            hint="give weights of Real-ESRGAN (RRDBNet or SRVGGNet), or a model exported to ONNX",
        )


def _run(network: nn.Module, device: str) -> Run:
    import torch

    network.to(device)

    def run(planes: Planes) -> Planes:
        try:
            with torch.no_grad():
                return network(torch.from_numpy(planes[None]).to(device))[0].cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise MemoryError(str(error)) from None
        except RuntimeError as error:
            if "allocate memory" in str(error):
                raise MemoryError(str(error)) from None
            raise

    return run
