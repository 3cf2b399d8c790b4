"""What a tagger is made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from reelwright.learn.kind import FitSettings

_WITH_ENCODER = {"epochs": 4, "rate": 1.5e-3, "ema": 0.99, "window": 110, "words": 0}
"""Defaults where an encoder is tuned: few epochs, and no vectors for words of its own."""


class TaggerSettings(FitSettings):
    """What a tagger is made with; with an `encoder` some defaults are others."""

    encoder: str = ""
    """A local folder with a Hugging Face encoder; empty learns from the data alone."""
    encoder_rate: float = Field(default=0.1, ge=0, le=1)
    """The encoder's learning rate as a part of `rate`; 0 leaves the encoder as it is."""
    frozen: int = Field(default=2, ge=0)
    """So many of the encoder's lowest layers are left as they are, as are its pieces' vectors."""
    dev: str = ""
    """A file to judge by while training; empty holds a part of the data out."""
    held_out: float = Field(default=0.1, gt=0, lt=1)
    """The part of the documents that is held out where there is no `dev`."""
    unit: Literal["auto", "word", "character"] = "auto"
    """What a token is; `auto` takes characters where most are Chinese."""
    epochs: int = Field(default=20, ge=1)
    batch: int = Field(default=12, ge=1)
    """Rows in a batch, about; a document's rows stay together."""
    window: int = Field(default=100, ge=8, le=4096)
    """Tokens in a row: so far the network sees at once."""
    rate: float = Field(default=2e-3, gt=0, le=10)
    ema: float = Field(default=0.998, ge=0, lt=1)
    hidden: int = Field(default=200, ge=1, le=4096)
    """Numbers in an LSTM's state, one way."""
    words: int = Field(default=100, ge=0, le=4096)
    """Numbers in a word's vector; 0 leaves it to letters, features and the encoder."""
    letters: int = Field(default=64, ge=0, le=4096)
    """Filters over a word's letters; for characters there are none."""
    features: int = Field(default=12, ge=1, le=512)
    """Numbers in the vector of each narrow feature."""
    wide: bool = True
    """Whether windows of words and forms add to the scores directly, as in a linear CRF."""
    dropout: float = Field(default=0.4, ge=0, lt=1)
    forgetting: float = Field(default=1.0, ge=0)
    """A word that occurs n times is taken for unknown with the chance forgetting / (that + n)."""

    @model_validator(mode="before")
    @classmethod
    def _fits_encoder(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and values.get("encoder"):
            return {**_WITH_ENCODER, **values}
        return values
