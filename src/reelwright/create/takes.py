"""Takes as they lie on the disk: what a run needs to know of a take it does not make.

Making them is in `reelwright.create.voice`; a run with nothing to do never loads that.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from reelwright.core.errors import StoreError
from reelwright.core.nouns import Language, Take

VERSION = 3
"""Counts changes to how takes are made: reading aloud, words, trimming, alignment."""
READING: dict[Language, float] = {"zh": 4.2, "en": 4.6}
"""Units a second at which captions without a voice are read: about 250 characters and 200 words a
minute."""


def read_take(folder: Path) -> Take:
    """The take in a folder. Raises StoreError when it is damaged."""
    try:
        data = json.loads((folder / "take.json").read_text("utf-8"))
        return Take.model_validate({**data, "path": str(folder / "take.wav")})
    except (OSError, ValueError, TypeError, ValidationError) as error:
        raise StoreError(
            "the take cannot be read", where=str(folder), hint="delete it to have it made again"
        ) from error
