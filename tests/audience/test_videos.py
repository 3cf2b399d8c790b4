"""Finished videos come into the feed, and are found again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from feeding import NOW
from reelwright.audience.intake import import_tables
from reelwright.audience.items import Item, absent, file_of, find_item, put_items, remove_items
from reelwright.audience.tables import ItemRow
from reelwright.audience.videos import Said, add_videos
from reelwright.core.errors import FeedError, MediaError
from reelwright.core.nouns import Label, Post
from reelwright.media import ffmpeg
from reelwright.store.database import Database


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two videos of 2 s and 1 s. Never to be written to."""
    folder = tmp_path_factory.mktemp("clips")
    for name, size, seconds in (("海边.mp4", "90x160", 2), ("waves.mp4", "160x90", 1)):
        film = ["-f", "lavfi", "-i", f"testsrc2=d={seconds}:s={size}:r=10", "-c:v", "libx264"]
        ffmpeg.run([*film, "-preset", "ultrafast", folder / name], what="a clip")
    return folder


@pytest.fixture
def project(clips: Path, tmp_path: Path) -> Path:
    """A project whose video was made."""
    out = tmp_path / "tea" / "out"
    out.mkdir(parents=True)
    (tmp_path / "tea" / "brief.md").write_text("---\ntopic: tea\n---\n")
    shutil.copy(clips / "海边.mp4", out / "video.mp4")
    Image.new("RGB", (90, 160), "green").save(out / "cover.jpg")
    (out / "captions.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nTea\n")
    label = Label(text="AI 生成", metadata='{"Label": "1"}', parts=("voice",))
    post = Post(title="Tea, cold", description="Why?", tags=("tea", "茶"), language="en",
                seconds=2, ai_made=("voice",), label=label)  # fmt: skip
    (out / "post.json").write_text(post.model_dump_json())
    return tmp_path / "tea"


def rows(feed: Database) -> list[ItemRow]:
    with feed.reading() as session:
        return list(session.scalars(select(ItemRow).order_by(ItemRow.number)))


def test_a_project_brings_along_all_it_says(feed: Database, project: Path):
    report = add_videos(feed, [project], Said(author="me"), now=NOW)
    (row,) = rows(feed)
    assert (report.put.new, report.failed) == ([row.id], [])
    assert (row.title, row.description, row.tags) == ("Tea, cold", "Why?", ["tea", "茶"])
    assert (row.author, row.language, row.ai_made, row.added) == ("me", "en", True, NOW)
    assert row.labels == {"text": "AI 生成", "parts": ["voice"], "metadata": {"Label": "1"}}
    assert (row.seconds, row.width, row.height) == (2.0, 90, 160)
    assert row.file == str(project / "out" / "video.mp4")
    assert row.cover == str(project / "out" / "cover.jpg")
    assert row.captions == str(project / "out" / "captions.srt")
    assert row.id == row.hash
    # Again, and by its file, changes nothing; a new title is taken over.
    again = add_videos(feed, [project, project / "out" / "video.mp4"], now=NOW + 5)
    assert again.put.unchanged == [row.id] * 2
    post = json.loads((project / "out" / "post.json").read_text())
    (project / "out" / "post.json").write_text(json.dumps(post | {"title": "Tea, hot"}))
    assert add_videos(feed, [project], now=NOW).put.updated == [row.id]
    assert (rows(feed)[0].title, rows(feed)[0].author) == ("Tea, hot", "me")


def test_a_bare_file_is_probed_and_gets_a_cover(feed: Database, clips: Path, fresh_home: Path):
    label: dict[str, str] = {"Label": "1"}
    reads: dict[str, Any] = {"海边.mp4": label, "waves.mp4": None}
    files = sorted(clips.glob("*.mp4"))
    report = add_videos(feed, files, None, lambda path: reads[path.name], now=NOW)
    waves, sea = rows(feed)
    assert report.put.new == [waves.id, sea.id]
    assert (sea.title, sea.language, sea.ai_made, sea.labels) == (
        "海边", "zh", True, {"metadata": label},
    )  # fmt: skip
    assert (waves.title, waves.language, waves.ai_made) == ("waves", "", False)
    assert waves.seconds == pytest.approx(1.0)
    assert waves.cover is not None
    cover = Path(waves.cover)
    assert cover.is_relative_to(fresh_home)
    with Image.open(cover) as picture:
        assert picture.size == (160, 90)
    assert add_videos(feed, files, now=NOW).put.unchanged == [waves.id, sea.id]


def test_a_file_that_moved_is_found_again_and_one_that_is_gone_is_told(
    feed: Database, clips: Path, tmp_path: Path
):
    first = Path(shutil.copy(clips / "waves.mp4", tmp_path / "a.mp4"))
    add_videos(feed, [first], now=NOW)
    (row,) = rows(feed)
    assert file_of(row) == first
    with feed.reading() as session:
        assert absent(session) == []
    copy = Path(shutil.copy(first, tmp_path / "b.mp4"))
    assert add_videos(feed, [copy], now=NOW).put.unchanged == [row.id]
    first.unlink()
    with feed.reading() as session:
        (gone,) = absent(session)
        assert (gone.id, gone.file, gone.state) == (row.id, str(first), "missing")
    with pytest.raises(FeedError, match="not there any more"):
        file_of(row)
    assert add_videos(feed, [copy], now=NOW).put.updated == [row.id]
    (row,) = rows(feed)
    assert file_of(row) == copy
    copy.write_bytes(copy.read_bytes() + b"x")
    with pytest.raises(FeedError, match="was changed"):
        file_of(row)


