"""Searching: the same answers from both databases, in both languages."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reelwright.core.nouns import Annotation
from reelwright.library import catalogue
from reelwright.library.asking import read_question
from reelwright.library.documents import encode, refresh
from reelwright.library.filters import Filter
from reelwright.library.indexes import StaleRow
from reelwright.library.search import search
from reelwright.library.tables import AssetRow, PlaceRow, place_key, table
from reelwright.store.database import Database, upsert


def put(database: Database, name: str, *known: Annotation, kind: str = "video", **columns) -> str:
    """An asset as collecting would have put it down."""
    asset = blake2b(name.encode(), digest_size=20).hexdigest()
    values = {"seconds": 10.0, "width": 1080, "height": 1920, "facts": {}, **columns}
    row = {
        "id": asset,
        "kind": kind,
        "name": Path(name).name,
        "bytes": 1,
        "added": "2024",
        **values,
    }
    place = {"key": place_key(f"/m/{name}"), "path": f"/m/{name}", "member": "", "asset": asset}
    with database.writing() as session:
        upsert(session, table(AssetRow), [row], keys=("id",))
        upsert(
            session,
            table(PlaceRow),
            [{**place, "root": "/m", "size": 1, "mtime": 1, "state": "present"}],
            keys=("key",),
        )
        catalogue.add_annotations(session, asset, known)
    return asset


def said(name: str, value: object, **more) -> Annotation:
    return Annotation(name=name, value=value, annotator=more.pop("annotator", name), **more)


@pytest.fixture
def stocked(database: Database) -> Database:
    put(database, "trip/beach walk.mp4", said("people", 2), said("scene", {"kind": "sunset"}))
    put(database, "trip/IMG_0001.mp4", said("scene", {"kind": "sea"}), said("people", 0))
    put(database, "城市/夜景延时.mp4", said("scene", {"kind": "night"}), width=1920, height=1080)
    put(database, "talk.mp4", said("transcript", {"text": "今天我们聊聊海岸线的变化"}, start=12.0))
    put(database, "kitchen.mp4", said("scene", {"kind": "fire"}), seconds=2.0)
    put(database, "song.wav", kind="audio", width=0, height=0)
    return database


def names(database: Database, asked: str, filter: Filter | None = None, **more) -> list[str]:
    return [hit.row.name for hit in search(database, asked, filter, **more).hits]


def test_one_language_finds_what_is_written_in_the_other(stocked: Database):
    assert set(names(stocked, "海边")) >= {"beach walk.mp4", "IMG_0001.mp4"}
    assert names(stocked, "日落")[0] == "beach walk.mp4"
    assert names(stocked, "night city")[0] == "夜景延时.mp4"
    assert names(stocked, "people") == ["beach walk.mp4"]
    assert names(stocked, "人") == names(stocked, "people")
    assert names(stocked, "海邊 日落") == names(stocked, "海边 日落")


def test_all_that_is_asked_for_comes_before_some_of_it(stocked: Database):
    answer = search(stocked, "海边 日落 人")
    assert answer.hits[0].row.name == "beach walk.mp4"
    assert answer.hits[0].score > 0.7
    rest = [hit.score for hit in answer.hits[1:]]
    assert rest == sorted(rest, reverse=True)
    assert all(score < answer.hits[0].score for score in rest)
    assert "IMG_0001.mp4" in names(stocked, "sea sunset 人")


def test_words_that_were_cut_otherwise_are_found_by_their_parts(stocked: Database):
    assert names(stocked, "海岸线")[0] == "talk.mp4"
    assert names(stocked, "岸线") == ["talk.mp4"]
    assert names(stocked, "延时") == ["夜景延时.mp4"]
    assert names(stocked, "没有这种东西") == []


def test_an_answer_says_what_speaks_for_it_and_when(stocked: Database):
    hit = search(stocked, "变化").hits[0]
    assert (hit.row.name, hit.start) == ("talk.mp4", 12.0)
    assert hit.why[0].startswith("transcript")
    assert "scene sunset" in search(stocked, "夕阳").hits[0].why


def test_filters_and_unwanted_words(stocked: Database):
    wide = Filter(orientation="landscape")
    assert names(stocked, "夜", wide) == ["夜景延时.mp4"]
    assert names(stocked, "海边", wide) == []
    assert names(stocked, "kitchen", Filter(shortest=3)) == []
    assert names(stocked, "video -trip -talk") == ["kitchen.mp4", "夜景延时.mp4"]
    assert names(stocked, "", Filter(kind=("audio",))) == ["song.wav"]
    answer = search(stocked, "video", limit=2)
    assert (len(answer.hits), answer.more) == (2, True)


def test_what_becomes_known_is_found_and_what_is_removed_is_not(stocked: Database):
    asset = put(stocked, "new.mp4")
    assert names(stocked, "滑雪") == []
    by_hand = said("tag", "滑雪", annotator=catalogue.PERSON)
    with stocked.writing() as session:
        catalogue.add_annotations(session, asset, [by_hand])
    assert names(stocked, "滑雪") == ["new.mp4"]
    denied = by_hand.model_copy(update={"confidence": 0.0})
    with stocked.writing() as session:
        catalogue.add_annotations(session, asset, [denied])
    assert names(stocked, "滑雪") == []
    with stocked.writing() as session:
        catalogue.add_annotations(session, asset, [by_hand])
        catalogue.remove_assets(session, [asset])
    assert names(stocked, "滑雪") == []
    with stocked.reading() as session:
        assert list(session.scalars(select(StaleRow.asset))) == []
    assert refresh(stocked) == 0


@pytest.mark.parametrize(
    "asked", ["", "   ", '"', "'--", "a OR", "{title} : x", "-", "* NEAR(", "：，"]
)
def test_whatever_is_typed_is_a_question(stocked: Database, asked: str):
    search(stocked, asked)


@given(st.text(max_size=40))
def test_every_text_is_read_as_words(asked: str):
    for thing in read_question(asked).things:
        assert all(name.isascii() and name.isalnum() for name in thing.names)
        assert thing.names[0] == encode(thing.word)
