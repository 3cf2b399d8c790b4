"""Walking through folders: every file once, whatever links lead where, whatever cannot be read."""

from __future__ import annotations

import errno
import os
import stat as modes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.store.atomic import TEMPORARY

_SKIPPED = frozenset({"__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"})
"""Folders in which systems and storage boxes keep things of their own."""


@dataclass(frozen=True)
class File:
    """A file that was come upon."""

    path: Path
    """Absolute; through links as they were followed."""
    size: int
    mtime: int
    """When it was last changed, in nanoseconds."""
    root: Path
    """The place it was found under."""


@dataclass(frozen=True)
class Trouble:
    """What could not be walked into or read, and why."""

    path: Path
    reason: str
    hint: str | None = None
    member: str = ""
    """Of an archive; empty for the file itself."""
    harmless: bool = False
    """Whether nothing is lost by it: told, but no failure."""


def walk(places: Sequence[Path], besides: Path | None = None) -> Iterator[File | Trouble]:
    """The files in folders (and below) and of themselves, in the order of their names.

    Hidden files and folders are passed over. Links are followed; one that leads back to a folder
    that was walked through already is told, and not followed.

    Args:
        places: files and folders.
        besides: a folder that is not walked into: the library's own.
    """
    folders: set[tuple[int, int]] = set()
    files: set[Path] = set()
    own = _identity(besides) if besides else None
    for place in places:
        # Not resolved: a person finds a file again under the name by which it was given.
        root = Path(os.path.abspath(place.expanduser()))  # noqa: PTH100 (absolute() keeps "..")
        for found in _enter(root, root, folders, own):
            if isinstance(found, Trouble):
                yield found
            elif found.path not in files:
                files.add(found.path)
                yield found


def _enter(
    path: Path, root: Path, walked: set[tuple[int, int]], own: tuple[int, int] | None
) -> Iterator[File | Trouble]:
    """What is at a path. Folders wait in a list: they may be nested deeper than calls can be."""
    waiting = [path]
    while waiting:
        here = waiting.pop()
        try:
            stat = here.stat()
            if not _is_folder(stat):
                if _is_file(stat):
                    yield File(here, stat.st_size, stat.st_mtime_ns, root)
                elif here == root:
                    yield Trouble(here, "is neither a file nor a folder")
                continue
            identity = (stat.st_dev, stat.st_ino)
            if identity == own:
                continue
            if identity in walked:
                if here.is_symlink():
                    yield Trouble(
                        here, "leads back to a folder that was looked through", harmless=True
                    )
                continue
            walked.add(identity)
            with os.scandir(here) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            yield _cannot(here, root, error)
            if here != root and not _is_there(root):
                yield Trouble(root, "went away while it was read", AWAY)
                return
            continue
        waiting.extend(
            here / name
            for name in reversed(names)
            if not name.startswith((".", TEMPORARY)) and name not in _SKIPPED
        )


AWAY = "connect the drive and run again; what was taken in is kept"
"""What to do when a place disappears."""


def _cannot(path: Path, root: Path, error: OSError) -> Trouble:
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return Trouble(path, "is a link to something that is not there", harmless=path != root)
        hint = "check the path; if it is on a drive, connect it" if path == root else AWAY
        return Trouble(path, "is not there", hint)
    if path.is_symlink() and error.errno == errno.ELOOP:
        return Trouble(path, "is a link that leads to itself", harmless=path != root)
    return why(path, error)


def why(path: Path, error: OSError, member: str = "") -> Trouble:
    """Why a file or folder could not be read, with what to do."""
    if isinstance(error, PermissionError):
        return Trouble(path, "may not be read", "give yourself the right to read it", member)
    if isinstance(error, FileNotFoundError):
        return Trouble(path, "is not there any more", AWAY, member)
    reason = f"cannot be read ({(error.strerror or str(error)).lower()})"
    return Trouble(path, reason, "check its drive and run again", member)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _is_there(path: Path) -> bool:
    return _identity(path) is not None


def _is_folder(stat: os.stat_result) -> bool:
    return modes.S_ISDIR(stat.st_mode)


def _is_file(stat: os.stat_result) -> bool:
    return modes.S_ISREG(stat.st_mode)
