"""People that the person has named: examples of their faces, and whose a face is.

A face is somebody's if it is near enough to one of their examples, and nearer than to anybody
else's. Nobody is recognised who was not named first, and nothing leaves the machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from reelwright.core.errors import LibraryError
from reelwright.core.settings import Settings
from reelwright.library import catalogue
from reelwright.library.tables import Base, Id
from reelwright.library.vectors import space_of
from reelwright.providers.people import load_teller
from reelwright.store.columns import Number, Plain
from reelwright.store.database import Database

if TYPE_CHECKING:
    from reelwright.core.ports import FaceTeller

Vector = Sequence[float]
Examples = Mapping[str, Sequence[Vector]]
"""Faces by whose they are."""


class ExampleRow(Base):
    """An example of somebody's face."""

    __tablename__ = "people"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    asset: Mapped[str] = mapped_column(Id)
    """Where the face was seen; the example stays when that is removed."""
    space: Mapped[str] = mapped_column(String(40))
    """Who described it (see `vectors.space_of`)."""
    vector: Mapped[list[float]] = mapped_column(Plain)


def examples_now(settings: Settings, teller: FaceTeller) -> Examples:
    """The examples in the library of these settings; none where there is no library yet."""
    if catalogue.is_empty(settings.library):
        return {}
    database = catalogue.open_library(settings.library)
    try:
        with database.reading() as session:
            return examples_of(session, teller)
    finally:
        database.close()


def learn_face(database: Database, asset_id: str, name: str, settings: Settings) -> None:
    """Remember the face in a picture as an example of somebody's.

    Args:
        database: the library, open.
        asset_id: a picture or a clip of them; of several faces the largest is taken.
        name: whose it is.
        settings: who finds faces and tells them apart.

    Raises:
        LibraryError: nobody tells faces apart here, or there is no face in it.
        ProviderError: who is set cannot work.
    """
    from reelwright.providers.faces import load_finder

    finder, teller = load_finder(settings.faces), load_teller(settings.people)
    if finder is None or teller is None:
        raise LibraryError(
            "nobody is set to tell faces apart",
            hint="`reel doctor` shows what is missing; label it by hand: person=NAME",
        )
    with database.reading() as session:
        row = catalogue.get_asset(session, asset_id)
        path = catalogue.file_of(session, asset_id)
    from reelwright.library.resembling import frames_of

    for frame in frames_of(path):
        boxes = finder.find([frame])[0]
        if boxes:
            largest = max(boxes, key=lambda box: (box.height * box.width, box.score))
            vector = teller.describe(frame, [largest])[0]
            break
    else:
        raise LibraryError("has no face that could be found", where=row.name)
    with database.writing() as session:
        session.add(
            ExampleRow(name=name, asset=asset_id, space=space_of(teller.key()), vector=list(vector))
        )


def examples_of(session: Session, teller: FaceTeller) -> dict[str, list[Vector]]:
    """The examples there are, by name, as this teller describes faces."""
    found: dict[str, list[Vector]] = {}
    query = select(ExampleRow).where(ExampleRow.space == space_of(teller.key()))
    for row in session.scalars(query.order_by(ExampleRow.number)):
        found.setdefault(row.name, []).append(row.vector)
    return found


def whose(vector: Vector, examples: Examples, near: float) -> tuple[str, float]:
    """Whose face this is, and how surely (0 to 1); nobody's (an empty name) where no example is
    nearer than `near`."""
    best = min(
        ((math.dist(vector, one), name) for name, some in examples.items() for one in some),
        default=(math.inf, ""),
    )
    if best[0] >= near:
        return "", 0.0
    others = [math.dist(vector, o) for n, some in examples.items() if n != best[1] for o in some]
    apart = min([near, *others]) or near
    return best[1], round(max(0.0, min(1.0, 1.0 - 0.5 * best[0] / apart)), 3)
