"""What may be set when a sequence model is asked to predict."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.core.errors import InputError, must_be, nearest


class Asked(BaseModel):
    """Options of one `reel predict`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(default=0.8, ge=0, le=10)
    """1 leaves the model's odds, below sharpens them; 0 always takes the likeliest."""
    top_k: int = Field(default=0, ge=0)
    """The most tokens to choose among; 0 sets no limit."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """The share of probability to choose from."""
    seed: int = Field(default=0, ge=0)
    length: int = Field(default=200, ge=1, le=1_000_000)
    """New tokens at most."""
    count: int = Field(default=1, ge=1, le=1000)
    """Continuations of each input."""
    condition: str = ""
    """What they stand under, as in training."""
    rank: bool = False
    """Tell each input's perplexity and its place among them instead."""
    out: str = ""
    """Music only: the MIDI file to write."""


def read_options(options: Mapping[str, str]) -> Asked:
    """Options from their texts.

    Raises:
        InputError: an unknown one, or a value it cannot have.
    """
    try:
        return Asked.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "extra_forbidden":
            raise InputError(
                f'there is no option "{key}"', where=key, hint=nearest(key, Asked.model_fields)
            ) from error
        raise InputError(
            f'cannot be "{options.get(key, "")}"', where=key, hint=must_be(first["msg"])
        ) from error
