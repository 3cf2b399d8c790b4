"""Events go in once, for good; what cannot be is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from feeding import NOW, event, put
from reelwright.audience import waiting
from reelwright.audience.answers import KEPT, Notice
from reelwright.audience.appending import Appender
from reelwright.audience.checks import AHEAD, is_name
from reelwright.audience.events import append_events, as_plain, settle
from reelwright.audience.pages import Page, keep_pages
from reelwright.audience.reading import history, read_events
from reelwright.audience.shelf import open_feed
from reelwright.audience.tables import KINDS, EventRow, KeyRow, ViewerRow
from reelwright.core.errors import FeedError, StoreError
from reelwright.core.nouns import Event
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database


def append(feed: Database, *events: Event, key: str = "", now: float = NOW) -> Any:
    with feed.writing() as session:
        return append_events(session, events, key, now)


def rows(feed: Database) -> list[EventRow]:
    with feed.reading() as session:
        return list(session.scalars(select(EventRow).order_by(EventRow.number)))


def test_events_are_kept_with_how_they_came_to_be(feed: Database):
    put(feed, "v1", "v2")
    shown = {"request": "r-1", "rank": 3, "model": "auto", "propensity": 0.25}
    answer = append(feed, event(value=12.5, **shown), event("bob", "v2", "like"))
    assert (answer.new, answer.known, answer.apart, answer.refused) == (2, 0, (), ())
    first, second = rows(feed)
    assert (first.kind, first.value, first.time) == (KINDS.index("completion"), 12.5, NOW - 60)
    assert {name: getattr(first, name) for name in shown} == shown
    assert (second.value, second.request, second.viewer != first.viewer) == (1.0, None, True)


def test_the_same_event_counts_once(feed: Database):
    put(feed, "v1")
    first = [event(), event(kind="like"), event(time=NOW - 60.0001), event(value=0)]
    assert (append(feed, *first).new, append(feed, *first).known) == (2, 4)
    # Its own id tells, whatever else the client makes of it; a second viewer may have the same.
    assert append(feed, event(id="a", value=3)).new == 1
    assert append(feed, event(id="a", value=4, time=NOW)).known == 1
    assert append(feed, event("bob", id="a")).new == 1
    # What came with it does not make it another.
    assert append(feed, event(request="r", model="m")).known == 1


def test_a_batch_under_the_same_key_gets_the_same_answer(feed: Database):
    put(feed, "v1")
    batch = [event(), event(item="unknown"), event(time=-1)]
    first = append(feed, *batch, key="k")
    assert (first.new, first.repeated) == (1, False)
    assert first.apart == (Notice(1, "unknown_item"),)
    assert first.refused == (Notice(2, "bad_number"),)
    put(feed, "unknown")
    again = append(feed, *batch, key="k")
    assert again.repeated
    assert (again.new, again.apart, again.refused) == (1, first.apart, first.refused)
    with pytest.raises(FeedError, match="other events before"):
        append(feed, event("bob"), key="k")
    with pytest.raises(FeedError, match="128 characters"):
        append(feed, event("bob"), key="k" * 129)
    assert len(rows(feed)) == 1
    settle(feed, NOW + KEPT + 1)
    with feed.reading() as session:
        assert session.scalar(select(func.count()).select_from(KeyRow)) == 0


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"item": "../../etc/passwd"}, "bad_name"),
        ({"item": "a/b"}, "bad_name"),
        ({"item": "a\\b"}, "bad_name"),
        ({"user": "C:\\x"}, "bad_name"),
        ({"user": ""}, "bad_name"),
        ({"user": ".."}, "bad_name"),
        ({"user": "a\x00b"}, "bad_name"),
        ({"user": "\ud800"}, "bad_name"),
        ({"user": " ann"}, "bad_name"),
        ({"user": "x" * 129}, "bad_name"),
        ({"request": "a/b"}, "bad_name"),
        ({"id": ""}, "bad_name"),
        ({"model": "a\nb"}, "bad_name"),
        ({"time": float("nan")}, "bad_number"),
        ({"time": float("inf")}, "bad_number"),
        ({"time": -5}, "bad_number"),
        ({"value": float("nan")}, "bad_number"),
        ({"rank": -1}, "bad_number"),
        ({"rank": 2**80}, "bad_number"),
        ({"propensity": 1.5}, "bad_number"),
    ],
)
def test_what_can_be_no_event_is_refused_and_the_rest_goes_in(
    feed: Database, wrong: dict[str, Any], reason: str
):
    put(feed, "v1")
    answer = append(feed, event(), event(**wrong), event(kind="like"))
    assert answer.refused == (Notice(1, reason),)
    assert answer.new == 2
    assert as_plain(answer)["refused"][0]["message"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"item": "v9"}, "unknown_item"),
        ({"time": NOW + AHEAD + 1}, "future"),
        ({"time": (NOW + 60) * 1000}, "bad_number"),
        ({"value": -3.0}, "absurd"),
        ({"value": 86_400.0}, "absurd"),
        ({"value": 20.0 * 50 + 1}, "absurd"),
        ({"value": 1e300}, "absurd"),
        ({"kind": "like", "value": -1}, "absurd"),
    ],
)
def test_what_does_not_count_is_kept_apart(feed: Database, wrong: dict[str, Any], reason: str):
    put(feed, "v1")
    answer = append(feed, event("bob"), event(**wrong))
    assert answer.new == 1
    if reason == "bad_number":
        assert answer.refused == (Notice(1, reason),)
        return
    assert answer.apart == (Notice(1, reason),)
    assert append(feed, event(**wrong)).apart == (Notice(0, reason),)
    with feed.reading() as session:
        assert waiting.counts(session) == {reason: 1}
        assert history(session, "ann") == []


def test_a_clock_that_jumps_loses_nothing(feed: Database):
    put(feed, "v1")
    # The server's clock falls back by a day: what clients tell now lies in the future.
    early = [event(time=NOW + second) for second in range(5)]
    assert len(append(feed, *early, now=NOW - 86_400).apart) == 5
    assert append(feed, event("bob"), now=NOW - 30).new == 1
    assert settle(feed, NOW - 86_400) == 0
    assert settle(feed, NOW + 10) == 5
    with feed.reading() as session:
        assert waiting.counts(session) == {}
        assert [one.time for one in history(session, "ann")] == [one.time for one in early]
    assert append(feed, *early).known == 5


def test_what_is_kept_apart_goes_in_when_its_video_is_known(feed: Database):
    append(feed, event(), event(kind="like", time=NOW + 1000), event(item="v2", value=5000.0))
    put(feed, "v1", "v2", seconds=10.0)
    assert settle(feed, NOW) == 2
    with feed.reading() as session:
        # What is long past an unknown video's limit is absurd for a known one.
        assert waiting.counts(session) == {"absurd": 1, "future": 1}
        assert [one.kind for one in history(session, "ann")] == ["completion"]
    assert settle(feed, NOW + 1000) == 1
    assert settle(feed, NOW + 1000) == 0


def test_there_is_room_apart_for_so_many(feed: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "MOST", 3)
    answer = append(feed, *[event(item=f"x{n}") for n in range(5)])
    assert [one.index for one in answer.apart] == [0, 1, 2]
    assert answer.refused == (Notice(3, "full"), Notice(4, "full"))


def test_history_is_in_the_order_of_time_whatever_order_they_came_in(feed: Database):
    put(feed, *(f"v{n}" for n in range(10)))
    times = [5, 1, 4, 9, 2, 8, 3]
    append(feed, *[event(item=f"v{n}", time=NOW - 100 + n) for n in times])
    append(feed, event(item="v6", time=NOW - 94), event("bob", "v0"))
    with feed.reading() as session:
        seen = [one.item for one in history(session, "ann")]
        assert seen == [f"v{n}" for n in (1, 2, 3, 4, 5, 6, 8, 9)]
        assert [one.item for one in history(session, "ann", 2)] == ["v8", "v9"]
        assert history(session, "nobody") == []


def test_a_million_events_of_one_viewer_slow_down_nobody_else(feed: Database):
    """Of a tenth of that, since tests are short: only the newest are ever read."""
    put(feed, *(f"v{n}" for n in range(100)))
    for first in range(0, 10_000, 2500):
        numbers = range(first, first + 2500)
        append(feed, *[event("mad", f"v{n % 100}", "progress", time=NOW - n) for n in numbers])
    append(feed, event())
    with feed.reading() as session:
        seen = history(session, "mad", 50)
        assert [one.time for one in seen] == [NOW - n for n in range(49, -1, -1)]
        assert len(history(session, "ann")) == 1


def test_the_feed_itself_knows_how_it_chose(feed: Database):
    put(feed, "v1", "v2", "v3")
    page = Page("r1", "ann", NOW, "auto", ("v2", "v1"), (0.5, 0.125))
    with feed.writing() as session:
        assert keep_pages(session, [page, page]) == 1
    forged = {"request": "r1", "rank": 0, "model": "mine", "propensity": 1e-9}
    append(feed, event(**forged), event("bob", **forged), event(item="v3", **forged))
    found = [(row.request, row.rank, row.model, row.propensity) for row in rows(feed)]
    nothing = (None, None, None, None)
    assert found == [("r1", 1, "auto", 0.125), nothing, nothing]


def test_who_reads_goes_on_where_they_were(feed: Database):
    put(feed, "v1", "v2")
    append(feed, event(), event("bob", "v2", "skip", value=2))
    with feed.reading() as session:
        log = read_events(session)
    assert [log.user_names[user] for user in log.users] == ["ann", "bob"]
    assert [log.item_names[item] for item in log.items] == ["v1", "v2"]
    assert [KINDS[kind] for kind in log.kinds] == ["completion", "skip"]
    assert log.values.tolist() == [0, 2]
    append(feed, event("cat", "v1", time=5.0))
    with feed.reading() as session:
        more = read_events(session, after=log.last)
        assert (len(more), more.times[0], len(more.user_names)) == (1, 5.0, 3)
        assert len(read_events(session, after=more.last)) == 0
        assert len(read_events(session, since=NOW - 100)) == 2


def test_many_callers_share_a_disk(feed: Database):
    put(feed, "v1", "v2")
    with Appender(feed, lambda: NOW) as appender, ThreadPoolExecutor(8) as pool:
        batches = [
            [event(f"u{n}", item, time=NOW - k) for item in ("v1", "v2") for k in range(20)]
            for n in range(30)
        ]
        answers = list(pool.map(appender.append, batches, [f"k{n}" for n in range(30)]))
        again = list(pool.map(appender.append, batches, [f"k{n}" for n in range(30)]))
        same = [appender.submit([event("zoe")], "twice") for _ in range(20)]
        assert sorted(one.result().repeated for one in same) == [False] + [True] * 19
        other = appender.submit([event("other")], "twice")
        assert isinstance(other.exception(), FeedError)
    assert sum(answer.new for answer in answers) == 1200
    assert all(answer.repeated and answer.new == 40 for answer in again)
    assert len(rows(feed)) == 1201
    with pytest.raises(StoreError, match="no events any more"):
        appender.submit([event()])


def test_too_many_callers_are_told_to_wait_and_who_gave_up_is_left_out(
    feed: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reelwright.audience.appending.MOST", 10)
    put(feed, "v1")
    held, begun = threading.Event(), threading.Event()

    def now() -> float:
        begun.set()
        assert held.wait(30)
        return NOW

    with Appender(feed, now) as appender:
        first = appender.submit([event()])
        assert begun.wait(30)
        second = appender.submit([event(time=NOW - n) for n in range(9)])
        third = appender.submit([event("cat")])
        with pytest.raises(StoreError, match="cannot keep up"):
            appender.submit([event("bob")])
        assert third.cancel()
        held.set()
        assert (first.result().new, second.result().new) == (1, 9)
    with feed.reading() as session:
        assert session.scalars(select(ViewerRow.name)).all() == ["ann"]


def test_a_failing_disk_fails_the_batch_and_not_the_next(
    feed: Database, monkeypatch: pytest.MonkeyPatch
):
    put(feed, "v1")

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    with Appender(feed, lambda: NOW) as appender:
        with monkeypatch.context() as patch:
            patch.setattr("reelwright.audience.appending.append_batches", fail)
            with pytest.raises(StoreError, match="disk is full"):
                appender.append([event()])
        assert appender.append([event()]).new == 1


def test_ids_are_no_paths():
    assert all(map(is_name, ["a", "用户-1", "a@b.c", "3fa8", "x:y", "a b"]))
    assert not any(map(is_name, ["", ".", "..", ".x", "a/b", "a\\b", "a\tb", "a ", "\u2028"]))


def test_what_is_accepted_outlives_a_power_cut(fresh_home: Path):
    """NORMAL (1) syncs the log at checkpoints only; FULL (2) at every commit."""
    feed = open_feed(FeedSettings())
    with feed.reading() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    feed.close()
