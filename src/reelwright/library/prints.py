"""Prints in the library: one a film, picture or sound, and which assets were found to be copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ForeignKey, Index, LargeBinary, String, and_, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from reelwright.library.tables import AssetRow, Base, Id, table
from reelwright.media import prints, soundprints, wordindex
from reelwright.media.prints import Print
from reelwright.media.soundprints import SoundPrint
from reelwright.media.wordindex import Written
from reelwright.store.columns import Plain
from reelwright.store.database import upsert

VERSIONS = {
    "video": prints.VERSION,
    "picture": prints.VERSION,
    "audio": soundprints.VERSION,
}
"""The kinds of assets that have prints, and the version of these."""


class PrintRow(Base):
    """The print of an asset."""

    __tablename__ = "prints"

    asset: Mapped[str] = mapped_column(
        Id, ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    """The asset's: prints are compared with those of their kind."""
    version: Mapped[int]
    """What `VERSIONS` said when it was made."""
    words: Mapped[bytes] = mapped_column(LargeBinary)
    """What is indexed of it: see `pack_words`."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """`media.prints.pack`; of a sound, `media.soundprints.pack`."""
    compared: Mapped[bool]
    """Whether it has been compared with all that were there before it."""


class TwinRow(Base):
    """That two assets show the same."""

    __tablename__ = "twins"
    __table_args__ = (Index("twins_other", "other"),)

    asset: Mapped[str] = mapped_column(
        Id, ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True
    )
    other: Mapped[str] = mapped_column(
        Id, ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[Any] = mapped_column(Plain)
    """`library.copies.Comparison` as plain values."""


def pack_words(written: Written) -> bytes:
    """What is indexed of a print, as bytes: the number of frames, their counts, all words."""
    parts = (np.array([len(written.counts)]), written.counts, written.words)
    return b"".join(part.astype("<u4").tobytes() for part in parts)


def unpack_words(data: bytes) -> Written:
    """What `pack_words` made these bytes of."""
    values = np.frombuffer(data, "<u4")
    frames = int(values[0])
    return Written(values[1 + frames :].astype(np.uint32), values[1 : 1 + frames].astype(np.int64))


def most_words(kind: str) -> int:
    """How many words of one frame are indexed."""
    return wordindex.PICTURE_WORDS if kind == "picture" else wordindex.FRAME_WORDS


def put_print(session: Session, asset_id: str, kind: str, one: Print | SoundPrint) -> None:
    """Keep the print of an asset; what was found with an older one is forgotten."""
    session.execute(
        delete(TwinRow).where(or_(TwinRow.asset == asset_id, TwinRow.other == asset_id))
    )
    if isinstance(one, SoundPrint):
        written, data = soundprints.write(one), soundprints.pack(one)
    else:
        written, data = wordindex.write(one, most_words(kind)), prints.pack(one)
    row = {
        "asset": asset_id, "kind": kind, "version": VERSIONS[kind], "words": pack_words(written),
        "data": data, "compared": False,
    }  # fmt: skip
    upsert(session, table(PrintRow), [row], keys=("asset",))


def get_print(session: Session, asset_id: str) -> Print | None:
    """The print of a film or picture; None where there is none that can be compared."""
    data = session.scalar(select(PrintRow.data).where(PrintRow.asset == asset_id))
    return prints.unpack(data) if data else None


def get_sound_print(session: Session, asset_id: str) -> SoundPrint | None:
    """The print of a sound file; None where there is none that can be compared."""
    data = session.scalar(select(PrintRow.data).where(PrintRow.asset == asset_id))
    return soundprints.unpack(data) if data else None


def lacking_prints(session: Session) -> list[str]:
    """The ids of assets that have no print yet but could, in the order of their coming."""
    lacking = [
        and_(
            AssetRow.kind == kind,
            AssetRow.id.not_in(select(PrintRow.asset).where(PrintRow.version == version)),
        )
        for kind, version in VERSIONS.items()
    ]
    query = select(AssetRow.id).where(or_(*lacking))
    return list(session.scalars(query.order_by(AssetRow.number)))


def indexed(session: Session, kind: str) -> list[tuple[str, Written, bool]]:
    """The assets of a kind that have a print: id, words, whether compared; in order of coming."""
    query = (
        select(PrintRow.asset, PrintRow.words, PrintRow.compared)
        .join(AssetRow, AssetRow.id == PrintRow.asset)
        .where(PrintRow.kind == kind, PrintRow.version == VERSIONS[kind])
        .order_by(AssetRow.number)
    )
    return [(asset, unpack_words(words), done) for asset, words, done in session.execute(query)]


def put_twins(session: Session, asset_id: str, twins: Sequence[tuple[str, Any]]) -> None:
    """Keep whom an asset was found to show the same as, and that it has been compared."""
    rows = [{"asset": asset_id, "other": other, "value": value} for other, value in twins]
    upsert(session, table(TwinRow), rows, keys=("asset", "other"))
    rows_done = table(PrintRow).update().where(table(PrintRow).c.asset == asset_id)
    session.execute(rows_done.values(compared=True))


def get_twins(session: Session) -> list[TwinRow]:
    """All pairs of assets that were found to show the same."""
    return list(session.scalars(select(TwinRow).order_by(TwinRow.asset, TwinRow.other)))
