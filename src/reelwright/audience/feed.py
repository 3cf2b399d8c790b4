"""The feed as it is served: everything in memory, every event of a second ago counted.

A page: candidates from all sources, each with its score and what showing it is worth; arranged
under caps and for variety; some places for new videos. Each story is in its own file (`candidates`,
`ranking`, `reranking`, `exploring`); here they meet. What is in memory follows the database by the
numbers of events, so that whatever another process writes is known at the next page.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelwright.audience import candidates, exploring
from reelwright.audience.candidates import SHARES, Named
from reelwright.audience.catalogue import Catalogue, read_catalogue
from reelwright.audience.display import Display, arrange
from reelwright.audience.interactions import Histories, Sparse
from reelwright.audience.memory import Memory, Viewer
from reelwright.audience.models import Model, load_serving, serving_number
from reelwright.audience.pages import Page
from reelwright.audience.reading import read_events
from reelwright.audience.reranking import Arranger, Caps, Traits
from reelwright.audience.tables import KIND_CODES, EventRow, ItemRow
from reelwright.audience.tallies import Tallies
from reelwright.core.errors import FeedError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

MOST = 100
"""Videos on a page, at most."""
_DEEP = 200
"""Candidates that are arranged into a page, the best."""
_GIVEN = 30 * 60.0
"""Seconds for which what a viewer was just given comes after everything else."""
_SMALL = 20_000
"""Videos up to which the catalogue is read again at once when it changes."""
_LOOK = 0.25
"""Seconds between looks for changes of the catalogue and for a new model."""
_COUNT = 10.0
"""Seconds between looks for changed videos where there are more."""
_STALE = 2.0
"""Seconds after which what all pages share is made anew, where events came."""
_COMPLETION = KIND_CODES["completion"]
_VALUE = 0.15
"""What being worth one spread more than the average video counts, against a source's score of 1."""


@dataclass(frozen=True)
class Place:
    """A video on a page, and why it is there.

    Attributes:
        item: its id.
        source: where its highest score came from; ``new`` videos on trial: ``explore``.
        propensity: how likely it was to be here, given those before it.
        score: what it was placed by.
        scores: what each source said of it (0 to 1), what it is worth (`value`), how well it fits
            the viewer's taste (`fit`).
        rule: what moved it, empty where its score alone did.
    """

    item: str
    source: str
    propensity: float
    score: float
    scores: dict[str, float]
    rule: str


@dataclass(frozen=True)
class Shown:
    """A page for a viewer; `places` is shorter than asked for where nothing is left to show."""

    request: str
    user: str
    time: float
    model: str
    places: list[Place] = field(default_factory=list[Place])

    @property
    def page(self) -> Page:
        """As `pages.keep_pages` notes it."""
        items = tuple(place.item for place in self.places)
        chances = tuple(place.propensity for place in self.places)
        return Page(self.request, self.user, self.time, self.model, items, chances)


