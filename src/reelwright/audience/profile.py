"""What is known of a viewer, from their events alone: tastes, hours, what bores them.

An interest lies between −1 and 1: what the viewer liked less what they did not, by both together
and a little more, so that one video proves nothing. What they did counts half after every
half-life, up to when they last were there: who comes back after a year still likes what they liked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience.checks import TIMED
from reelwright.audience.reading import MOST_WORTH, WORTH
from reelwright.audience.tables import KINDS, ApartRow, EventRow, ItemRow, ViewerRow
from reelwright.core.errors import FeedError

NEWEST = 20_000
"""Events that tastes are told from, at most: the newest. Counts are of all."""
DOUBT = 2.0
"""Worth of events that an interest must outweigh to be believed."""
BORING = -0.1
"""An interest from which on down something bores."""
_LENGTHS = ((15, "under 15 s"), (30, "15–30 s"), (60, "30–60 s"), (180, "1–3 min"))
_LONGER = "over 3 min"
_ENDED = frozenset({"completion", "skip", "rewatch", "not_interested"})
_FEW = 500


@dataclass(frozen=True)
class Interest:
    """How much a viewer likes one tag, author, topic, language or length.

    Attributes:
        facet: ``tag``, ``author``, ``topic``, ``language`` or ``length``.
        name: which.
        weight: −1 (bores) to 1 (likes).
        videos: how many videos with it the viewer has seen.
    """

    facet: str
    name: str
    weight: float
    videos: int


@dataclass(frozen=True)
class Profile:
    """What is known of a viewer.

    Attributes:
        counts: events by kind.
        videos: how many videos they saw.
        seconds: seconds watched: of each video the longest time that an event tells.
        first, last: times of the oldest and newest event, in seconds since 1970.
        interests: what they like, by facet, the most first.
        bores: what they do not, the least first.
        hours: by hour of the day (of `zone`), the share of what they did; 24 numbers.
        apart: events that are kept apart and do not count.
    """

    user: str
    counts: dict[str, int]
    videos: int
    seconds: float
    first: float
    last: float
    interests: dict[str, list[Interest]]
    bores: list[Interest]
    hours: list[float]
    zone: str
    apart: int

    def as_plain(self) -> dict[str, Any]:
        """As what JSON can hold."""
        return asdict(self)


def read_profile(
    session: Session, user: str, half_life: float = 14.0, zone: tzinfo = UTC
) -> Profile:
    """What is known of a viewer.

    Args:
        session: one to read with.
        user: the viewer's id.
        half_life: days after which what they did counts half.
        zone: in which hours are told.

    Raises:
        FeedError: nothing is known of them.
    """
    number = session.scalar(select(ViewerRow.number).where(ViewerRow.name == user))
    waiting = select(func.count()).select_from(ApartRow).where(ApartRow.viewer == user)
    apart = int(session.scalar(waiting) or 0)
    if number is None and not apart:
        raise FeedError("nothing is known of this viewer", where=user)
    row = EventRow
    sums = select(row.kind, func.count(), func.min(row.time), func.max(row.time))
    totals = session.execute(sums.where(row.viewer == number).group_by(row.kind)).all()
    facts = select(row.time, row.item, row.kind, row.value).where(row.viewer == number)
    newest = session.execute(facts.order_by(row.time.desc()).limit(NEWEST)).all()
    videos = _Videos((at, item, KINDS[kind], value) for at, item, kind, value in newest)
    interests = _interests(session, videos, half_life * 86_400)
    liked: dict[str, list[Interest]] = {}
    for one in interests:
        if one.weight > 0:
            liked.setdefault(one.facet, []).append(one)
    hours = Counter(datetime.fromtimestamp(at, zone).hour for at, *_ in newest)
    return Profile(
        user=user,
        counts={KINDS[kind]: n for kind, n, _, _ in sorted(totals, key=lambda one: one[0])},
        videos=len(videos.seen),
        seconds=round(sum(videos.seconds.values()), 3),
        first=min((first for _, _, first, _ in totals), default=0.0),
        last=max((last for _, _, _, last in totals), default=0.0),
        interests=liked,
        bores=[one for one in reversed(interests) if one.weight <= BORING],
        hours=[round(hours[hour] / max(1, len(newest)), 4) for hour in range(24)],
        zone=str(zone),
        apart=apart,
    )


class _Videos:
    """Events, gathered by video: what was made of it, when last, how long it was watched."""

    def __init__(self, events: Iterable[tuple[float, int, str, float]]) -> None:
        self.seen: dict[int, float] = {}
        self.worth: dict[int, float] = defaultdict(float)
        self.seconds: dict[int, float] = {}
        self.ended: set[int] = set()
        for at, item, kind, value in events:
            self.seen[item] = max(at, self.seen.get(item, at))
            self.worth[item] += WORTH[kind]
            if kind in TIMED:
                self.seconds[item] = max(value, self.seconds.get(item, 0.0))
            if kind in _ENDED:
                self.ended.add(item)

    def worth_of(self, item: int, length: float) -> float:
        """What a video was worth to the viewer; where they left no word, by how far they saw it."""
        worth = self.worth[item]
        if item not in self.ended and item in self.seconds and length:
            worth += 2 * min(1.0, self.seconds[item] / length) - 1
        return max(-MOST_WORTH, min(MOST_WORTH, worth))


def _interests(session: Session, videos: _Videos, half_life: float) -> list[Interest]:
    """All interests, the strongest first."""
    good: dict[tuple[str, str], float] = defaultdict(float)
    bad: dict[tuple[str, str], float] = defaultdict(float)
    met: Counter[tuple[str, str]] = Counter()
    row = ItemRow
    query = select(row.number, row.tags, row.author, row.topic, row.language, row.seconds)
    numbers = sorted(videos.seen)
    last = max(videos.seen.values(), default=0.0)
    for first in range(0, len(numbers), _FEW):
        part = query.where(row.number.in_(numbers[first : first + _FEW]))
        for number, tags, author, topic, language, seconds in session.execute(part):
            age = last - videos.seen[number]
            worth = videos.worth_of(number, seconds) * 0.5 ** (age / half_life)
            facets = [("tag", tag) for tag in dict.fromkeys(tags)]
            facets += [("author", author), ("topic", topic), ("language", language)]
            facets.append(("length", _length(seconds) if seconds else ""))
            for facet in facets:
                if facet[1]:
                    met[facet] += 1
                    good[facet] += max(0.0, worth)
                    bad[facet] += max(0.0, -worth)
    found = [
        Interest(facet, name, round((good[key] - bad[key]) / (good[key] + bad[key] + DOUBT), 4), n)
        for key, n in met.items()
        for facet, name in (key,)
    ]
    return sorted(found, key=lambda one: (-one.weight, -one.videos, one.facet, one.name))


def _length(seconds: float) -> str:
    return next((name for limit, name in _LENGTHS if seconds < limit), _LONGER)
