"""Annotating: each file is decoded once, and all annotators watch and listen together."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reelwright.core.errors import FootageError, LibraryError, ReelError
from reelwright.core.nouns import Annotation, MediaFacts
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import Settings
from reelwright.library import annotators, catalogue
from reelwright.library.annotators import TABLE, Annotator, Ear, Look, Subject, Watcher
from reelwright.library.tables import AssetRow, DoneRow
from reelwright.library.walking import Trouble
from reelwright.media.frames import read_picture
from reelwright.media.listening import listen, track_of
from reelwright.media.sweep import View, sweep_views
from reelwright.store.database import Database
from reelwright.store.steps import available_cores

_ASKED = 400
"""Assets asked for at a time."""
_AT_ONCE = 2
"""Files that are watched at a time: one's sound and thinking fill the pauses of the other."""
_TRY = "run `reel library annotate` when that is set right"
_ENOUGH = 20
"""Frames a second from which on those that no other depends on are left out: what is said of a
second of film needs no more, and decoding takes two thirds of the time."""
_HEAVY = 5_000_000
"""Bits a second from which on all frames are left out that look ahead: that halves the time."""


@dataclass
class Outcome:
    """What annotating came to."""

    annotated: list[str] = field(default_factory=list[str])
    """Ids of the assets that were watched."""
    failed: list[Trouble] = field(default_factory=list[Trouble])
    """Assets, or single annotators, that could not; the next run tries them again."""


@dataclass
class Said:
    """What was said of one asset."""

    row: AssetRow
    path: Path
    words: dict[str, list[Annotation]] = field(default_factory=lambda: {})
    """By annotator."""
    watchers: dict[str, Watcher] = field(default_factory=lambda: {})
    problems: dict[str, str] = field(default_factory=lambda: {})
    """Why annotators could say nothing."""


def load_annotators(settings: Settings, only: Sequence[str] = ()) -> dict[str, Annotator]:
    """The annotators at hand, by name, in the order of their say.

    Args:
        settings: which providers they use, and their thresholds.
        only: names of annotators, or of what they give; empty: all.

    Raises:
        SettingError: nobody gives that, or a setting cannot be.
        ProviderError: a provider that is set cannot work.
    """
    wanted = annotators.choose(only) if only else tuple(TABLE)
    made = ((name, annotators.find(name).make(settings)) for name in wanted)
    found = {name: one for name, one in made if one is not None}
    if only and not found:
        raise LibraryError(
            f"nobody is set to annotate {', '.join(only)}", hint="name a provider in the settings"
        )
    return found


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
    keys = {name: _key(one) for name, one in everyone.items()}
    outcome = Outcome()
    watching = progress or Silent()
    due = list(_due(database, asset_ids, chosen, everyone, keys, again=again))
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


@dataclass(frozen=True)
class _Job:
    row: AssetRow
    names: tuple[str, ...]


def _weight(row: AssetRow) -> float:
    """Seconds of material; a picture, a text or a file's opening counts as one."""
    return 1 + row.seconds


def _due(
    database: Database,
    asset_ids: Sequence[str],
    chosen: Mapping[str, Annotator],
    everyone: Mapping[str, Annotator],
    keys: Mapping[str, str],
    *,
    again: bool,
) -> Iterator[_Job]:
    """Which annotators have yet to go over which assets."""
    for row, done in _standing(database, asset_ids, everyone, keys, again=again):
        fresh = {
            name
            for name in everyone
            if name in done
            and (done[name].version, done[name].key) == (everyone[name].version, keys[name])
            and done[name].problem is None
        }
        names = {n for n, one in chosen.items() if row.kind in one.kinds}
        names = in_company(names if again else names - fresh, everyone, row.kind, fresh)
        if names:
            yield _Job(row, names)


