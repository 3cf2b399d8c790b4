"""A small world whose truth is known: viewers with tastes nobody sees, videos that keep arriving.

What a viewer does with a video follows from known chances, so that what a feed earns can be held
against an oracle that knows them, and what an estimator tells against what is true. The feed in it
is the real one, over a real database; only clocks and viewers are made. Everything follows from the
seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.events import append_events
from reelwright.audience.feed import Feed, Shown
from reelwright.audience.items import Item, put_items
from reelwright.audience.pages import keep_pages
from reelwright.core.nouns import Event
from reelwright.core.settings import FeedSettings, GoalSettings
from reelwright.store.database import Database

START = 1_760_000_000.0
DAY = 86_400.0


@dataclass(frozen=True)
class WorldSettings:
    """How large the world is.

    Attributes:
        viewers, videos: how many there are at the start; half of the videos are older than a day.
        new: videos that arrive in a day.
        topics: of videos, and of tastes.
        visits, n: pages that each viewer asks for in a day, and videos on each.
    """

    viewers: int = 200
    videos: int = 400
    new: int = 80
    topics: int = 12
    visits: int = 4
    n: int = 10
    seed: int = 0


@dataclass
class World:
    """Viewers and videos, and the chances of everything between them.

    Attributes:
        tastes: (viewers, topics): how much each likes a topic, about −2 to 2.
        topics, quality, seconds, arrival: of each video; arrivals in seconds since 1970, rising.
        patience: of each viewer: how willing they are to watch to the end.
    """

    settings: WorldSettings
    tastes: NDArray[np.float64]
    patience: NDArray[np.float64]
    topics: NDArray[np.int64]
    quality: NDArray[np.float64]
    seconds: NDArray[np.float64]
    arrival: NDArray[np.float64]
    chance: np.random.Generator

    @staticmethod
    def make(settings: WorldSettings, days: int) -> World:
        """A world in which videos arrive for so many days."""
        chance = np.random.default_rng(settings.seed)
        old, new = settings.videos, settings.new * days
        n = old + new
        return World(
            settings,
            chance.normal(0, 1.2, (settings.viewers, settings.topics)),
            chance.normal(0, 0.5, settings.viewers),
            chance.integers(0, settings.topics, n),
            chance.normal(0, 0.8, n),
            np.exp(chance.normal(3, 0.6, n)).clip(5, 180).round(1),
            START
            + np.concatenate(
                [-np.sort(chance.uniform(0, 2, old))[::-1], np.sort(chance.uniform(0, days, new))]
            )
            * DAY,
            chance,
        )

    def __len__(self) -> int:
        return len(self.topics)

    def completes(self, viewer: int, videos: NDArray[np.integer] | slice) -> NDArray[np.float64]:
        """How likely a viewer watches videos to their ends."""
        liking = self._liking(viewer, videos) + self.patience[viewer]
        return _sigmoid(liking - 0.5 * np.log(self.seconds[videos] / 20))

    def likes(self, viewer: int, videos: NDArray[np.integer] | slice) -> NDArray[np.float64]:
        """How likely a viewer likes videos they watched to the end."""
        return _sigmoid(1.5 * self._liking(viewer, videos) - 3)

    def _liking(self, viewer: int, videos: NDArray[np.integer] | slice) -> NDArray[np.float64]:
        return self.tastes[viewer, self.topics[videos]] + self.quality[videos]

    def worth(
        self, viewer: int, videos: NDArray[np.integer] | slice, goals: GoalSettings
    ) -> NDArray[np.float64]:
        """What showing videos to a viewer is worth, in truth: completions, likes and skips."""
        done, liked = self.completes(viewer, videos), self.likes(viewer, videos)
        return done * (goals.completion + goals.like * liked) + (1 - done) * goals.skip

    def act(self, viewer: int, page: Shown, at: float) -> list[Event]:
        """What a viewer does with a page: each video is seen, watched or left, liked or not."""
        made: list[Event] = []
        for rank, place in enumerate(page.places):
            video = int(place.item[1:])
            when = round(at + 20.0 * rank, 3)
            luck = self.chance.random(3)
            common = {
                "user": page.user, "item": place.item, "time": when, "request": page.request,
                "rank": rank,
            }  # fmt: skip
            one = np.array([video])
            kinds: list[tuple[str, float | None]] = [("impression", None)]
            length = float(self.seconds[video])
            if luck[0] < self.completes(viewer, one)[0]:
                kinds.append(("completion", length))
                if luck[1] < self.likes(viewer, one)[0]:
                    kinds.append(("like", None))
            else:
                kinds.append(("skip", round(float(luck[2]) * 0.6 * length, 2)))
            made += [
                Event.model_validate(common | {"kind": kind, "value": value})
                for kind, value in kinds
            ]
        return made


@dataclass
class Told:
    """What came of some time in the world.

    Attributes:
        showings: how many there were. new: those of videos less than a day old.
        worth: what they were worth in truth, together.
        best, blind: what an oracle's would have been worth, and those drawn blindly.
        by_day: of each day: showings, new ones, worth, best, blind.
    """

    showings: int = 0
    new: int = 0
    worth: float = 0.0
    best: float = 0.0
    blind: float = 0.0
    by_day: list[tuple[int, int, float, float, float]] = field(
        default_factory=list[tuple[int, int, float, float, float]]
    )

    @property
    def regret(self) -> float:
        """What is missing to the oracle: 0 is the oracle itself, 1 is choosing blindly."""
        return (self.best - self.worth) / max(1e-9, self.best - self.blind)

    @property
    def share(self) -> float:
        """The share of showings that went to videos less than a day old."""
        return self.new / max(1, self.showings)


class Simulation:
    """The world with a feed in it.

    Args:
        database: an empty feed.
        world: see `World.make`.
        settings: of the feed.
    """

    def __init__(self, database: Database, world: World, settings: FeedSettings) -> None:
        self.database, self.world, self.settings = database, world, settings
        self.now = START
        self._there = 0
        self._seen: list[set[int]] = [set() for _ in range(world.settings.viewers)]
        self._arrive()
        names = count()
        self.feed = Feed(database, settings, lambda: self.now, name=lambda: f"r{next(names)}")

    def run(self, days: float, rounds: int = 24) -> Told:
        """Let time pass; returns what came of it.

        Args:
            days: how many.
            rounds: of a day: viewers come in these, and what they did is taken in after each.
        """
        told = Told()
        size = self.world.settings
        each = DAY / rounds
        due = np.zeros(size.viewers)
        for number in range(round(days * rounds)):
            self.now += each
            if self._arrive():
                self.feed.videos_changed()
            self.feed.tend()
            due += size.visits / rounds
            # Who comes when differs, how often does not.
            coming = np.flatnonzero(self.world.chance.random(size.viewers) < due)
            due[coming] -= 1
            day = self._round(coming.tolist())
            told.showings += day.showings
            told.new += day.new
            told.worth, told.best = told.worth + day.worth, told.best + day.best
            told.blind += day.blind
            if number % rounds == 0:
                told.by_day.append((0, 0, 0.0, 0.0, 0.0))
            last = told.by_day[-1]
            told.by_day[-1] = (
                last[0] + day.showings, last[1] + day.new, last[2] + day.worth,
                last[3] + day.best, last[4] + day.blind,
            )  # fmt: skip
        return told

    def _round(self, viewers: Sequence[int]) -> Told:
        told = Told()
        events: list[Event] = []
        pages: list[Shown] = []
        for viewer in viewers:
            page = self.feed.page(f"u{viewer}", self.world.settings.n)
            if not page.places:
                continue
            self._judge(viewer, page, told)
            pages.append(page)
            events += self.world.act(viewer, page, self.now)
        with self.database.writing() as session:
            keep_pages(session, [page.page for page in pages])
            append_events(session, events, now=self.now + DAY)
        return told

    def _judge(self, viewer: int, page: Shown, told: Told) -> None:
        goals = self.settings.goals
        shown = np.array([int(place.item[1:]) for place in page.places])
        worth = self.world.worth(viewer, slice(0, self._there), goals)
        free = np.ones(self._there, bool)
        free[list(self._seen[viewer])] = False
        left = worth[free]
        n = len(shown)
        told.showings += n
        told.new += int((self.world.arrival[shown] > self.now - DAY).sum())
        told.worth += float(worth[shown].sum())
        told.best += float(np.sort(left)[-n:].sum())
        told.blind += float(left.mean() * n)
        self._seen[viewer].update(shown.tolist())

    def _arrive(self) -> bool:
        world = self.world
        there = int(np.searchsorted(world.arrival, self.now, side="right"))
        items = [
            Item(
                id=f"v{video}",
                title=f"Video {video}",
                tags=(f"topic{world.topics[video]}",),
                topic=f"topic{world.topics[video]}",
                author=f"author{world.topics[video] * 5 + video % 5}",
                seconds=float(world.seconds[video]),
                added=float(world.arrival[video]),
            )
            for video in range(self._there, there)
        ]
        if items:
            with self.database.writing() as session:
                put_items(session, items, self.now)
        self._there = there
        return bool(items)


def _sigmoid(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-odds))
