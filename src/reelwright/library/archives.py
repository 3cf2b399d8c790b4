"""Archives: what is in a zip or tar, each member checked before a byte of it is written.

A member's name decides nothing about where it is written, and is refused all the same when it
points out of the archive: whoever packed that meant no good. Links, devices and encrypted members
are refused; members are read as a stream and counted, since what an archive says of their sizes may
be a lie.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reelwright.library.kinds import HEAD, is_archive, kind_of
from reelwright.library.walking import Trouble
from reelwright.media import texts
from reelwright.store import atomic

MEMBERS = 200_000
"""Members beyond which an archive is not gone on with."""
RATIO = 300
"""Times its own size that an archive may unpack to (`_FREE` bytes are always granted): films and
pictures hardly pack at all."""
_FREE = 10_000_000
_CHUNK = 1 << 20
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError),
    *(ValueError, RuntimeError, OverflowError),
)
_DAMAGED = "copy or download it again; the download did not finish"


@dataclass(frozen=True)
class Unpacked:
    """A member that was taken out."""

    member: str
    """Its name in the archive."""
    path: Path
    """A temporary file with its content; whoever takes it moves or removes it."""
    content: str
    """Hash of its content, as `store.artefacts.hash_content` says it."""
    size: int


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    """As the archive says."""
    refused: str
    """Why it is not read; empty where it is."""
    hint: str
    open: Callable[[], IO[bytes] | None]


def unpack(
    path: Path, into: Path, wanted: Callable[[str], bool], most: int
) -> Iterator[Unpacked | Trouble]:
    """Take the material out of an archive, one member after another, in its order.

    Folders, hidden members, archives in the archive and what is no material are passed over.

    Args:
        path: a zip or tar file.
        into: a folder for the temporary files.
        wanted: whether a member of this name is to be taken out.
        most: bytes that all members together may unpack to.

    Yields:
        Members, and troubles with them. What stops the whole archive comes last, with no member.

    Raises:
        StoreError: the disk is full.
    """
    left = min(most, max(_FREE, RATIO * path.stat().st_size))
    seen = 0
    try:
        for member in _members(path):
            seen += 1
            if seen > MEMBERS:
                yield Trouble(path, f"holds more than {MEMBERS} files", "unpack it, then add that")
                return
            hidden = any(
                part.startswith((".", "__MACOSX")) and part != "."
                for part in member.name.split("/")
            )
            if member.refused:
                yield Trouble(path, member.refused, member.hint, member.name)
            elif not hidden and wanted(member.name):
                try:
                    taken = _take(member, into, left)
                except _BROKEN as error:
                    yield Trouble(path, f"is damaged ({_short(error)})", _DAMAGED, member.name)
                    continue
                if taken is not None:
                    left -= taken.size
                    yield taken
    except _TooMuchError:
        yield Trouble(
            path,
            "would unpack to far more than its size, or than library.archive_bytes allows",
            "if you trust it, unpack it by hand and add the folder",
        )
    except _BROKEN as error:
        yield Trouble(
            path, f"is no archive that can be read, or damaged ({_short(error)})", _DAMAGED
        )


class _TooMuchError(Exception):
    """An archive unpacks to more than it may."""


def _take(member: _Member, into: Path, left: int) -> Unpacked | None:
    """Copy a member into a temporary file, hashing it; None where it is no material."""
    source = member.open()
    if source is None:
        return None
    with source:
        head = source.read(HEAD)
        kind = kind_of(member.name, head)
        if kind == "other" or is_archive(member.name, head):
            return None
        digest = hashlib.blake2b(digest_size=20)
        temporary = into / f"{atomic.TEMPORARY}{os.urandom(8).hex()}{_suffix(member.name)}"
        size = 0
        try:
            into.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as out:
                chunk = head
                while chunk:
                    size += len(chunk)
                    if size > left:
                        raise _TooMuchError
                    digest.update(chunk)
                    out.write(chunk)
                    chunk = _read(source)
        except OSError as error:
            atomic.remove(temporary)
            raise atomic.explain(error, into) from error
        except BaseException:
            atomic.remove(temporary)
            raise
    return Unpacked(member.name, temporary, digest.hexdigest(), size)


def _read(source: IO[bytes]) -> bytes:
    try:
        return source.read(_CHUNK)
    except OSError as error:
        # Of the archive, not of the disk that is written to.
        raise ValueError(error.strerror or str(error)) from error


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def _members(path: Path) -> Iterator[_Member]:
    if zipfile.is_zipfile(path):
        yield from _of_zip(path)
    else:
        yield from _of_tar(path)


def _of_zip(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = _zip_name(info)
            if info.is_dir() or name.endswith("/"):
                continue
            refused, hint = _refusal(name), "unpack it by hand if you trust it"
            if info.flag_bits & 1:
                refused, hint = "is locked with a password", "unpack it by hand, then add that"
            elif (info.external_attr >> 16) & 0o170000 == 0o120000:
                refused = "is a link, which may lead anywhere"
            yield _Member(name, info.file_size, refused, hint, lambda one=info: archive.open(one))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name. Without the mark of UTF-8 it is in whatever the packer's machine used."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    return (texts.decode(raw) if not raw.isascii() else None) or info.filename


def _of_tar(path: Path) -> Iterator[_Member]:
    with tarfile.open(path) as archive:
        for info in archive:
            if info.isdir():
                continue
            refused = _refusal(info.name)
            if info.issym() or info.islnk():
                refused = "is a link, which may lead anywhere"
            elif not info.isfile():
                refused = "is no file (a device or a pipe)"
            yield _Member(
                info.name,
                info.size,
                refused,
                "unpack it by hand if you trust it",
                lambda one=info: archive.extractfile(one),
            )


def _refusal(name: str) -> str:
    """Why a member of this name is refused; empty where it is not."""
    parts = name.replace("\\", "/").split("/")
    if not name.strip() or "\0" in name:
        return "has no proper name"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return "has a path that leads out of the archive"
    return ""


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
