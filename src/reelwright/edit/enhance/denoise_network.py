"""Noise taken out by a network, of pictures as they are or averaged along movement first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.extras import library
from reelwright.edit.enhance.averaging import REACH, average
from reelwright.edit.enhance.denoiser.kind import DenoiserKind
from reelwright.edit.enhance.denoiser.settings import MOST_FRAMES
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Picture, by_shot
from reelwright.learn import folder
from reelwright.media.networks import Network
from reelwright.media.tiles import Planes, Run, Tiler
from reelwright.store.artefacts import hash_content

SHIPPED = Path(folder.__file__).parent / "shipped" / "denoiser"
"""The denoiser that comes with the package."""
_GRID = 2
"""The network's own grid: it works at half the size."""
_LEFT = 0.4
"""The part of the noise that averaging leaves, about."""


class NetworkDenoise(Filter):
    """Takes noise out by a network of our own.

    Args:
        sigma: the noise's standard deviation in luma, of 255 (`noise.estimate`).
        model: the folder of a denoiser; by default the one that comes with us.
        say: is told when memory runs out.
        averages: whether pictures are averaged along movement first, and the network sees to what
            that leaves.

    Raises:
        ModelError: it is no denoiser, or is damaged.
        MissingExtra: it has not been exported to ONNX, and torch is not installed.
    """

    name: ClassVar[str] = "denoise-network"
    version: ClassVar[int] = 2
    memory: ClassVar[int] = MOST_FRAMES // 2

    def __init__(
        self,
        sigma: float,
        model: Path | None = None,
        say: Callable[[str], None] = lambda _: None,
        averages: bool = False,
    ) -> None:
        from reelwright.learn.kinds import load_model

        place = model or SHIPPED
        found = load_model(place, kind="denoiser")
        assert isinstance(found, DenoiserKind)
        self.sigma, self.place, self.averages = round(sigma, 2), place, averages
        if averages:
            vars(self)["memory"] = type(self).memory + REACH
        self._model, self._settings, self._say = found, found.settings, say
        exported = place / folder.EXPORTED
        self._path = exported if exported.is_file() else place / folder.WEIGHTS
        if self._path != exported:
            library("torch", extra="learn")

    def key(self) -> Mapping[str, Any]:
        """The noise, and the hash of the network."""
        averages = [REACH, _LEFT] if self.averages else []
        return {"sigma": self.sigma, "averages": averages, "network": hash_content(self._path)}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`; it looks ahead by half the pictures that the network sees."""
        if self.averages:
            pictures = average(pictures, self.sigma)
        for shot in by_shot(pictures):
            yield from self._shot(shot)

    def told(self) -> str:
        """What it does."""
        label = "motion-network" if self.averages else "network"
        return f"denoise: {label}, noise {self.sigma:.1f} of 255"

    def _shot(self, shot: Iterator[Picture]) -> Iterator[Picture]:
        reach = self._settings.frames // 2
        held: list[Picture] = []
        at = 0
        for picture in shot:
            held.append(picture)
            if len(held) > at + reach:
                yield self._denoised(held, at)
                if at == reach:
                    del held[0]
                else:
                    at += 1
        for place in range(at, len(held)):
            yield self._denoised(held, place)

    def _denoised(self, held: list[Picture], at: int) -> Picture:
        """One of the pictures; the first and last of a shot stand for those there are not."""
        reach, last = self._settings.frames // 2, len(held) - 1
        seen = [held[min(max(0, place), last)] for place in range(at - reach, at + reach + 1)]
        middle = held[at]
        planes = np.concatenate([self._planes(picture) for picture in seen])
        made = self._tiler(planes)
        values = np.clip(np.rint(made * 255), 0, 255).astype(np.uint8).transpose(1, 2, 0)
        if self._settings.colour:
            return middle.showing(np.ascontiguousarray(values))
        return middle.showing(_with_gray(middle, values[..., 0]))

    def _planes(self, picture: Picture) -> Planes:
        if self._settings.colour:
            return picture.rgb.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        return _gray_of(picture)[None] / np.float32(255)

    @cached_property
    def _tiler(self) -> Tiler:
        left = self.sigma * (_LEFT if self.averages else 1)
        level = np.full((1, 1, 1, 1), left / 255, np.float32)
        # Each layer looks one pixel of half the size further.
        rim = _GRID * (2 + 2 * self._settings.depth)
        if self._path.suffix != ".onnx":
            import torch

            from reelwright.edit.enhance.upscaler.running import by_torch

            run = by_torch(self._model.load(), torch.from_numpy(level))
            return Tiler(run, scale=1, rim=rim, step=_GRID, say=self._say)
        network = Network(self._path)
        slower = (lambda: _run(Network(self._path, gpu=False), level)) if network.on_gpu else None
        return Tiler(
            _run(network, level), scale=1, rim=rim, step=_GRID, slower=slower, say=self._say
        )


def _run(network: Network, level: Any) -> Run:
    pictures, noise = (port.name for port in network.inputs)

    def run(planes: Planes) -> Planes:
        return network.run({pictures: planes[None], noise: level})[0][0]

    return run


def _gray_of(picture: Picture) -> Any:
    from reelwright.edit.enhance.noise import luma_of

    return np.asarray(luma_of(picture), np.float32)


def _with_gray(picture: Picture, gray: Any) -> Any:
    """A picture whose luma is replaced by what a network for gray pictures made of it."""
    more = gray.astype(np.float32) - _gray_of(picture)
    return np.clip(np.rint(picture.rgb + more[..., None]), 0, 255).astype(np.uint8)
