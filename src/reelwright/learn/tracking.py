"""What a training tells while it runs: a log as JSON lines and TensorBoard events, always."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from reelwright.learn.folder import EVENTS, LOG
from reelwright.learn.kind import Run


class Tracker(Protocol):
    """Somebody who keeps the figures of a training."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Figures at a step."""
        ...

    def close(self) -> None:
        """The training is over, well or not."""
        ...


class _Lines:
    """One JSON object a line; a resumed training takes back what it will tell again."""

    def __init__(self, path: Path, step: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = path.read_text("utf-8").splitlines() if step and path.exists() else []
        kept = [line for line in kept if line.endswith("}") and json.loads(line)["step"] <= step]
        path.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        self._file = path.open("a", encoding="utf-8")

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._file.write(json.dumps({"step": step, **values}) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class _TensorBoard:
    def __init__(self, folder: Path, step: int) -> None:
        from tensorboardX import SummaryWriter

        self._writer = SummaryWriter(str(folder), purge_step=step or None, write_to_disk=True)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class _All:
    def __init__(self, trackers: list[Tracker]) -> None:
        self._trackers = trackers

    def log(self, step: int, values: Mapping[str, float]) -> None:
        for tracker in self._trackers:
            tracker.log(step, values)

    def close(self) -> None:
        for tracker in self._trackers:
            tracker.close()


def open_trackers(run: Run, name: str, settings: BaseModel, step: int = 0) -> Tracker:
    """All trackers of a run, as one.

    Args:
        run: its folder, and the names of trackers asked for beside the two that are always there.
        name: what the training is called.
        settings: what it is trained with, for trackers that show it.
        step: where it goes on from.
    """
    trackers: list[Tracker] = [
        _Lines(run.folder / LOG, step),
        _TensorBoard(run.folder / EVENTS, step),
    ]
    return _All(trackers)
