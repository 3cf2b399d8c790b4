"""What viewers write under videos."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience.tables import CommentRow, ItemRow, ViewerRow, table
from reelwright.core.errors import FeedError
from reelwright.store.database import insert_new

LONGEST = 500
"""Characters of a comment, at most."""
MOST_OF_ONE = 200
"""Comments that one viewer may leave under one video."""
_UNFIT = re.compile("[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, among them those that turn the direction of what is written around them."""


@dataclass(frozen=True)
class Comment:
    """A comment: its number, whose it is, when (seconds since 1970), what it says."""

    number: int
    user: str
    time: float
    text: str


def write_comment(session: Session, item: str, user: str, text: str, now: float) -> Comment:
    """Keep a comment. That there was one is a matter of events, which the client tells.

    Raises:
        FeedError: the video is not in the feed, or the text cannot be a comment.
    """
    text = _UNFIT.sub("", text).strip()
    if not text or len(text) > LONGEST:
        raise FeedError(f"a comment has 1 to {LONGEST} characters", where=item)
    number = _number(session, item)
    insert_new(session, table(ViewerRow), [{"name": user}])
    viewer = session.scalar(select(ViewerRow.number).where(ViewerRow.name == user)) or 0
    mine = (CommentRow.item == number, CommentRow.viewer == viewer)
    count = session.scalar(select(func.count()).select_from(CommentRow).where(*mine)) or 0
    if count >= MOST_OF_ONE:
        raise FeedError(f"{MOST_OF_ONE} comments under one video are enough", where=item)
    row = CommentRow(item=number, viewer=viewer, time=now, text=text)
    session.add(row)
    session.flush()
    return Comment(row.number, user, now, text)


def read_comments(session: Session, item: str, n: int = 100) -> list[Comment]:
    """The newest comments under a video, the newest first.

    Raises:
        FeedError: the video is not in the feed.
    """
    row = CommentRow
    query = select(row.number, ViewerRow.name, row.time, row.text)
    query = query.join(ViewerRow, ViewerRow.number == row.viewer)
    query = query.where(row.item == _number(session, item)).order_by(row.number.desc()).limit(n)
    return [Comment(*values) for values in session.execute(query)]


def _number(session: Session, item: str) -> int:
    known = select(ItemRow.number).where(ItemRow.id == item, ItemRow.removed.is_(None))
    number = session.scalar(known)
    if number is None:
        raise FeedError("is not in the feed", where=item)
    return number
