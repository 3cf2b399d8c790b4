"""Copies in a library: found, the better one named and why, deleted only when told to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reelwright.core.settings import Settings
from reelwright.create.music import compose
from reelwright.library import catalogue, collect
from reelwright.library.annotate import all_ids, annotate_all
from reelwright.library.copies import Comparison, Side, weigh
from reelwright.library.discarding import discard, plan
from reelwright.library.duplicates import Found, find_duplicates, group_twins
from reelwright.library.prints import (
    TwinRow,
    get_print,
    get_sound_print,
    lacking_prints,
    pack_words,
    put_print,
    unpack_words,
)
from reelwright.library.tables import AssetRow
from reelwright.media import ffmpeg, wordindex
from reelwright.media.prints import print_picture
from reelwright.store.database import Database

PLAIN = Side(share=1, field=1, plain=False, inset=False, covered=0)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip, three copies of it, another clip, and a picture in two sizes."""
    folder = tmp_path_factory.mktemp("clips")
    # Cells that grow and die: detail everywhere, and no two moments alike.
    life = "life=s=160x90:r=6:ratio=0.3:seed={}:mold=20:death_color=navy:mold_color=teal,"
    life += "scale=320:180:flags=neighbor,gblur=1"
    made = [(f"first-{n}.mp4", life.format(n)) for n in (5, 6)]
    for name, graph in made:
        args = ["-f", "lavfi", "-i", graph, "-t", "4", "-c:v", "libx264", "-crf", "16"]
        ffmpeg.run([*args, "-pix_fmt", "yuv420p", folder / name], what="a clip")
    edits = {
        "small.mp4": "scale=200:112",
        "mirror.mp4": "hflip",
        "boxed.mp4": "pad=320:320:0:70",
    }
    for name, graph in edits.items():
        args = ["-i", folder / "first-5.mp4", "-vf", graph, "-crf", "30", folder / name]
        ffmpeg.run(args, what="a copy")
    shot = ["-i", folder / "first-6.mp4", "-frames:v", "1"]
    ffmpeg.run([*shot, "-vf", "scale=960:540", folder / "large.png"], what="a picture")
    ffmpeg.run([*shot, "-vf", "hue=s=0", folder / "grey.jpg"], what="a picture")
    return folder


@pytest.fixture
def filled(database: Database, clips: Path, tmp_path: Path) -> tuple[Database, Path]:
    folder = shutil.copytree(clips, tmp_path / "clips")
    shutil.copy(folder / "first-5.mp4", folder / "first-5 copy.mp4")
    collect.add(database, [folder], Settings())
    with database.reading() as session:
        ids = all_ids(session)
    annotate_all(database, ids, Settings(), only=("print",))
    return database, folder


def names(found: Found) -> list[set[str]]:
    return [
        {group.best.name, *(copy.asset.name for copy in group.copies)} for group in found.groups
    ]


def test_copies_are_found_and_only_what_others_hold_is_deleted(
    filled: tuple[Database, Path],
) -> None:
    database, folder = filled
    found = find_duplicates(database)
    groups = names(found)
    assert {"grey.jpg", "large.png"} in groups
    films = next(group for group in groups if "small.mp4" in group)
    assert {"mirror.mp4", "boxed.mp4"} < films
    assert "first-6.mp4" not in films
    assert [one.keep.name for one in found.exact] == ["first-5.mp4"]
    best = {group.best.name: group.why for group in found.groups}
    assert "large.png" in best
    assert "larger (960×540)" in best["large.png"]
    assert best.keys() & {"first-5.mp4", "first-5 copy.mp4"}

    before = sorted(path.name for path in folder.iterdir())
    again = find_duplicates(database)
    assert names(again) == groups
    assert sorted(path.name for path in folder.iterdir()) == before

    # Without being asked for, only what has the very same bytes goes.
    assert len(plan(database, found)[0]) == 1
    doomed, _ = plan(database, found, near=True)
    gone, failed = discard(database, doomed)
    assert not failed
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["first-5.mp4", "first-6.mp4", "large.png"]
    assert {path.name for path in gone} == set(before) - set(left)
    with database.reading() as session:
        assert len(all_ids(session)) == 3
    assert find_duplicates(database).groups == []


def test_a_better_copy_that_is_not_there_now_saves_the_others(
    filled: tuple[Database, Path],
) -> None:
    database, folder = filled
    found = find_duplicates(database)
    (folder / "large.png").unlink()
    doomed, kept = plan(database, found, near=True)
    assert "grey.jpg" not in {one.path.name for one in doomed}
    assert any("grey.jpg" in line for line in kept)


