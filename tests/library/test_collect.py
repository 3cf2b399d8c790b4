"""Collecting, in SQLite and PostgreSQL: what comes in, what is skipped, what fails and goes on."""

import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from reelwright.core.errors import FootageError
from reelwright.core.settings import Settings
from reelwright.library import catalogue, collect, shelf, taking
from reelwright.library.filters import Filter, find
from reelwright.library.tables import AssetRow, PlaceRow
from reelwright.media import ffmpeg
from reelwright.store.database import Database


def add(database: Database, *places: Path, **library: object) -> collect.Report:
    return collect.add(database, places, Settings.model_validate({"library": library}))


def assets(database: Database) -> dict[str, AssetRow]:
    with database.reading() as session:
        return {row.name: row for row in find(session, Filter())}


def reasons(report: collect.Report) -> dict[str, str]:
    return {one.member or one.path.name: one.reason for one in report.failed}


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are looked into from here on."""
    names: list[str] = []
    look = taking.take

    def watch(file, known):
        names.append(file.path.name)
        return look(file, known)

    monkeypatch.setattr(collect, "take", watch)
    return names


def test_every_kind_comes_in_with_its_facts_date_and_place(database: Database, material: Path):
    (material / "tool.bin").write_bytes(bytes(range(256)) * 40)
    report = add(database, material)
    assert (len(report.added), report.passed_over, report.failed) == (4, 1, [])
    rows = assets(database)
    clip, photo = rows["clip.mp4"], rows["海边.jpg"]
    assert (clip.kind, clip.width, clip.height) == ("video", 160, 90)
    assert clip.seconds == pytest.approx(2, abs=0.1)
    assert clip.taken == "2024-05-01T04:33:05+00:00"
    assert (clip.latitude, clip.longitude) == (22.2783, 114.1747)
    assert (photo.kind, photo.taken) == ("picture", "2023-08-09T10:11:12+08:00")
    assert (photo.latitude, photo.longitude) == (30.26, -120.15)
    assert rows["tone.wav"].kind == "audio"
    with database.reading() as session:
        known = {row.name: catalogue.get_annotations(session, row.id) for row in rows.values()}
        facts = catalogue.facts_of(clip)
    assert facts is not None
    assert facts.has_sound
    assert [(one.name, one.value) for one in known["clip.mp4"]] == [("title", "Waves")]
    assert [(one.name, one.value) for one in known["海边.jpg"]] == [("device", "Acme One")]
    assert known["words.txt"][0].value == "潮水每天涨落两次。"
    assert shelf.thumbnail_path(clip.id).stat().st_size > 100
    assert shelf.thumbnail_path(photo.id).stat().st_size > 100


def test_a_second_run_opens_nothing(
    database: Database, material: Path, monkeypatch: pytest.MonkeyPatch
):
    (material / "tool.bin").write_bytes(bytes(range(256)) * 40)
    with zipfile.ZipFile(material / "more.zip", "w") as archive:
        archive.write(material / "tone.wav", "sound/tone two.wav")
        archive.writestr("readme.bin", b"\x80" * 900)
    first = add(database, material)
    names = opened(monkeypatch)
    second = add(database, material)
    assert names == []
    assert (second.added, second.unchanged, second.failed) == ([], 5, [])
    assert sorted(second.assets) == sorted(set(first.assets))


def test_copies_and_renamed_files_are_known_by_their_content(database: Database, material: Path):
    first = add(database, material)
    shutil.copy(material / "clip.mp4", material / "again.mp4")
    (material / "tone.wav").rename(material / "renamed.wav")
    report = add(database, material)
    assert (report.added, report.copies) == ([], 2)
    assert sorted(report.assets) == sorted(first.assets)
    with database.reading() as session:
        tone = catalogue.find_asset(session, "tone.wav")
        assert catalogue.file_of(session, tone.id) == material / "renamed.wav"


def test_a_file_that_was_written_to_is_another_asset(database: Database, material: Path):
    add(database, material)
    (material / "words.txt").write_text("Now in English.")
    report = add(database, material / "words.txt")
    assert len(report.added) == 1
    with database.reading() as session:
        place = session.scalars(
            select(PlaceRow).where(PlaceRow.path == str(material / "words.txt"))
        ).one()
    assert place.asset == report.added[0]


def test_what_is_broken_is_told_and_the_rest_comes_in(database: Database, material: Path):
    whole = (material / "clip.mp4").read_bytes()
    # A recording that was broken off: its index (moov) was never written.
    (material / "cut.mp4").write_bytes(whole[: whole.index(b"moov")])
    (material / "empty.mov").write_bytes(b"")
    (material / "really a film.jpg").write_bytes(whole)
    (material / "really a text.mp4").write_text("no film at all, " * 40)
    picture = (material / "海边.jpg").read_bytes()
    (material / "half.jpg").write_bytes(picture[:-200])
    (material / "noise.txt").write_bytes(os.urandom(4000))
    (material / "locked").mkdir()
    (material / "gone.mp4").symlink_to(material / "nowhere.mp4")
    report = add(database, material)
    told = reasons(report)
    assert "moov atom not found" in told["cut.mp4"]
    assert told["empty.mov"].startswith("is empty")
    assert "text, not media" in told["really a text.mp4"]
    assert "cut short" in told["half.jpg"]
    assert "not a text" in told["noise.txt"]
    assert len(told) == 5
    assert len(report.added) == 4
    notes = {one.path.name: one.reason for one in report.notes}
    assert "link" in notes["gone.mp4"]
    with database.reading() as session:
        kept = {Path(row.path).name: row.reason for row in catalogue.failures(session)}
    assert kept == told
    # The second run picks up what failed, and forgets what is gone.
    (material / "cut.mp4").write_bytes(whole + b"\0\0\0\x08free")
    (material / "half.jpg").unlink()
    report = add(database, material)
    assert len(report.added) == 1
    assert sorted(reasons(report)) == ["empty.mov", "noise.txt", "really a text.mp4"]
    with database.reading() as session:
        assert len(catalogue.failures(session)) == 3


def test_a_name_that_lies_is_noted(database: Database, samples: Path, tmp_path: Path):
    shutil.copy(samples / "clip.mp4", tmp_path / "film.jpg")
    shutil.copy(samples / "海边.jpg", tmp_path / "photo.mp4")
    shutil.copy(samples / "tone.wav", tmp_path / "song.png")
    report = add(database, *(tmp_path / name for name in ("film.jpg", "photo.mp4", "song.png")))
    assert {row.name: row.kind for row in assets(database).values()} == {
        "film.jpg": "video",
        "photo.mp4": "picture",
        "song.png": "audio",
    }
    assert {one.path.name: one.reason for one in report.notes} == {
        "film.jpg": "is a video file, whatever its name says",
        "photo.mp4": "is a picture, whatever its name says",
        "song.png": "is an audio file, whatever its name says",
    }


def test_odd_media_come_in(database: Database, tmp_path: Path):
    x264 = ["-c:v", "libx264", "-preset", "ultrafast"]
    for name, source, args in (
        ("pixel.mkv", "color=red:s=1x1:d=0.5:r=10", ["-c:v", "ffv1"]),
        (
            "odd.mp4",
            "testsrc2=s=160x90:d=0.5:r=10,format=yuv444p,scale=101:77,setsar=1",
            [*x264, "-pix_fmt", "yuv444p"],
        ),
        (
            "hdr.mp4",
            "testsrc2=s=384x216:d=0.5:r=60,format=yuv420p10le,"
            "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc",
            x264,
        ),
        (
            "phone.mp4",
            "testsrc2=s=64x64:d=2:r=30,settb=1/1000,setpts='if(mod(N,3),PTS,PTS+20)'",
            [*x264, "-fps_mode", "passthrough", "-enc_time_base", "1/1000"],
        ),
    ):
        path = tmp_path / name
        ffmpeg.run(["-f", "lavfi", "-i", source, *args, path], what=name)
    report = add(database, tmp_path)
    assert (report.failed, report.notes) == ([], [])
    rows = assets(database)
    assert (rows["pixel.mkv"].width, rows["pixel.mkv"].height) == (1, 1)
    assert (rows["odd.mp4"].width, rows["odd.mp4"].height) == (101, 77)
    assert rows["hdr.mp4"].facts["hdr"]
    assert rows["phone.mp4"].facts["variable_rate"]
    assert all(shelf.thumbnail_path(row.id).exists() for row in rows.values())


def test_names_in_any_script_and_of_any_bytes(database: Database, samples: Path, tmp_path: Path):
    folder = tmp_path / "имена"
    folder.mkdir()
    names = ["海边 日落.wav", "ملف.wav", "\x1b[31m.wav", 'it\'s a "name"; 100%.wav', "🏖️.wav"]
    names += [os.fsdecode(b"caf\xe9 \xff.wav"), "-n.wav"]
    for number, name in enumerate(names):
        source = f"sine=f={200 + 50 * number}:d=1"
        ffmpeg.run(["-f", "lavfi", "-i", source, tmp_path / "tone.wav"], what="a tone")
        (tmp_path / "tone.wav").rename(folder / name)
    report = add(database, folder)
    assert (len(report.added), report.failed) == (len(names), [])
    assert sorted(assets(database)) == sorted(names)
    with database.reading() as session:
        files = catalogue.files_of(session, report.added)
        assert sorted(path.name for path in files.values()) == sorted(names)
        under = find(session, Filter(under=str(folder)))
        assert len(under) == len(names)
    assert add(database, folder).unchanged == len(names)


def test_links_that_lead_in_a_circle_are_told_once(database: Database, material: Path):
    (material / "in").mkdir()
    (material / "in" / "back").symlink_to(material)
    (material / "self").symlink_to(material / "self")
    report = add(database, material)
    assert len(report.added) == 4
    assert report.failed == []
    assert sorted(one.path.name for one in report.notes) == ["back", "self"]


def test_a_file_that_grows_while_it_is_read_fails_until_it_stands_still(
    database: Database, material: Path, monkeypatch: pytest.MonkeyPatch
):
    probe = taking.probe

    def slow(path: Path):
        if path.name == "clip.mp4":
            with path.open("ab") as file:
                file.write(b"\0\0\0\x08free")
        return probe(path)

    monkeypatch.setattr(taking, "probe", slow)
    report = add(database, material)
    assert reasons(report) == {"clip.mp4": "changed while it was read"}
    assert len(report.added) == 3
    monkeypatch.setattr(taking, "probe", probe)
    report = add(database, material)
    assert (len(report.added), report.failed) == (1, [])


def test_a_drive_that_goes_away_is_one_line_and_the_rest_goes_on(
    database: Database, material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    drive = shutil.copytree(material, tmp_path / "drive")
    for number in range(30):
        (drive / f"text {number}.txt").write_text(f"number {number}")
    (material / "words.txt").write_text("Something else.")
    look = taking.take
    lock = threading.Lock()

    def pull_out(file, known):
        with lock:
            if file.path.parent == drive and drive.exists():
                drive.rename(tmp_path / "elsewhere")
        return look(file, known)

    monkeypatch.setattr(collect, "take", pull_out)
    report = add(database, drive, material)
    assert [(one.path, one.reason) for one in report.failed] == [
        (drive, "went away while it was read")
    ]
    assert len(report.added) == 4
    monkeypatch.setattr(collect, "take", look)
    # Still away: said so; what is known of it stays.
    report = add(database, drive)
    assert [(one.path, one.reason) for one in report.failed] == [(drive, "is not there")]
    (tmp_path / "elsewhere").rename(drive)
    report = add(database, drive)
    assert report.failed == []
    assert (len(report.added), report.copies) == (31, 3)
    with database.reading() as session:
        assert catalogue.failures(session) == []


def test_a_run_that_is_stopped_keeps_what_it_read(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(f"number {number}")
    look = taking.take

    def stop(file, known):
        if file.path.name == "25.txt":
            raise KeyboardInterrupt
        return look(file, known)

    monkeypatch.setattr(collect, "take", stop)
    with pytest.raises(KeyboardInterrupt):
        add(database, tmp_path)
    monkeypatch.setattr(collect, "take", look)
    kept = len(assets(database))
    assert kept == 25
    report = add(database, tmp_path)
    assert (report.unchanged, len(report.added)) == (25, 15)


def test_two_runs_at_once_do_not_trip_over_each_other(database: Database, tmp_path: Path):
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"number {number}")
    reports: list[collect.Report] = []
    threads = [
        threading.Thread(target=lambda: reports.append(add(database, tmp_path))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.failed for report in reports] == [[], [], []]
    assert len(assets(database)) == 60


def test_members_of_an_archive_are_used_from_a_copy(database: Database, material: Path):
    with zipfile.ZipFile(material / "从前.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(material / "tone.wav", "sound/tone.wav")
        archive.writestr("sound/notes.md", "# 只在这里")
        archive.writestr("../escape.txt", "no")
        archive.writestr("__MACOSX/._tone.wav", "no")
    (material / "tone.wav").unlink()
    report = add(database, material / "从前.zip")
    assert len(report.added) == 2
    assert reasons(report) == {"../escape.txt": "has a path that leads out of the archive"}
    with database.reading() as session:
        row = catalogue.find_asset(session, "notes.md")
        copy = catalogue.file_of(session, row.id)
    assert copy.read_text("utf-8") == "# 只在这里"
    assert copy.is_relative_to(shelf.folder())
    assert not list(material.parent.rglob("escape.txt"))
    assert add(database, material / "从前.zip").unchanged == 2
    # What is removed comes back when it is added again.
    with database.writing() as session:
        assert catalogue.remove_assets(session, [row.id]) == 1
    shelf.discard(row.id)
    assert not copy.exists()
    assert add(database, material / "从前.zip").added == [row.id]
    assert copy.exists()


def test_an_archive_that_unpacks_to_too_much_stops_there(database: Database, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "first")
        archive.writestr("b.txt", "0123456789" * 2_000_000)
    report = add(database, tmp_path, archive_bytes=1_000_000)
    assert len(report.added) == 1
    assert "far more than its size" in reasons(report)["bomb.zip"]
    assert not list((shelf.folder() / "files").rglob(".tmp-*"))


def test_a_damaged_archive_is_told(database: Database, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("a.txt", "first " * 500)
    data = (tmp_path / "whole.zip").read_bytes()
    (tmp_path / "whole.zip").unlink()
    (tmp_path / "cut.zip").write_bytes(data[:1000])
    (tmp_path / "cut.tar.gz").write_bytes(b"\x1f\x8b\x08\0" + data[:900])
    report = add(database, tmp_path)
    assert sorted(reasons(report)) == ["cut.tar.gz", "cut.zip"]
    assert all("damaged" in reason for reason in reasons(report).values())


def test_the_library_does_not_swallow_itself(database: Database, material: Path, fresh_home: Path):
    add(database, material)
    report = add(database, fresh_home)
    assert report.added == []
    assert report.copies == 0


def test_what_cannot_be_annotated_is_reported_and_tried_again(
    database: Database, material: Path, monkeypatch: pytest.MonkeyPatch
):
    from reelwright.library import annotate

    def refuse(*_: object, **__: object):
        raise FootageError("cannot be decoded half-way", hint="convert it")

    report = add(database, material)
    with monkeypatch.context() as patch:
        patch.setattr(annotate, "watch", refuse)
        collect.annotate(database, report, Settings())
    assert set(reasons(report).values()) == {"cannot be decoded half-way"}
    with database.reading() as session:
        assert len(catalogue.failures(session)) == len(reasons(report)) >= 3
    report = add(database, material)
    assert report.failed == []
    with database.reading() as session:
        assert catalogue.failures(session) == []
    assert len(report.assets) == 4


def test_whoever_stops_the_run_does_not_wait_for_a_long_film(
    database: Database, material: Path, monkeypatch: pytest.MonkeyPatch
):
    from reelwright.library import annotate

    report = add(database, material / "clip.mp4", material / "tone.wav")
    began = threading.Event()
    ended: list[str] = []
    watch = annotate.watch

    def slow(row, path, chosen, known, stopping):
        if row.kind == "audio":
            began.wait(30)
            raise KeyboardInterrupt
        began.set()
        stopping.wait(30)
        try:
            return watch(row, path, chosen, known, stopping)
        finally:
            ended.append(row.name)

    monkeypatch.setattr(annotate, "watch", slow)
    report.assets.reverse()
    with pytest.raises(KeyboardInterrupt):
        collect.annotate(database, report, Settings())
    assert ended == ["clip.mp4"]
    with database.reading() as session:
        assert not any(catalogue.done_of(session, asset) for asset in report.assets)
