"""Annotating: annotators go over assets, a few at a time, and what they say is kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reelwright.core.errors import ReelError
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import Settings
from reelwright.library import catalogue
from reelwright.library.annotators import Annotator
from reelwright.library.planning import Job, key_of, load_annotators, plan, signature_of
from reelwright.library.tables import AssetRow
from reelwright.library.walking import Trouble
from reelwright.library.watching import Said, watch
from reelwright.store.database import Database
from reelwright.store.steps import available_cores

_AT_ONCE = 2
"""Files that are watched at a time: one's sound and thinking fill the pauses of the other."""
_TRY = "run `reel library annotate` when that is set right"


@dataclass
class Outcome:
    """What annotating came to."""

    annotated: list[str] = field(default_factory=list[str])
    """Ids of the assets that were watched."""
    failed: list[Trouble] = field(default_factory=list[Trouble])
    """Assets, or single annotators, that could not; the next run tries them again."""


def annotate_all(
    database: Database,
    asset_ids: Sequence[str],
    settings: Settings,
    *,
    only: Sequence[str] = (),
    again: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Let annotators go over assets and keep what they say, asset by asset.

    An annotator that has been over an asset, in this version and with these settings, is not asked
    again, so a run that was killed goes on where it stopped.

    Args:
        database: the library, open.
        asset_ids: whom.
        settings: which providers are used, and thresholds.
        only: names of annotators, or of what they give; empty: all.
        again: ask also those who have been over an asset.
        progress: who is watching; counts seconds of material.

    Raises:
        SettingError, ProviderError: see `load_annotators`.
        StoreError: the database does not answer.
    """
    everyone = load_annotators(settings)
    chosen = load_annotators(settings, only) if only else everyone
    keys = {name: key_of(one) for name, one in everyone.items()}
    outcome = Outcome()
    watching = progress or Silent()
    due = list(plan(database, asset_ids, chosen, everyone, keys, again=again))
    if not due:
        return outcome
    watching.start("annotating", max(1, round(sum(_weight(job.row) for job in due))))
    try:
        for job, said in _watched(database, due, everyone):
            if isinstance(said, Said):
                with database.writing() as session:
                    _keep(session, said, everyone, keys, whole=not only)
                outcome.annotated.append(job.row.id)
                if said.problems:
                    reasons = (f"{name}: {why}" for name, why in said.problems.items())
                    outcome.failed.append(Trouble(said.path, "; ".join(reasons), _TRY))
            else:
                outcome.failed.append(said)
            watching.advance("annotating", _weight(job.row), job.row.name)
    finally:
        watching.finish("annotating")
    return outcome


def _weight(row: AssetRow) -> float:
    """Seconds of material; a picture, a text or a file's opening counts as one."""
    return 1 + row.seconds


def _watched(
    database: Database, jobs: Sequence[Job], everyone: Mapping[str, Annotator]
) -> Iterator[tuple[Job, Said | Trouble]]:
    """What is said of each asset, in order, a few being watched at a time."""
    import cv2

    # Several files are watched at a time: OpenCV's own threads would only wait for each other.
    cv2.setNumThreads(1)
    waiting: deque[tuple[Job, Future[Said | Trouble]]] = deque()
    stopping = threading.Event()
    with ThreadPoolExecutor(min(_AT_ONCE, available_cores()), "annotating") as pool:
        try:
            for job in jobs:
                waiting.append((job, pool.submit(_watch, database, job, everyone, stopping)))
                if len(waiting) > _AT_ONCE:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            # Whoever stops the run need not wait until hours of film have been watched.
            stopping.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _watch(
    database: Database,
    job: Job,
    everyone: Mapping[str, Annotator],
    stopping: threading.Event,
) -> Said | Trouble:
    row = job.row
    path = Path(row.name)
    try:
        with database.reading() as session:
            path = catalogue.file_of(session, row.id)
            known = catalogue.get_annotations(session, row.id)
        chosen = {name: everyone[name] for name in job.names}
        said = watch(row, path, chosen, known, stopping)
        with database.reading() as session:
            if catalogue.files_of(session, [row.id]).get(row.id) != path:
                hint = "run again when it is no longer being written"
                return Trouble(path, "changed while it was read", hint)
        return said
    except ReelError as error:
        return Trouble(path, error.message, error.hint)


def _keep(
    session: Session,
    said: Said,
    everyone: Mapping[str, Annotator],
    keys: Mapping[str, str],
    *,
    whole: bool,
) -> None:
    """Write down what was said of an asset, in place of what the same annotators said before."""
    asset_id = said.row.id
    for name, watcher in said.watchers.items():
        one = everyone[name]
        catalogue.mark_done(
            session, asset_id, name, one.version, keys[name], said.problems.get(name)
        )
        if name in said.problems:
            continue
        catalogue.forget_annotations(session, asset_id, name, one.version)
        catalogue.add_annotations(session, asset_id, said.words[name])
        watcher.keep(session)
    quality = [one for words in said.words.values() for one in words if one.name == "quality"]
    if quality:
        catalogue.set_quality(session, asset_id, float(quality[0].value))
    if whole and not said.problems:
        signature = signature_of(said.row.kind, everyone, keys)
        session.execute(update(AssetRow).where(AssetRow.id == asset_id).values(annotated=signature))


def all_ids(session: Session) -> list[str]:
    """The ids of all assets, in the order of their coming."""
    return list(session.scalars(select(AssetRow.id).order_by(AssetRow.number)))
