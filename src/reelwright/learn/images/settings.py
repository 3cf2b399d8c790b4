"""What a person can set of an `images` model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from reelwright.learn.kind import FitSettings


class ImagesSettings(FitSettings):
    """Settings of the kind `images`."""

    model: Literal["gan", "vae"] = "gan"
    loss: Literal["hinge", "wgan-gp"] = "hinge"
    """The GAN's."""
    labels: Literal["auto", "none"] = "auto"
    """`auto`: where all pictures lie in sub-folders, their names are labels that pictures can be
    asked for by (the GAN only)."""
    side: int = Field(default=256, ge=32, le=2048)
    """Larger pictures are shrunk until their shorter side has so many pixels."""
    crop: int = Field(default=64, ge=32, le=256)
    """Side of the patches learnt from: 32, 64, 128 or 256."""
    width: int = Field(default=12, ge=4, le=128)
    """Channels at whole pixels; doubled with each halving, up to four times as many."""
    levels: int = Field(default=4, ge=2, le=6)
    """Halvings: a cell of the noise is 2^levels pixels wide."""
    local: int = Field(default=24, ge=1, le=256)
    """Channels of noise that differ from cell to cell (the VAE's code)."""
    shared: int = Field(default=8, ge=0, le=256)
    """Channels of noise that a whole picture shares: which kind of texture it is."""
    augment: float = Field(default=0.5, ge=0, le=1)
    """Strength of the changes that both sides of the GAN go through before they are judged."""
    flip: bool = True
    """Whether patches are mirrored left to right half the time."""
    divergence: float = Field(default=0.02, ge=0)
    """The VAE's weight of its codes' divergence from the normal distribution."""
    likeness: float = Field(default=1.0, ge=0)
    """The VAE's weight of the feature maps' difference, against that of the pixels."""
    patches: int = Field(default=2400, ge=1)
    """Patches an epoch."""
    epochs: int = Field(default=10, ge=1)
    batch: int = Field(default=8, ge=2)
    rate: float = Field(default=2e-3, gt=0, le=10)
    decay: float = Field(default=0.0, ge=0)
    clip: float = Field(default=5.0, ge=0)
    ema: float = Field(default=0.99, ge=0, lt=1)

    @field_validator("crop")
    @classmethod
    def _check_crop(cls, value: int) -> int:
        if value not in (32, 64, 128, 256):
            raise ValueError("patches are 32, 64, 128 or 256 pixels wide")
        return value

    @property
    def cell(self) -> int:
        """Pixels that a cell of the noise is wide and high."""
        return 2**self.levels
