"""The feed as it is served: pages for viewers, every event of a second ago counted.

A page: candidates from all sources, each with its score and what showing it is worth; arranged
under caps and for variety; a share of places for new videos. Each story is in its own file
(`candidates`, `ranking`, `reranking`, `exploring`, `arranging`); `composing` puts them together,
over what is in memory (`following`).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from reelwright.audience import candidates
from reelwright.audience.arranging import Candidates, Slot
from reelwright.audience.candidates import SHARES, Entries
from reelwright.audience.composing import (
    GIVEN,
    Asked,
    fill_slots,
    find_candidates,
    name_videos,
)
from reelwright.audience.experiments import CONTROL
from reelwright.audience.following import Following
from reelwright.audience.memory import Viewer
from reelwright.audience.pages import Page
from reelwright.audience.ranking.showings import SOURCES
from reelwright.core.errors import FeedError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

MOST = 100
"""Videos on a page, at most."""


@dataclass(frozen=True)
class Place:
    """A video on a page, and why it is there.

    Attributes:
        item: its id.
        number: its number in the database.
        source: where its highest score came from; ``new`` videos on trial: ``explore``.
        propensity: how likely it was to be here, given those before it.
        score: what it was placed by.
        relevance: what its sources said of it together.
        scores: what each source said of it (0 to 1), what it is worth (`value`), how well it fits
            the viewer's taste (`fit`).
        rule: what moved it, empty where its score alone did.
    """

    item: str
    number: int
    source: str
    propensity: float
    score: float
    relevance: float
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
    arm: str = ""
    shadows: dict[str, list[list[float]]] | None = None

    @property
    def page(self) -> Page:
        """As `pages.keep_pages` notes it."""
        return Page(
            self.request,
            self.user,
            self.time,
            self.model,
            tuple(place.item for place in self.places),
            tuple(place.propensity for place in self.places),
            self.arm,
            tuple(place.source for place in self.places),
            tuple(place.relevance for place in self.places),
            self.shadows,
        )


class Feed:
    """Pages for viewers. May be asked by any number of threads.

    Args:
        database: the feed's.
        settings: weights, shares and caps.
        now: tells the time, in seconds since 1970.
        say: what to do with a message for whoever runs the service.
        name: gives pages their ids, one of a kind each; what is drawn by lot follows from them.
    """

    def __init__(
        self,
        database: Database,
        settings: FeedSettings,
        now: Callable[[], float] = time.time,
        say: Callable[[str], None] | None = None,
        name: Callable[[], str] | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._name = name or (lambda: secrets.token_urlsafe(12))
        self._state = Following(database, settings, now, say or (lambda message: None))

    def keep_up(self, *, at_once: bool = False) -> None:
        """Take in what the database has that memory has not: events, videos, a new model.

        Args:
            at_once: look for changed videos and a new model even if that was just done.
        """
        with self._state.lock, self._database.reading() as session:
            if at_once:
                self._state.look(session, at_once=True)
            self._state.keep_up(session)

    def videos_changed(self) -> None:
        """Say that videos were added, described anew or taken out; the next page knows of it."""
        self._state.videos_changed()

    def tend(self) -> None:
        """What is done several times a second by whoever runs the service."""
        self._state.tend()

    @property
    def version(self) -> int:
        """Rises whenever a video is added, described anew or taken out."""
        return self._state.version

    # --- pages ----------------------------------------------------------------------------------

    def page(
        self,
        user: str,
        n: int = 20,
        *,
        playable: bool = False,
        again: bool = False,
        have: Iterable[str] | None = None,
        explain: bool = True,
    ) -> Shown:
        """The next videos for a viewer, the first one first.

        Args:
            user: the viewer's id.
            n: how many; fewer come where nothing else is left.
            playable: only videos whose file is known.
            again: what was seen may come again.
            have: ids that the viewer has on hand and will see: they are not given once more. None
                where that is not known; what was just given then comes after everything else.
            explain: whether places tell the scores of their sources.
        """
        state, n = self._state, min(n, MOST)
        with state.lock, self._database.reading() as session:
            state.keep_up(session)
            viewer = state.memory.viewer(session, user)
            request = self._name()
            now = self._now()
            catalogue = state.catalogue
            chance = np.random.default_rng(_seed(request, self._settings.seed))
            arm = state.experiment.arm_of(user) if state.experiment else ""
            settings = state.policies.get(arm, self._settings)
            on_hand = [catalogue.places[item] for item in have or () if item in catalogue.places]
            left_out = np.array(on_hand, np.int64)
            if not again:
                left_out = np.concatenate([left_out, viewer.places_seen(catalogue)])
            asked = Asked(viewer, n, now, left_out, playable, have is None, again)
            found = find_candidates(state, asked, settings)
            slots = fill_slots(state, found, n, settings, chance)
            places = [self._told(found, slot, explain=explain) for slot in slots]
            shadows = self._look_on(asked, slots, chance) if arm == CONTROL else None
            if have is None:
                viewer.given = {
                    item: at for item, at in viewer.given.items() if now - at < GIVEN
                } | {place.number: now for place in places}
            name = state.model.name if state.model else "popular"
            return Shown(request, user, now, name, places, arm, shadows)

    def _look_on(
        self, asked: Asked, slots: list[Slot], chance: np.random.Generator
    ) -> dict[str, list[list[float]]] | None:
        """What arms of an experiment that have no viewers would have made of this page."""
        told: dict[str, list[list[float]]] = {}
        for arm, settings in self._state.shadows.items():
            # Candidates are the same whatever the settings, only their scores are not.
            found = find_candidates(self._state, asked, settings)
            given = [slot.candidate for slot in slots]
            values = found.table["value"]
            told[arm] = [
                [round(one.propensity, 6), round(float(values[one.candidate]), 4),
                 round(one.expected, 4)]
                for one in fill_slots(self._state, found, len(given), settings, chance, given)
            ]  # fmt: skip
        return told or None

    def _told(self, found: Candidates, slot: Slot, *, explain: bool) -> Place:
        catalogue, one = self._state.catalogue, slot.candidate
        place = int(found.places[one])
        told: dict[str, float] = {}
        if explain:
            table = found.table.items()
            told = {name: round(float(row[one]), 4) for name, row in table if row[one]}
        return Place(
            catalogue.ids[place],
            int(catalogue.numbers[place]),
            "explore" if slot.drawn else SOURCES[int(found.source[one])],
            round(slot.propensity, 6),
            round(float(found.scores[one]), 4),
            round(float(found.relevance[one]), 4),
            told,
            slot.rule,
        )

    # --- one video ------------------------------------------------------------------------------

    def similar(self, item: str, n: int = 20, *, playable: bool = False) -> list[tuple[str, float]]:
        """The videos most like one, by what they are and by who liked both, with scores.

        Raises:
            FeedError: it is not in the feed.
        """
        state = self._state
        with state.lock, self._database.reading() as session:
            state.keep_up(session)
            catalogue = state.catalogue
            place = catalogue.places.get(item, -1)
            if place < 0 or not catalogue.there[place]:
                raise FeedError("is not in the feed", where=item)
            viewer = Viewer()
            viewer.worth[int(catalogue.numbers[place])] = (1.0, self._now())
            sources, taste = name_videos(state, viewer, self._now())
            sources = {name: sources[name] for name in ("model", "taste")}
            shown = catalogue.playable if playable else catalogue.there
            places, table = candidates.merged(sources, shown, np.array([place]))
            total = candidates.likeness(Entries.of(catalogue, places), taste)
            for name in sources:
                total = total + SHARES[name] * table[name]
            best = np.lexsort((places, -total))[:n]
            return [(catalogue.ids[int(places[one])], round(float(total[one]), 4)) for one in best]

    @property
    def facts(self) -> dict[str, float | str]:
        """What there is, for metrics and `/healthz`."""
        state = self._state
        with state.lock:
            return {
                "videos": int(state.catalogue.there.sum()),
                "events": float(state.tallies.counts.sum()),
                "model": state.model.name if state.model else "",
            }


def _seed(request: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}:{request}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
