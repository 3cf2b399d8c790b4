"""Which trained models serve: the newest that proved better, and those to go back to.

There are two parts: recommenders name candidates, rankers say what showing one is worth.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from reelwright.audience.catalogue import Catalogue
from reelwright.audience.interactions import Ints
from reelwright.audience.ranking.ranker import load_ranker
from reelwright.audience.recommend.recommender import Recommender
from reelwright.audience.recommend.saving import load_saved
from reelwright.audience.tables import ModelRow
from reelwright.core.errors import FeedError, ModelError
from reelwright.core.settings import home
from reelwright.store.database import Database

T = TypeVar("T")
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a training.

    Attributes:
        name: of the model, with its number: ``transitions-3``; without where it does not serve.
        serves: whether it serves now.
        scores: on the newest part, of the new one; empty where there was too little to judge by.
        standing: name of what served until now; empty where nothing did.
        before: its scores on the same part.
        seconds: how long it took.
    """

    name: str
    serves: bool
    scores: dict[str, float]
    standing: str
    before: dict[str, float]
    seconds: float


def models_folder() -> Path:
    """Where trained recommenders are kept."""
    return home() / "feed" / "models"


def serving_number(session: Session, part: str | None = None) -> int:
    """The number of the model that should serve; 0 where none does. `part` as of `ModelRow`."""
    query = select(ModelRow.number).where(ModelRow.state == "serving", _is(part))
    return session.scalar(query.order_by(ModelRow.number.desc()).limit(1)) or 0


def serving_row(session: Session, part: str | None = None) -> ModelRow | None:
    """The model that should serve; None where there is none."""
    return session.get(ModelRow, serving_number(session, part))


def load_serving(database: Database, catalogue: Catalogue) -> tuple[Model | None, list[str]]:
    """The recommender that serves. One that is damaged is marked so, and the last good one serves.

    Returns:
        The model (None where there is no good one), and what is to be said of damaged ones.
    """
    found, told = load_good(database, None, load_saved)
    if found is None:
        return None, told
    number, name, saved = found
    return fit_into(number, name, saved.recommender, saved.items, catalogue), told


def load_good(
    database: Database, part: str | None, load: Callable[[Path], T]
) -> tuple[tuple[int, str, T] | None, list[str]]:
    """The model of a part that serves, or the newest good one behind it: number, name, itself.

    Args:
        load: reads one from its folder, and raises ModelError where it is damaged.
    """
    told: list[str] = []
    while True:
        with database.reading() as session:
            row = session.scalar(
                select(ModelRow)
                .where(ModelRow.state.in_(("serving", "standby")), _is(part))
                .order_by(ModelRow.state, ModelRow.number.desc())
                .limit(1)
            )
        if row is None:
            return None, told
        try:
            loaded = load(Path(row.folder))
        except ModelError as error:
            told.append(f"model {row.name}-{row.number} does not serve: {error}")
            set_state(database, row.number, "damaged")
            continue
        if row.state != "serving":
            set_state(database, row.number, "serving")
            told.append(f"model {row.name}-{row.number} serves again")
        return (row.number, row.name, loaded), told


def _is(part: str | None) -> ColumnElement[bool]:
    return ModelRow.part.is_(None) if part is None else ModelRow.part == part


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


def keep_model(
    database: Database,
    part: str | None,
    name: str,
    events: int,
    scores: Mapping[str, float],
    save: Callable[[Path], None],
) -> int:
    """Save a model and let it serve; returns its number. Those too old to go back to are removed.

    Args:
        events: number of the newest event that it knows.
        save: writes it into a folder.

    Raises:
        StoreError: the disk is full.
    """
    with database.writing() as session:
        row = ModelRow(
            name=name,
            part=part,
            folder="",
            trained=time.time(),
            events=events,
            scores=dict(scores),
            state="refused",
        )
        session.add(row)
        session.flush()
        number = row.number
        row.folder = str(models_folder() / f"{number:06d}-{name}")
        folder = Path(row.folder)
    save(folder)
    # The files are whole before anybody is told to read them.
    set_state(database, number, "serving")
    _tidy(database, part)
    return number


def _tidy(database: Database, part: str | None) -> None:
    with database.reading() as session:
        query = select(ModelRow.number, ModelRow.folder, ModelRow.state)
        query = query.where(ModelRow.state.not_in(("serving", "removed")), _is(part))
        rows = session.execute(query.order_by(ModelRow.number.desc())).all()
    for number, folder, _ in rows[KEPT:]:
        if Path(folder).parent == models_folder():
            set_state(database, number, "removed")
            shutil.rmtree(folder, ignore_errors=True)


def set_state(database: Database, number: int, state: str) -> None:
    """Say what a model is from now on; one that serves takes the place of the one that did."""
    with database.writing() as session:
        if state == "serving":
            part = session.scalar(select(ModelRow.part).where(ModelRow.number == number))
            others = (ModelRow.state == "serving", ModelRow.number != number, _is(part))
            session.execute(update(ModelRow).where(*others).values(state="standby"))
        session.execute(update(ModelRow).where(ModelRow.number == number).values(state=state))


def roll_back(database: Database, part: str | None = None) -> str:
    """The model before the one that serves serves again; returns its name.

    Args:
        part: of which part, as `ModelRow.part` has it. Without a ranker, rates rank.

    Raises:
        FeedError: there is none.
    """
    with database.reading() as session:
        standing = serving_row(session, part)
        query = select(ModelRow).where(ModelRow.state == "standby", _is(part))
        if standing:
            query = query.where(ModelRow.number < standing.number)
        row = session.scalar(query.order_by(ModelRow.number.desc()).limit(1))
    if row is None:
        raise FeedError("there is no earlier model to go back to", hint="see `reel feed models`")
    (load_saved if part is None else load_ranker)(Path(row.folder))
    set_state(database, row.number, "serving")
    if standing:
        set_state(database, standing.number, "refused")
    return f"{row.name}-{row.number}"


def list_models(database: Database) -> list[ModelRow]:
    """All models whose files are kept, the newest first."""
    with database.reading() as session:
        query = select(ModelRow).where(ModelRow.state != "removed")
        return list(session.scalars(query.order_by(ModelRow.number.desc())))
