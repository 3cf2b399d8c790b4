"""What a person can set of a denoiser."""

from __future__ import annotations

from pydantic import Field, model_validator

from reelwright.edit.enhance.denoiser.leaves import SIDE
from reelwright.learn.kind import FitSettings

MOST_FRAMES = 7
"""Pictures that a network may look at."""


class DenoiserSettings(FitSettings):
    """Settings of the kind `denoiser`."""

    frames: int = Field(default=5, ge=1, le=MOST_FRAMES)
    """Pictures that are looked at for one: an odd number; 1 is for stills alone."""
    colour: bool = True
    """False learns gray pictures."""
    width: int = Field(default=64, ge=8, le=256)
    """Channels of the layers, at half the size."""
    depth: int = Field(default=6, ge=1, le=16)
    """Pairs of layers between the first and the last one."""
    lowest: float = Field(default=0.0, ge=0, le=100)
    """The noise learnt from: standard deviations from this (of 255) …"""
    highest: float = Field(default=55.0, gt=0, le=100)
    """… to this."""
    judged: float = Field(default=25.0, gt=0, le=100)
    """The noise to judge with."""
    patch: int = Field(default=64, ge=32, le=512)
    """Side of the patches learnt from: an even number."""
    patches: int = Field(default=8000, ge=1)
    """Patches an epoch."""
    runs: int = Field(default=24, ge=1, le=1000)
    """Runs of neighbouring pictures taken of each clip."""
    leaves: int = Field(default=0, ge=0, le=10_000)
    """Drawn pictures (`leaves`) learnt from besides: for those who have few of their own."""
    epochs: int = Field(default=20, ge=1)
    batch: int = Field(default=16, ge=1)
    rate: float = Field(default=1e-3, gt=0, le=10)
    decay: float = Field(default=0.0, ge=0)
    ema: float = Field(default=0.999, ge=0, lt=1)

    @model_validator(mode="after")
    def _check(self) -> DenoiserSettings:
        if self.frames % 2 == 0:
            raise ValueError("frames must be an odd number: as many before as after")
        if self.patch % 8:
            raise ValueError("patch must be an even number")
        if self.leaves and self.patch > SIDE:
            raise ValueError(f"patch must be {SIDE} at most where leaves are drawn")
        if self.lowest > self.highest:
            raise ValueError("lowest must not lie above highest")
        return self

    @property
    def channels(self) -> int:
        """Of a picture."""
        return 3 if self.colour else 1
