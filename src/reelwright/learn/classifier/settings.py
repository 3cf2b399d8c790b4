"""What a person can set of a classifier."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from reelwright.learn.kind import EncoderSettings

_WITH_ENCODER = {
    "model": "neural", "epochs": 4, "rate": 2e-3, "ema": 0.9, "warmup": 0.1, "dropout": 0.1,
    "longest": 1024,
}  # fmt: skip


class ClassifierSettings(EncoderSettings):
    """A linear model, or one with a network beside it: of one's own, or a tuned encoder. The
    settings of `FitSettings` (epochs, batch, rate …) are the network's."""

    with_encoder = _WITH_ENCODER

    model: Literal["linear", "neural"] = "linear"
    grams: int = Field(default=3, ge=1, le=8)
    """The longest n-gram of characters."""
    words: int = Field(default=2, ge=0, le=4)
    """The longest n-gram of words; 0: none."""
    gaps: int = Field(default=0, ge=0, le=8)
    """Pairs of words (in Chinese, characters) up to so far apart, from 2 on; 0: none."""
    least: int = Field(default=2, ge=1)
    """Features that fewer texts have are left out."""
    strength: float = Field(default=0.0, ge=0)
    """How much the data count against the weights' size; 0: chosen on a part of the data."""
    balance: float = Field(default=0.5, ge=0, le=1)
    """How far rare labels are favoured: 0, the most probable label is said; 1, as if all labels
    were as frequent. Probabilities stay as they are."""
    sure: float = Field(default=0.9, ge=0, le=1)
    """Of the labels that are said, so many should be right: one less probable than that takes is
    not said (`abstain`). 0: all are said."""
    held_out: float = Field(default=0.1, gt=0, lt=1)
    """The part of the texts that scores the model; afterwards the linear part learns it, too."""

    epochs: int = Field(default=6, ge=1)
    rate: float = Field(default=3e-3, gt=0, le=10)
    decay: float = Field(default=0.01, ge=0)
    ema: float = Field(default=0.99, ge=0, lt=1)
    longest: int = Field(default=256, ge=8)
    """Characters the network reads of a text: three quarters from its start, one from its end.
    An encoder reads 256 pieces of them at most."""
    width: int = Field(default=64, ge=1)
    """Numbers for a character, for a pair of characters, and filters of each size."""
    towers: int = Field(default=2, ge=1)
    """Networks that begin differently and are averaged."""
    dropout: float = Field(default=0.4, ge=0, lt=1)

    @model_validator(mode="after")
    def _tunes(self) -> ClassifierSettings:
        if self.encoder and self.model == "linear":
            raise ValueError("an encoder is tuned with model=neural")
        return self
