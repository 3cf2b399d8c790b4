"""Faults: what all checks of the material have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from reelwright.core.nouns import Annotation

Fault = Literal[
    "damaged", "black", "frozen", "blurred", "shaking", "overexposed", "underexposed", "silent",
    "clipped", "short", "small",
]  # fmt: skip
"""What can be wrong with material."""
VERSION = 1


def fault(
    annotator: str,
    kind: Fault,
    measured: float,
    limit: float,
    start: float | None = None,
    end: float | None = None,
) -> Annotation:
    """A fault: ``{"kind", "measured", "limit"}``, of a stretch or of the whole."""
    value: Mapping[str, Any] = {
        "kind": kind, "measured": round(measured, 4), "limit": limit,
    }  # fmt: skip
    return Annotation(
        name="fault",
        value=value,
        start=None if start is None else round(max(0.0, start), 3),
        end=None if end is None else round(max(0.0, end), 3),
        annotator=annotator,
        version=VERSION,
    )


class Stretch:
    """Stretches of a recording in which something holds, told moment by moment."""

    def __init__(self, least: float, gap: float = 0.0) -> None:
        self.least = least
        """Seconds that a stretch lasts, at least."""
        self.gap = gap
        """Seconds in which it does not hold that do not end a stretch."""
        self._found: list[tuple[float, float, float, int]] = []
        self._open: list[float] | None = None
        self._sum, self._count = 0.0, 0

    def tell(self, at: float, until: float, measured: float | None) -> None:
        """From `at` to `until` it holds, with what was measured; or not, where that is None."""
        if measured is None:
            if self._open is not None and until - self._open[1] > self.gap:
                self._close()
            return
        if self._open is None or at - self._open[1] > self.gap + 1e-6:
            self._close()
            self._open = [at, until]
        self._open[1] = until
        self._sum += measured
        self._count += 1

    def _close(self) -> None:
        if self._open is not None:
            self._found.append((self._open[0], self._open[1], self._sum, self._count))
        self._open, self._sum, self._count = None, 0.0, 0

    def found(self) -> Iterator[tuple[float, float, float]]:
        """Start, end and mean of what was measured, of each stretch that lasts long enough."""
        self._close()
        for start, end, total, count in self._found:
            if end - start >= self.least - 1e-3:
                yield start, end, total / count


def faults_of(told: Iterable[Annotation]) -> list[Annotation]:
    """The faults among what is told."""
    return [one for one in told if one.name == "fault" and isinstance(one.value, Mapping)]
