"""Training as it is asked for: everything that can be wrong is told before anything is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.core.errors import DataError, ModelError
from reelwright.core.progress import Progress
from reelwright.learn.data.rows import check_there
from reelwright.learn.folder import CONFIG, LOG, STUDY, TRAINING, read_config
from reelwright.learn.given import read_settings
from reelwright.learn.kind import Report, Run
from reelwright.learn.kinds import load_kind, load_model
from reelwright.learn.tracking import check_trackers

_BEGUN = (TRAINING, LOG, STUDY)
"""One of these stands where a training or a search was begun and stopped."""


@dataclass(frozen=True)
class Order:
    """What is to be trained.

    Attributes:
        kind: a name from `kinds.KINDS`.
        data: files or folders to learn from.
        settings: assignments, as `given.read_settings` reads them.
        trials: how many settings to try first; 0 takes them as they are.
    """

    kind: str
    data: Sequence[Path]
    settings: Sequence[str] = ()
    trials: int = 0


def teach(order: Order, run: Run) -> dict[str, float]:
    """Train a model, after a search for its settings where one is asked for.

    Returns:
        The scores on the held-out part; none where other processes still search, the last of
        which trains the model.

    Raises:
        InputError: the kind, a setting, a tracker, the data or the folder cannot be used.
        MissingExtra: a library is not installed.
        TrainingError: learning went wrong.
        StoreError: the disk is full; the last good checkpoint stands.
    """
    kind = load_kind(order.kind)
    settings = read_settings(kind.Settings, order.settings, kind.name)
    check_trackers(run.trackers)
    if not order.data:
        raise DataError("there is nothing to learn from", hint="name files with --data")
    for path in order.data:
        check_there(path)
    check_folder(run.folder, kind.name, resume=run.resume)
    if order.trials:
        from reelwright.learn.search import search

        found = search(kind, order.data, settings, run, order.trials)
        if found is None:
            return {}
        settings = found
    return kind.train(order.data, settings, run)


def judge(folder: Path, data: Sequence[Path], progress: Progress) -> Report:
    """How good the model in a folder is on some data.

    Raises:
        ModelError: there is no model, or a damaged one.
        DataError: the data cannot be used.
    """
    model = load_model(folder)
    for path in data:
        check_there(path)
    return model.evaluate(data, progress)


def check_folder(folder: Path, kind: str, *, resume: bool) -> None:
    """May a model of this kind be written here?

    Raises:
        ModelError: the folder holds a model of another kind or something that is no model, or a
            training that was stopped and is not to be gone on with.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ModelError("is a file, not a folder", where=str(folder), hint="choose another --out")
    if (folder / CONFIG).is_file():
        there = read_config(folder).kind
        if there != kind:
            raise ModelError(
                f"holds a model of kind {there}, which a {kind} would replace",
                where=str(folder),
                hint="choose another --out, or remove that folder first",
            )
    elif any(folder.iterdir()) and not any((folder / name).exists() for name in _BEGUN):
        raise ModelError(
            "holds something that is no model",
            where=str(folder),
            hint="choose another --out: an empty folder, or one that is not there yet",
        )
    if not resume and any((folder / TRAINING).glob("checkpoint.*")):
        raise ModelError(
            "holds a training that was stopped before its end",
            where=str(folder),
            hint=f"go on with --resume, or remove {folder / TRAINING} to begin anew",
        )