def test_a_video_made_again_takes_the_place_of_the_old_one(
    feed: Database, project: Path, clips: Path
):
    add_videos(feed, [project], now=NOW)
    (old,) = rows(feed)
    shutil.copy(clips / "waves.mp4", project / "out" / "video.mp4")
    report = add_videos(feed, [project], now=NOW + 9)
    old, new = rows(feed)
    assert (report.put.new, report.replaced) == ([new.id], [old.id])
    assert (old.removed, new.removed, new.title) == (NOW + 9, None, "Tea, cold")
    with feed.reading() as session:
        assert absent(session) == []


def test_what_is_no_video_fails_and_the_rest_goes_in(
    feed: Database, clips: Path, project: Path, tmp_path: Path
):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.txt").write_text("words")
    Image.new("RGB", (9, 9)).save(tmp_path / "picture.png")
    (tmp_path / "short.mp4").write_bytes((clips / "waves.mp4").read_bytes()[:400])
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "brief.md").touch()
    (tmp_path / "nothing").mkdir()
    shutil.copytree(project, tmp_path / "bad")
    (tmp_path / "bad" / "out" / "post.json").write_text('{"title": 3}')
    shutil.copytree(project, tmp_path / "sly")
    text = (project / "out" / "post.json").read_text()
    (tmp_path / "sly" / "out" / "post.json").write_text(text.replace("video.mp4", "../../x.mp4"))
    shutil.copytree(project, tmp_path / "half")
    (tmp_path / "half" / "out" / "video.mp4").unlink()
    names = ["gone.mp4", "empty.mp4", "notes.txt", "picture.png", "short.mp4", "new", "nothing",
             "bad", "sly", "half"]  # fmt: skip
    report = add_videos(feed, [*(tmp_path / name for name in names), clips / "waves.mp4"], now=NOW)
    assert [one.path.name for one in report.failed] == names
    assert len(report.put.new) == len(rows(feed)) == 1
    reasons = {one.path.name: f"{one.reason} {one.hint}" for one in report.failed}
    assert "no such file" in reasons["gone.mp4"]
    assert "0 bytes" in reasons["empty.mp4"]
    assert "reel make" in reasons["new"]
    assert "names files that lie elsewhere" in reasons["sly"]
    assert "video is missing" in reasons["half"]


def test_a_damaged_label_is_told_and_the_video_goes_in(feed: Database, clips: Path):
    def damaged(path: Path) -> None:
        raise MediaError("carries a label that is damaged", where=str(path))

    report = add_videos(feed, [clips / "waves.mp4"], None, damaged, now=NOW)
    assert (len(report.put.new), report.notes[0].reason) == (1, "carries a label that is damaged")


def test_a_table_may_name_files(feed: Database, clips: Path, tmp_path: Path):
    shutil.copy(clips / "waves.mp4", tmp_path / "w.mp4")
    table = tmp_path / "items.csv"
    table.write_text("id,title,file\nv1,One,w.mp4\nv2,Two,\n")
    report = import_tables(feed, [table], now=NOW)
    assert (report.items, report.notes) == (2, [])
    first, second = rows(feed)
    assert (first.id, first.title, first.seconds) == ("v1", "One", pytest.approx(1.0))
    assert file_of(first) == tmp_path / "w.mp4"
    with pytest.raises(FeedError, match="name alone"):
        file_of(second)
    assert import_tables(feed, [table], now=NOW).known_items == 2
    # The same content is the same video, whatever it is called.
    assert add_videos(feed, [tmp_path / "w.mp4"], now=NOW).put.unchanged == ["v1"]


def test_videos_are_put_and_taken_out(feed: Database):
    items = [Item(id=f"v{n}", title=f"Title {n}", tags=("a",)) for n in range(1200)]
    with feed.writing() as session:
        put = put_items(session, [*items, Item(id="v7", author="me")], NOW)
    assert (len(put.new), put.updated) == (1200, ["v7"])
    with feed.writing() as session:
        row = find_item(session, "v7")
        assert (row.title, row.author, row.tags, row.added) == ("Title 7", "me", ["a"], NOW)
        assert remove_items(session, ["v7", "v8", "nothing"], NOW) == 2
        assert remove_items(session, ["v7"], NOW) == 0
    with feed.writing() as session:
        put = put_items(session, [Item(id="v7"), Item(id="v9")], NOW)
        assert (put.updated, put.unchanged) == (["v7"], ["v9"])
        assert find_item(session, "v7").removed is None
        with pytest.raises(FeedError, match="not in the feed"):
            find_item(session, "v99999")


@pytest.mark.parametrize(
    "wrong",
    [{"id": "a/b"}, {"id": ""}, {"id": "."}, {"title": "a\0b"}, {"tags": ("\ud800",)},
     {"seconds": -1}, {"seconds": float("nan")}, {"added": 1e300}, {"colour": "red"}],
)  # fmt: skip
def test_what_cannot_be_said_of_a_video_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="validation error"):
        Item.model_validate({"id": "v1", **wrong})
