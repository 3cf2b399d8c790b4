"""The feed's tables: videos, viewers, what they did, what they were shown, and who may ask.

Events are only ever added; numbers of rows are never given again, so that whoever read up to one
can go on from there. Names of tables begin with ``feed_``: a server's database may hold other
rooms' tables too.
"""

from __future__ import annotations

from typing import Any, cast, get_args

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from reelwright.core.nouns import EventKind
from reelwright.store.columns import Number, PathText, Plain

SCHEMA = 1
"""Raised when a change of the tables is more than an addition (see `store.database`)."""

LONGEST_NAME = 128
"""Characters of an id of a video, a viewer, a request or an event, at most."""

KINDS: tuple[str, ...] = get_args(EventKind)
"""Kinds of events; one is kept as its place here, so new ones go to the end."""
KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}

Name = String(LONGEST_NAME)
Double = Float(53)


class Base(DeclarativeBase):
    """What all tables of the feed stand on."""


def table(row: type[Base]) -> Table:
    """The table of a row class, for statements on many rows at once."""
    return cast(Table, row.__table__)


class ItemRow(Base):
    """A video of the feed. What is not known is empty."""

    __tablename__ = "feed_items"
    __table_args__ = (Index("feed_items_hash", "hash"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(Name, unique=True)
    """Of a file that was added: its content's hash; of an imported row: what the table said."""
    title: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(Plain, default=list)
    author: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    """``zh``, ``en`` …"""
    seconds: Mapped[float] = mapped_column(Double, default=0.0)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    ai_made: Mapped[bool] = mapped_column(default=False)
    """Whether any part of it is AI-made, in the sense of GB 45438-2025."""
    labels: Mapped[dict[str, Any]] = mapped_column(Plain, default=dict)
    """``text``: the mark it carries; ``parts``: what is AI-made; ``metadata``: its AIGC object."""
    file: Mapped[str | None] = mapped_column(PathText)
    """Where the video lies, absolute; never copied. Empty of videos known by name alone."""
    hash: Mapped[str | None] = mapped_column(String(40))
    """BLAKE2b (160 bits) of the file's content."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    """Bytes of the file when it was read."""
    mtime: Mapped[int] = mapped_column(BigInteger, default=0)
    """When that was last changed, in nanoseconds. While both are the same, so is the content."""
    cover: Mapped[str | None] = mapped_column(PathText)
    captions: Mapped[str | None] = mapped_column(PathText)
    """Its captions, as SRT."""
    captioned: Mapped[bool | None]
    """Whether the picture itself shows captions."""
    added: Mapped[float] = mapped_column(Double, index=True)
    """When it came into the feed, in seconds since 1970."""
    removed: Mapped[float | None] = mapped_column(Double)
    """When it was taken out of the feed; what viewers did with it is still known."""
    revision: Mapped[int | None] = mapped_column(Number, index=True)
    """Above all others when it was last described, taken out or put back: who follows reads on."""


class FeatureRow(Base):
    """What a video looks, sounds or reads like, as a vector."""

    __tablename__ = "feed_features"

    item: Mapped[int] = mapped_column(
        Number, ForeignKey("feed_items.number", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Of what and by what: ``picture``, ``sound``, ``text`` …"""
    version: Mapped[str] = mapped_column(String(80), default="")
    values: Mapped[bytes] = mapped_column(LargeBinary)
    """Numbers of 32 bits, little-endian."""


class ViewerRow(Base):
    """Somebody who watches. There is one as soon as there is an event of theirs."""

    __tablename__ = "feed_viewers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)


class EventRow(Base):
    """Something a viewer did with a video; `core.nouns.Event` in columns.

    One event is the same as another when its facts are: that index also holds all that a viewer's
    history needs, in the order of time.
    """

    __tablename__ = "feed_events"
    __table_args__ = (
        Index("feed_events_facts", "viewer", "time", "item", "kind", "value", unique=True),
        Index(
            "feed_events_names",
            "viewer",
            "name",
            unique=True,
            sqlite_where=text("name IS NOT NULL"),
            postgresql_where=text("name IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    viewer: Mapped[int] = mapped_column(Number, ForeignKey("feed_viewers.number"))
    item: Mapped[int] = mapped_column(Number, ForeignKey("feed_items.number"))
    kind: Mapped[int] = mapped_column(SmallInteger)
    """Place in `KINDS`."""
    time: Mapped[float] = mapped_column(Double)
    """Seconds since 1970, whole milliseconds."""
    value: Mapped[float] = mapped_column(Double)
    name: Mapped[str | None] = mapped_column(Name)
    """The client's own id of it."""
    request: Mapped[str | None] = mapped_column(Name)
    rank: Mapped[int | None]
    model: Mapped[str | None] = mapped_column(Name)
    propensity: Mapped[float | None] = mapped_column(Double)


class ApartRow(Base):
    """An event that is kept apart: it does not count, or not yet; see `audience.waiting`."""

    __tablename__ = "feed_apart"
    __table_args__ = (
        Index("feed_apart_viewer", "viewer"),
        Index("feed_apart_reason", "reason", "item"),
    )

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Hash of the event."""
    reason: Mapped[str] = mapped_column(String(40))
    viewer: Mapped[str] = mapped_column(Name)
    item: Mapped[str] = mapped_column(Name)
    event: Mapped[dict[str, Any]] = mapped_column(Plain)
    """The event's fields, as they came."""
    due: Mapped[float] = mapped_column(Double)
    """The event's own time, in seconds since 1970."""
    at: Mapped[float] = mapped_column(Double)
    """When it came, in seconds since 1970."""


class KeyRow(Base):
    """An idempotency key, and what was answered: the same batch again gets the same answer."""

    __tablename__ = "feed_keys"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Hash of the key as the client gave it."""
    body: Mapped[str] = mapped_column(String(40))
    """Hash of the events that came with it."""
    answer: Mapped[dict[str, Any]] = mapped_column(Plain)
    at: Mapped[float] = mapped_column(Double, index=True)


class RequestRow(Base):
    """A page of the feed as it was given to a viewer."""

    __tablename__ = "feed_requests"

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    viewer: Mapped[int] = mapped_column(Number, ForeignKey("feed_viewers.number"), index=True)
    time: Mapped[float] = mapped_column(Double)
    model: Mapped[str] = mapped_column(Name)
    arm: Mapped[str] = mapped_column(String(60), default="")
    """Which side of an experiment the viewer was on."""
    items: Mapped[list[str]] = mapped_column(Plain)
    """Ids, in the order shown."""
    propensities: Mapped[list[float]] = mapped_column(Plain)
    """How likely each was to be shown at its place."""
    sources: Mapped[list[str] | None] = mapped_column(Plain)
    """Where each came from."""
    scores: Mapped[list[float] | None] = mapped_column(Plain)
    """What these said of each."""
    shadows: Mapped[dict[str, Any] | None] = mapped_column(Plain)
    """By arm that only looks on: of each place how likely it would have filled it so, what it
    foretells of it, and what it expected there (`arranging.Slot`)."""


class ExperimentRow(Base):
    """A comparison of ways to fill pages; viewers are on one side of it for as long as it runs."""

    __tablename__ = "feed_experiments"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    arms: Mapped[list[dict[str, Any]]] = mapped_column(Plain)
    """`experiments.Arm`s as JSON."""
    guard: Mapped[str] = mapped_column(String(40))
    """What must not get worse."""
    started: Mapped[float] = mapped_column(Double)
    stopped: Mapped[float | None] = mapped_column(Double)
    """Seconds since 1970."""


class CommentRow(Base):
    """What a viewer wrote under a video."""

    __tablename__ = "feed_comments"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    item: Mapped[int] = mapped_column(Number, ForeignKey("feed_items.number"), index=True)
    viewer: Mapped[int] = mapped_column(Number, ForeignKey("feed_viewers.number"), index=True)
    time: Mapped[float] = mapped_column(Double)
    text: Mapped[str] = mapped_column(Text)


class ApiKeyRow(Base):
    """Somebody who may speak with the service."""

    __tablename__ = "feed_api_keys"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the key, which itself is kept nowhere."""
    name: Mapped[str] = mapped_column(Name)
    scope: Mapped[str] = mapped_column(String(20))
    """``viewer`` or ``owner``."""
    added: Mapped[float] = mapped_column(Double)
    revoked: Mapped[float | None] = mapped_column(Double)


class ModelRow(Base):
    """A trained recommender: its folder, how good it was, whether it serves."""

    __tablename__ = "feed_models"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    """Of the recommender: ``transitions``, ``auto`` …, or ``ranking``."""
    part: Mapped[str | None] = mapped_column(String(20))
    """What it does: None names candidates, ``ranking`` ranks them."""
    folder: Mapped[str] = mapped_column(PathText)
    trained: Mapped[float] = mapped_column(Double)
    """When, in seconds since 1970."""
    events: Mapped[int] = mapped_column(Number)
    """Number of the last event it knows of."""
    scores: Mapped[dict[str, Any]] = mapped_column(Plain)
    state: Mapped[str] = mapped_column(String(20))
    """``serving``, ``standby`` (to roll back to), ``refused`` (was no better) or ``damaged``."""
