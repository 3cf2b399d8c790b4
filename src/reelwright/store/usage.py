"""Which footage the videos of a home have shown: ``footage-use.json``.

A batch of videos asks it, so that none repeats what another showed while there is something left.

A video only looks at those that came before it, and keeps its place: made again, it finds what it
found the first time, whatever was made since. Two lists are kept, each in order of coming: what
videos plan to show (by seconds), and what they show (by stretches).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from filelock import FileLock

from reelwright.core.settings import home
from reelwright.store import atomic

Stretch = tuple[float, float]
NAME = "footage-use.json"


class Usage:
    """The record, for as long as it is held."""

    def __init__(self, planned: dict[str, Any], shown: dict[str, Any]) -> None:
        self._planned: dict[str, dict[str, float]] = planned
        self._shown: dict[str, dict[str, list[list[float]]]] = shown
        self.changed = False

    @property
    def lists(self) -> dict[str, Any]:
        """Both lists, as plain values."""
        return {"planned": self._planned, "shown": self._shown}

    def knows(self, project: Path) -> bool:
        """Whether a project is in the record: then its videos must go on looking into it."""
        return str(project) in self._planned

    def planned_before(
        self, project: Path, assets: Iterable[str] | None = None
    ) -> dict[str, float]:
        """Seconds that the projects before this one plan to show, by asset: of these, or of all."""
        wanted, seconds = set(assets or ()), dict[str, float]()
        for of in _before(self._planned, str(project)):
            for asset, length in of.items():
                if assets is None or asset in wanted:
                    seconds[asset] = round(seconds.get(asset, 0.0) + length, 3)
        return dict(sorted(seconds.items()))

    def shown_before(self, project: Path, assets: Iterable[str]) -> dict[str, tuple[Stretch, ...]]:
        """Stretches (seconds) that the projects before this one show, by asset."""
        wanted, stretches = set(assets), dict[str, list[Stretch]]()
        for of in _before(self._shown, str(project)):
            for asset, rows in of.items():
                if asset in wanted:
                    found = stretches.setdefault(asset, [])
                    found.extend((float(first), float(last)) for first, last in rows)
        return {asset: tuple(sorted(found)) for asset, found in sorted(stretches.items())}

    def plan(self, project: Path, seconds: Mapping[str, float]) -> None:
        """Note what a project plans to show; it keeps its place."""
        new = {asset: round(length, 3) for asset, length in sorted(seconds.items())}
        self.changed |= self._planned.get(str(project)) != new
        self._planned[str(project)] = new

    def show(self, project: Path, stretches: Mapping[str, Sequence[Stretch]]) -> None:
        """Note what a project shows; it keeps its place."""
        new = {a: [[round(x, 3), round(y, 3)] for x, y in rows] for a, rows in stretches.items()}
        self.changed |= self._shown.get(str(project)) != new
        self._shown[str(project)] = dict(sorted(new.items()))


@contextmanager
def footage_usage() -> Generator[Usage]:
    """Hold the record of the home; what was noted is written when the block ends well.

    A record that is damaged counts as empty: it says what to avoid, and nothing depends on it.

    Raises:
        StoreError: the home cannot be written.
    """
    path = home() / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            usage = Usage(*_read(path))
            yield usage
            if usage.changed:
                text = json.dumps(usage.lists, ensure_ascii=False, indent=1)
                atomic.write_text(path, text + "\n")
    except OSError as error:
        raise atomic.explain(error, path) from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        held = json.loads(path.read_text("utf-8"))
        planned, shown = held["planned"], held["shown"]
        sound = all(
            isinstance(length, int | float) for of in planned.values() for length in of.values()
        ) and all(
            isinstance(first, int | float) and isinstance(last, int | float)
            for of in shown.values()
            for rows in of.values()
            for first, last in rows
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, {}
    return (cast("dict[str, Any]", planned), cast("dict[str, Any]", shown)) if sound else ({}, {})


def _before(noted: Mapping[str, Any], project: str) -> list[Any]:
    """What is noted of the projects that came before one; of all, if it has not come yet."""
    names = list(noted)
    end = names.index(project) if project in noted else len(names)
    return [noted[name] for name in names[:end]]
