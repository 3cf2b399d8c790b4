"""Pages of the feed: what is on them, what never is, and how fast they follow."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from feeding import NOW, event, put
from reelwright.audience.catalogue import read_catalogue
from reelwright.audience.events import append_events
from reelwright.audience.feed import Feed, Shown
from reelwright.audience.items import Item, put_items, remove_items
from reelwright.audience.tables import KIND_CODES
from reelwright.audience.viewers import forget_viewer
from reelwright.core.errors import FeedError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

OLD = NOW - 40 * 86_400


def tell(feed: Database, *events: Any) -> None:
    with feed.writing() as session:
        append_events(session, events, now=NOW)


def open_(database: Database, **settings: Any) -> Feed:
    return Feed(database, FeedSettings.model_validate({"explore": 0, **settings}), lambda: NOW)


def ids(page: Shown) -> list[str]:
    return [place.item for place in page.places]


def test_an_empty_feed_gives_an_empty_page(feed: Database):
    page = open_(feed).page("ann")
    assert (ids(page), page.model) == ([], "popular")


def test_one_video_is_shown_once_to_one_viewer(feed: Database):
    put(feed, "v1")
    service = open_(feed)
    assert ids(service.page("ann")) == ["v1"]
    tell(feed, event("ann", "v1", "impression"))
    assert ids(service.page("ann")) == []
    assert ids(service.page("ann", again=True)) == ["v1"]
    assert ids(service.page("bob")) == ["v1"]


def test_what_is_popular_comes_first_and_a_like_of_long_ago_counts_little(feed: Database):
    put(feed, "old", "new", "dull", added=OLD)
    for user in "abc":
        tell(feed, event(user, "old", "like", time=OLD + 60))
    tell(feed, event("d", "new", "like", time=NOW - 60))
    assert ids(open_(feed).page("ann"))[:2] == ["new", "old"]


def test_an_event_changes_the_next_page(feed: Database):
    tea, cars = [f"tea{n}" for n in range(8)], [f"car{n}" for n in range(8)]
    put(feed, *cars, tags=["cars"])
    put(feed, *tea, tags=["tea"])
    service = open_(feed, topic_cap=20)
    before = ids(service.page("ann", 4, have=[]))
    assert before == cars[:4]
    tell(feed, event("ann", "tea3", "completion"), event("ann", "tea3", "like"))
    tell(feed, event("ann", "car0", "not_interested"))
    after = ids(service.page("ann", 4, have=[]))
    assert all(name.startswith("tea") for name in after)


def test_what_is_on_hand_does_not_come_twice_and_what_was_just_given_comes_last(feed: Database):
    put(feed, *(f"v{n}" for n in range(6)))
    service = open_(feed)
    first = ids(service.page("ann", 4, have=[]))
    assert not set(ids(service.page("ann", 4, have=first))) & set(first)
    given = ids(service.page("bob", 4))
    second = service.page("bob", 4)
    assert set(ids(second)[:2]) == {f"v{n}" for n in range(6)} - set(given)
    assert second.places[2].rule.startswith("given a moment ago")


def test_videos_come_and_go_at_once(feed: Database):
    put(feed, "v1", "v2")
    service = open_(feed)
    service.page("ann")
    put(feed, "v3")
    with feed.writing() as session:
        remove_items(session, ["v1"], NOW)
    service.videos_changed()
    assert sorted(ids(service.page("bob"))) == ["v2", "v3"]


def test_new_videos_get_their_share_of_places_with_propensities(feed: Database):
    put(feed, *(f"old{n}" for n in range(40)), added=OLD)
    put(feed, *(f"new{n}" for n in range(20)), added=NOW - 60)
    for user in range(30):
        tell(feed, *(event(f"u{user}", f"old{n}", "completion") for n in range(40)))
    numbers = count()
    settings = FeedSettings(explore=0.2)
    service = Feed(feed, settings, lambda: NOW, name=lambda: f"r{next(numbers)}")
    pages = [service.page(f"w{user}", 20) for user in range(60)]
    places = [place for page in pages for place in page.places]
    explored = [place for place in places if place.item.startswith("new")]
    assert len(explored) == pytest.approx(240, rel=0.1)
    assert all(place.source == "explore" for place in explored)
    assert len({place.item for place in explored}) == 20
    # The others are there for sure unless the place was drawn for.
    assert {place.propensity for place in places if place.source != "explore"} == {0.8}
    assert all(0 < place.propensity < 0.2 for place in explored)


def test_where_all_are_new_the_best_come_first_and_without_a_share_they_compete(feed: Database):
    put(feed, *(f"v{n}" for n in range(6)))
    tell(feed, *(event(user, "v3", "like") for user in "abc"))
    assert ids(open_(feed, explore=0).page("ann", 3))[0] == "v3"
    put(feed, *(f"old{n}" for n in range(6)), added=OLD)
    assert ids(open_(feed, explore=0).page("ann", 3))[0] == "v3"
    assert not {"v3"} & set(ids(open_(feed, explore=1e-9).page("ann", 6)))


def test_authors_and_topics_do_not_take_over_a_page(feed: Database):
    put(feed, *(f"a{n}" for n in range(10)), author="ann", topic="tea")
    put(feed, *(f"b{n}" for n in range(10)), author="bob", topic="cars")
    page = open_(feed, author_cap=2, topic_cap=4).page("eve", 4)
    authors = [name[0] for name in ids(page)]
    assert sorted(authors) == ["a", "a", "b", "b"]
    assert any("cap" in place.rule for place in page.places)
    assert len(ids(open_(feed, author_cap=1).page("eve", 6))) == 6  # caps yield


def test_ai_made_videos_keep_to_their_share(feed: Database):
    put(feed, *(f"ai{n}" for n in range(10)), ai_made=True)
    put(feed, *(f"own{n}" for n in range(10)))
    page = ids(open_(feed, ai_share=0.5).page("ann", 8))
    assert sum(name.startswith("ai") for name in page) == 4


def test_a_forgotten_viewer_is_a_new_one(feed: Database):
    put(feed, "v1", "v2")
    service = open_(feed)
    tell(feed, event("ann", "v1"))
    assert ids(service.page("ann")) == ["v2"]
    forget_viewer(feed, "ann")
    assert sorted(ids(service.page("ann", have=[]))) == ["v1", "v2"]


def test_videos_alike_are_found(feed: Database):
    put(feed, "t1", "t2", tags=["tea", "cold"])
    put(feed, "t3", tags=["tea"])
    put(feed, "c1", "c2", tags=["cars"])
    found = open_(feed).similar("t1", 2)
    assert [name for name, _ in found] == ["t2", "t3"]
    with pytest.raises(FeedError, match="is not in the feed"):
        open_(feed).similar("../etc/passwd")


def test_a_million_events_of_one_viewer_are_no_trouble(feed: Database, monkeypatch: Any):
    # A thousand stand for them: the limit is lowered as far.
    monkeypatch.setattr("reelwright.audience.memory.NEWEST", 20)
    put(feed, *(f"v{n}" for n in range(50)))
    many = [event("ann", f"v{n % 45}", "rewatch", time=NOW - 2000 + n) for n in range(1000)]
    tell(feed, *many)
    assert sorted(ids(open_(feed).page("ann"))) == [f"v{n}" for n in range(45, 50)]


def test_a_clock_that_jumps_loses_nothing(feed: Database):
    put(feed, "v1", "v2", "v3")
    at = NOW
    service = Feed(feed, FeedSettings(), lambda: at)
    service.page("ann")
    tell(feed, event("ann", "v1", time=NOW - 5 * 365 * 86_400))
    at = NOW - 86_400
    assert sorted(ids(service.page("ann", have=[]))) == ["v2", "v3"]
    tell(feed, event("ann", "v2", time=NOW))
    at = NOW + 86_400
    assert ids(service.page("ann", have=[])) == ["v3"]


def test_scores_and_sources_explain_every_place(feed: Database, fresh_home: Path):
    put(feed, *(f"v{n}" for n in range(5)), tags=["tea"])
    tell(feed, event("ann", "v0", "like"))
    for place in open_(feed).page("ann").places:
        assert place.source in place.scores
        assert place.propensity == 1


def test_a_large_feed_reads_on_where_videos_changed(
    feed: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reelwright.audience.following._SMALL", 3)
    monkeypatch.setattr("reelwright.audience.following._FEW", 3)
    put(feed, *(f"tea{n}" for n in range(8)), tags=["tea"], author="ann", revision=1)
    put(feed, *(f"car{n}" for n in range(8)), tags=["cars"], author="bob", revision=1)
    service = open_(feed, author_cap=40)
    service.tend()
    boats = [Item(id=f"boat{n}", tags=("boats",), author="eve") for n in range(3)]
    with feed.writing() as session:
        put_items(session, boats, 1)
        put_items(session, [Item(id="car0", tags=("tea",)), Item(id="boat9", author="ann")], 1)
        remove_items(session, ["tea1"], NOW)
        append_events(session, [event("ann", "boat1", "like")], now=NOW)
    service.page("ann")  # the event waits for its video
    service.tend()
    following = service._state
    with feed.reading() as session:
        whole = read_catalogue(session)
    assert following.catalogue.ids == whole.ids
    assert following.catalogue.places == whole.places
    for name in ("numbers", "added", "seconds", "authors", "topics", "there", "has_file"):
        assert getattr(following.catalogue, name).tolist() == getattr(whole, name).tolist()
    for place in range(len(whole)):
        names = [
            {table.facet_names[one] for one in table.facets[[place]].indices}
            for table in (following.catalogue, whole)
        ]
        assert names[0] == names[1], whole.ids[place]
    assert following.tallies.counts[KIND_CODES["like"], whole.places["boat1"]] == 1
    assert [name for name, _ in service.similar("boat0", 2)] == ["boat1", "boat2"]
    assert "car0" in [name for name, _ in service.similar("tea0", 8)]
    assert "tea1" not in ids(service.page("eve", 40))
    # What nobody changed is not read again.
    assert following.catalogue is (service.tend(), following.catalogue)[1]
