"""The feed as it is served: pages for viewers, every event of a second ago counted.

A page: candidates from all sources, each with its score and what showing it is worth; arranged
under caps and for variety; a share of places for new videos. Each story is in its own file
(`candidates`, `ranking`, `reranking`, `exploring`, `arranging`), what is in memory in `following`;
here they meet.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from reelwright.audience import candidates, exploring
from reelwright.audience.arranging import Candidates, Luck, Slot, fill_page
from reelwright.audience.candidates import SHARES, Entries, Named, Taste
from reelwright.audience.catalogue import Catalogue
from reelwright.audience.experiments import CONTROL
from reelwright.audience.following import Following
from reelwright.audience.interactions import Histories
from reelwright.audience.memory import Viewer
from reelwright.audience.pages import Page
from reelwright.audience.ranking.serving import present_facts
from reelwright.audience.ranking.showings import SOURCES
from reelwright.audience.reranking import Arranger, Caps, Traits
from reelwright.core.errors import FeedError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

MOST = 100
"""Videos on a page, at most."""
_WIDE, _DEEP = 400, 120
"""Candidates that are looked at closely, and of these those that are arranged: the best."""
_HEAD = 300
"""Videos of a source that are enough for most viewers."""
_GIVEN = 30 * 60.0
"""Seconds for which what a viewer was just given comes after everything else."""
_VALUE, _LEARNT = 0.15, 1.2
"""What being worth one spread more than the average video counts, against a source's score of 1: as
all viewers' rates tell it, and as a ranker does."""


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


