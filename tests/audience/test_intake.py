"""Tables of events and videos: what goes in, what is told, and that twice is once."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import func, select

from feeding import NOW, put
from reelwright.audience import waiting
from reelwright.audience.intake import import_tables
from reelwright.audience.items import absent
from reelwright.audience.reading import history, read_interactions
from reelwright.audience.shelf import open_feed
from reelwright.audience.tables import EventRow, ItemRow
from reelwright.core.errors import DataError
from reelwright.core.settings import FeedSettings
from reelwright.store.database import Database

EVENTS = """user,item,kind,time,value,model
ann,v1,completion,1700000000,12.5,auto
ann,v2,like,1700000001000,,
李雷,v1,Not Interested,2023-11-14T22:13:20Z,,
bob,v2,skip,2023-11-14T23:13:20+01:00,1.25,
"""
ITEMS = """id,title,tags,author,seconds,ai_made,added,colour
v1,"潮水, 每天两次",海|tide;moon,me,20,yes,2023-11-01,blue
v2,,"#a#b, c",,31.5,false,,
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_events_and_videos_come_in_whatever_the_order_of_files(feed: Database, tmp_path: Path):
    events, items = write(tmp_path, "e.csv", EVENTS), write(tmp_path, "i.csv", ITEMS)
    report = import_tables(feed, [events, items], now=NOW)
    assert (report.events, report.items, report.wrong, report.apart) == (4, 2, 0, {})
    assert report.notes == ["i.csv: columns passed over: colour"]
    with feed.reading() as session:
        first, second = session.scalars(select(ItemRow).order_by(ItemRow.number)).all()
        assert (first.title, first.tags) == ("潮水, 每天两次", ["海", "tide", "moon"])
        assert (first.author, first.seconds, first.ai_made) == ("me", 20.0, True)
        assert (first.added, second.added) == (1698796800.0, NOW)
        assert (second.tags, second.seconds) == (["a", "b", "c"], 31.5)
        liked = read_interactions(session)
        assert set(liked.user_names) == {"ann", "李雷", "bob"}
        assert sorted(liked.values.tolist()) == [-5, -1, 1, 2]
        assert {one.time for one in history(session, "ann")} == {1700000000, 1700000001}
        assert [one.time for one in history(session, "李雷")] == [1700000000]
    again = import_tables(feed, [items, events], now=NOW + 99)
    assert (again.events, again.known_events, again.known_items) == (0, 4, 2)
    assert (again.items, again.updated_items) == (0, 0)


@pytest.mark.parametrize("form", ["tsv", "jsonl", "json"])
def test_other_forms_say_the_same(feed: Database, tmp_path: Path, form: str):
    put(feed, "v1", "v2")
    import_tables(feed, [write(tmp_path, "e.csv", EVENTS)], now=NOW)
    rows = [dict(zip(EVENTS.splitlines()[0].split(","), line.split(","), strict=True))
            for line in EVENTS.splitlines()[1:]]  # fmt: skip
    text = {
        "tsv": EVENTS.replace(",", "\t"),
        "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
        "json": json.dumps([{**rows[0], "time": 1700000000, "value": 12.5}, *rows[1:]]),
    }[form]
    report = import_tables(feed, [write(tmp_path, f"again.{form}", text)], now=NOW)
    assert (report.events, report.known_events, report.wrong) == (0, 4, 0)


def test_wrong_rows_are_told_by_line_and_the_rest_goes_in(feed: Database, tmp_path: Path):
    put(feed, "v1")
    lines = [
        "user,item,kind,time,value",
        "ann,v1,like,1700000000,",
        "ann,v1,like,yesterday,",
        "ann,../../etc/passwd,like,1700000000,",
        "ann,v1,dance,1700000000,",
        "ann,v1,like",
        ",v1,like,1700000000,",
        "ann,v1,progress,1700000000,long",
        'ann,v1,"like,1700000000,',
        "ann,v1,progress,1700000002,-3",
        "ann,v1,like,9999999999,",
        "ann,v1,like,1700000000,nan",
        "ann,v\x071,like,1700000000,",
        "ann,v9,like,1700000000,",
        "bob,v1,like,1700000001,",
    ]
    path = tmp_path / "e.csv"
    path.write_bytes(
        "\n".join(lines).encode() + b"\n\xff\xfe\xfa,v1,like,3,\n\xe6\xbc\x94,v1,like,3,\n"
    )
    report = import_tables(feed, [path], now=NOW)
    assert report.events == 3
    assert report.apart == {"absurd": 1, "future": 1, "unknown_item": 1}
    told = {str(error.where).rpartition(":")[2]: error.message for error in report.told}
    assert told.keys() == {str(n) for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16)}
    assert report.wrong == 10
    assert "no time" in told["3"]
    assert 'no kind is called "dance"' in told["5"]
    assert "3 fields where the header has 5" in told["6"]
    assert "user is missing" in told["7"]
    assert 'value cannot be "long"' in told["8"]
    assert "CSV" in told["9"]
    assert "kept apart: nobody watches" in told["10"]
    assert "U+0007" in told["13"]
    assert "not utf-8" in told["16"]


