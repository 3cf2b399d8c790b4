"""Experiments: viewers in arms that fill pages differently, compared by what came of it.

Who is in which arm follows from a hash of the experiment's name and the viewer's, so it is the same
on every server and for as long as it runs. An arm without viewers looks on: for every page it is
noted how likely it would have filled it so, from which `estimating` tells what it would earn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reelwright.audience.checks import TIMED, is_name
from reelwright.audience.estimating import (
    Estimate,
    Logged,
    difference,
    doubly_robust,
    effective,
    ips,
    mean_of,
    snips,
)
from reelwright.audience.ranking.features import learn_watches
from reelwright.audience.ranking.showings import GOALS
from reelwright.audience.tables import (
    KIND_CODES,
    KINDS,
    EventRow,
    ExperimentRow,
    ItemRow,
    RequestRow,
    table,
)
from reelwright.core.errors import FeedError, must_be, nearest
from reelwright.core.settings import FeedSettings, GoalSettings
from reelwright.store.database import insert_new

CONTROL = "control"
"""The arm of whoever is in none: the feed as it is set."""
GUARDS: dict[str, int] = {"not_interested": -1, "skip": -1, "completion": 1, "watch": 1}
"""What may guard an experiment, and whether more of it is better."""
MAY_SET = frozenset(
    ("explore", "variety", "author_cap", "topic_cap", "ai_share", "goals", "shuffle", "ranker")
)
"""Settings of the feed that an arm may have of its own: those that matter when a page is filled."""


@dataclass(frozen=True)
class Arm:
    """One side: its name, its share of viewers (0: it looks on), its settings of the feed."""

    name: str
    share: float
    settings: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Experiment:
    """A running experiment."""

    name: str
    arms: tuple[Arm, ...]

    def arm_of(self, user: str) -> str:
        """The name of a viewer's arm."""
        digest = hashlib.blake2b(f"{self.name}\0{user}".encode("utf-8", "surrogatepass")).digest()
        at = int.from_bytes(digest[:8], "big") / 2**64
        for arm in self.arms:
            if at < arm.share:
                return arm.name
            at -= arm.share
        return CONTROL


def define(
    session: Session, name: str, arms: Sequence[Arm], guard: str, settings: FeedSettings, now: float
) -> None:
    """Start an experiment.

    Args:
        session: one to write with.
        guard: one of `GUARDS`: what must not get worse.
        settings: of the feed, which arms change.
        now: seconds since 1970.

    Raises:
        FeedError: the name is taken, another one runs, or an arm cannot be.
    """
    if guard not in GUARDS:
        raise FeedError(f'"{guard}" cannot guard an experiment', hint=f"one of {', '.join(GUARDS)}")
    names = [arm.name for arm in arms]
    if not is_name(name) or not all(map(is_name, names)) or CONTROL in names:
        raise FeedError(
            "cannot be the name of an experiment or arm", where=" ".join([name, *names])
        )
    if not arms or len(set(names)) != len(names):
        raise FeedError("an experiment has one arm or more, each with a name of its own")
    if any(not 0 <= arm.share <= 1 for arm in arms) or sum(arm.share for arm in arms) > 1:
        raise FeedError(
            "shares of viewers lie between 0 and 1, all together too",
            hint="what they leave is the control's; 0 is an arm that looks on",
        )
    for arm in arms:
        settings_of(settings, arm)
    if running := read_running(session):
        raise FeedError(
            f'"{running.name}" still runs', hint=f"reel feed experiment stop {running.name}"
        )
    row = {"name": name, "arms": [asdict(arm) for arm in arms], "guard": guard, "started": now}
    if not insert_new(session, table(ExperimentRow), [row]):
        raise FeedError("there was an experiment of this name", where=name, hint="take another")


