"""Searching: words of either language, filters, pictures like one, and meaning where that is known.

The index only says who may be meant; how well each answers is worked out here, so that SQLite and
PostgreSQL give the same order. It is asked from the strictest reading of a question to the loosest,
and no further than until there are answers enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, column, select, text
from sqlalchemy import table as lightweight
from sqlalchemy.orm import Session

from reelwright.core.nouns import Annotation
from reelwright.library import catalogue, filters
from reelwright.library.asking import (
    PIECES,
    SAID,
    SEEN,
    TITLE,
    Question,
    Thing,
    match_words,
    read_question,
)
from reelwright.library.documents import refresh, strings_in, tokens_in, tokens_of
from reelwright.library.filters import Filter
from reelwright.library.indexes import DocumentRow
from reelwright.library.tables import AssetRow
from reelwright.store.database import Database

_WEIGHED = 240
"""Assets of one reading of a question that are weighed against each other, newest first."""
_WORTH = {TITLE: 1.0, SEEN: 0.9, SAID: 0.7, PIECES: 0.4}
"""What it is worth where a word is found."""
_SHOWN = 48
"""Characters of an annotation that are shown."""
_OTHER = 0.85
"""What another name for a thing is worth against its own."""
_READINGS = (
    ((TITLE, SEEN), False, False, True),
    ((TITLE, SEEN), True, False, True),
    ((TITLE, SEEN, SAID), True, False, True),
    ((TITLE, SEEN, SAID), True, True, True),
    ((TITLE, SEEN, SAID), True, True, False),
)
"""Columns, whether other names count, whether pieces do, whether all that is asked for must be
there: from strict to loose."""


@dataclass(frozen=True)
class Hit:
    """An asset that answers."""

    row: AssetRow
    score: float
    """0 to 1: how much of what was asked for it has, and where that stands."""
    why: tuple[str, ...] = ()
    """What of it answers: ``scene sea``, ``text 开业大吉``."""
    start: float | None = None
    """Seconds into it where that is first so; None: all of it, or not known."""


@dataclass
class Answer:
    """What a search came to."""

    hits: list[Hit] = field(default_factory=list[Hit])
    more: bool = False
    """Whether there may be others that are not among them."""


def search(
    database: Database,
    asked: str,
    filter: Filter | None = None,
    *,
    limit: int = 20,
    near: dict[int, float] | None = None,
) -> Answer:
    """The assets that answer best, best first.

    Args:
        database: the library, open.
        asked: what for, in words of either language; ``-word`` is not wanted. Empty: only
            `filter` and `near` count.
        filter: what assets must be like.
        limit: at most so many.
        near: assets (their numbers) that are near in meaning or looks, 0 to 1 (see `vectors`).

    Raises:
        LibraryError: a filter cannot be.
        StoreError: the database does not answer.
    """
    refresh(database)
    question = read_question(asked)
    must = filters.conditions(filter or Filter())
    with database.reading() as session:
        scores = _by_words(session, question, must, limit)
        # Beside words, being near only helps along.
        most = 0.6 if question.things else 1.0
        weighed = {number: most * share for number, share in (near or {}).items()}
        for number, score in scores.items():
            weighed[number] = max(score, weighed.get(number, 0.0)) + 0.2 * weighed.get(number, 0.0)
        if not weighed and not question.things and near is None:
            rows = filters.find(session, filter or Filter(), limit=limit + 1)
            return Answer([Hit(row, 1.0) for row in rows[:limit]], len(rows) > limit)
        return _answer(session, question, must, weighed, set(scores), limit)


def _answer(
    session: Session,
    question: Question,
    must: Sequence[ColumnElement[bool]],
    weighed: dict[int, float],
    checked: set[int],
    limit: int,
) -> Answer:
    """The best of what was weighed, with what of it answers."""
    order = sorted(weighed, key=lambda number: (-round(weighed[number], 4), -number))
    rows: list[AssetRow] = []
    # What is only near was not held against the filter yet.
    step = limit + 20
    for first in range(0, len(order), step):
        part = order[first : first + step]
        query = select(AssetRow).where(AssetRow.number.in_(part))
        if not set(part) <= checked:
            query = query.where(*must)
        found = {row.number: row for row in session.scalars(query)}
        rows += [found[number] for number in part if number in found]
        if len(rows) > limit:
            break
    shown = rows[:limit]
    known = catalogue.annotations_of(session, [row.id for row in shown])
    hits = [
        _hit(row, min(1.0, weighed[row.number]), question, known.get(row.id, [])) for row in shown
    ]
    return Answer(hits, len(rows) > limit)


def _by_words(
    session: Session, question: Question, must: Sequence[ColumnElement[bool]], limit: int
) -> dict[int, float]:
    """Numbers of assets and how well their words answer."""
    if not question.things:
        return {}
    scores: dict[int, float] = {}
    for columns, others, pieces, everything in _READINGS:
        dialect = session.get_bind().dialect.name
        said = match_words(
            question.things, columns, others=others, pieces=pieces, all=everything, dialect=dialect
        )
        if question.without:
            every = (TITLE, SEEN, SAID)
            unwanted = match_words(question.without, every, all=False, dialect=dialect)
            said = f"({said})&!({unwanted})" if dialect == "postgresql" else (
                f"({said}) NOT ({unwanted})"
            )  # fmt: skip
        found = _matching(session, said, must, dialect)
        rarity = _rarity(question.things, found) if not everything else {}
        for number, document in found.items():
            if number not in scores:
                scores[number] = _score(question.things, document, rarity)
        if len(scores) > limit:
            break
    return scores


_WORDS = lightweight("documents_words", column("rowid"))
"""SQLite's index of documents."""


