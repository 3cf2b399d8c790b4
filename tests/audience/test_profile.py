"""What is known of a viewer: told, given back, erased."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from feeding import NOW, event, put
from reelwright.audience import waiting
from reelwright.audience.events import append_events
from reelwright.audience.intake import import_tables
from reelwright.audience.pages import Page, keep_pages, pages_of
from reelwright.audience.profile import Profile, read_profile
from reelwright.audience.reading import history, read_events
from reelwright.audience.viewers import export_viewer, forget_viewer
from reelwright.core.errors import FeedError
from reelwright.core.nouns import Event
from reelwright.store.database import Database

DAY = 86_400.0


def append(feed: Database, *events: Event) -> Any:
    with feed.writing() as session:
        return append_events(session, events, now=NOW)


def profile(feed: Database, user: str = "ann", **options: Any) -> Profile:
    with feed.reading() as session:
        return read_profile(session, user, **options)


@pytest.fixture
def watched(feed: Database) -> Database:
    """Ann likes tea and short videos by me, and leaves what is about cars."""
    put(feed, *(f"tea{n}" for n in range(5)), tags=["tea", "calm"], author="me", topic="food",
        language="zh", seconds=20.0)  # fmt: skip
    put(feed, *(f"car{n}" for n in range(5)), tags=["cars"], author="you", seconds=200.0)
    append(
        feed,
        *(event(item=f"tea{n}", kind="impression", time=NOW - 3600 * n - 1) for n in range(5)),
        *(event(item=f"tea{n}", value=20.0, time=NOW - 3600 * n) for n in range(5)),
        event(item="tea0", kind="like"),
        *(event(item=f"car{n}", kind="skip", value=1.5, time=NOW - 3600 * n) for n in range(4)),
        event("bob", "car1", "like"),
    )
    return feed


def test_what_is_liked_and_what_bores(watched: Database):
    known = profile(watched)
    assert known.counts == {"impression": 5, "completion": 5, "skip": 4, "like": 1}
    assert (known.videos, known.seconds) == (9, 106.0)
    assert (known.first, known.last) == (NOW - 4 * 3600 - 1, NOW)
    assert [one.name for one in known.interests["tag"]] == ["calm", "tea"]
    assert [one.name for one in known.interests["author"]] == ["me"]
    assert [one.name for one in known.interests["length"]] == ["15–30 s"]
    assert 0.7 < known.interests["topic"][0].weight < 1
    assert known.interests["topic"][0].videos == 5
    assert {(one.facet, one.name) for one in known.bores} == {
        ("tag", "cars"), ("author", "you"), ("length", "over 3 min"),
    }  # fmt: skip
    assert [one.name for one in profile(watched, "bob").interests["tag"]] == ["cars"]
    with pytest.raises(FeedError, match="nothing is known"):
        profile(watched, "nobody")


def test_hours_are_those_of_a_zone(watched: Database):
    hours = profile(watched).hours  # NOW is 08:53 UTC
    assert sum(hours) == pytest.approx(1, abs=0.01)
    assert [hour for hour in range(24) if hours[hour]] == [4, 5, 6, 7, 8]
    ahead = profile(watched, zone=timezone(timedelta(hours=8)))
    assert ahead.hours == hours[-8:] + hours[:-8]


def test_old_tastes_fade(feed: Database):
    put(feed, *(f"a{n}" for n in range(4)), tags=["old"])
    put(feed, *(f"b{n}" for n in range(4)), tags=["new"])
    append(feed, *(event(item=f"a{n}", time=NOW - 60 * DAY + n) for n in range(4)))
    append(feed, *(event(item=f"b{n}", time=NOW - DAY + n) for n in range(4)))
    tags = {one.name: one.weight for one in profile(feed).interests["tag"]}
    assert tags["new"] > 0.6 > 0.2 > tags["old"] > 0
    slow = profile(feed, half_life=3650)
    assert slow.interests["tag"][1].weight > 0.6


def test_who_leaves_no_word_is_told_by_how_far_they_watched(feed: Database):
    put(feed, "v1", "v2", "v3", tags=["long"], seconds=100.0)
    put(feed, "w1", "w2", "w3", tags=["short"], seconds=10.0)
    append(
        feed,
        *(event(item=item, kind="progress", value=9.0) for item in ("v1", "v2", "v3")),
        *(event(item=item, kind="progress", value=9.0) for item in ("w1", "w2", "w3")),
    )
    known = profile(feed)
    assert [one.name for one in known.interests["tag"]] == ["short"]
    assert ("tag", "long") in {(one.facet, one.name) for one in known.bores}


def test_a_viewer_of_whom_only_waiting_events_are_known(feed: Database):
    append(feed, event(item="v9"))
    known = profile(feed)
    assert (known.apart, known.counts, known.interests, known.last) == (1, {}, {}, 0.0)


def test_all_is_given_back_and_can_be_taken_in_again(watched: Database, tmp_path: Path):
    with watched.writing() as session:
        keep_pages(session, [Page("r1", "ann", NOW, "auto", ("tea4",), (0.5,), "A")])
    more = {"request": "r1", "id": "e1"}
    append(watched, event(item="tea4", kind="share", **more), event(item="v9"))
    export_viewer(watched, "ann", tmp_path / "ann.json")
    given = json.loads((tmp_path / "ann.json").read_text("utf-8"))
    assert given["profile"]["counts"]["completion"] == 5
    assert given["apart"][0]["reason"] == "unknown_item"
    assert given["pages"][0] | {"id": "r1", "model": "auto", "arm": "A"} == given["pages"][0]
    shared = [one for one in given["events"] if one["kind"] == "share"]
    assert shared == [
        {"user": "ann", "item": "tea4", "kind": "share", "time": NOW - 60, "value": 1.0,
         "id": "e1", "request": "r1", "rank": 0, "model": "auto", "propensity": 0.5}
    ]  # fmt: skip
    table = tmp_path / "again.json"
    table.write_text(json.dumps(given["events"]), "utf-8")
    report = import_tables(watched, [table], now=NOW)
    assert (report.events, report.known_events) == (0, 16)
    with pytest.raises(FeedError):
        export_viewer(watched, "nobody", tmp_path / "nobody.json")
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["again.json", "ann.json"]


def test_who_asks_to_be_forgotten_is(
    watched: Database, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reelwright.audience.viewers._TOGETHER", 7)
    name = "ann-of-green-gables"
    with watched.writing() as session:
        keep_pages(session, [Page("r1", name, NOW, "auto", ("tea4",), (0.5,))])
    append(watched, *(event(name, f"tea{n}", time=NOW - n) for n in range(5)),
           *(event(name, "car1", time=NOW - n) for n in range(20)), event(name, "v9"))  # fmt: skip
    with watched.reading() as session:
        before = read_events(session)
    gone = forget_viewer(watched, name)
    assert (gone.events, gone.pages, gone.apart) == (25, 1, 1)
    with watched.reading() as session:
        assert history(session, name) == []
        assert pages_of(session, ["r1"]) == {}
        assert waiting.counts(session) == {}
        log = read_events(session)
        assert (name in log.user_names, len(before) - len(log)) == (False, 25)
        assert len(history(session, "ann")) == 15
    with pytest.raises(FeedError, match="nothing is known"):
        profile(watched, name)
    for path in fresh_home.glob("feed.db*"):
        assert name.encode() not in path.read_bytes()
    # Nothing is kept of them, so nothing is known twice; numbers are not given again.
    assert forget_viewer(watched, name).events == 0
    append(watched, event("zoe", "tea0"))
    with watched.reading() as session:
        assert len(read_events(session, after=before.last)) == 1
