"""How often a caller may ask: a bucket of tokens for each, filled at a steady rate."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_CALLERS = 50_000
"""Callers remembered; of more, who was not there for longest starts anew."""


class Limits:
    """Token buckets. For one thread.

    Args:
        rate: tokens a second.
        burst: tokens that a bucket holds, at most.
        clock: seconds, never running backwards.
    """

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str, cost: float = 1.0) -> float:
        """Take tokens; returns 0, or the seconds to wait where there are too few."""
        now = self._clock()
        tokens, last = self._buckets.pop(caller, (self._burst, now))
        tokens = min(self._burst, tokens + (now - last) * self._rate)
        # What costs more than a bucket holds passes when the bucket is full, and leaves a debt.
        enough = tokens >= min(cost, self._burst)
        self._buckets[caller] = (tokens - cost if enough else tokens, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (min(cost, self._burst) - tokens) / self._rate
