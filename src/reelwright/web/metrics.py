"""Counts of what the service did, in the text format that Prometheus reads (version 0.0.4)."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counters and one histogram of times; any thread may tell it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, Labels], float] = defaultdict(float)
        self._times: dict[str, list[int]] = {}
        self._sums: dict[str, float] = defaultdict(float)

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += value

    def timed(self, route: str, seconds: float) -> None:
        """Note how long an answer took."""
        with self._lock:
            buckets = self._times.setdefault(route, [0] * (len(_BOUNDS) + 1))
            buckets[sum(seconds > bound for bound in _BOUNDS)] += 1
            self._sums[route] += seconds

    def text(self, gauges: Mapping[str, float]) -> str:
        """Everything, with values that are what they are now."""
        lines: list[str] = []
        with self._lock:
            for name in sorted({name for name, _ in self._counts}):
                lines.append(f"# TYPE {name} counter")
                for (one, labels), value in sorted(self._counts.items()):
                    if one == name:
                        lines.append(f"{name}{_labels(labels)} {value:g}")
            lines.append("# TYPE reel_request_seconds histogram")
            for route, buckets in sorted(self._times.items()):
                total = 0
                for bound, count in zip((*map(str, _BOUNDS), "+Inf"), buckets, strict=True):
                    total += count
                    told = _labels((("le", bound), ("route", route)))
                    lines.append(f"reel_request_seconds_bucket{told} {total}")
                told = _labels((("route", route),))
                lines.append(f"reel_request_seconds_sum{told} {self._sums[route]:.6f}")
                lines.append(f"reel_request_seconds_count{told} {total}")
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE {name} gauge", f"{name} {value:.15g}"]
        return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{told}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
