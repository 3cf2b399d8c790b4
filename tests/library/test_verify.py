"""Verifying: rotted, changed, moved and missing files are told apart."""

import os
import shutil
import zipfile
from pathlib import Path

from reelwright.core.settings import Settings
from reelwright.library import catalogue, collect, shelf
from reelwright.library.verify import Verdict, verify
from reelwright.store.database import Database


def add(database: Database, *places: Path) -> collect.Report:
    return collect.add(database, places, Settings())


def states(verdict: Verdict) -> dict[str, str]:
    return {one.member or one.path.name: one.state for one in verdict.findings}


def rot(path: Path) -> None:
    """Change a byte as a failing disk does: nobody wrote to the file."""
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_all_is_well(database: Database, material: Path):
    add(database, material)
    verdict = verify(database)
    assert (verdict.present, verdict.findings) == (4, [])


def test_each_fate_is_told(database: Database, material: Path):
    shutil.copy(material / "tone.wav", material / "copy.wav")
    add(database, material)
    rot(material / "tone.wav")
    (material / "words.txt").write_text("Other words.")
    (material / "海边.jpg").unlink()
    (material / "new").mkdir()
    (material / "clip.mp4").rename(material / "new" / "named otherwise.mp4")
    verdict = verify(database)
    assert states(verdict) == {
        "tone.wav": "rotted",
        "words.txt": "changed",
        "海边.jpg": "missing",
        "clip.mp4": "moved",
    }
    by = {one.path.name: one for one in verdict.findings}
    assert by["clip.mp4"].now == material / "new" / "named otherwise.mp4"
    assert (by["tone.wav"].copies, by["words.txt"].copies) == (1, 0)
    assert sorted(one.name for one in verdict.lost) == ["words.txt", "海边.jpg"]
    assert verdict.present == 1
    with database.reading() as session:
        clip = catalogue.find_asset(session, "clip.mp4")
        assert catalogue.file_of(session, clip.id) == by["clip.mp4"].now
        # What rotted is not used any more.
        tone = catalogue.find_asset(session, "tone.wav")
        assert catalogue.file_of(session, tone.id) == material / "copy.wav"
    # What moved is not told twice; a rotted file fails until it is put right.
    assert "clip.mp4" not in states(verify(database))
    report = add(database, material / "tone.wav")
    assert [one.reason.split(":")[0] for one in report.failed] == ["has rotted"]
    shutil.copy2(material / "copy.wav", material / "tone.wav")
    assert states(verify(database)) == {"words.txt": "changed", "海边.jpg": "missing"}


def test_a_file_that_was_only_touched_is_as_it_was(database: Database, material: Path):
    add(database, material)
    os.utime(material / "clip.mp4", (1, 1))
    with database.reading() as session:
        clip = catalogue.find_asset(session, "clip.mp4")
        assert catalogue.files_of(session, [clip.id]) == {}
    assert verify(database, [clip.id]).findings == []
    with database.reading() as session:
        assert catalogue.file_of(session, clip.id) == material / "clip.mp4"


def test_a_drive_that_is_away_and_comes_back(database: Database, material: Path, tmp_path: Path):
    add(database, material)
    material.rename(tmp_path / "away")
    verdict = verify(database)
    assert set(states(verdict).values()) == {"missing"}
    assert {one.root for one in verdict.findings} == {material}
    # Found where one says to look, or simply back.
    (tmp_path / "away").rename(material)
    report = add(database, material)
    assert (report.unchanged, report.added, report.copies) == (4, [], 0)
    assert verify(database).findings == []
    material.rename(tmp_path / "elsewhere")
    verdict = verify(database, look=[tmp_path / "elsewhere"])
    assert set(states(verdict).values()) == {"moved"}
    assert verify(database).findings == []


def test_what_came_out_of_an_archive_is_verified_in_its_copy(database: Database, material: Path):
    path = material / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("in/notes.txt", "Only here.")
    report = add(database, path)
    assert verify(database).findings == []
    copy = shelf.unpacked_path(report.added[0], "notes.txt")
    rot(copy)
    assert states(verify(database)) == {"in/notes.txt": "rotted"}
    # The archive has it still.
    with database.reading() as session:
        assert catalogue.files_of(session, report.added) == {}
