"""Watching: a file is decoded once, and all annotators chosen watch and listen together."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from reelwright.core.errors import FootageError, ReelError
from reelwright.core.nouns import Annotation, MediaFacts
from reelwright.library import catalogue
from reelwright.library.annotators import TABLE, Annotator, Ear, Look, Subject, Watcher
from reelwright.library.tables import AssetRow
from reelwright.media.frames import read_picture
from reelwright.media.listening import listen, track_of
from reelwright.media.sweep import View, sweep_views

_ENOUGH = 20
"""Frames a second from which on those that no other depends on are left out: what is said of a
second of film needs no more, and decoding takes two thirds of the time."""
_HEAVY = 5_000_000
"""Bits a second from which on all frames are left out that look ahead: that halves the time."""


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


class StoppedError(Exception):
    """Nobody waits for what an asset's watchers would say."""


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
            raise StoppedError
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
                    raise StoppedError
                for watcher in watchers:
                    watcher.hear(block)
        except ReelError as error:
            # A film whose sound is broken can still be seen.
            if subject.kind == "audio":
                raise FootageError(error.message, where=error.where, hint=error.hint) from error
            said.append(error.message)
        subject.trouble += [line for line in said if line not in subject.trouble]
