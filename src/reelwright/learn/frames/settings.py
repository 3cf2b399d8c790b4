"""What can be set of video from video."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reelwright.learn.kind import FitSettings

Codec = Literal["auto", "vae", "vqvae", "layers"]
Relation = Literal["auto", "lstm", "convlstm", "transformer"]


class FrameSettings(FitSettings):
    """Settings of the kind `frames`."""

    task: Literal["background", "predict"] = "background"
    """`background`: endless footage from one clip. `predict`: the frames that come next."""
    batch: int = Field(default=16, ge=1)
    rate: float = Field(default=2e-3, gt=0, le=10)
    relation: Relation = "auto"
    """What continues the codes. `auto`: an LSTM over vectors, a ConvLSTM over grids."""
    past: int = Field(default=10, ge=2, le=100)
    """Frames that are seen before the next ones are predicted."""
    future: int = Field(default=10, ge=1, le=100)
    """Frames that are predicted."""
    codec: Codec = "auto"
    """How `predict` codes frames. `auto`: `layers` for gray clips of things before a dark ground,
    else `vae`."""
    width: int = Field(default=64, ge=8, le=1024)
    """Channels of the networks."""
    code: int = Field(default=24, ge=2, le=512)
    """Numbers in a frame's code (background), or channels of its grid (vae, vqvae)."""
    book: int = Field(default=256, ge=2, le=65536)
    """Entries of the VQ-VAE's code book."""
    layers: int = Field(default=2, ge=1, le=8)
    """How many things move, for the codec `layers`."""
    reach: float = Field(default=0.4375, gt=0.05, le=1)
    """How large they are at most, as a share of the frame's shorter side."""
    side: int = Field(default=64, ge=16, le=512)
    """Pixels of the shorter side that `predict` shrinks videos to. Arrays stay as they are."""
    symmetry: Literal["auto", "none", "mirror", "all"] = "auto"
    """What may be done to clips in learning: `mirror` left and right, or `all`: also upside down,
    transposed and backwards in time. `auto`: `all` with the codec `layers`, else `mirror`."""
