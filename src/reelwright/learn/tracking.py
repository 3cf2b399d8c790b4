"""What a training tells while it runs: always a log as JSON lines and TensorBoard events; Weights
and Biases, and Trackio, where they are asked for.

To add a tracker: a class with `log` and `close`, made from (run, name, settings), and one line in
`TRACKERS`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from reelwright.core.errors import SettingError, nearest
from reelwright.core.extras import is_there, library, need
from reelwright.learn.folder import EVENTS, LOG
from reelwright.learn.kind import Run
from reelwright.store.atomic import explain, write_text

PROJECT = "reelwright"
"""What the runs are kept under where a tracker has projects."""
ALWAYS = ("jsonl", "tensorboard")
"""Names that may be asked for, and are there anyhow."""


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
        self._path = path
        kept = path.read_text("utf-8").splitlines() if step and path.exists() else []
        kept = [line for line in kept if line.endswith("}") and json.loads(line)["step"] <= step]
        write_text(path, "".join(f"{line}\n" for line in kept))
        self._file = path.open("a", encoding="utf-8")

    def log(self, step: int, values: Mapping[str, float]) -> None:
        try:
            self._file.write(json.dumps({"step": step, **values}) + "\n")
            self._file.flush()
        except OSError as error:
            raise explain(error, self._path) from error

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


class _TensorBoard:
    """TensorBoard events, written at once: tensorboardX's own writer does so in a thread, where a
    full disk is nobody's error."""

    def __init__(self, folder: Path, step: int) -> None:
        files: Any = library("tensorboardX.event_file_writer", extra="learn")
        self._proto: Any = library("tensorboardX.proto.event_pb2", extra="learn")
        self._scalar: Any = library("tensorboardX.summary", extra="learn").scalar
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._writer = files.EventsWriter(str(folder / "events"), f".{step}")
        except OSError as error:
            raise explain(error, folder) from error
        if step:
            # Whoever reads drops what was told of later steps.
            start = self._proto.SessionLog(status=self._proto.SessionLog.START)
            self._write(step, session_log=start)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._write(step, summary=self._scalar(name, value))

    def close(self) -> None:
        # What could not be written was told by `log`.
        with suppress(OSError):
            self._writer.close()

    def _write(self, step: int, **what: Any) -> None:
        try:
            event = self._proto.Event(wall_time=time.time(), step=step, **what)
            self._writer.write_event(event)
            self._writer.flush()
        except OSError as error:
            raise explain(error, self._folder) from error


class _Wandb:
    """Weights & Biases. Without an account (WANDB_API_KEY, `wandb login`) nothing is sent: the run
    is kept beside the model, and `wandb sync` can send it later."""

    def __init__(self, run: Run, name: str, settings: BaseModel) -> None:
        wandb: Any = library("wandb", extra="wandb")
        mode = os.environ.get("WANDB_MODE") or ("online" if _has_account() else "offline")
        self._run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            name=name,
            group=name,
            dir=str(run.folder),
            config=settings.model_dump(mode="json"),
            mode=mode,
            settings=wandb.Settings(
                silent=True, console="off", disable_git=True, disable_code=True
            ),
        )
        if mode == "offline":
            place = Path(self._run.dir).parent
            run.progress.say(f"wandb keeps this run offline; send it with: wandb sync {place}")

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        self._run.finish()


def _has_account() -> bool:
    from netrc import NetrcParseError, netrc

    if os.environ.get("WANDB_API_KEY"):
        return True
    try:
        return netrc().authenticators("api.wandb.ai") is not None
    except (OSError, NetrcParseError):
        return False


class _Trackio:
    """Trackio's own local database (TRACKIO_DIR); `trackio show` draws it."""

    def __init__(self, run: Run, name: str, settings: BaseModel) -> None:
        self._library: Any = library("trackio", extra="trackio")
        # It speaks on the standard output, which belongs to our own answers.
        with redirect_stdout(StringIO()):
            self._run = self._library.init(
                project=PROJECT,
                name=name,
                config=settings.model_dump(mode="json"),
                resume="allow" if run.resume else "never",
                embed=False,
                auto_log_gpu=False,
                auto_log_cpu=False,
            )
        run.progress.say(f"look at this run with: trackio show --project {PROJECT}")

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        # Not the run's own `finish`: the library would finish it once more at exit, and say so.
        with redirect_stdout(StringIO()):
            self._library.finish()


TRACKERS: dict[str, Callable[[Run, str, BaseModel], Tracker]] = {
    "wandb": _Wandb,
    "trackio": _Trackio,
}
"""Those that are asked for by name; each is also the name of its library and of its extra."""


def check_trackers(names: Sequence[str]) -> None:
    """Before anything is trained: is there a tracker of each name, and its library?

    Raises:
        SettingError: there is no such tracker.
        MissingExtra: its library is not installed.
    """
    for name in names:
        if name in TRACKERS:
            need(name, extra=name)
        elif name not in ALWAYS:
            raise SettingError(
                f'there is no tracker "{name}"', hint=nearest(name, [*TRACKERS, *ALWAYS])
            )


class _All:
    def __init__(self, trackers: list[Tracker]) -> None:
        self._trackers = trackers

    def log(self, step: int, values: Mapping[str, float]) -> None:
        for tracker in self._trackers:
            tracker.log(step, values)

    def close(self) -> None:
        for tracker in self._trackers:
            tracker.close()


def log_figures(run: Run, settings: BaseModel, figures: Sequence[Mapping[str, float]]) -> None:
    """Tell the trackers of a training that has no steps: one step for each row of figures.

    TensorBoard's events are left out where the extra that writes them is not installed, since such
    a training does without it otherwise.
    """
    tracker = open_trackers(run, run.folder.name, settings)
    try:
        for step, values in enumerate(figures, 1):
            tracker.log(step, values)
    finally:
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
        *([_TensorBoard(run.folder / EVENTS, step)] if is_there("tensorboardX") else []),
        *(TRACKERS[asked](run, name, settings) for asked in run.trackers if asked in TRACKERS),
    ]
    return _All(trackers)
