"""The tables that searching stands on: documents of words, pages of vectors, what has changed.

A document holds the words of an asset as ASCII tokens (see `documents.encode`), so that the
tokenizers of SQLite's FTS5 and of PostgreSQL's full-text search, which know no Chinese, both take
them as they are. Both keep their index from the same columns by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import DDL, ForeignKey, Integer, LargeBinary, String, Text, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from reelwright.library.tables import AssetRow, Base, Id, table
from reelwright.store.columns import Number
from reelwright.store.database import upsert


class DocumentRow(Base):
    """What an asset is found by."""

    __tablename__ = "documents"

    number: Mapped[int] = mapped_column(
        Number, ForeignKey("assets.number", ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    )  # fmt: skip
    """The asset's."""
    title: Mapped[str] = mapped_column(Text, default="")
    """Tokens of what it is called: its name, folders, tags, and what was said by hand."""
    seen: Mapped[str] = mapped_column(Text, default="")
    """Tokens of what annotators say of it."""
    said: Mapped[str] = mapped_column(Text, default="")
    """Tokens of what is spoken in it, written in its pictures or in the text that it is."""
    pieces: Mapped[str] = mapped_column(Text, default="")
    """Characters and pairs of characters of its Chinese words."""


class StaleRow(Base):
    """An asset whose document no longer tells all that is known."""

    __tablename__ = "stale"

    asset: Mapped[str] = mapped_column(Id, primary_key=True)


class PageRow(Base):
    """Vectors of some hundred assets side by side, so that all are read in a few strokes."""

    __tablename__ = "pages"

    space: Mapped[str] = mapped_column(String(40), primary_key=True)
    """What made the vectors: only those of one space can be compared."""
    page: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The assets' number divided by how many a page holds."""
    size: Mapped[int] = mapped_column(Integer)
    """Values of a vector."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """float16, rows × size; a row of NaN is of no asset."""


_FTS = """
CREATE VIRTUAL TABLE IF NOT EXISTS documents_words USING fts5(
  title, seen, said, pieces, content='documents', content_rowid='number',
  tokenize='ascii', detail='column')
"""
_COLUMNS = "title, seen, said, pieces"
_OLD = "old.number, old.title, old.seen, old.said, old.pieces"
_NEW = "new.number, new.title, new.seen, new.said, new.pieces"
_DROP = f"INSERT INTO documents_words(documents_words, rowid, {_COLUMNS}) VALUES('delete', {_OLD});"
_PUT = f"INSERT INTO documents_words(rowid, {_COLUMNS}) VALUES({_NEW});"
_SQLITE = (
    _FTS,
    f"CREATE TRIGGER documents_put AFTER INSERT ON documents BEGIN {_PUT} END",
    f"CREATE TRIGGER documents_gone AFTER DELETE ON documents BEGIN {_DROP} END",
    f"CREATE TRIGGER documents_new AFTER UPDATE ON documents BEGIN {_DROP} {_PUT} END",
)
_POSTGRES = (
    "ALTER TABLE documents ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', seen), 'B')"
    " || setweight(to_tsvector('simple', said), 'C')"
    " || setweight(to_tsvector('simple', pieces), 'D')) STORED",
    "CREATE INDEX documents_words ON documents USING gin (words)",
)
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRES)):
    for _statement in _statements:
        event.listen(
            table(DocumentRow), "after_create", DDL(_statement).execute_if(dialect=_dialect)
        )


def mark_stale(session: Session, asset_ids: Iterable[str]) -> None:
    """Put down that something else is known of these assets than their documents tell."""
    rows = [{"asset": one} for one in dict.fromkeys(asset_ids)]
    upsert(session, table(StaleRow), rows, keys=("asset",))


__all__ = ["AssetRow", "DocumentRow", "PageRow", "StaleRow", "mark_stale"]
