"""What a person can set of an upscaler."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reelwright.learn.kind import FitSettings


class UpscalerSettings(FitSettings):
    """Settings of the kind `upscaler`."""

    scale: int = Field(default=2, ge=2, le=4)
    width: int = Field(default=32, ge=8, le=256)
    """Channels of each layer; multiples of 16 run fastest."""
    depth: int = Field(default=4, ge=1, le=64)
    """Layers between the first and the last."""
    shrink: Literal["bicubic", "mixed"] = "bicubic"
    """How small pictures are made of large ones: as in the literature, or in many ways."""
    spoil: float = Field(default=0.0, ge=0, le=1)
    """The part of the small pictures that are compressed, as footage mostly is."""
    largest: float = Field(default=1.0, gt=0, le=1)
    """Pictures are learnt from at this part of their size …"""
    smallest: float = Field(default=0.6, gt=0, le=1)
    """… and at smaller ones down to this. Clips show nothing new in their last pixels."""
    patch: int = Field(default=32, ge=8, le=256)
    """Side of the patches learnt from, in small pixels."""
    patches: int = Field(default=16000, ge=1)
    """Patches an epoch."""
    runs: int = Field(default=24, ge=1, le=1000)
    """Pictures taken of each clip."""
    epochs: int = Field(default=40, ge=1)
    batch: int = Field(default=16, ge=1)
    rate: float = Field(default=1.5e-3, gt=0, le=10)
    decay: float = Field(default=0.0, ge=0)
    ema: float = Field(default=0.999, ge=0, lt=1)