class Feed:
    """Pages for viewers. May be asked by any number of threads.

    Args:
        database: the feed's.
        settings: weights, shares and caps.
        now: tells the time, in seconds since 1970.
        say: what to do with a message for whoever runs the service.
    """

    def __init__(
        self,
        database: Database,
        settings: FeedSettings,
        now: Callable[[], float] = time.time,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._say = say or (lambda message: None)
        self._lock = threading.RLock()
        self._memory = Memory()
        self._model: Model | None = None
        self._last = 0
        self._looked = self._arranged = self._counted = -1e9
        self._changed = True
        self._sign: tuple[float | None, ...] = ()
        with database.reading() as session:
            self._sign = _sign(session)
            self._read_all(session)
        self._catalogue: Catalogue
        self._tallies: Tallies
        self._display: Display
        self._look_for_model()

    # --- keeping up -----------------------------------------------------------------------------

    def _read_all(self, session: Session) -> None:
        self._catalogue = read_catalogue(session)
        log = read_events(session)
        self._tallies = Tallies.empty(len(self._catalogue), self._now())
        self._tallies.add(log.items, log.kinds.astype(np.int64), log.times, log.values)
        self._last = log.last
        self._arrange()

    def _arrange(self) -> None:
        self._changed = False
        self._display = arrange(self._catalogue, self._tallies, self._settings, self._now())
        self._arranged = time.monotonic()

    def keep_up(self, *, at_once: bool = False) -> None:
        """Take in what the database has that memory has not: events, videos, a new model.

        Args:
            at_once: look for changed videos and a new model even if that was just done.
        """
        with self._lock, self._database.reading() as session:
            clock = time.monotonic()
            if at_once or clock - self._looked > _LOOK:
                self._looked = clock
                if len(self._catalogue) <= _SMALL:
                    self._look_for_videos(session)
                if serving_number(session) != (self._model.number if self._model else 0):
                    self._look_for_model()
            self._take_events(session)
            # A large feed is arranged in the background (`tend`), not while somebody waits.
            if self._changed and len(self._catalogue) <= _SMALL:
                self._arrange()

    def videos_changed(self) -> None:
        """Say that videos were added, described anew or taken out; the next page knows of it."""
        with self._lock:
            self._sign, self._looked = (), -1e9

    def tend(self) -> None:
        """What is done every second or so by whoever runs the service."""
        self.keep_up(at_once=True)
        if len(self._catalogue) > _SMALL:
            # Nobody waits meanwhile: what takes long is done without the lock.
            clock = time.monotonic()
            if not self._sign or clock - self._counted > _COUNT:
                self._counted = clock
                with self._database.reading() as session:
                    self._look_for_videos(session)
            if self._changed and clock - self._arranged > _STALE:
                self._arrange()

    def _look_for_videos(self, session: Session) -> None:
        sign = _sign(session)
        if sign == self._sign:
            return
        catalogue = read_catalogue(session)
        with self._lock:
            self._sign = sign
            self._tallies.grow(len(catalogue))
            self._catalogue, self._changed = catalogue, True
            if self._model:
                self._look_for_model()

    def _look_for_model(self) -> None:
        self._model, told = load_serving(self._database, self._catalogue)
        for message in told:
            self._say(message)

    def _take_events(self, session: Session) -> None:
        row = EventRow
        query = select(row.number, row.viewer, row.item, row.kind, row.time, row.value)
        query = query.where(row.number > self._last).order_by(row.number)
        rows = session.execute(query).all()
        if not rows:
            return
        numbers, _, items, kinds, times, values = zip(*rows, strict=True)
        places = self._catalogue.places_of(items)
        if (places < 0).any():
            # Of a video that came with them.
            self._look_for_videos(session)
            places = self._catalogue.places_of(items)
        known = places >= 0
        self._tallies.add(
            places[known],
            np.array(kinds, np.int64)[known],
            np.array(times, np.float64)[known],
            np.array(values, np.float64)[known],
        )
        self._memory.add((viewer, item, kind, at) for _, viewer, item, kind, at, _ in rows)
        self._last = numbers[-1]
        self._changed = True

    # --- pages ----------------------------------------------------------------------------------

    def page(
        self,
        user: str,
        n: int = 20,
        *,
        playable: bool = False,
        again: bool = False,
        have: Iterable[str] | None = None,
    ) -> Shown:
        """The next videos for a viewer, the first one first.

        Args:
            user: the viewer's id.
            n: how many; fewer come where nothing else is left.
            playable: only videos whose file is known.
            again: what was seen may come again.
            have: ids that the viewer has on hand and will see: they are not given once more. None
                where that is not known; what was just given then comes after everything else.
        """
        self.keep_up()
        with self._lock, self._database.reading() as session:
            viewer = self._memory.viewer(session, user)
            request = secrets.token_urlsafe(12)
            now = self._now()
            left_out = self._left_out(viewer, playable, again, have)
            held = viewer.given if have is None else {}
            places = self._places(viewer, min(n, MOST), request, now, left_out, held, again)
            if have is None:
                viewer.given = {
                    item: at for item, at in viewer.given.items() if now - at < _GIVEN
                } | {int(self._catalogue.numbers[place]): now for place, _ in places}
            name = self._model.name if self._model else "popular"
            return Shown(request, user, now, name, [place for _, place in places])

    def _left_out(
        self, viewer: Viewer, playable: bool, again: bool, have: Iterable[str] | None
    ) -> NDArray[np.bool_]:
        """Of each video, whether this viewer is not to be given it."""
        catalogue = self._catalogue
        left_out = ~catalogue.there
        if playable:
            left_out |= ~catalogue.has_file
        if not again:
            seen = catalogue.places_of(viewer.seen)
            left_out[seen[seen >= 0]] = True
        left_out[[catalogue.places[item] for item in have or () if item in catalogue.places]] = True
        return left_out

    def _places(
        self,
        viewer: Viewer,
        n: int,
        request: str,
        now: float,
        left_out: NDArray[np.bool_],
        just_given: Mapping[int, float],
        again: bool,
    ) -> list[tuple[int, Place]]:
        catalogue, display = self._catalogue, self._display
        chance = np.random.default_rng(_seed(request, self._settings.seed))
        sources, taste = self._sources(viewer, now)
        trial = display.trial[~left_out[display.trial]]
        sources["explore"] = Named(trial, np.full(len(trial), 0.01, np.float32))
        places, table = candidates.merged(sources, left_out)
        if len(places) < n:
            # Little is left: whatever there is.
            rest = np.flatnonzero(~left_out)[: 10 * n]
            sources["rest"] = Named(rest, np.full(len(rest), 0.01, np.float32))
            places, table = candidates.merged(sources, left_out)
        if not len(places):
            return []
        fit = candidates.likeness(catalogue, taste, places)
        worth = display.values[places]
        total = fit * SHARES["taste"] + _VALUE * worth
        for name, share in SHARES.items():
            total = total + share * table[name]
        recent = [item for item, at in just_given.items() if now - at < _GIVEN]
        held = np.isin(catalogue.numbers[places], recent)
        total = np.where(held, total - 10, total)
        if again:
            total -= self._recency(viewer, places)
        on_trial = table["explore"] > 0
        chosen = np.lexsort((places, -total))[: max(_DEEP, 2 * n)]
        # Those on trial stay in, whatever their scores.
        chosen = np.union1d(chosen, np.flatnonzero(on_trial & ~held))
        table["value"], table["fit"] = worth, fit
        return self._arrange_page(
            n, places[chosen], total[chosen], on_trial[chosen] & ~held[chosen], held[chosen],
            {name: scores[chosen] for name, scores in table.items()}, chance,
        )  # fmt: skip

    def _sources(self, viewer: Viewer, now: float) -> tuple[dict[str, Named], NDArray[np.float32]]:
        """What each source names for a viewer, and their taste."""
        catalogue = self._catalogue
        items = list(viewer.worth)[-candidates.HISTORY :]
        places = catalogue.places_of(items)
        known = places >= 0
        values = np.array([viewer.worth[item][0] for item in items], np.float32)[known]
        times = np.array([viewer.worth[item][1] for item in items], np.float64)[known]
        places = places[known]
        taste = candidates.taste_of(catalogue, places, values, times, now)
        sources = {
            "model": Named(np.empty(0, np.int64), np.empty(0, np.float32)),
            "taste": candidates.by_taste(catalogue, taste, self._tallies.fame),
            "popular": self._display.popular,
            "new": self._display.new,
        }
        if self._model:
            indexes = self._model.indexes
            own = np.where(places < len(indexes), indexes[places.clip(max=len(indexes) - 1)], -1)
            mine = own >= 0
            starts = np.array([0, int(mine.sum())], np.int64)
            history = Histories(
                starts,
                own[mine].astype(np.int32),
                times[mine],
                values[mine],
                self._model.items,
                now,
            )
            sources["model"] = candidates.by_model(
                self._model.recommender, self._model.places, history
            )
        return sources, taste

    def _recency(self, viewer: Viewer, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """What was seen comes after what was not, and the longer ago the earlier."""
        order = {item: rank for rank, item in enumerate(viewer.worth)}
        numbers = self._catalogue.numbers[places]
        ranks = [order.get(int(number), 0) for number in numbers]
        seen = np.array([int(number) in viewer.seen for number in numbers])
        return np.where(seen, 5 + 4 * np.array(ranks) / max(1, len(order)), 0).astype(np.float32)

    def _arrange_page(
        self,
        n: int,
        places: NDArray[np.int64],
        scores: NDArray[np.floating],
        on_trial: NDArray[np.bool_],
        held: NDArray[np.bool_],
        table: dict[str, NDArray[np.float32]],
        chance: np.random.Generator,
    ) -> list[tuple[int, Place]]:
        catalogue, settings = self._catalogue, self._settings
        rows = _dense(catalogue.facets[places])
        arranger = Arranger(
            Traits(
                scores,
                lambda one: rows @ rows[one],
                catalogue.authors[places],
                catalogue.topics[places],
                catalogue.ai_made[places],
            ),
            Caps(settings.author_cap, settings.topic_cap, int(np.ceil(settings.ai_share * n))),
            settings.variety,
        )
        marks = exploring.explored_places(n, settings.explore, float(chance.random()))
        pool = np.flatnonzero(on_trial)
        at = places[pool]
        completions = self._tallies.counts[_COMPLETION, at]
        drawn = exploring.draw_new(completions, self._tallies.shown(at), len(marks), chance)
        page: list[tuple[int, Place]] = []
        for rank in range(min(n, len(places))):
            fresh = next((one for one in drawn if arranger.free[pool[one[0]]]), None)
            if rank in marks and fresh:
                one, propensity, source = int(pool[fresh[0]]), fresh[1], "explore"
                rule = "trial: this place is for new videos"
                arranger.take(one)
            else:
                found = arranger.next()
                if found is None:
                    break
                (one, rule), propensity = found, 1.0
                source = max(SHARES, key=lambda name: SHARES[name] * float(table[name][one]))
                if held[one]:
                    rule = "given a moment ago: nothing else is left"
            told = {name: round(float(row[one]), 4) for name, row in table.items() if row[one]}
            place = Place(
                str(catalogue.ids[int(places[one])]),
                source,
                round(propensity, 4),
                round(float(scores[one]), 4),
                told,
                rule,
            )
            page.append((int(places[one]), place))
        return page

    # --- one video ------------------------------------------------------------------------------

    def similar(self, item: str, n: int = 20, *, playable: bool = False) -> list[tuple[str, float]]:
        """The videos most like one, by what they are and by who liked both, with scores.

        Raises:
            FeedError: it is not in the feed.
        """
        self.keep_up()
        with self._lock:
            catalogue = self._catalogue
            place = catalogue.places.get(item, -1)
            if place < 0 or not catalogue.there[place]:
                raise FeedError("is not in the feed", where=item)
            left_out = ~catalogue.there
            if playable:
                left_out |= ~catalogue.has_file
            left_out[place] = True
            viewer = Viewer()
            viewer.worth[int(catalogue.numbers[place])] = (1.0, self._now())
            sources, taste = self._sources(viewer, self._now())
            sources = {name: sources[name] for name in ("model", "taste")}
            places, table = candidates.merged(sources, left_out)
            total = candidates.likeness(catalogue, taste, places)
            for name in sources:
                total = total + SHARES[name] * table[name]
            best = np.lexsort((places, -total))[:n]
            return [
                (str(catalogue.ids[int(places[one])]), round(float(total[one]), 4)) for one in best
            ]

    @property
    def facts(self) -> dict[str, float | str]:
        """What there is, for metrics and `/healthz`."""
        with self._lock:
            return {
                "videos": int(self._catalogue.there.sum()),
                "events": float(self._tallies.counts.sum()),
                "model": self._model.name if self._model else "",
            }


def _dense(rows: Sparse) -> NDArray[np.float32]:
    """Few sparse rows with the columns they use alone."""
    used, columns = np.unique(rows.indices, return_inverse=True)
    dense = np.zeros((rows.shape[0], len(used)), np.float32)
    dense[np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), columns] = rows.data
    return dense


def _seed(request: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}:{request}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _sign(session: Session) -> tuple[float | None, ...]:
    """What changes when videos come, go or come back."""
    row = ItemRow
    columns = (func.max(row.number), func.count(), func.count(row.removed), func.max(row.removed))
    return tuple(session.execute(select(*columns)).one())
