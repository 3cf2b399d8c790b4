"""What a tagger is made with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reelwright.learn.kind import EncoderSettings

_WITH_ENCODER = {"epochs": 4, "rate": 1.5e-3, "ema": 0.99, "window": 110, "words": 0}
"""Defaults where an encoder is tuned: few epochs, and no vectors for words of its own."""


class TaggerSettings(EncoderSettings):
    """What a tagger is made with; with an `encoder` some defaults are others."""

    with_encoder = _WITH_ENCODER

    frozen: int = Field(default=2, ge=0)
    """See `EncoderSettings`."""
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
    recall: float = Field(default=0, ge=0, le=10)
    """What missing an entity's token costs while learning: more finds more, and more that is none.
    """
    dropout: float = Field(default=0.4, ge=0, lt=1)
    forgetting: float = Field(default=1.0, ge=0)
    """A word that occurs n times is taken for unknown with the chance forgetting / (that + n)."""
