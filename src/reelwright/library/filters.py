"""Filters: which assets a person means, for listing and for searching alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Text, and_, exists, func, not_, or_, select, type_coerce
from sqlalchemy.orm import Session

from reelwright.core.errors import LibraryError
from reelwright.core.nouns import Noun
from reelwright.library.tables import AnnotationRow, AssetRow, PlaceRow
from reelwright.store.columns import keep_path

SQUARE = 0.05
"""How far from 1 the shape of what counts as square may be."""

Kind = Literal["video", "audio", "picture", "text"]
Orientation = Literal["portrait", "landscape", "square"]
Order = Literal["added", "taken", "name", "length", "size", "quality"]


class Filter(Noun):
    """What assets must be like. What is left empty does not matter."""

    kind: tuple[Kind, ...] = ()
    """One of these."""
    shortest: float | None = Field(default=None, ge=0)
    """Seconds, at least."""
    longest: float | None = Field(default=None, ge=0)
    """Seconds, at most."""
    orientation: Orientation | None = None
    side: int | None = Field(default=None, ge=0)
    """Pixels of the shorter side, at least."""
    quality: float | None = Field(default=None, ge=0, le=1)
    """At least; what was never judged is out."""
    since: str | None = None
    """Recorded on this day or later: ``2024``, ``2024-05`` or ``2024-05-01``."""
    until: str | None = None
    """Recorded on this day or before."""
    under: str | None = None
    """A folder: assets that have a file in it or below it."""
    having: tuple[str, ...] = ()
    """Annotations it has, as ``name`` or ``name=label``: ``face``, ``mood=calm``, ``tag=海``."""
    lacking: tuple[str, ...] = ()
    """Annotations it has not: ``fault``, ``fault=black``."""


def conditions(filter: Filter) -> list[ColumnElement[bool]]:
    """A filter as conditions on `AssetRow`, to be joined by and.

    Raises:
        LibraryError: a date in it is none.
    """
    found: list[ColumnElement[bool]] = []
    if filter.kind:
        found.append(AssetRow.kind.in_(filter.kind))
    if filter.shortest is not None:
        found.append(AssetRow.seconds >= filter.shortest)
    if filter.longest is not None:
        # Pictures have no length, so none that could be too long.
        found.append(AssetRow.seconds <= filter.longest)
    if filter.orientation:
        found.append(_is_turned(filter.orientation))
    if filter.side is not None:
        found += [AssetRow.width >= filter.side, AssetRow.height >= filter.side]
    if filter.quality is not None:
        found.append(AssetRow.quality >= filter.quality)
    if filter.since:
        found.append(AssetRow.taken >= _first_day(filter.since))
    if filter.until:
        found.append(AssetRow.taken < _day_after(filter.until))
    if filter.under:
        found.append(_is_under(filter.under))
    found += [_has(wanted) for wanted in filter.having]
    found += [not_(_has(unwanted)) for unwanted in filter.lacking]
    return found


def find(
    session: Session,
    filter: Filter,
    *,
    order: Order = "added",
    limit: int | None = None,
    skip: int = 0,
) -> Sequence[AssetRow]:
    """The assets that a filter lets through.

    Args:
        session: one to read from.
        filter: what they must be like.
        order: the newest, longest, largest and best first; names from A.
        limit: at most so many.
        skip: leave out so many first.
    """
    by = {
        "added": (AssetRow.number.desc(),),
        "taken": (AssetRow.taken.is_(None), AssetRow.taken.desc()),
        "name": (AssetRow.name,),
        "length": (AssetRow.seconds.desc(),),
        "size": (AssetRow.bytes.desc(),),
        "quality": (AssetRow.quality.is_(None), AssetRow.quality.desc()),
    }[order]
    query = select(AssetRow).where(*conditions(filter)).order_by(*by, AssetRow.number)
    return session.scalars(query.limit(limit).offset(skip or None)).all()


def count(session: Session, filter: Filter) -> tuple[int, float]:
    """How many assets a filter lets through, and their seconds in all."""
    query = select(func.count(), func.sum(AssetRow.seconds)).where(*conditions(filter))
    number, seconds = session.execute(query).one()
    return int(number), float(seconds or 0)


def _is_turned(orientation: Orientation) -> ColumnElement[bool]:
    wide, high = AssetRow.width * 1.0, AssetRow.height * (1 + SQUARE)
    landscape = wide > high
    portrait = AssetRow.height * 1.0 > AssetRow.width * (1 + SQUARE)
    if orientation == "square":
        return and_(AssetRow.width > 0, not_(landscape), not_(portrait))
    return landscape if orientation == "landscape" else portrait


def _is_under(folder: str) -> ColumnElement[bool]:
    kept = keep_path(folder.rstrip("/\\"))
    # Not LIKE: to SQLite that makes no difference between A and a.
    starts = func.substr(PlaceRow.path, 1, len(kept) + 1, type_=Text)
    inside = or_(type_coerce(PlaceRow.path, Text) == kept, starts.in_([kept + "/", kept + "\\"]))
    return exists().where(PlaceRow.asset == AssetRow.id, inside)


def _has(wanted: str) -> ColumnElement[bool]:
    """Whether an annotation is there, and not denied by hand."""
    name, equals, label = wanted.partition("=")
    same = [AnnotationRow.asset == AssetRow.id, AnnotationRow.name == name.strip()]
    if equals:
        same.append(AnnotationRow.label == label.strip())
    said = exists().where(*same, AnnotationRow.confidence > 0)
    if not equals:
        return said
    return and_(
        said, not_(exists().where(*same, AnnotationRow.hand, AnnotationRow.confidence == 0))
    )


def _first_day(text: str) -> str:
    return _days(text)[0].isoformat()


def _day_after(text: str) -> str:
    return _days(text)[1].isoformat()


def _days(text: str) -> tuple[date, date]:
    """The first day of a year, month or day, and the day after its last."""
    parts = text.strip().split("-")
    try:
        year, month, day = ([int(part) for part in parts] + [1, 1])[:3]
        first = date(year, month, day)
        if len(parts) == 1:
            return first, date(year + 1, 1, 1)
        if len(parts) == 2:
            return first, date(year + month // 12, month % 12 + 1, 1)
    except ValueError:
        raise LibraryError(
            "is not a date", where=text, hint="write 2024, 2024-05 or 2024-05-01"
        ) from None
    return first, first + timedelta(days=1)
