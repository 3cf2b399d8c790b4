"""Pages of the feed as they were given: what makes an event's cause known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.tables import RequestRow, ViewerRow, table
from reelwright.store.database import insert_tuples, select_named

_FEW = 500


@dataclass(frozen=True)
class Page:
    """What a viewer was shown.

    Attributes:
        id: of the request; events name it.
        user: to whom.
        time: when, in seconds since 1970.
        model: what chose it.
        items: ids of videos, in the order shown.
        propensities: how likely each was to be shown at its place, 0 to 1.
        arm: which side of an experiment the viewer was on.
        sources: where each came from. scores: what these said of each.
        shadows: of arms of an experiment that only look on, see `tables.RequestRow`.
    """

    id: str
    user: str
    time: float
    model: str
    items: tuple[str, ...]
    propensities: tuple[float, ...]
    arm: str = ""
    sources: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    shadows: Mapping[str, Sequence[Sequence[float]]] | None = None


@dataclass(frozen=True)
class Shown:
    """A page as it is kept, for the events that came of it."""

    viewer: int
    model: str
    items: Sequence[str]
    propensities: Sequence[float]

    def provenance(self, viewer: int, item: str, request: str) -> tuple[Any, ...]:
        """How an event's video came to be shown: request, rank, model, propensity; nothing where it
        was not on this page.

        What the feed itself noted wins over what a client says of it: estimates rest on it.
        """
        if viewer != self.viewer or item not in self.items:
            return (None, None, None, None)
        rank = self.items.index(item)
        return (request, rank, self.model, self.propensities[rank])


def keep_pages(session: Session, pages: Sequence[Page]) -> int:
    """Note what was shown; returns how many pages were new. Who is not known yet becomes so."""
    names = sorted({page.user for page in pages})
    viewers = _numbers(session, names)
    if strangers := [(name,) for name in names if name not in viewers]:
        insert_tuples(session, table(ViewerRow), ("name",), strangers)
        viewers |= _numbers(session, [name for (name,) in strangers])
    rows = [
        (
            *(page.id, viewers[page.user], page.time, page.model, page.arm),
            *map(_json, (page.items, page.propensities, page.sources, page.scores)),
            None if page.shadows is None else _json(page.shadows),
        )
        for page in pages
    ]
    return insert_tuples(session, table(RequestRow), _COLUMNS, rows)


_COLUMNS = (
    *("id", "viewer", "time", "model", "arm"),
    *("items", "propensities", "sources", "scores", "shadows"),
)


def _numbers(session: Session, names: Sequence[str]) -> dict[str, int]:
    return dict(select_named(session, table(ViewerRow), "name", ("number",), names))


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def pages_of(session: Session, requests: Iterable[str]) -> dict[str, Shown]:
    """The pages of these requests, as far as they were noted."""
    wanted = sorted(requests)
    found: dict[str, Shown] = {}
    row = RequestRow
    query = select(row.id, row.viewer, row.model, row.items, row.propensities)
    for first in range(0, len(wanted), _FEW):
        part = query.where(row.id.in_(wanted[first : first + _FEW]))
        for name, viewer, model, items, propensities in session.execute(part):
            found[name] = Shown(viewer, model, items, propensities)
    return found
