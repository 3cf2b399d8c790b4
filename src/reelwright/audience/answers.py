"""What batches of events were answered: the same batch under the same key gets the same again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reelwright.audience.tables import LONGEST_NAME, KeyRow, table
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Event
from reelwright.store.database import insert_new

KEPT = 7 * 86_400.0
"""Seconds an idempotency key is remembered for; after that, facts and ids still tell twice."""
_FIELDS = attrgetter(*Event.model_fields)
_FEW = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """An event that did not go in: its place in the batch, and why (a key of `REASONS`)."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a batch.

    Attributes:
        new: events that went in.
        known: events that were there already.
        apart: what is kept apart.
        refused: what is not kept at all.
        repeated: whether the answer is that of an earlier batch with the same key.
    """

    new: int
    known: int
    apart: tuple[Notice, ...] = ()
    refused: tuple[Notice, ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class Batch:
    """Events that come together, under an idempotency key or none."""

    events: Sequence[Event]
    key: str = ""


OTHER = FeedError(
    "the idempotency key came with other events before",
    hint="give every batch a key of its own, and the same key only to the same batch",
)


def answers_by_key(
    session: Session, batches: Sequence[Batch]
) -> tuple[list[Accepted | FeedError | int | None], list[int]]:
    """Answers for batches whose key is known, and the places of those that are new.

    A number instead of an answer says in whose answer's place to look: an earlier batch's.
    """
    answers: list[Accepted | FeedError | int | None] = [None] * len(batches)
    keys = [_hash(batch.key) if batch.key else "" for batch in batches]
    known: dict[str, KeyRow] = {}
    wanted = [key for key in keys if key]
    for part in (wanted[first : first + _FEW] for first in range(0, len(wanted), _FEW)):
        known |= {
            row.key: row for row in session.scalars(select(KeyRow).where(KeyRow.key.in_(part)))
        }
    first: dict[str, int] = {}
    fresh: list[int] = []
    for place, key in enumerate(keys):
        if len(batches[place].key) > LONGEST_NAME:
            answers[place] = FeedError(
                f"an idempotency key has {LONGEST_NAME} characters at most", hint="a UUID will do"
            )
        elif key in known:
            same = known[key].body == body_of(batches[place].events)
            answers[place] = _answer(known[key].answer) if same else OTHER
        elif key and key in first:
            answers[place] = first[key]
        else:
            fresh.append(place)
            first[key] = place
    return answers, fresh


def _answer(kept: Mapping[str, Any]) -> Accepted:
    apart, refused = (tuple(Notice(*pair) for pair in kept[name]) for name in ("apart", "refused"))
    return Accepted(kept["new"], kept["known"], apart, refused, repeated=True)


def keep_answer(
    session: Session, key: str, events: Sequence[Event], answer: Accepted, now: float
) -> None:
    """Remember what a batch under a key was answered, from now on (seconds since 1970)."""
    values: dict[str, Any] = {"new": answer.new, "known": answer.known}
    values["apart"] = [[one.index, one.reason] for one in answer.apart]
    values["refused"] = [[one.index, one.reason] for one in answer.refused]
    row = {"key": _hash(key), "body": body_of(events), "answer": values, "at": now}
    insert_new(session, table(KeyRow), [row])


def body_of(events: Iterable[Event]) -> str:
    """A hash of events, the same for the same ones in the same order."""
    rows = [_FIELDS(event) for event in events]
    try:
        data = orjson.dumps(rows)
    except orjson.JSONEncodeError:
        # Half a character, or a number too large: such an event is refused, but told by its hash.
        data = repr(rows).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def forget_answers(session: Session, now: float) -> None:
    """Drop keys that are `KEPT` old."""
    session.execute(delete(KeyRow).where(KeyRow.at < now - KEPT))
