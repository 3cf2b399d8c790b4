"""What can be an event, and what counts as one."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from reelwright.audience.tables import LONGEST_NAME
from reelwright.core.nouns import Event

AHEAD = 300.0
"""Seconds by which a client's clock may be ahead of ours."""
WATCH = 12 * 3600.0
"""Seconds of one video that one event may tell of, at most."""
LOOPS, LOOPED = 50, 600.0
"""Where a video's length is known: so often may it have run, or for so many seconds."""
TIMED = frozenset({"progress", "completion", "rewatch", "skip"})
"""Kinds whose value is seconds watched."""
REASONS = {
    "bad_name": "an id is empty, too long, or holds slashes or characters that no id has",
    "bad_number": "a time, rank or propensity cannot be",
    "unknown_item": "the video is not in the feed; the event counts once it is added",
    "future": "it lies in the future; the event counts once its time has come",
    "absurd": "nobody watches for so long, or for less than no time",
    "full": "too many events are kept apart already",
}
"""What is said of an event that did not go in."""
_PLAIN = re.compile(rf"[A-Za-z0-9_-][A-Za-z0-9_.@:+-]{{0,{LONGEST_NAME - 1}}}")
"""Most ids; told at once."""
_LATEST = 253_402_300_800.0
"""The year 10000."""


def unfit(event: Event) -> str | None:
    """Why something can be no event at all: a key of `REASONS`; None where it can be one."""
    for name in (event.user, event.item, event.id, event.request, event.model):
        if name is not None and not is_name(name):
            return "bad_name"
    value, rank, propensity = event.value, event.rank, event.propensity
    fits = (
        0 <= event.time < _LATEST
        and (value is None or math.isfinite(value))
        and (rank is None or 0 <= rank < 1_000_000)
        and (propensity is None or 0 <= propensity <= 1)
    )
    return None if fits else "bad_number"


@lru_cache(1 << 16)
def is_name(name: str) -> bool:
    """Whether a text can be an id. None that could be taken for a path is.

    >>> is_name("v-1"), is_name("张三@站"), is_name("../etc/passwd"), is_name("a\\nb")
    (True, True, False, False)
    """
    return _PLAIN.fullmatch(name) is not None or (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and "/" not in name
        and "\\" not in name
        and name[0] != "."
        and name == name.strip()
    )


def is_absurd(event: Event, seconds: float) -> bool:
    """Whether nobody can have watched so long a time of a video of these seconds (0: unknown)."""
    if event.value is None:
        return False
    most = min(WATCH, max(LOOPED, LOOPS * seconds)) if seconds else WATCH
    return not 0 <= event.value <= (most if event.kind in TIMED else 1_000_000)


def facts_of(event: Event) -> tuple[float, float]:
    """The time of an event in whole milliseconds, and its value, as they are kept."""
    value = event.value
    if value is None:
        value = 0.0 if event.kind in TIMED else 1.0
    return round(event.time, 3), value
