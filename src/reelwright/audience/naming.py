"""Names that viewers write under a video become tags of it: what it is about in their eyes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.items import MOST_TAGS, Item, put_items
from reelwright.audience.tables import CommentRow, ItemRow
from reelwright.store.database import Database

AGREED = 2
"""Viewers who must write a name: one alone may joke, or advertise."""
_MOST = 8
"""Names added to one video, those that most viewers write first."""
_BLOCK = 500
"""Comments that are read for names at a time."""

Find = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""The names in each of some texts."""


def tag_videos(database: Database, find: Find, now: float) -> list[str]:
    """Add to videos' tags the names that several viewers wrote under them.

    Tags of the video's own stay and come first. Said of a video anew, its tags are those said; the
    names come back here.

    Args:
        database: the feed's.
        find: finds names.
        now: seconds since 1970.

    Returns:
        The ids of videos that have tags they had not.
    """
    with database.reading() as session:
        # Who wrote it, by video and name without case; and the name as it was written first.
        writers: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        written: dict[tuple[str, str], str] = {}
        for video, viewer, name in _names(session, find):
            writers[video][name.casefold()].add(viewer)
            written.setdefault((video, name.casefold()), name)
        row = ItemRow
        query = select(row.id, row.tags).where(row.number.in_(select(CommentRow.item)))
        videos = list(session.execute(query.where(row.removed.is_(None)).order_by(row.number)))
    named: list[Item] = []
    for video, own in videos:
        counts = Counter({name: len(who) for name, who in writers[video].items()})
        agreed = [name for name, count in counts.most_common(_MOST) if count >= AGREED]
        new = _without_known([written[video, name] for name in agreed], own)
        if new:
            named.append(Item(id=video, tags=(*own, *new)[:MOST_TAGS]))
    if named:
        with database.writing() as session:
            put_items(session, named, now)
    return [item.id for item in named]


def _names(session: Session, find: Find) -> Iterator[tuple[str, int, str]]:
    """Every name in a comment: its video, who wrote it, the name."""
    row = CommentRow
    query = select(ItemRow.id, row.viewer, row.text).join(ItemRow, ItemRow.number == row.item)
    comments = iter(session.execute(query.order_by(row.number)))
    while block := list(islice(comments, _BLOCK)):
        found = find([text for *_, text in block])
        for (video, viewer, _), names in zip(block, found, strict=True):
            for name in names:
                yield video, viewer, name


def _without_known(names: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Names that no tag holds, nor one before."""
    kept: list[str] = []
    for name in names:
        if not any(name.casefold() in tag.casefold() for tag in (*tags, *kept)):
            kept.append(name)
    return kept
