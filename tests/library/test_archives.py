"""Archives: nothing is written outside, nothing without bound, and every refusal is told."""

import io
import os
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest

from reelwright.library.archives import Unpacked, unpack
from reelwright.library.kinds import kind_of
from reelwright.library.walking import Trouble
from reelwright.store.artefacts import hash_content

TEXT = b"It has a few words."


def run(path: Path, most: int = 10**9) -> tuple[dict[str, Unpacked], dict[str, str]]:
    into = path.parent / "into"
    found = list(unpack(path, into, lambda name: True, most))
    taken = {one.member: one for one in found if isinstance(one, Unpacked)}
    for one in taken.values():
        assert one.path.parent == into
        assert hash_content(one.path) == one.content
    return taken, {one.member: one.reason for one in found if isinstance(one, Trouble)}


def tar(path: Path, *members: tuple[str, bytes, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(data) if kind == tarfile.REGTYPE else 0
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            archive.addfile(info, io.BytesIO(data) if kind == tarfile.REGTYPE else None)
    return path


@pytest.mark.parametrize(
    "name", ["../a.txt", "/etc/a.txt", "b/../../a.txt", "C:\\a.txt", "..\\a.txt", "\\\\host\\a.txt"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, TEXT)
        archive.writestr("good.txt", TEXT)
    tar(tmp_path / "a.tar", (name, tarfile.REGTYPE, TEXT), ("good.txt", tarfile.REGTYPE, TEXT))
    for path in (tmp_path / "a.zip", tmp_path / "a.tar"):
        taken, refused = run(path)
        assert list(taken) == ["good.txt"]
        assert list(refused.values()) == ["has a path that leads out of the archive"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "a.zip", "into"]


def test_links_and_devices_are_refused(tmp_path: Path):
    path = tar(
        tmp_path / "a.tar.gz",
        ("link.txt", tarfile.SYMTYPE, b""),
        ("hard.txt", tarfile.LNKTYPE, b""),
        ("pipe.txt", tarfile.FIFOTYPE, b""),
        ("disk.txt", tarfile.BLKTYPE, b""),
        ("./in/good.txt", tarfile.REGTYPE, TEXT),
        mode="w:gz",
    )
    taken, refused = run(path)
    assert list(taken) == ["./in/good.txt"]
    assert {name: reason.split(",")[0] for name, reason in refused.items()} == {
        "link.txt": "is a link",
        "hard.txt": "is a link",
        "pipe.txt": "is no file (a device or a pipe)",
        "disk.txt": "is no file (a device or a pipe)",
    }
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    taken, refused = run(tmp_path / "a.zip")
    assert (list(taken), list(refused)) == ([], ["link.txt"])


def test_a_member_that_unpacks_beyond_the_ratio_stops_the_archive(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"a" * 40_000_000)
        archive.writestr("b.txt", TEXT)
    assert (tmp_path / "bomb.zip").stat().st_size < 60_000
    taken, refused = run(tmp_path / "bomb.zip")
    assert taken == {}
    assert "far more than its size" in refused[""]
    assert list((tmp_path / "into").iterdir()) == []


def test_members_count_together(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", os.urandom(0) + b"x" * 400)
    taken, refused = run(tmp_path / "a.zip", most=1500)
    assert list(taken) == ["0.txt", "1.txt", "2.txt"]
    assert "" in refused


def test_names_of_old_zips_are_read_in_the_packers_letters(tmp_path: Path):
    plain = "海边/日落.txt"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("AAAA/BBBB.txt", TEXT)
    data = (tmp_path / "a.zip").read_bytes()
    # What old programs write on Chinese Windows: GBK, and no mark that says so.
    (tmp_path / "a.zip").write_bytes(data.replace(b"AAAA/BBBB", plain[:-4].encode("gbk")))
    taken, refused = run(tmp_path / "a.zip")
    assert (list(taken), refused) == ([plain], {})


def test_a_password_is_told(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", TEXT)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert run(tmp_path / "a.zip")[1] == {"a.txt": "is locked with a password"}


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.txt", TEXT)
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(TEXT, TEXT[::-1], 1))
    taken, refused = run(tmp_path / "a.zip")
    assert list(taken) == ["b.txt"]
    assert "is damaged" in refused["a.txt"]


def test_what_is_no_material_is_passed_over(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, warnings.catch_warnings():
        archive.writestr("folder/", "")
        archive.writestr(".hidden.txt", TEXT)
        archive.writestr("__MACOSX/._a.txt", TEXT)
        archive.writestr("program.exe", b"MZ\x90\0" * 40)
        archive.writestr("inner.zip", (b"PK\x03\x04" + b"\0" * 30))
    assert run(tmp_path / "a.zip") == ({}, {})


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.mp4", b"\0\0\0\x20ftypisom", "media"),
        ("a.jpg", b"\0\0\0\x20ftypisom", "media"),
        ("a", b"\xff\xd8\xff\xe0", "picture"),
        ("a.heic", b"\0\0\0\x20ftypheic", "picture"),
        ("a.mp4", b"plain words", "media"),
        ("notes.txt", b"BM is no bitmap here", "text"),
        ("a.zip", b"", "archive"),
        ("a.tar.xz", b"", "archive"),
        ("a.gz", b"\x1f\x8b", "other"),
        ("paper.docx", b"PK\x03\x04", "other"),
        ("a.mp3", b"PK\x03\x04", "archive"),
        ("a.exe", b"MZ", "other"),
        ("a.ts", b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", "media"),
        ("code.ts", b"export const a = 1;", "other"),
    ],
)
def test_kinds_are_told_by_the_first_bytes(name: str, head: bytes, kind: str):
    assert kind_of(name, head) == kind
