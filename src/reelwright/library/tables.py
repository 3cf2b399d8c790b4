"""The library's tables: assets, where their files lie, what is known of them, what failed.

Who adds tables of their own defines them in their own module on the same `Base` and names that
module in `MODULES`, so that they are there when the library is opened.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, cast

from sqlalchemy import BigInteger, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from reelwright.store.columns import Number, PathText, Plain

SCHEMA = 1
"""Raised when a change of the tables is more than an addition (see `store.database`)."""

MODULES: tuple[str, ...] = (
    "reelwright.library.indexes",
    "reelwright.library.people",
    "reelwright.library.prints",
)
"""Further modules that define tables on `Base`."""

Id = String(40)
"""The type of an asset's id: the hash of its content, in hexadecimal."""


def place_key(path: str | Path, member: str = "") -> str:
    """The key of a place: paths are too long to be one themselves."""
    name = os.fsencode(str(path)) + b"\0" + os.fsencode(member)
    return hashlib.blake2b(name, digest_size=20).hexdigest()


class Base(DeclarativeBase):
    """What all tables of the library stand on."""


def table(row: type[Base]) -> Table:
    """The table of a row class, for statements on many rows at once."""
    return cast(Table, row.__table__)


class AssetRow(Base):
    """A piece of material. What filters ask for stands in columns of its own."""

    __tablename__ = "assets"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    """A small number of its own, for indexes that hold rows and vectors; never given again."""
    id: Mapped[str] = mapped_column(Id, unique=True)
    """BLAKE2b (160 bits) of its content, as `store.artefacts.hash_content` says it."""
    kind: Mapped[str] = mapped_column(String(10), index=True)
    """``video``, ``audio``, ``picture`` or ``text``."""
    name: Mapped[str] = mapped_column(PathText)
    """The name of its file, as first met."""
    bytes: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(default=0.0)
    width: Mapped[int] = mapped_column(default=0)
    """As displayed, after rotation; 0 where there is no picture."""
    height: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(Plain)
    """`core.nouns.MediaFacts` as plain values; empty for text."""
    taken: Mapped[str | None] = mapped_column(String(40), index=True)
    """When it was recorded: ISO 8601, local time, with an offset where that is known."""
    latitude: Mapped[float | None]
    """Degrees north of where it was recorded (WGS 84)."""
    longitude: Mapped[float | None]
    """Degrees east."""
    quality: Mapped[float | None]
    """0 to 1; empty where it was not judged."""
    annotated: Mapped[str | None] = mapped_column(String(40))
    """Hash of the annotators, and of what else decides their words, that were over it last."""
    added: Mapped[str] = mapped_column(String(40), index=True)
    """When it came into the library: ISO 8601, UTC."""


class PlaceRow(Base):
    """Where a copy of an asset lies: a file, or a member of an archive."""

    __tablename__ = "places"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`place_key` of path and member."""
    path: Mapped[str] = mapped_column(PathText)
    """The file's absolute path; of an archive's member, the archive's."""
    member: Mapped[str] = mapped_column(PathText, default="")
    """Its name in the archive; empty for a file of its own."""
    asset: Mapped[str] = mapped_column(Id, ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    root: Mapped[str] = mapped_column(PathText)
    """The folder (or the file itself) that was added when it was found: where `verify` looks for
    what was moved."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the file (of the archive) when it was read."""
    mtime: Mapped[int] = mapped_column(BigInteger)
    """When that was last changed, in nanoseconds. While both are the same, so is the content."""
    state: Mapped[str] = mapped_column(String(10), default="present")
    """``present``, or what `verify` found: ``missing``, ``changed``, ``rotted``, ``unreadable``."""


class SeenRow(Base):
    """A file that was looked at and holds nothing more to take in: an archive that was gone through
    from end to end, or a file that is no material. Passed over while its size and time stay."""

    __tablename__ = "seen"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`place_key` of its path."""
    size: Mapped[int] = mapped_column(BigInteger)
    mtime: Mapped[int] = mapped_column(BigInteger)


class AnnotationRow(Base):
    """Something known about an asset; `core.nouns.Annotation` in columns."""

    __tablename__ = "annotations"
    __table_args__ = (
        Index("annotations_asset_name", "asset", "name"),
        Index("annotations_name_label", "name", "label"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    asset: Mapped[str] = mapped_column(Id, ForeignKey("assets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(Plain)
    label: Mapped[str | None] = mapped_column(String(80))
    """The value in a word, to find it by; see `catalogue.label_of`."""
    confidence: Mapped[float]
    start: Mapped[float | None]
    end: Mapped[float | None]
    annotator: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    hand: Mapped[bool]
    """Said by a person: wins over what annotators say, and is never replaced by it."""


class DoneRow(Base):
    """That an annotator has been over an asset, whatever it found."""

    __tablename__ = "done"
    __table_args__ = (UniqueConstraint("asset", "annotator"),)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    asset: Mapped[str] = mapped_column(Id, ForeignKey("assets.id", ondelete="CASCADE"))
    annotator: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    key: Mapped[str] = mapped_column(String(40), default="")
    """Hash of what else decided its words: settings, the provider's model."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could say nothing; empty where all went well."""


class FailureRow(Base):
    """A file that could not be taken in. The next `add` tries it again."""

    __tablename__ = "failures"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`place_key` of path and member."""
    path: Mapped[str] = mapped_column(PathText)
    member: Mapped[str] = mapped_column(PathText, default="")
    reason: Mapped[str] = mapped_column(Text)
    hint: Mapped[str | None] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(40))
    """When it was last tried: ISO 8601, UTC."""
