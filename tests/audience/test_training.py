"""Models of the feed: trained, compared, swapped, damaged, rolled back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from feeding import NOW, event, put
from reelwright.audience.catalogue import read_catalogue
from reelwright.audience.events import append_events
from reelwright.audience.feed import Feed
from reelwright.audience.interactions import gather, histories_of
from reelwright.audience.models import load_serving, models_folder, roll_back
from reelwright.audience.recommend.recommender import TABLE
from reelwright.audience.recommend.saving import load_saved, recommender_of, save_recommender
from reelwright.audience.tables import ModelRow
from reelwright.audience.training import train
from reelwright.core.errors import DataError, FeedError, InputError, ModelError
from reelwright.core.settings import FeedSettings
from reelwright.learn.folder import Card
from reelwright.store.database import Database

SETTINGS = FeedSettings(explore=0)


def watch(feed: Database, viewers: int = 40, rounds: int = 12, start: float = 0.0) -> None:
    """Viewers who go round a ring of videos in order: what comes next is known."""
    events = []
    for user in range(viewers):
        for step in range(rounds):
            at = NOW - 50_000 + start + step * 100 + user
            events.append(event(f"u{user}", f"v{(user + step + int(start)) % 30}", time=at))
    with feed.writing() as session:
        append_events(session, events, now=NOW)


def states(feed: Database) -> dict[str, str]:
    with feed.reading() as session:
        rows = session.scalars(select(ModelRow).order_by(ModelRow.number))
        return {f"{row.name}-{row.number}": row.state for row in rows}


@pytest.fixture
def ring(feed: Database) -> Database:
    put(feed, *(f"v{n}" for n in range(30)))
    watch(feed)
    return feed


def test_what_was_learnt_chooses_the_next_page(ring: Database):
    service = Feed(ring, SETTINGS, lambda: NOW)
    done = train(ring, "transitions")
    assert done.serves
    assert done.scores["ndcg@10"] > 0.5
    service.keep_up(at_once=True)
    page = service.page("u0")
    assert page.model == done.name
    assert page.places[0].item == "v12"
    assert page.places[0].source == "model"


def test_a_model_that_is_no_better_does_not_serve(ring: Database):
    good = train(ring, "transitions")
    poor = train(ring, "popularity")
    assert not poor.serves
    assert poor.standing == good.name
    assert poor.before["ndcg@10"] > poor.scores["ndcg@10"]
    assert states(ring) == {good.name: "serving"}
    assert train(ring, "popularity", force=True).serves


def test_the_standing_one_is_judged_on_what_it_does_not_know(ring: Database):
    first = train(ring, "popularity")
    watch(ring, rounds=14, start=2000)
    second = train(ring, "transitions")
    assert second.serves
    assert second.standing == first.name
    assert states(ring) == {first.name: "standby", second.name: "serving"}
    assert roll_back(ring) == first.name
    assert states(ring) == {first.name: "serving", second.name: "refused"}
    with pytest.raises(FeedError, match="no earlier model"):
        roll_back(ring)


def test_a_damaged_model_gives_way_to_the_last_good_one(ring: Database):
    first = train(ring, "popularity")
    second = train(ring, "transitions", force=True)
    weights = next(models_folder().glob("*transitions/weights.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])
    said: list[str] = []
    service = Feed(ring, SETTINGS, lambda: NOW, said.append)
    assert service.page("u0").model == first.name
    assert states(ring) == {first.name: "serving", second.name: "damaged"}
    assert second.name in said[0]
    next(models_folder().glob("*popularity/config.json")).write_text("{")
    assert Feed(ring, SETTINGS, lambda: NOW).page("u0").model == "popular"


def test_nothing_to_learn_from_is_told(feed: Database):
    put(feed, "v1")
    with pytest.raises(DataError, match="nothing to learn from yet"):
        train(feed)
    with pytest.raises(InputError, match="is no recommender"):
        train(feed, "../ease")


def test_few_events_make_a_model_that_is_not_judged(feed: Database):
    put(feed, "v1", "v2")
    with feed.writing() as session:
        append_events(session, [event("ann", "v1"), event("ann", "v2")], now=NOW)
    done = train(feed, "neighbours")
    assert done.serves
    assert done.scores == {}


def test_videos_that_came_later_are_shown_beside_the_model(ring: Database):
    train(ring, "ease")
    put(ring, "fresh", added=NOW)
    page = Feed(ring, SETTINGS, lambda: NOW).page("u0", 30)
    assert "fresh" in [place.item for place in page.places]


@pytest.mark.parametrize("name", [*TABLE, "auto"])
def test_a_saved_recommender_scores_as_before(name: str, tmp_path: Path):
    chance = np.random.default_rng(0)
    users, items = chance.integers(0, 20, 300), chance.integers(0, 15, 300)
    log = gather(map(str, users), map(str, items), list(range(300)))
    features = {"look": chance.standard_normal((log.n_items, 4)).astype(np.float32)}
    cls = recommender_of(name)
    small = {"sequential": {"width": 8, "epochs": 1, "blocks": 1}}
    small["two_tower"] = {"width": 8, "epochs": 1}
    small["auto"] = {"members": ("transitions", "content", "sequential", "popularity")}
    fitted = cls(cls.Settings.model_validate(small.get(name, {}))).fit(log, features)
    card = Card(data=[], split="", metric="")
    save_recommender(tmp_path, fitted, log.item_names, {}, card)
    saved = load_saved(tmp_path)
    histories = histories_of(log, np.arange(20))
    np.testing.assert_array_equal(saved.recommender.score(histories), fitted.score(histories))
    assert list(saved.items) == list(log.item_names)


def test_no_attribute_of_a_recommender_takes_the_place_of_its_videos(tmp_path: Path):
    log = gather("abab", "xyzx", [1, 2, 3, 4])
    fitted = recommender_of("transitions")().fit(log)
    vars(fitted)["items"] = np.arange(7)
    save_recommender(tmp_path, fitted, log.item_names, {}, Card(data=[], split="", metric=""))
    saved = load_saved(tmp_path)
    assert list(saved.items) == ["x", "y", "z"]
    assert vars(saved.recommender)["items"].tolist() == list(range(7))


def test_a_model_of_another_kind_is_refused(tmp_path: Path, feed: Database):
    (tmp_path / "config.json").write_text(
        '{"format": 1, "kind": "tagger", "version": 1, "made_by": "", "settings": {}, "facts": {}}'
    )
    with pytest.raises(ModelError, match="is no recommender"):
        load_saved(tmp_path)
    with feed.reading() as session:
        catalogue = read_catalogue(session)
    assert load_serving(feed, catalogue) == (None, [])