def _standing(
    database: Database,
    asset_ids: Sequence[str],
    everyone: Mapping[str, Annotator],
    keys: Mapping[str, str],
    *,
    again: bool,
) -> Iterator[tuple[AssetRow, dict[str, DoneRow]]]:
    """The assets that not everybody has been over, and who has; read some hundred at a time."""
    ids = list(dict.fromkeys(asset_ids))
    signatures: dict[str, str] = {}
    for first in range(0, len(ids), _ASKED):
        part = ids[first : first + _ASKED]
        with database.reading() as session:
            query = select(AssetRow).where(AssetRow.id.in_(part))
            rows = {row.id: row for row in session.scalars(query)}
            for kind in {row.kind for row in rows.values()} - set(signatures):
                signatures[kind] = _signature(kind, everyone, keys)
            left = [
                rows[asset_id]
                for asset_id in part
                if asset_id in rows
                and (again or rows[asset_id].annotated != signatures[rows[asset_id].kind])
            ]
            done: dict[str, dict[str, DoneRow]] = {row.id: {} for row in left}
            for one in session.scalars(select(DoneRow).where(DoneRow.asset.in_(done))):
                done[one.asset][one.annotator] = one
        yield from ((row, done[row.id]) for row in left)


def in_company(
    names: Collection[str],
    everyone: Mapping[str, Annotator],
    kind: str,
    done: Collection[str] = (),
) -> tuple[str, ...]:
    """Annotators with those that they cannot go over an asset without, in the order of their say.

    Args:
        names: who is to go.
        everyone: who there is.
        kind: of the asset.
        done: those who have been over it.
    """
    found = lacking = set(names)
    while lacking:
        before = {n for name in lacking for n in everyone[name].after if n not in done}
        before |= {n for name in lacking for n in everyone[name].beside}
        lacking = {n for n in before - found if n in everyone and kind in everyone[n].kinds}
        found = found | lacking
    return tuple(name for name in TABLE if name in found)


def _watched(
    database: Database, jobs: Sequence[_Job], everyone: Mapping[str, Annotator]
) -> Iterator[tuple[_Job, Said | Trouble]]:
    """What is said of each asset, in order, a few being watched at a time."""
    import cv2

    # Several files are watched at a time: OpenCV's own threads would only wait for each other.
    cv2.setNumThreads(1)
    waiting: deque[tuple[_Job, Future[Said | Trouble]]] = deque()
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


class _StoppedError(Exception):
    """Nobody waits for what an asset's watchers would say."""


