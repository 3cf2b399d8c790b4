"""What is known of assets: replaced, overruled by hand, denied, and believed."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reelwright.core.errors import LibraryError
from reelwright.core.nouns import Annotation
from reelwright.library import catalogue, collect
from reelwright.library.catalogue import add_annotations, get_annotations
from reelwright.library.tables import place_key
from reelwright.store.columns import give_path, keep_path
from reelwright.store.database import Database


def note(name: str, value: Any, annotator: str = "one", **more: Any) -> Annotation:
    return Annotation(name=name, value=value, annotator=annotator, **more)


@pytest.fixture
def asset(database: Database, tmp_path: Path) -> str:
    (tmp_path / "words.txt").write_text("A few words.")
    return add(database, tmp_path / "words.txt")


def add(database: Database, path: Path) -> str:
    from reelwright.core.settings import Settings

    return collect.add(database, [path], Settings()).assets[0]


def values(database: Database, asset: str, name: str, *, best: bool = True) -> list[Any]:
    with database.reading() as session:
        return [one.value for one in get_annotations(session, asset, name, best=best)]


def tell(database: Database, asset: str, *said: Annotation) -> None:
    with database.writing() as session:
        add_annotations(session, asset, said)


def test_an_annotator_replaces_its_own_words_unless_newer_ones_stand(
    database: Database, asset: str
):
    tell(database, asset, note("shot", {"n": 1}, start=0, end=1), note("shot", {"n": 2}, start=1))
    assert values(database, asset, "shot") == [{"n": 1}, {"n": 2}]
    tell(database, asset, note("shot", {"n": 3}, version=2))
    assert values(database, asset, "shot") == [{"n": 3}]
    tell(database, asset, note("shot", {"n": 4}, version=1))
    assert values(database, asset, "shot") == [{"n": 3}]


def test_the_annotator_that_spoke_last_is_believed(database: Database, asset: str):
    tell(database, asset, note("face", 1, "poor"), note("tag", "sea", "poor"))
    tell(database, asset, note("face", 2, "better"), note("tag", "beach", "better"))
    assert values(database, asset, "face") == [2]
    assert values(database, asset, "face", best=False) == [1, 2]
    assert values(database, asset, "tag") == ["sea", "beach"]


def test_words_by_hand_win_and_stay(database: Database, asset: str):
    tell(
        database,
        asset,
        note("mood", "calm", start=0, end=5),
        note("mood", "tense", start=5, end=9),
        note("tag", "dog"),
        note("tag", "sea"),
    )
    tell(
        database,
        asset,
        note("mood", "happy", "person", start=1, end=4),
        note("tag", "dog", "person", confidence=0),
        note("tag", "cat", "person"),
    )
    assert values(database, asset, "mood") == ["happy", "tense"]
    assert values(database, asset, "tag") == ["sea", "cat"]
    # Annotators may speak again as they like.
    tell(database, asset, note("tag", "dog", version=9), note("mood", "calm", start=0, end=5))
    assert values(database, asset, "tag") == ["cat"]
    assert values(database, asset, "mood") == ["happy"]
    # What is said by hand twice is said once, the last time.
    tell(database, asset, note("mood", "sad", "person", start=1, end=4))
    tell(database, asset, note("tag", "cat", "person", confidence=0))
    assert values(database, asset, "mood") == ["sad"]
    assert values(database, asset, "tag") == []


def test_values_that_no_database_takes_are_mended(database: Database, asset: str):
    odd = {"text": "a\0b\udc80", "far": float("inf"), "list": (1.5, None, True)}
    tell(database, asset, note("text", odd))
    assert values(database, asset, "text") == [
        {"text": "ab?", "far": None, "list": [1.5, None, True]}
    ]


def test_forgetting_drops_what_one_annotator_said(database: Database, asset: str):
    def values(session: Session) -> list[Any]:
        return [one.value for one in get_annotations(session, asset) if one.annotator != "file"]

    tell(database, asset, note("a", 1), note("b", 2, version=2), note("a", 3, "two"))
    with database.writing() as session:
        catalogue.forget_annotations(session, asset, "one", 1)
        assert values(session) == [3, 2]
        catalogue.forget_annotations(session, asset, "one", 2, names=["a"])
        assert values(session) == [3, 2]
        catalogue.forget_annotations(session, asset, "one", 2)
        assert values(session) == [3]


def test_who_has_been_over_an_asset_is_known(database: Database, asset: str):
    with database.writing() as session:
        catalogue.mark_done(session, asset, "one", 1, "key")
        catalogue.mark_done(session, asset, "one", 2, "key", "has no sound")
        catalogue.set_quality(session, asset, 0.5)
    with database.reading() as session:
        done = catalogue.done_of(session, asset)
        assert {name: (one.version, one.problem) for name, one in done.items()} == {
            "one": (2, "has no sound")
        }
        assert catalogue.get_asset(session, asset).quality == 0.5


def test_an_asset_is_found_by_id_path_and_name(database: Database, asset: str, tmp_path: Path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "words.txt").write_text("Others.")
    other = add(database, tmp_path / "other" / "words.txt")
    with database.reading() as session:
        assert catalogue.find_asset(session, asset[:8]).id == asset
        path = tmp_path / "other" / "words.txt"
        assert catalogue.find_asset(session, str(path)).id == other
        with pytest.raises(LibraryError, match="2 assets") as caught:
            catalogue.find_asset(session, "words.txt")
        assert asset[:12] in str(caught.value)
        with pytest.raises(LibraryError, match="not in the library"):
            catalogue.find_asset(session, "nothing.mp4")


def test_a_file_counts_while_it_is_as_it_was(database: Database, asset: str, tmp_path: Path):
    path = tmp_path / "words.txt"
    with database.reading() as session:
        assert catalogue.file_of(session, asset) == path
        path.write_text("Other words.")
        with pytest.raises(LibraryError, match="none of its files is there as it was"):
            catalogue.file_of(session, asset)
        assert catalogue.files_of(session, [asset]) == {}


def test_removing_takes_all_that_is_known_and_no_file(
    database: Database, asset: str, tmp_path: Path
):
    tell(database, asset, note("tag", "sea"))
    with database.writing() as session:
        catalogue.mark_done(session, asset, "one", 1)
        assert catalogue.remove_assets(session, [asset]) == 1
    assert (tmp_path / "words.txt").exists()
    again = add(database, tmp_path / "words.txt")
    assert again == asset
    assert values(database, asset, "tag") == []
    with database.reading() as session:
        assert catalogue.done_of(session, asset) == {}


def test_paths_of_any_bytes_are_kept():
    for path in ("/a/b.mp4", "/\x1b[0m/é.mp4", "/caf\udce9/\x1b1b\udcff", "/海"):
        kept = keep_path(path)
        kept.encode("utf-8")
        assert give_path(kept) == path
    assert place_key("/a", "b") != place_key("/a/b") != place_key("/a\udcff", "b")
