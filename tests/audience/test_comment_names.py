"""Names that viewers write under a video become tags of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from reelwright.audience.comments import write_comment
from reelwright.audience.items import Item, put_items, remove_items
from reelwright.audience.naming import tag_videos
from reelwright.audience.tables import ItemRow
from reelwright.store.database import Database

KNOWN = ("Ada Stone", "ada stone", "Oslo", "西湖", "Rome", "Stone")


def find(texts: Sequence[str]) -> list[list[str]]:
    """What a tagger would: the known names in each text, none within another."""
    found = [[name for name in KNOWN if name in text] for text in texts]
    return [[n for n in names if not any(n != m and n in m for m in names)] for names in found]


def tags(feed: Database) -> dict[str, list[str]]:
    with feed.reading() as session:
        return {row.id: row.tags for row in session.scalars(select(ItemRow))}


def test_names_that_several_viewers_write_become_tags(feed: Database) -> None:
    with feed.writing() as session:
        items = [Item(id=name, tags=("Rome travel",)) for name in ("a", "b", "gone")]
        put_items(session, items, 1.0)
        for user, video, text in (
            ("ann", "a", "Is that Ada Stone in Oslo?"),
            ("bob", "a", "ada stone! and 西湖 behind her, Rome too"),
            ("cyd", "a", "西湖真美, Rome"),
            ("cyd", "a", "Oslo Oslo"),
            ("ann", "b", "Oslo"),
            ("ann", "b", "Oslo again, said by the same one"),
            ("ann", "gone", "Oslo"),
            ("bob", "gone", "Oslo"),
        ):
            write_comment(session, video, user, text, 2.0)
        remove_items(session, ["gone"], 3.0)
    assert tag_videos(feed, find, 4.0) == ["a"]
    told = tags(feed)
    # Its own come first; what a tag holds already is none.
    assert told["a"] == ["Rome travel", "Ada Stone", "Oslo", "西湖"]
    assert told["b"] == told["gone"] == ["Rome travel"]
    assert tag_videos(feed, find, 5.0) == []


def test_a_feed_without_comments_stays_as_it_is(feed: Database) -> None:
    assert tag_videos(feed, find, 1.0) == []