def _watch(
    database: Database,
    job: _Job,
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


def watch(
    row: AssetRow,
    path: Path,
    chosen: Mapping[str, Annotator],
    known: Sequence[Annotation] = (),
    stopping: threading.Event | None = None,
) -> Said:
    """Let annotators watch one asset.

    Args:
        row: the asset.
        path: a file with its content.
        chosen: the annotators, by name.
        known: what is believed of it already.
        stopping: when set, an exception breaks it off.

    Raises:
        FootageError: it cannot be read.
    """
    facts = catalogue.facts_of(row)
    subject = Subject(
        id=row.id, path=path, kind=row.kind, name=row.name, facts=facts,  # type: ignore[arg-type]
        lean=_lean(facts, row.bytes) if facts else 0,
    )  # fmt: skip
    chosen = {
        name: chosen[name] for name in TABLE if name in chosen and row.kind in chosen[name].kinds
    }
    said = Said(row, path, watchers={name: one.watch(subject) for name, one in chosen.items()})
    try:
        if facts is not None:
            _run(subject, facts, chosen, said.watchers, stopping or threading.Event())
        _conclude(said, chosen, known)
    finally:
        for watcher in said.watchers.values():
            watcher.close()
    return said


def _conclude(said: Said, chosen: Mapping[str, Annotator], known: Sequence[Annotation]) -> None:
    given = {name for one in chosen.values() for name in one.gives}
    told = [one for one in known if one.name not in given or one.annotator == catalogue.PERSON]
    for name, watcher in said.watchers.items():
        try:
            words = list(watcher.finish(told))
        except ReelError as error:
            said.problems[name] = error.message
            continue
        said.words[name] = words
        told += words


def _lean(facts: MediaFacts, size: int) -> int:
    """Which frames of a video are left out; see `media.sweep.sweep_views`."""
    if facts.kind != "video" or (facts.rate or 25) < _ENOUGH:
        return 0
    return 2 if facts.seconds and size * 8 / facts.seconds > _HEAVY else 1


def _run(
    subject: Subject,
    facts: MediaFacts,
    chosen: Mapping[str, Annotator],
    watchers: Mapping[str, Watcher],
    stopping: threading.Event,
) -> None:
    looks: dict[Look, list[Watcher]] = {}
    ears: dict[Ear, list[Watcher]] = {}
    for name, one in chosen.items():
        if one.look and facts.kind != "audio":
            looks.setdefault(one.look, []).append(watchers[name])
        if one.ear and facts.has_sound:
            ears.setdefault(one.ear, []).append(watchers[name])
    if facts.kind == "picture":
        _show_picture(subject.path, looks)
        return
    subject.track = track_of(subject.path) if ears else None
    with ThreadPoolExecutor(1, "hearing") as pool:
        heard = pool.submit(_play, subject, ears, stopping)
        _show(subject, facts, looks, stopping)
        heard.result()


def _show_picture(path: Path, looks: Mapping[Look, Sequence[Watcher]]) -> None:
    import cv2
    import numpy as np

    if not looks:
        return
    picture = read_picture(path, 2 * max(look.side for look in looks))
    for look, watchers in looks.items():
        high, wide = picture.shape[:2]
        share = min(1.0, look.side / max(high, wide))
        size = max(1, round(wide * share)), max(1, round(high * share))
        frame = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        frame = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) if look.gray else frame
        for watcher in watchers:
            watcher.see(np.zeros(1), np.asarray(frame, np.uint8)[None])


def _show(
    subject: Subject,
    facts: MediaFacts,
    looks: Mapping[Look, Sequence[Watcher]],
    stopping: threading.Event,
) -> None:
    if not looks:
        return
    views = [View(_width(look.side, facts), look.rate, look.gray) for look in looks]
    groups = list(looks.values())
    blocks = sweep_views(subject.path, facts, views, lean=subject.lean, damage=subject.damage)
    for block in blocks:
        if stopping.is_set():
            raise _StoppedError
        for watcher in groups[block.view]:
            watcher.see(block.times, block.frames)


def _width(side: int, facts: MediaFacts) -> int:
    longer = max(facts.width, facts.height, 1)
    return max(1, round(facts.width * min(1.0, side / longer)))


def _play(
    subject: Subject, ears: Mapping[Ear, Sequence[Watcher]], stopping: threading.Event
) -> None:
    for ear, watchers in ears.items():
        said: list[str] = []
        try:
            for block in listen(subject.path, rate=ear.rate, channels=ear.channels, trouble=said):
                if stopping.is_set():
                    raise _StoppedError
                for watcher in watchers:
                    watcher.hear(block)
        except ReelError as error:
            # A film whose sound is broken can still be seen.
            if subject.kind == "audio":
                raise FootageError(error.message, where=error.where, hint=error.hint) from error
            said.append(error.message)
        subject.trouble += [line for line in said if line not in subject.trouble]


def _key(annotator: Annotator) -> str:
    text = json.dumps(annotator.key(), sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def _signature(kind: str, everyone: Mapping[str, Annotator], keys: Mapping[str, str]) -> str:
    """What all annotators of a kind of asset amount to."""
    parts = [f"{n}:{one.version}:{keys[n]}" for n, one in everyone.items() if kind in one.kinds]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()


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
        signature = _signature(said.row.kind, everyone, keys)
        session.execute(update(AssetRow).where(AssetRow.id == asset_id).values(annotated=signature))


def all_ids(session: Session) -> list[str]:
    """The ids of all assets, in the order of their coming."""
    return list(session.scalars(select(AssetRow.id).order_by(AssetRow.number)))