def row(number: int, **values: object) -> AssetRow:
    usual = {"id": f"{number:040}", "name": f"{number}.mp4", "kind": "video", "bytes": 10**7}
    size = {"width": 1920, "height": 1080, "seconds": 10.0, "facts": {"codec": "h264"}}
    return AssetRow(number=number, added="", **{**usual, **size, **values})


def how(first: Side = PLAIN, second: Side = PLAIN) -> Comparison:
    return Comparison(likeness=0.9, mirrored=False, speed=1, first=first, second=second)


@pytest.mark.parametrize(
    ("better", "worse", "seen", "reason"),
    [
        ({}, {"width": 426, "height": 240, "bytes": 10**6}, how(), "larger (1920×1080)"),
        ({}, {"bytes": 10**6}, how(), "less compressed"),
        ({}, {}, how(second=PLAIN.model_copy(update={"covered": 0.1})), "nothing laid over it"),
        (
            {},
            {},
            how(second=PLAIN.model_copy(update={"field": 0.5, "plain": True})),
            "no border or other picture",
        ),
        (
            {},
            {"seconds": 7.0, "bytes": 7 * 10**6},
            how(first=PLAIN.model_copy(update={"share": 0.7})),
            "3 s longer",
        ),
        ({"facts": {"has_sound": True}}, {}, how(), "has its sound"),
        ({"taken": "2020-01-01"}, {"taken": "2021-01-01"}, how(), "recorded earlier"),
        (
            {},
            {},
            how(first=PLAIN.model_copy(update={"field": 0.7, "inset": True})),
            "shows 30% more",
        ),
    ],
)
def test_what_makes_a_copy_the_better_one(
    better: dict[str, object], worse: dict[str, object], seen: Comparison, reason: str
) -> None:
    verdict = weigh(row(2, **better), row(1, **worse), seen)
    assert verdict.lead > 0
    assert reason in verdict.reasons[0]


def test_who_is_like_one_of_a_group_but_not_like_its_best_stands_apart() -> None:
    rows = {one.id: one for one in (row(1), row(2, bytes=10**6), row(3, bytes=10**5), row(4))}
    ids = list(rows)
    value = how().model_dump()
    twins = [TwinRow(asset=ids[a], other=ids[b], value=value) for a, b in ((0, 1), (1, 2), (2, 3))]
    groups = group_twins(twins, rows)
    assert [(one.best.number, [copy.asset.number for copy in one.copies]) for one in groups] == [
        (1, [2]),
        (4, [3]),
    ]


def test_what_the_better_copy_lacks_a_part_of_or_may_only_hold_within_it_stays() -> None:
    partly = how(second=PLAIN.model_copy(update={"share": 0.6}))
    within = how(first=PLAIN.model_copy(update={"field": 0.5, "inset": True}))
    rows = {one.id: one for one in (row(1), row(2, width=426, height=240))}
    for seen in (partly, within):
        twin = TwinRow(asset=row(1).id, other=row(2).id, value=seen.model_dump())
        assert not group_twins([twin], rows)[0].copies[0].is_whole


def test_words_are_kept_as_they_are(database: Database, clips: Path, tmp_path: Path) -> None:
    from reelwright.media.frames import read_picture

    made = print_picture(read_picture(clips / "large.png"))
    written = wordindex.write(made, 50)
    again = unpack_words(pack_words(written))
    assert (again.words == written.words).all()
    assert (again.counts == written.counts).all()
    shutil.copy(clips / "large.png", tmp_path / "one.png")
    collect.add(database, [tmp_path / "one.png"], Settings())
    with database.writing() as session:
        asset = all_ids(session)[0]
        put_print(session, asset, "picture", made)
        kept = get_print(session, asset)
    assert kept
    assert (kept.codes == made.codes).all()
    with database.writing() as session:
        catalogue.remove_assets(session, [asset])
        assert get_print(session, asset) is None