@dataclass(frozen=True)
class _Asked:
    """What a page is asked for: `left_out` are places that this viewer is not to be given, `hold`
    whether what they were just given comes last, the rest as in `Feed.page`."""

    viewer: Viewer
    n: int
    now: float
    left_out: NDArray[np.int64]
    playable: bool
    hold: bool
    again: bool


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
            asked = _Asked(viewer, n, now, left_out, playable, have is None, again)
            found = self._candidates(asked, settings)
            slots = self._slots(found, n, settings, chance)
            places = [self._told(found, slot, explain=explain) for slot in slots]
            shadows = self._look_on(asked, slots, chance) if arm == CONTROL else None
            if have is None:
                viewer.given = {
                    item: at for item, at in viewer.given.items() if now - at < _GIVEN
                } | {place.number: now for place in places}
            name = state.model.name if state.model else "popular"
            return Shown(request, user, now, name, places, arm, shadows)

    def _look_on(
        self, asked: _Asked, slots: list[Slot], chance: np.random.Generator
    ) -> dict[str, list[list[float]]] | None:
        """What arms of an experiment that have no viewers would have made of this page."""
        told: dict[str, list[list[float]]] = {}
        for arm, settings in self._state.shadows.items():
            # Candidates are the same whatever the settings, only their scores are not.
            found = self._candidates(asked, settings)
            given = [slot.candidate for slot in slots]
            values = found.table["value"]
            told[arm] = [
                [round(one.propensity, 6), round(float(values[one.candidate]), 4),
                 round(one.expected, 4)]
                for one in self._slots(found, len(given), settings, chance, given)
            ]  # fmt: skip
        return told or None

    def _candidates(self, asked: _Asked, settings: FeedSettings) -> Candidates:
        """All that the page may be made of, with what each is placed by."""
        state, viewer, n, now = self._state, asked.viewer, asked.n, asked.now
        left_out, playable = asked.left_out, asked.playable
        catalogue, display = state.catalogue, state.display
        shown = catalogue.playable if playable else catalogue.there
        sources, taste = self._sources(viewer, now)
        sources["explore"] = Named(display.trial, np.full(len(display.trial), 0.01, np.float32))
        few = {name: named.head(_HEAD) for name, named in sources.items()}
        places, table = candidates.merged(few, shown, left_out)
        if len(places) < _WIDE:
            # They have seen most of what comes first.
            places, table = candidates.merged(sources, shown, left_out)
        if len(places) < n:
            # Little is left: whatever there is.
            free = shown.copy()
            free[left_out] = False
            rest = np.flatnonzero(free)[: 10 * n]
            sources["rest"] = Named(rest, np.full(len(rest), 0.01, np.float32))
            places, table = candidates.merged(sources, shown, left_out)
        chances = np.zeros(len(places))
        if len(display.trial) and len(places):
            at = np.searchsorted(places, display.trial).clip(max=len(places) - 1)
            same = places[at] == display.trial
            chances[at[same]] = display.chances[same]
        # Of many, those that their sources and all viewers think least of are not looked at.
        said = sum(share * table[name] for name, share in SHARES.items())
        said = np.asarray(said + _VALUE * display.values[places], np.float32)
        if len(places) > _WIDE:
            mine = chances > 0
            mine[np.argpartition(-said, _WIDE)[:_WIDE]] = True
            kept = np.flatnonzero(mine)
            places, chances, said = places[kept], chances[kept], said[kept]
            table = {name: values[kept] for name, values in table.items()}
        values = display.values[places]
        entries = Entries.of(catalogue, places)
        fit = candidates.likeness(entries, taste)
        relevance = np.asarray(said - _VALUE * values + SHARES["taste"] * fit, np.float32)
        source = np.argmax([SHARES.get(name, 0.001) * table[name] for name in SOURCES], axis=0)
        total = relevance + _VALUE * values
        if settings.ranker and state.ranker and len(places):
            facts = present_facts(
                catalogue, state.tallies, viewer, taste, entries, places, source, relevance, now
            )
            values = state.ranker.values(facts, settings.goals)
            total = relevance + _LEARNT * values
        table["value"], table["fit"] = values, fit
        held = np.zeros(len(places), bool)
        if asked.hold and viewer.given:
            recent = [item for item, at in viewer.given.items() if now - at < _GIVEN]
            held = np.isin(catalogue.numbers[places], recent)
            total = np.where(held, total - 10, total)
        if asked.again:
            total = total - _recency(catalogue, viewer, places)
        if len(pool := np.flatnonzero(chances)):
            chances[pool] = exploring.fit_chances(chances[pool], fit[pool])
        young = display.young[places]
        return Candidates(places, total, relevance, table, source, young, chances, held)

    def _sources(self, viewer: Viewer, now: float) -> tuple[dict[str, Named], Taste]:
        """What each source names for a viewer, and their taste."""
        state = self._state
        catalogue, model = state.catalogue, state.model
        places, values, times = viewer.history(catalogue, candidates.HISTORY)
        taste = candidates.taste_of(catalogue, places, values, times, now)
        sources = {
            "model": Named(np.empty(0, np.int64), np.empty(0, np.float32)),
            "taste": candidates.by_taste(catalogue, taste, state.best_of),
            "popular": state.display.popular,
            "new": state.display.new,
        }
        if model and len(model.indexes):
            own = np.where(
                places < len(model.indexes),
                model.indexes[places.clip(max=len(model.indexes) - 1)],
                -1,
            )
            mine = own >= 0
            starts = np.array([0, int(mine.sum())], np.int64)
            history = Histories(
                starts, own[mine].astype(np.int32), times[mine], values[mine], model.items, now
            )
            sources["model"] = candidates.by_model(model.recommender, model.places, history)
        return sources, taste

    def _slots(
        self,
        found: Candidates,
        n: int,
        settings: FeedSettings,
        chance: np.random.Generator,
        given: Sequence[int] = (),
    ) -> list[Slot]:
        """Which of the candidates fill the page's places; see `arranging.fill_page`."""
        catalogue = self._state.catalogue
        if not len(found.places):
            return []
        # Those on trial stay in, whatever their scores; and some of those that are not new.
        depth = max(_DEEP, 2 * n)
        order = np.lexsort((found.places, -found.scores))
        usual = order[~found.young[order]][:depth]
        mine = found.chances > 0
        for some in (order[:depth], usual, np.array(given, np.int64)):
            mine[some] = True
        kept = np.flatnonzero(mine)
        best = found.part(kept)
        traits = Traits(
            best.scores,
            Entries.of(catalogue, best.places).alike(catalogue.facets.shape[1]),
            catalogue.authors[best.places],
            catalogue.topics[best.places],
            catalogue.ai_made[best.places],
        )
        caps = Caps(settings.author_cap, settings.topic_cap, int(np.ceil(settings.ai_share * n)))
        arranger = Arranger(traits, caps, settings.variety)
        luck = Luck(settings.explore, settings.shuffle)
        own = np.searchsorted(kept, np.array(given, np.int64)).tolist() if given else None
        slots = fill_page(best, arranger, n, luck, chance, own)
        return [replace(slot, candidate=int(kept[slot.candidate])) for slot in slots]

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
            sources, taste = self._sources(viewer, self._now())
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


def _recency(
    catalogue: Catalogue, viewer: Viewer, places: NDArray[np.int64]
) -> NDArray[np.float32]:
    """What was seen comes after what was not, and the longer ago the earlier."""
    order = {item: rank for rank, item in enumerate(viewer.worth)}
    numbers = catalogue.numbers[places].tolist()
    ranks = np.array([order.get(number, 0) for number in numbers])
    seen = np.array([number in viewer.seen for number in numbers], bool)
    return np.where(seen, 5 + 4 * ranks / max(1, len(order)), 0).astype(np.float32)


def _seed(request: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}:{request}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