def test_wrong_rows_of_other_forms_and_of_videos(feed: Database, tmp_path: Path):
    good = {"user": "ann", "item": 7, "kind": "like", "time": 1.5}
    lines = [json.dumps(good), "{oops", "[1]", json.dumps({**good, "time": True}),
             json.dumps({**good, "user": ["x"]}), json.dumps({**good, "time": 2})]  # fmt: skip
    events = write(tmp_path, "e.jsonl", "\n".join(lines))
    report = import_tables(feed, [events], now=NOW, new_items=True)
    assert (report.events, report.wrong) == (2, 4)
    assert [str(error.where)[-2:] for error in report.told] == [":2", ":3", ":4", ":5"]

    lines = [
        "id\ttitle\tseconds\tadded",
        "a\tA\t3\t",
        "a/b\tB\t3\t",
        "c\tC\t-1\t",
        "d\tD\t\tx",
        "\tE\t3\t",
    ]
    report = import_tables(feed, [write(tmp_path, "i.tsv", "\n".join(lines))], now=NOW)
    assert (report.items, report.wrong) == (1, 4)
    assert "slashes" in str(report.told[0])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("e.csv", "", "is empty"),
        ("e.csv", "a,b\n1,2\n", "neither a table of events nor one of videos"),
        ("e.csv", "user,item\nann,v1\n", "needs a column time"),
        ("e.csv", "user,item,time\nann,v1,3\n", "what kind of events"),
        ("e.csv", "user,item,kind,time\n", "has no rows"),
        ("e.csv", "user,user,kind,time\na,b,c,d\n", "two columns"),
        ("gone.csv", None, "no such file"),
    ],
)
def test_what_is_no_such_table_is_refused(
    feed: Database, tmp_path: Path, name: str, text: str | None, message: str
):
    path = tmp_path / name if text is None else write(tmp_path, name, text)
    with pytest.raises(DataError, match=message):
        import_tables(feed, [path], now=NOW)


def test_a_log_that_says_no_kind_and_has_no_videos(feed: Database, tmp_path: Path):
    path = write(tmp_path, "log.tsv", "user\titem\ttime\n" + "".join(
        f"u{n % 7}\tv{n % 11}\t{1000 + n}\n" for n in range(200)))  # fmt: skip
    apart = import_tables(feed, [path], kind="completion", now=NOW)
    assert (apart.events, apart.apart) == (0, {"unknown_item": 200})
    known = import_tables(feed, [path], kind="completion", new_items=True, now=NOW)
    assert (known.events, known.wrong, known.settled) == (200, 0, 200)
    with feed.reading() as session:
        assert waiting.counts(session) == {}
        log = read_interactions(session)
        assert (log.n_users, log.n_items, len(log)) == (7, 11, 77)
        assert (log.values == 2).sum() > 0
        # Known since they were first seen.
        assert session.scalar(select(ItemRow.added).where(ItemRow.id == "v3")) == 1003
    with pytest.raises(DataError, match='kind of event "complete"'):
        import_tables(feed, [path], kind="complete", now=NOW)


def test_events_kept_apart_go_in_with_their_videos(feed: Database, tmp_path: Path):
    report = import_tables(feed, [write(tmp_path, "e.csv", EVENTS)], now=NOW)
    assert report.apart == {"unknown_item": 4}
    report = import_tables(feed, [write(tmp_path, "i.csv", ITEMS)], now=NOW)
    assert report.settled == 4
    with feed.reading() as session:
        assert session.scalar(select(func.count()).select_from(EventRow)) == 4


def test_tables_larger_than_memory(
    fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reelwright.audience.intake._TOGETHER", 200)
    path = tmp_path / "many.csv"
    feed = open_feed(FeedSettings())

    def size(rows: int) -> int:
        with path.open("w") as file:
            file.write("user,item,kind,time,value\n")
            for n in range(rows):
                file.write(f"user-{n % 97},v{n % 5},progress,{1e9 + n},{n % 20}\n")
        tracemalloc.start()
        report = import_tables(feed, [path], new_items=True, now=NOW)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert report.wrong == 0
        return peak

    size(400)
    few = size(800)
    assert size(2400) < 1.2 * few
    feed.close()


def test_a_file_that_a_table_names_and_that_is_not_there(feed: Database, tmp_path: Path):
    items = write(tmp_path, "i.csv", "id,title,file\nv1,One,gone.mp4\n")
    report = import_tables(feed, [items], now=NOW)
    assert report.items == 1
    assert "i.csv:2: the video goes in without its file" in report.notes[0]
    with feed.reading() as session:
        assert absent(session) == []