def settings_of(settings: FeedSettings, arm: Arm) -> FeedSettings:
    """The feed's settings for an arm.

    Raises:
        FeedError: it sets what it may not, or what cannot be.
    """
    values: dict[str, Any] = settings.model_dump() | {"url": settings.url}
    for key, value in arm.settings.items():
        first, _, rest = key.partition(".")
        goals = GoalSettings.model_fields
        if first not in MAY_SET or bool(rest) != (first == "goals") or (rest and rest not in goals):
            close = nearest(key, [*(MAY_SET - {"goals"}), *(f"goals.{goal}" for goal in goals)])
            raise FeedError(f'an arm cannot set "{key}"', where=arm.name, hint=close)
        if rest:
            values["goals"] = values["goals"] | {rest: value}
        else:
            values[first] = value
    try:
        return FeedSettings.model_validate(values)
    except ValidationError as error:
        first_error = error.errors()[0]
        key = ".".join(map(str, first_error["loc"]))
        raise FeedError(
            f"{key} cannot be {first_error['input']!r}", where=arm.name,
            hint=must_be(first_error["msg"]),
        ) from None  # fmt: skip


def read_running(session: Session) -> Experiment | None:
    """The experiment that runs; None where none does."""
    row = session.scalar(select(ExperimentRow).where(ExperimentRow.stopped.is_(None)).limit(1))
    return _experiment(row) if row else None


def _experiment(row: ExperimentRow) -> Experiment:
    return Experiment(row.name, tuple(Arm(**values) for values in row.arms))


def stop(session: Session, name: str, now: float) -> None:
    """End an experiment; what it told stays. Raises FeedError where none of this name runs."""
    found = update(ExperimentRow).where(ExperimentRow.name == name, ExperimentRow.stopped.is_(None))
    if not getattr(session.execute(found.values(stopped=now)), "rowcount", 0):
        raise FeedError("no experiment of this name runs", where=name)


@dataclass(frozen=True)
class Side:
    """What came of an arm.

    Attributes:
        showings, viewers: how many.
        value: what a showing was worth, by the feed's goals.
        guard: the guard metric, a showing.
        value_more, guard_more: how much more than the control.
        verdict: ``better``, ``worse``, ``harmful`` (by the guard), ``open``; empty of the control.
    """

    name: str
    showings: int
    viewers: int
    value: Estimate
    guard: Estimate
    value_more: Estimate | None = None
    guard_more: Estimate | None = None
    verdict: str = ""


@dataclass(frozen=True)
class Shadow:
    """What an arm that looks on would have earned, and from how many showings that is told."""

    name: str
    showings: float
    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate


@dataclass(frozen=True)
class Look:
    """An experiment as it stands."""

    name: str
    guard: str
    started: float
    stopped: float | None
    sides: list[Side]
    shadows: list[Shadow]

    def as_plain(self) -> dict[str, Any]:
        """As what JSON can hold."""
        return asdict(self)


def look(session: Session, name: str, goals: GoalSettings) -> Look:
    """What came of an experiment so far.

    Raises:
        FeedError: there is none of this name.
    """
    row = session.scalar(select(ExperimentRow).where(ExperimentRow.name == name))
    if row is None:
        names = list(session.scalars(select(ExperimentRow.name)))
        raise FeedError("there is no such experiment", where=name, hint=nearest(name, names))
    shown = _read_showings(session, row, goals)
    control = _side(shown, CONTROL, row.guard)
    experiment = _experiment(row)
    sides = [control] + [
        _against(control, _side(shown, arm.name, row.guard), GUARDS[row.guard])
        for arm in experiment.arms
        if arm.share
    ]
    shadows = [_shadow(shown, arm.name) for arm in experiment.arms if not arm.share]
    return Look(row.name, row.guard, row.started, row.stopped, sides, shadows)


def list_experiments(session: Session) -> list[ExperimentRow]:
    """All there are and were, the newest first."""
    return list(session.scalars(select(ExperimentRow).order_by(ExperimentRow.number.desc())))


