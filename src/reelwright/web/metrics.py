"""Counts of what the service did, in the text format that Prometheus reads (version 0.0.4)."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from reelwright.store.atomic import replacing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counters and one histogram of times; any thread may tell it.

    Args:
        folder: where several processes tell each other what they counted; None: there is one.
        number: which of them this is.
    """

    def __init__(self, folder: Path | None = None, number: int = 0) -> None:
        self._folder, self._number = folder, number
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

    def tell(self) -> None:
        """Let the other processes know what was counted here."""
        if self._folder is None:
            return
        with self._lock:
            told = {
                "counts": [[name, labels, value] for (name, labels), value in self._counts.items()],
                "times": self._times,
                "sums": self._sums,
            }
            text = json.dumps(told)
        with replacing(self._folder / f"{self._number}.json") as temporary:
            temporary.write_text(text, "utf-8")

    def _all(self) -> Metrics:
        """What all processes counted together."""
        total = Metrics()
        with self._lock:
            total._add(self._counts, self._times, self._sums)
        for path in sorted(self._folder.glob("*.json")) if self._folder else ():
            if path.stem != str(self._number):
                told = json.loads(path.read_text("utf-8"))
                counts = {
                    (name, tuple((key, one) for key, one in labels)): value
                    for name, labels, value in told["counts"]
                }
                total._add(counts, told["times"], told["sums"])
        return total

    def _add(
        self,
        counts: Mapping[tuple[str, Labels], float],
        times: Mapping[str, list[int]],
        sums: Mapping[str, float],
    ) -> None:
        for key, value in counts.items():
            self._counts[key] += value
        for route, buckets in times.items():
            own = self._times.setdefault(route, [0] * len(buckets))
            self._times[route] = [one + more for one, more in zip(own, buckets, strict=True)]
            self._sums[route] += sums[route]

    def text(self, gauges: Mapping[str, float]) -> str:
        """Everything, with values that are what they are now."""
        lines: list[str] = []
        total = self._all()
        for name in sorted({name for name, _ in total._counts}):
            lines.append(f"# TYPE {name} counter")
            for (one, labels), value in sorted(total._counts.items()):
                if one == name:
                    lines.append(f"{name}{_labels(labels)} {value:g}")
        lines.append("# TYPE reel_request_seconds histogram")
        for route, buckets in sorted(total._times.items()):
            count = 0
            for bound, more in zip((*map(str, _BOUNDS), "+Inf"), buckets, strict=True):
                count += more
                told = _labels((("le", bound), ("route", route)))
                lines.append(f"reel_request_seconds_bucket{told} {count}")
            told = _labels((("route", route),))
            lines.append(f"reel_request_seconds_sum{told} {total._sums[route]:.6f}")
            lines.append(f"reel_request_seconds_count{told} {count}")
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