def _matching(
    session: Session, said: str, must: Sequence[ColumnElement[bool]], dialect: str
) -> dict[int, dict[str, set[str]]]:
    """Documents (their columns' tokens) that match, newest first, no more than can be weighed."""
    columns = (DocumentRow.title, DocumentRow.seen, DocumentRow.said, DocumentRow.pieces)
    query = select(DocumentRow.number, *columns)
    of = AssetRow.number == DocumentRow.number
    if dialect == "postgresql":
        match = text("documents.words @@ CAST(:said AS tsquery)")
        query = query.join(AssetRow, of).order_by(DocumentRow.number.desc())
    else:
        # Asked for in this order the index gives its rows one by one, and no more than wanted.
        match = text("documents_words MATCH :said")
        query = query.select_from(_WORDS).join(DocumentRow, DocumentRow.number == _WORDS.c.rowid)
        query = query.join(AssetRow, of).order_by(_WORDS.c.rowid.desc())
    query = query.where(match.bindparams(said=said), *must).limit(_WEIGHED)
    return {
        number: {
            TITLE: tokens_of(title), SEEN: tokens_of(seen),
            SAID: tokens_of(spoken), PIECES: tokens_of(pieces),
        }
        for number, title, seen, spoken, pieces in session.execute(query)
    }  # fmt: skip


def _rarity(things: Sequence[Thing], documents: dict[int, dict[str, set[str]]]) -> dict[str, float]:
    """How telling each thing is among these documents: what all of them have tells little."""
    many = len(documents) + 1
    return {
        thing.word: math.log(
            1 + many / (1 + sum(_worth(thing, each) > 0 for each in documents.values()))
        )
        for thing in things
    }


def _score(
    things: Sequence[Thing], document: dict[str, set[str]], rarity: dict[str, float]
) -> float:
    total = sum(rarity.get(thing.word, 1.0) for thing in things)
    own = sum(rarity.get(thing.word, 1.0) * _worth(thing, document) for thing in things)
    return own / total if total else 0.0


def _worth(thing: Thing, document: dict[str, set[str]]) -> float:
    """How well a document has a thing, 0 to 1."""
    best = 0.0
    for where in (TITLE, SEEN, SAID):
        if thing.names[0] in document[where]:
            best = max(best, _WORTH[where])
        elif any(name in document[where] for name in thing.names[1:]):
            best = max(best, _OTHER * _WORTH[where])
    parts = thing.parts or thing.letters
    if parts and best < _WORTH[PIECES]:
        held = sum(part in document[PIECES] for part in parts) / len(parts)
        best = max(best, _WORTH[PIECES] * held * held)
    return best


def _hit(row: AssetRow, score: float, question: Question, known: Sequence[Annotation]) -> Hit:
    """An answer with what of the asset's annotations speaks for it."""
    why: list[str] = []
    start: float | None = None
    names = {name for thing in question.things for name in thing.names}
    for one in known:
        if names & tokens_in(one):
            said = f"{one.name} {_said(one)}".strip()
            if said not in why:
                why.append(said)
            if one.start is not None and (start is None or one.start < start):
                start = one.start
    return Hit(row, round(score, 4), tuple(why[:4]), start)


def _said(one: Annotation) -> str:
    """What an annotation says, in a few words."""
    texts = strings_in(one.value)
    text = ", ".join(texts) if texts else catalogue.label_of(one.value) or ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
