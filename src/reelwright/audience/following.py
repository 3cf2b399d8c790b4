"""What the feed keeps in memory, and how it follows the database.

Videos, tallies and the viewers who are watching are arrays and mappings here; whatever any process
writes is read on from the last number that was read: events at the next page, videos and models at
the next look. So any number of processes serve one feed, each up to date within `LOOK` seconds of
the others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience.candidates import OF_FACET, best_of_facet
from reelwright.audience.catalogue import Catalogue, read_catalogue, renew
from reelwright.audience.display import Display, arrange
from reelwright.audience.experiments import Experiment, read_running, settings_of
from reelwright.audience.interactions import Ints
from reelwright.audience.memory import Memory
from reelwright.audience.models import Model, load_good, load_serving, serving_number
from reelwright.audience.ranking.ranker import Ranker, load_ranker
from reelwright.audience.reading import read_events
from reelwright.audience.tables import EventRow, ItemRow
from reelwright.audience.tallies import Tallies
from reelwright.core.errors import FeedError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database, ask

LOOK = 0.25
"""Seconds between looks for changed videos and new models."""
_SMALL = 20_000
"""Videos up to which the catalogue is read again whole when it changes, and at once."""
_FEW = 1_000
"""Videos up to which what all pages share is made anew with every event."""
_STALE, _SHARE = 0.5, 10
"""Else it is made anew after so many seconds, or so many times what that takes, if that is more."""
_WIDE = 500
"""Videos of one facet from which on the best of them are looked for beforehand."""
_NEWEST = f"SELECT max(number) FROM {EventRow.__tablename__}"
_FACETS = 30.0
"""Seconds for which these hold."""


class Following:
    """A feed in memory. Whoever reads its attributes holds `lock`.

    Args:
        database: the feed's.
        settings: weights, shares and caps.
        now: tells the time, in seconds since 1970.
        say: what to do with a message for whoever runs the service.
    """

    catalogue: Catalogue
    tallies: Tallies
    display: Display
    model: Model | None
    ranker: Ranker | None
    experiment: Experiment | None
    policies: dict[str, FeedSettings]
    """Settings of the experiment's arms that have viewers; `shadows`: of those that look on."""
    shadows: dict[str, FeedSettings]

    def __init__(
        self,
        database: Database,
        settings: FeedSettings,
        now: Callable[[], float],
        say: Callable[[str], None],
    ) -> None:
        self._database, self._settings, self._now, self._say = database, settings, now, say
        self.lock = threading.RLock()
        self.memory = Memory()
        self.version = 0
        """Rises whenever a video is added, described anew or taken out."""
        self._numbers = (-1, -1)
        self._tended = self._changed = False
        self._last, self._revision = 0, (0, 0)
        self._looked = self._arranged = -1e9
        self._pause = 0.0
        self._best: dict[int, tuple[float, Ints]] = {}
        with database.reading() as session:
            self._revision = _revision(session)
            self.catalogue = read_catalogue(session)
            log = read_events(session)
            self._look_for_experiment(session)
        self.tallies = Tallies.empty(len(self.catalogue), now())
        self.tallies.add(log.items, log.kinds.astype(np.int64), log.times, log.values)
        self._last = log.last
        self._load_models()
        self._arrange()

    # --- videos, models, what all pages share -------------------------------------------------

    def keep_up(self, session: Session) -> None:
        """Take in events that came since; and videos and models, if nobody else looks for them."""
        if not self._tended or (not self._revision[0] and len(self.catalogue) <= _SMALL):
            self.look(session)
        self._take_events(session)
        if self._changed and len(self.catalogue) <= _FEW:
            self._arrange()

    def look(self, session: Session, *, at_once: bool = False) -> None:
        """Take in changed videos and new models, unless that was just done."""
        clock = time.monotonic()
        if at_once or clock - self._looked > LOOK:
            self._looked = clock
            self._look_for_videos(session)
            if self._serving(session) != self._numbers:
                self._load_models()
            self._look_for_experiment(session)
            stale = clock - self._arranged > max(_STALE, self._pause)
            if self._changed and stale and len(self.catalogue) > _FEW:
                self._arrange()

    def tend(self) -> None:
        """What is done several times a second by whoever runs the service: nobody waits for it."""
        self._tended = True
        with self._database.reading() as session:
            self.look(session, at_once=True)
            with self.lock:
                self._take_events(session)
        clock = time.monotonic()
        for facet, (at, _) in list(self._best.items()):
            if clock - at > _FACETS:
                self._best[facet] = (
                    clock,
                    best_of_facet(self.catalogue, facet, self.tallies.fame),
                )

    def videos_changed(self) -> None:
        """Say that videos were added, described anew or taken out; the next page knows of it."""
        with self.lock:
            self._revision, self._looked = (0, self._revision[1]), -1e9

    def best_of(self, facet: int) -> NDArray[Any]:
        """The best known videos of a facet."""
        starts = self.catalogue.by_facet.indptr
        if starts[facet + 1] - starts[facet] < _WIDE:
            return best_of_facet(self.catalogue, facet, self.tallies.fame)
        if facet not in self._best:
            found = best_of_facet(self.catalogue, facet, self.tallies.fame)
            self._best[facet] = (time.monotonic(), found)
        return self._best[facet][1][:OF_FACET]

    def _arrange(self) -> None:
        began = time.monotonic()
        self._changed = False
        display = arrange(self.catalogue, self.tallies, self._settings, self._now())
        with self.lock:
            self.display = display
        self._arranged = time.monotonic()
        self._pause = _SHARE * (self._arranged - began)

    def _look_for_videos(self, session: Session) -> None:
        revision = _revision(session)
        if revision == self._revision:
            return
        if len(self.catalogue) > _SMALL:
            catalogue = renew(self.catalogue, session, self._revision[1])
        else:
            catalogue = read_catalogue(session)
        # What is looked up on every page is made here, where nobody waits.
        _ = catalogue.by_facet, catalogue.playable, catalogue.facet_kinds, catalogue.places
        with self.lock:
            self._revision = revision
            self.tallies.grow(len(catalogue))
            self.catalogue, self._changed = catalogue, True
            self.version += 1
            self._best = {}
        self._load_models()
        self._arrange()

    def _look_for_experiment(self, session: Session) -> None:
        experiment = read_running(session)
        if experiment != getattr(self, "experiment", Experiment("", ())):
            arms = experiment.arms if experiment else ()
            try:
                policies = {arm.name: settings_of(self._settings, arm) for arm in arms}
            except FeedError as error:
                self._say(f"the experiment does not run: {error}")
                experiment, policies, arms = None, {}, ()
            with self.lock:
                self.experiment = experiment
                self.policies = {arm.name: policies[arm.name] for arm in arms if arm.share}
                self.shadows = {arm.name: policies[arm.name] for arm in arms if not arm.share}

    def _serving(self, session: Session) -> tuple[int, int]:
        return serving_number(session), serving_number(session, "ranking")

    def _load_models(self) -> None:
        model, told = load_serving(self._database, self.catalogue)
        found, more = load_good(self._database, "ranking", load_ranker)
        with self.lock:
            self.model, self.ranker = model, found[2] if found else None
            self._numbers = (model.number if model else 0, found[0] if found else 0)
        for message in (*told, *more):
            self._say(message)

    # --- events -----------------------------------------------------------------------------------

    def _take_events(self, session: Session) -> None:
        newest = ask(session, _NEWEST)[0][0] or 0
        if newest <= self._last:
            return
        row = EventRow
        query = select(row.number, row.viewer, row.item, row.kind, row.time, row.value)
        query = query.where(row.number > self._last).order_by(row.number)
        rows = session.execute(query).all()
        numbers, _, items, kinds, times, values = zip(*rows, strict=True)
        places = self.catalogue.places_of(items)
        if (places < 0).any() and (not self._tended or len(self.catalogue) <= _SMALL):
            # Of a video that came with them.
            self._look_for_videos(session)
            places = self.catalogue.places_of(items)
        elif (places < 0).any():
            # Whoever tends this reads the video first; the events are read then.
            self._revision = (0, self._revision[1])
            rows = rows[: int(np.argmax(places < 0))]
        n = len(rows)
        if n:
            self.tallies.add(
                places[:n],
                np.array(kinds[:n], np.int64),
                np.array(times[:n], np.float64),
                np.array(values[:n], np.float64),
            )
            self.memory.add((viewer, item, kind, at) for _, viewer, item, kind, at, _ in rows)
            self._last = numbers[n - 1]
            self._changed = True


def _revision(session: Session) -> tuple[int, int]:
    """What changes when videos come, go, or are described anew."""
    row = ItemRow
    newest, revision = session.execute(select(func.max(row.number), func.max(row.revision))).one()
    return newest or 0, revision or 0
