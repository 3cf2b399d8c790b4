"""The beats of a piece: known since it was composed, kept beside it, for whoever cuts to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from reelwright.core.errors import StoreError

FILE = "beats.json"
"""Its name beside the music."""


@dataclass(frozen=True)
class Beats:
    """When a piece beats: seconds from its start, rising."""

    tempo: float
    """Beats a minute."""
    beats: tuple[float, ...]
    """Every beat, bars' first ones included."""
    bars: tuple[float, ...]
    """Where bars begin."""
    sections: tuple[tuple[float, str], ...]
    """Where sections begin, and their kinds (`form.KINDS`)."""


def find_beats(tempo: float, kinds: Sequence[str], seconds: float) -> Beats:
    """The beats of a piece of steady tempo, in four-four time."""
    bars = tuple(round(240 / tempo * bar, 4) for bar in range(len(kinds)))
    count = int(seconds * tempo / 60 - 1e-9) + 1
    beats = tuple(round(60 / tempo * beat, 4) for beat in range(count))
    sections = tuple(
        (bars[bar], kind) for bar, kind in enumerate(kinds) if bar == 0 or kinds[bar - 1] != kind
    )
    return Beats(tempo, beats, bars, sections)


def to_json(beats: Beats) -> str:
    """What `FILE` holds."""
    return json.dumps(asdict(beats)) + "\n"


def read_beats(folder: Path) -> Beats:
    """The beats of the music in a folder.

    Raises StoreError when there are none, or they cannot be read.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_bytes())
        return Beats(
            float(found["tempo"]),
            tuple(float(each) for each in found["beats"]),
            tuple(float(each) for each in found["bars"]),
            tuple((float(start), str(kind)) for start, kind in found["sections"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"holds no beats of music ({error})", where=str(path), hint="run `reel make` again"
        ) from error