@dataclass(frozen=True)
class _Shown:
    """Showings of an experiment, a row each."""

    viewers: Any
    arms: Any
    values: Any
    outcomes: Mapping[str, Any]
    propensities: Any
    shadows: Sequence[Mapping[str, Sequence[float]]]


def _read_showings(session: Session, row: ExperimentRow, goals: GoalSettings) -> _Shown:
    page, event = RequestRow, EventRow
    until = row.stopped or float("inf")
    mine = (page.time >= row.started, page.time <= min(until, 1e15), page.arm != "")
    pages = {
        one.id: one
        for one in session.execute(
            select(page.id, page.viewer, page.arm, page.propensities, page.shadows).where(*mine)
        )
    }
    columns = select(event.request, event.rank, event.kind, event.value, ItemRow.seconds)
    query = columns.join(page, page.id == event.request).join(ItemRow, ItemRow.number == event.item)
    found: dict[tuple[str, int], list[Any]] = {}
    for request, rank, kind, value, seconds in session.execute(
        query.where(*mine, event.rank.is_not(None))
    ):
        if request is None or rank is None or request not in pages:
            continue
        if rank < len(pages[request].propensities):
            told = found.setdefault((request, rank), [set(), -1.0, seconds])
            told[0].add(kind)
            if KINDS[kind] in TIMED:
                told[1] = max(told[1], value)
    keys = sorted(found)
    lengths = np.array([found[key][2] for key in keys], np.float32)
    watched = np.array([found[key][1] for key in keys], np.float32)
    watched[watched < 0] = np.nan
    outcomes: dict[str, Any] = {
        goal: np.array([float(KIND_CODES[goal] in found[key][0]) for key in keys]) for goal in GOALS
    }
    outcomes["watch"] = learn_watches(lengths, watched).ranks(lengths, watched).astype(float)
    values = sum(getattr(goals, goal) * one for goal, one in outcomes.items())
    shadows: list[Mapping[str, Sequence[float]]] = []
    for request, rank in keys:
        told = pages[request].shadows or {}
        shadows.append({arm: rows[rank] for arm, rows in told.items() if rank < len(rows)})
    return _Shown(
        np.array([pages[request].viewer for request, _ in keys], np.int64),
        np.array([pages[request].arm for request, _ in keys], object),
        np.asarray(values, np.float64) if keys else np.empty(0),
        outcomes,
        np.array([pages[request].propensities[rank] for request, rank in keys], np.float64),
        shadows,
    )


def _side(shown: _Shown, arm: str, guard: str) -> Side:
    mine = shown.arms == arm
    viewers = shown.viewers[mine]
    value = mean_of(viewers, shown.values[mine])
    kept = mean_of(viewers, shown.outcomes[guard][mine])
    return Side(arm, int(mine.sum()), value.viewers, value, kept)


def _against(control: Side, side: Side, better: int) -> Side:
    value, guard = difference(control.value, side.value), difference(control.guard, side.guard)
    # The guard is harmed where it is surely on the wrong side.
    harmed = guard.high < 0 if better > 0 else guard.low > 0
    verdict = "better" if value.low > 0 else "worse" if value.high < 0 else "open"
    few = min(control.viewers, side.viewers) < 2
    verdict = "open" if few else "harmful" if harmed else verdict
    return Side(
        side.name, side.showings, side.viewers, side.value, side.guard, value, guard, verdict
    )


def _shadow(shown: _Shown, arm: str) -> Shadow:
    control = shown.arms == CONTROL
    rows = [place for place, told in enumerate(shown.shadows) if arm in told and control[place]]
    told = np.array([shown.shadows[place][arm] for place in rows]).reshape(-1, 3)
    logged = Logged(
        shown.viewers[rows], shown.values[rows], shown.propensities[rows],
        told[:, 0], told[:, 1], told[:, 2],
    )  # fmt: skip
    return Shadow(
        arm, round(effective(logged), 1), ips(logged), snips(logged), doubly_robust(logged)
    )
