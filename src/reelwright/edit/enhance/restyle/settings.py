"""What a person can set of a style that is learnt."""

from __future__ import annotations

from pydantic import Field

from reelwright.learn.kind import FitSettings


class StyleSettings(FitSettings):
    """Settings of the kind `style`."""

    picture: str = ""
    """The picture whose manner of painting is learnt; there is no style without one."""
    width: int = Field(default=16, ge=4, le=128)
    """Channels at the whole size; four times as many at a quarter of it."""
    blocks: int = Field(default=4, ge=1, le=16)
    """Residual blocks in the middle."""
    side: int = Field(default=256, ge=64, le=2048)
    """Pixels that the picture's shorter side is shrunk to: larger makes finer strokes."""
    patch: int = Field(default=128, ge=32, le=512)
    """Side of the patches learnt from."""
    patches: int = Field(default=1600, ge=1)
    """Patches an epoch."""
    runs: int = Field(default=16, ge=1, le=1000)
    """Pictures taken of each clip."""
    manner: float = Field(default=3.0, ge=0)
    """Weight of the picture's manner, against what is shown (1)."""
    palette: float = Field(default=6.0, ge=0)
    """Weight of painting in the picture's colours."""
    even: float = Field(default=0.4, ge=0)
    """Weight of evenness (total variation)."""
    steady: float = Field(default=1.0, ge=0)
    """Weight of giving the same for the same, a little noisier or shifted."""
    epochs: int = Field(default=4, ge=1)
    batch: int = Field(default=4, ge=1)
    rate: float = Field(default=2e-3, gt=0, le=10)
    decay: float = Field(default=0.0, ge=0)
