"""Which trained recommender serves: the newest that proved better, and those to go back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reelwright.audience.catalogue import Catalogue
from reelwright.audience.interactions import Ints
from reelwright.audience.recommend.recommender import Recommender
from reelwright.audience.recommend.saving import load_saved
from reelwright.audience.tables import ModelRow
from reelwright.core.errors import FeedError, ModelError
from reelwright.core.settings import home
from reelwright.store.database import Database

KEPT = 3
"""Models to roll back to; what is older is removed from the disk."""


@dataclass(frozen=True)
class Model:
    """A recommender that serves.

    Attributes:
        number: of its row, or 0.
        name: as pages and events name it.
        items: how many videos it indexes.
        places: the catalogue's place of each of them, −1 for those it lacks; None where both agree.
        indexes: int32, by place of the catalogue, the model's index; −1 where it knows none.
    """

    number: int
    name: str
    recommender: Recommender
    items: int
    places: Ints | None
    indexes: Ints


def models_folder() -> Path:
    """Where trained recommenders are kept."""
    return home() / "feed" / "models"


def serving_number(session: Session) -> int:
    """The number of the model that should serve; 0 where none does."""
    query = select(ModelRow.number).where(ModelRow.state == "serving")
    return session.scalar(query.order_by(ModelRow.number.desc()).limit(1)) or 0


def load_serving(database: Database, catalogue: Catalogue) -> tuple[Model | None, list[str]]:
    """The model that serves. One that is damaged is marked so, and the last good one serves.

    Returns:
        The model (None where there is no good one), and what is to be said of damaged ones.
    """
    told: list[str] = []
    while True:
        with database.reading() as session:
            row = session.scalar(
                select(ModelRow)
                .where(ModelRow.state.in_(("serving", "standby")))
                .order_by(ModelRow.state, ModelRow.number.desc())
                .limit(1)
            )
        if row is None:
            return None, told
        try:
            saved = load_saved(Path(row.folder))
        except ModelError as error:
            told.append(f"model {row.name}-{row.number} does not serve: {error}")
            set_state(database, row.number, "damaged")
            continue
        if row.state != "serving":
            set_state(database, row.number, "serving")
            told.append(f"model {row.name}-{row.number} serves again")
        return fit_into(row.number, row.name, saved.recommender, saved.items, catalogue), told


def fit_into(
    number: int, name: str, recommender: Recommender, items: Sequence[str], catalogue: Catalogue
) -> Model:
    """A recommender with its videos found in the catalogue."""
    n = len(items)
    same = list(items) == list(catalogue.ids[:n])
    indexes = np.full(len(catalogue), -1, np.int32)
    if same:
        indexes[:n] = np.arange(n)
        places = None
    else:
        found = [catalogue.places.get(item, -1) for item in items]
        places = np.array(found, np.int32)
        known = places >= 0
        indexes[places[known]] = np.flatnonzero(known)
    return Model(number, f"{name}-{number}", recommender, n, places, indexes)


def set_state(database: Database, number: int, state: str) -> None:
    """Say what a model is from now on; one that serves takes the place of the one that did."""
    with database.writing() as session:
        if state == "serving":
            others = (ModelRow.state == "serving", ModelRow.number != number)
            session.execute(update(ModelRow).where(*others).values(state="standby"))
        session.execute(update(ModelRow).where(ModelRow.number == number).values(state=state))


def roll_back(database: Database) -> str:
    """The model before the one that serves serves again; returns its name.

    Raises:
        FeedError: there is none.
    """
    with database.reading() as session:
        standing = serving_number(session)
        before = (ModelRow.state == "standby", ModelRow.number < standing)
        query = select(ModelRow).where(*before).order_by(ModelRow.number.desc()).limit(1)
        row = session.scalar(query)
    if row is None:
        raise FeedError("there is no earlier model to go back to", hint="see `reel feed train`")
    load_saved(Path(row.folder))
    set_state(database, row.number, "serving")
    set_state(database, standing, "refused")
    return f"{row.name}-{row.number}"
