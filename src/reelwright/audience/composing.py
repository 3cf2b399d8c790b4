"""From what a page is asked for to its places: candidates with scores, and who fills it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reelwright.audience import candidates, exploring
from reelwright.audience.arranging import Candidates, Luck, Slot, fill_page
from reelwright.audience.candidates import SHARES, Entries, Named, Taste
from reelwright.audience.catalogue import Catalogue
from reelwright.audience.following import Following
from reelwright.audience.interactions import Histories
from reelwright.audience.memory import Viewer
from reelwright.audience.ranking.serving import present_facts
from reelwright.audience.ranking.showings import SOURCES
from reelwright.audience.reranking import Arranger, Caps, Traits
from reelwright.core.settings import FeedSettings

_WIDE, _DEEP = 400, 120
"""Candidates that are looked at closely, and of these those that are arranged: the best."""
_HEAD = 300
"""Videos of a source that are enough for most viewers."""
GIVEN = 30 * 60.0
"""Seconds for which what a viewer was just given comes after everything else."""
_VALUE, _LEARNT = 0.15, 1.2
"""What being worth one spread more than the average video counts, against a source's score of 1: as
all viewers' rates tell it, and as a ranker does."""


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: `left_out` are places that this viewer is not to be given, `hold`
    whether what they were just given comes last, the rest as in `Feed.page`."""

    viewer: Viewer
    n: int
    now: float
    left_out: NDArray[np.int64]
    playable: bool
    hold: bool
    again: bool


def find_candidates(state: Following, asked: Asked, settings: FeedSettings) -> Candidates:
    """All that a page may be made of, with what each is placed by."""
    viewer, n, now = asked.viewer, asked.n, asked.now
    left_out, playable = asked.left_out, asked.playable
    catalogue, display = state.catalogue, state.display
    shown = catalogue.playable if playable else catalogue.there
    sources, taste = name_videos(state, viewer, now)
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
        recent = [item for item, at in viewer.given.items() if now - at < GIVEN]
        held = np.isin(catalogue.numbers[places], recent)
        total = np.where(held, total - 10, total)
    if asked.again:
        total = total - _recency(catalogue, viewer, places)
    if len(pool := np.flatnonzero(chances)):
        chances[pool] = exploring.fit_chances(chances[pool], fit[pool])
    young = display.young[places]
    return Candidates(places, total, relevance, table, source, young, chances, held)


def name_videos(state: Following, viewer: Viewer, now: float) -> tuple[dict[str, Named], Taste]:
    """What each source names for a viewer, and their taste."""
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


def fill_slots(
    state: Following,
    found: Candidates,
    n: int,
    settings: FeedSettings,
    chance: np.random.Generator,
    given: Sequence[int] = (),
) -> list[Slot]:
    """Which of the candidates fill the page's places; see `arranging.fill_page`."""
    catalogue = state.catalogue
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


def _recency(
    catalogue: Catalogue, viewer: Viewer, places: NDArray[np.int64]
) -> NDArray[np.float32]:
    """What was seen comes after what was not, and the longer ago the earlier."""
    order = {item: rank for rank, item in enumerate(viewer.worth)}
    numbers = catalogue.numbers[places].tolist()
    ranks = np.array([order.get(number, 0) for number in numbers])
    seen = np.array([number in viewer.seen for number in numbers], bool)
    return np.where(seen, 5 + 4 * ranks / max(1, len(order)), 0).astype(np.float32)
