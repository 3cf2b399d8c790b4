"""Labels: what a person says wins, stays, and can be taken along."""

from __future__ import annotations

import json

import pytest
from test_search import names, put, said

from reelwright.core.errors import LibraryError
from reelwright.library import catalogue
from reelwright.library.labels import export_labels, put_labels, read_label
from reelwright.store.database import Database


def test_labels_are_read_as_annotators_say_them():
    assert read_label("scene=sea") == ("scene", {"kind": "sea"}, 1.0)
    assert read_label("person = 小明") == ("person", {"name": "小明"}, 1.0)
    assert read_label("people=2") == ("people", 2, 1.0)
    assert read_label("tag!=cat") == ("tag", "cat", 0.0)
    assert read_label("text=a=b") == ("text", {"text": "a=b"}, 1.0)


@pytest.mark.parametrize(
    "wrong", ["tag", "=x", "tag=", "peo ple=2", "people=two", "quality=3", "people=-1", "!=x"]
)
def test_what_is_no_label_is_refused(wrong: str):
    with pytest.raises(LibraryError):
        read_label(wrong)


def test_what_a_person_says_wins_and_is_exported_beside_what_it_corrects(database: Database):
    asset = put(
        database, "clip.mp4", said("mood", {"kind": "gloomy"}), said("scene", {"kind": "sky"})
    )
    assert names(database, "gloomy") == ["clip.mp4"]
    with database.writing() as session:
        put_labels(session, asset, [read_label("mood=joyful"), read_label("quality=0.9")])
        put_labels(session, asset, [read_label("tag=海边")], 2.0, 4.0)
    assert names(database, "开心") == ["clip.mp4"]
    assert names(database, "gloomy") == []
    with database.reading() as session:
        assert catalogue.get_asset(session, asset).quality == 0.9
        lines = [json.loads(line) for line in export_labels(session)]
    assert [line["name"] for line in lines] == ["mood", "quality", "tag"]
    mood, _, tag = lines
    assert (mood["value"], mood["is"]) == ({"kind": "joyful"}, True)
    assert mood["machine"][0]["value"] == {"kind": "gloomy"}
    assert (tag["value"], tag["start"], tag["end"], tag["machine"]) == ("海边", 2.0, 4.0, [])
    assert tag["files"] == ["/m/clip.mp4"]


def test_a_stretch_that_ends_before_it_begins_is_refused(database: Database):
    asset = put(database, "clip.mp4")
    with pytest.raises(LibraryError), database.writing() as session:
        put_labels(session, asset, [read_label("tag=x")], 4.0, 2.0)
