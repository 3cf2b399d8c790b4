"""Finished videos come into the feed: out of a project, with all that it says of them, or bare.

A file is referred to where it lies and never copied. A video is the hash of its content, so that
adding it again, from wherever it moved, finds it again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.events import settle
from reelwright.audience.items import Item, Put, put_items, remove_items, state_of
from reelwright.audience.shelf import cover_path
from reelwright.audience.tables import ItemRow
from reelwright.core.errors import FeedError, ReelError
from reelwright.core.nouns import MediaFacts, Post
from reelwright.core.progress import Progress, Silent
from reelwright.core.words import is_cjk
from reelwright.store import atomic
from reelwright.store.artefacts import hash_content
from reelwright.store.database import Database

SUFFIXES = (".mp4", ".mov", ".m4v", ".webm", ".mkv")
"""Files that are taken for videos."""
COVER = 1080
"""Pixels of the longer side of a cover that is taken out of a video, at most."""

ReadLabel = Callable[[Path], dict[str, str] | None]
"""Reads the mark of AI-made content out of a video: `publish.label.read_label`."""


@dataclass(frozen=True)
class Trouble:
    """What could not be added, or was added with a reservation."""

    path: Path
    reason: str
    hint: str | None = None


@dataclass
class Report:
    """What adding came to.

    Attributes:
        put: ids of videos that were new, changed and as they were.
        replaced: ids of videos that were taken out, since another lies where their file lay.
        settled: events that were kept apart until now and count from now on.
    """

    put: Put = field(default_factory=Put)
    replaced: list[str] = field(default_factory=list[str])
    failed: list[Trouble] = field(default_factory=list[Trouble])
    notes: list[Trouble] = field(default_factory=list[Trouble])
    settled: int = 0


@dataclass(frozen=True)
class Said:
    """What the person says of all the videos they add; None where they say nothing."""

    author: str | None = None
    topic: str | None = None
    language: str | None = None
    tags: tuple[str, ...] | None = None


def add_videos(
    database: Database,
    places: Sequence[Path],
    said: Said | None = None,
    read_label: ReadLabel | None = None,
    progress: Progress | None = None,
    now: float | None = None,
) -> Report:
    """Add videos to the feed, or find them again where they moved. Goes on past what fails.

    Args:
        database: the feed's.
        places: project folders with a finished video, or files.
        said: holds for all of them, and wins over what their projects say.
        read_label: reads the mark of AI-made content out of bare files; None leaves it unknown.
        progress: who watches.
        now: seconds since 1970; None asks the clock.
    """
    watcher = progress or Silent()
    report = Report()
    now = time.time() if now is None else now
    watcher.start("videos", len(places))
    for place in places:
        try:
            path, post = _post_of(place)
            item = describe(database, path, read_label, report.notes)
            item = _with_post(item, path, post) if post else item
            values = vars(said or Said()).items()
            item = item.model_copy(update={k: v for k, v in values if v is not None})
            with database.writing() as session:
                put = put_items(session, [item], now)
                report.replaced += _replace(session, item, now)
        except (ReelError, OSError) as error:
            report.failed.append(_trouble(place, error))
        else:
            for name in ("new", "updated", "unchanged"):
                getattr(report.put, name).extend(getattr(put, name))
        watcher.advance("videos", 1, place.name)
    watcher.finish("videos")
    report.settled = settle(database, now)
    return report


def describe(
    database: Database, path: Path, read_label: ReadLabel | None, notes: list[Trouble]
) -> Item:
    """What a video file itself tells. A file that is known and unchanged is not read again.

    Raises:
        FootageError: it is no video, is missing or damaged.
        StoreError: its cover cannot be written.
    """
    from reelwright.media.metadata import read_record
    from reelwright.media.probing import probe

    with database.reading() as session:
        known = _known(session, path)
        if known and _is_whole(known):
            return Item(id=known.id, file=str(path), cover=known.cover)
        facts = probe(path)
        if facts.kind != "video":
            raise FeedError(f"is no video but a {facts.kind}", where=str(path))
        digest, stat = hash_content(path), path.stat()
        by_hash = select(ItemRow).where(ItemRow.hash == digest).order_by(ItemRow.number).limit(1)
        known = session.scalar(by_hash)
    if known and known.file and known.file != str(path) and state_of(known) == "present":
        return Item(id=known.id)  # a copy: the first one still stands
    values: dict[str, Any] = {
        "id": known.id if known else digest,
        "seconds": facts.seconds,
        "width": facts.width,
        "height": facts.height,
        "file": str(path),
        "hash": digest,
        "size": stat.st_size,
        "mtime": stat.st_mtime_ns,
        "cover": str(_cover(path, digest, facts)),
    }
    if known is None:
        title = read_record(path).title or path.stem
        values |= {"title": title, "language": "zh" if any(map(is_cjk, title)) else None}
        values |= _labels(path, read_label, notes)
    return Item.model_validate(values)


def _known(session: Session, path: Path) -> ItemRow | None:
    stat = path.stat() if path.exists() else None
    if stat is None:
        return None
    same = (ItemRow.file == str(path), ItemRow.size == stat.st_size)
    query = select(ItemRow).where(*same, ItemRow.mtime == stat.st_mtime_ns)
    return session.scalar(query.order_by(ItemRow.number.desc()).limit(1))


def _is_whole(row: ItemRow) -> bool:
    return row.hash is not None and row.cover is not None and Path(row.cover).is_file()


def _labels(path: Path, read_label: ReadLabel | None, notes: list[Trouble]) -> dict[str, Any]:
    if read_label is None:
        return {}
    try:
        label = read_label(path)
    except ReelError as error:
        notes.append(Trouble(path, error.message, error.hint))
        return {}
    return {"ai_made": True, "labels": {"metadata": label}} if label else {}


def _cover(path: Path, digest: str, facts: MediaFacts) -> Path:
    """A JPEG of a telling frame, made unless it is there."""
    from PIL import Image

    from reelwright.media.moments import telling_frame

    out = cover_path(digest)
    if not out.is_file():
        image = Image.fromarray(telling_frame(path, facts, COVER))
        with atomic.replacing(out) as temporary:
            image.save(temporary, "JPEG", quality=85)
    return out


def _post_of(place: Path) -> tuple[Path, Path | None]:
    """The video that is meant, and the ``post.json`` that goes with it, if there is one."""
    place = place.expanduser().absolute()
    if not place.is_dir():
        if place.suffix.lower() not in SUFFIXES and place.is_file():
            raise FeedError("is no video", where=str(place), hint=f"give {', '.join(SUFFIXES)}")
        beside = place.with_name("post.json")
        is_of = beside.is_file() and _read_post(beside).video == place.name
        return place, beside if is_of else None
    for post in (place / "out" / "post.json", place / "post.json"):
        if post.is_file():
            video = post.with_name(_read_post(post).video)
            if video.is_file():
                return video, post
            raise FeedError("its video is missing", where=str(video), hint="run `reel make` again")
    made = (place / "brief.md").exists() or (place / "cut.yaml").exists()
    hint = f"run `reel make {place}` first" if made else "give a project's folder, or video files"
    raise FeedError("holds no finished video", where=str(place), hint=hint)


def _read_post(path: Path) -> Post:
    try:
        post = Post.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise FeedError(
            f"cannot be read: {told}", where=str(path), hint="run `reel make` again"
        ) from None
    if Path(post.video).name != post.video or Path(post.cover).name != post.cover:
        raise FeedError("names files that lie elsewhere", where=str(path), hint="that is unusual")
    return post


def _with_post(item: Item, path: Path, post_path: Path) -> Item:
    post = _read_post(post_path)
    cover, captions = path.with_name(post.cover), path.with_name("captions.srt")
    labels: dict[str, Any] = {"parts": list(post.ai_made)} if post.ai_made else {}
    if post.label:
        labels |= {"text": post.label.text, "metadata": json.loads(post.label.metadata)}
    values: dict[str, Any] = {
        "title": post.title,
        "description": post.description,
        "tags": post.tags,
        "language": post.language,
        "ai_made": bool(post.ai_made),
        "labels": labels,
        "captions": str(captions) if captions.is_file() else None,
        "captioned": post.captioned,
    }
    if cover.is_file():
        values["cover"] = str(cover)
    return Item.model_validate(item.model_dump() | values)


def _replace(session: Session, item: Item, now: float) -> list[str]:
    """Take out videos whose file another one has overwritten."""
    if item.file is None:
        return []
    gone = (ItemRow.file == item.file, ItemRow.id != item.id, ItemRow.removed.is_(None))
    ids = list(session.scalars(select(ItemRow.id).where(*gone)))
    remove_items(session, ids, now)
    return ids


def _trouble(place: Path, error: ReelError | OSError) -> Trouble:
    if isinstance(error, ReelError):
        where = f"{error.where}: " if error.where and error.where != str(place) else ""
        return Trouble(place, f"{where}{error.message}", error.hint)
    return Trouble(place, f"cannot be read: {error.strerror}", "check that it is a readable file")
