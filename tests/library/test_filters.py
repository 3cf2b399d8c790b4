"""Filters, in both databases, over the same small library."""

from typing import Any

import pytest

from reelwright.core.errors import LibraryError
from reelwright.core.nouns import Annotation
from reelwright.library import tables
from reelwright.library.catalogue import add_annotations
from reelwright.library.filters import Filter, count, find
from reelwright.library.tables import AssetRow, PlaceRow, place_key
from reelwright.store.database import Database, upsert


def row(name: str, kind: str, size: tuple[int, int], seconds: float, **more: Any) -> dict[str, Any]:
    values = {"taken": None, "quality": None, "bytes": 1, "facts": {}, "added": "2026"} | more
    return {
        "id": name,
        "name": name,
        "kind": kind,
        "width": size[0],
        "height": size[1],
        "seconds": seconds,
    } | values


ROWS = [
    row("tall", "video", (1080, 1920), 12, taken="2024-05-01T10:00:00+08:00", quality=0.9),
    row("wide", "video", (1920, 1080), 90, taken="2024-05-31T23:59:59", quality=0.2, bytes=9),
    row("nearly", "picture", (1000, 1040), 0, taken="2023-12-31"),
    row("song", "audio", (0, 0), 200),
]


@pytest.fixture
def stocked(database: Database) -> Database:
    paths = {"tall": "/m/a/x.mp4", "wide": "/m/A/x.mp4", "nearly": "/m/a%/y.jpg", "song": "/s.mp3"}
    with database.writing() as session:
        upsert(session, tables.table(AssetRow), ROWS, keys=("id",))
        places = [
            {"key": place_key(path), "path": path, "member": "", "asset": asset}
            | {"root": "/", "size": 1, "mtime": 1, "state": "present"}
            for asset, path in paths.items()
        ]
        upsert(session, tables.table(PlaceRow), places, keys=("key",))

        def say(asset: str, name: str, value: Any, hand: bool = False, sure: float = 1) -> None:
            by = "person" if hand else "machine"
            one = Annotation(name=name, value=value, annotator=by, confidence=sure)
            add_annotations(session, asset, [one])

        say("tall", "mood", "calm")
        say("wide", "fault", {"kind": "black"})
        say("wide", "tag", "dog")
        say("wide", "tag", "dog", hand=True, sure=0)
        say("tall", "tag", "dog", hand=True)
    return database


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["song", "nearly", "wide", "tall"]),
        ({"kind": ("video", "audio")}, ["song", "wide", "tall"]),
        ({"shortest": 12, "longest": 90}, ["wide", "tall"]),
        ({"orientation": "portrait"}, ["tall"]),
        ({"orientation": "landscape"}, ["wide"]),
        ({"orientation": "square"}, ["nearly"]),
        ({"side": 1040}, ["wide", "tall"]),
        ({"quality": 0.5}, ["tall"]),
        ({"since": "2024"}, ["wide", "tall"]),
        ({"since": "2024-05-02", "until": "2024-05-31"}, ["wide"]),
        ({"until": "2023-12"}, ["nearly"]),
        ({"under": "/m/a"}, ["tall"]),
        ({"under": "/m/a%"}, ["nearly"]),
        ({"under": "/m/a/x.mp4"}, ["tall"]),
        ({"under": "/m/"}, ["nearly", "wide", "tall"]),
        ({"having": ("fault",)}, ["wide"]),
        ({"having": ("tag=dog",)}, ["tall"]),
        ({"having": ("mood=calm", "tag")}, ["tall"]),
        ({"lacking": ("fault=black", "mood")}, ["song", "nearly"]),
    ],
)
def test_filters(stocked: Database, wanted: dict[str, Any], names: list[str]):
    with stocked.reading() as session:
        filter = Filter.model_validate(wanted)
        found = find(session, filter)
        assert [one.name for one in found] == names
        seconds = sum(one.seconds for one in found)
        assert count(session, filter) == (len(names), pytest.approx(seconds))


def test_orders_and_pages(stocked: Database):
    with stocked.reading() as session:

        def names(**how: Any) -> list[str]:
            return [one.name for one in find(session, Filter(), **how)]

        assert names(order="name") == ["nearly", "song", "tall", "wide"]
        assert names(order="length")[:2] == ["song", "wide"]
        assert names(order="taken") == ["wide", "tall", "nearly", "song"]
        assert names(order="quality")[:2] == ["tall", "wide"]
        assert names(order="size")[0] == "wide"
        assert names(order="name", limit=2, skip=1) == ["song", "tall"]


def test_a_date_that_is_none_is_told(stocked: Database):
    with stocked.reading() as session, pytest.raises(LibraryError, match="is not a date"):
        find(session, Filter(since="2024-13"))