def test_the_command_names_before_it_deletes(fresh_home: Path, clips: Path, tmp_path: Path) -> None:
    from reelwright.cli.library import app

    for name in ("large.png", "grey.jpg"):
        shutil.copy(clips / name, tmp_path / name)
    shutil.copy(tmp_path / "grey.jpg", tmp_path / "same.jpg")
    runner = CliRunner()
    from reelwright.library.catalogue import open_library

    database = open_library(Settings().library)
    collect.add(database, [tmp_path], Settings())
    database.close()
    told = json.loads(runner.invoke(app, ["duplicates", "--json"]).stdout)
    assert told["groups"][0]["keep"]["name"] == "large.png"
    assert len(told["exact"][0]["copies"]) == 1
    assert (tmp_path / "same.jpg").exists()
    result = runner.invoke(app, ["duplicates", "--delete", "--near"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert sum(line.startswith("delete ") for line in lines) == 2
    assert lines[-1] == "2 deleted"
    assert sorted(path.name for path in tmp_path.glob("*.[pj][np]g")) == ["large.png"]


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A piece of music and four copies of it, another piece by the same players, two silences."""
    folder = tmp_path_factory.mktemp("songs")
    for name, seed in (("song", 1), ("other", 2)):
        compose(16.0, mood="warm", seed=seed, sections=(), out=folder / f"{name}.wav")
    edits: dict[str, list[str]] = {
        "small.mp3": ["-b:a", "48k"],
        "part.ogg": ["-ss", "4.8"],
        "quick.m4a": ["-af", "asetrate=48000*1.08,aresample=48000"],
        "packed.flac": [],
    }
    for name, args in edits.items():
        ffmpeg.run(["-i", folder / "song.wav", *args, folder / name], what="a copy")
    for name, length in (("still.wav", "9"), ("quiet.wav", "11")):
        ffmpeg.run(["-f", "lavfi", "-i", "anullsrc", "-t", length, folder / name], what="silence")
    return folder


def test_copies_of_a_sound_are_found_and_silence_is_no_copy_of_silence(
    database: Database, songs: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(songs, tmp_path / "songs")
    collect.add(database, [folder], Settings())
    with database.reading() as session:
        lacking = lacking_prints(session)
    assert len(lacking) == 8
    annotate_all(database, lacking, Settings(), only=("print",))
    with database.reading() as session:
        assert lacking_prints(session) == []
        assert all(get_sound_print(session, asset) for asset in lacking)
    found = find_duplicates(database)
    assert names(found) == [
        {"song.wav", "small.mp3", "part.ogg", "quick.m4a", "packed.flac"},
    ]
    group = found.groups[0]
    assert group.best.name in ("song.wav", "packed.flac")
    assert "lossless" in group.why
    copies = {copy.asset.name: copy for copy in group.copies}
    assert "5 s longer" in copies["part.ogg"].why
    assert copies["quick.m4a"].how.speed == pytest.approx(1.08, abs=0.01)
    assert names(find_duplicates(database)) == names(found)

    doomed, kept = plan(database, found)
    assert doomed == []
    assert all("sounds the same" in line for line in kept)
    doomed, _ = plan(database, found, near=True)
    _, failed = discard(database, doomed)
    assert not failed
    left = {path.name for path in folder.iterdir()}
    assert left == {group.best.name, "beats.json", "other.wav", "still.wav", "quiet.wav"}


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        ({"facts": {"codec": "flac"}}, {"facts": {"codec": "mp3"}}, "lossless"),
        ({"facts": {"codec": "mp3"}}, {"facts": {"codec": "mp3"}, "bytes": 10**6}, "compressed"),
        ({"facts": {"codec": "opus"}}, {"facts": {"codec": "mp3"}}, "less compressed"),
    ],
)
def test_what_makes_a_copy_of_a_sound_the_better_one(
    better: dict[str, object], worse: dict[str, object], reason: str
) -> None:
    sound = {"kind": "audio", "width": 0, "height": 0}
    verdict = weigh(row(2, **sound | better), row(1, **sound | worse), how())
    assert verdict.lead > 0
    assert reason in verdict.reasons[0]


def test_the_command_says_what_is_the_same_to_hear(
    fresh_home: Path, songs: Path, tmp_path: Path
) -> None:
    from reelwright.cli.library import app
    from reelwright.library.catalogue import open_library

    for name in ("song.wav", "small.mp3"):
        shutil.copy(songs / name, tmp_path / name)
    database = open_library(Settings().library)
    collect.add(database, [tmp_path], Settings())
    database.close()
    lines = CliRunner().invoke(app, ["duplicates"]).stdout.splitlines()
    assert lines[0].startswith("the same to hear")
    assert "song.wav" in lines[0]
    assert "lossless" in lines[0]
    assert "0×0" not in "".join(lines)
    assert "small.mp3" in lines[1]
