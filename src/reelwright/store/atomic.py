"""Files that are there whole or not at all: written under a temporary name, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from reelwright.core.errors import StoreError

TEMPORARY = ".tmp-"
"""What the names of unfinished files and folders start with."""


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Give a temporary path beside `path`; rename it to `path` when the block ends well.

    The temporary name keeps the suffix, since encoders choose their container by it. When the
    block raises, the temporary file or folder is removed and what stood at `path` is untouched.

    Raises:
        StoreError: the disk is full or read-only, or the folder may not be written.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(6)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if temporary.is_dir() and path.is_dir():
            shutil.rmtree(path)
        temporary.replace(path)
    except OSError as error:
        raise explain(error, Path(error.filename or path)) from error
    finally:
        remove(temporary)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and wait until it is on the disk."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def remove(path: Path) -> None:
    """Remove a file or folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        # Where a parent is a file there is nothing to remove either.
        with suppress(NotADirectoryError):
            path.unlink(missing_ok=True)


def explain(error: OSError, path: Path) -> StoreError:
    """What an operating system error means for the person."""
    hints = {
        errno.ENOSPC: ("the disk is full", "free some space and run again; nothing is lost"),
        errno.EDQUOT: ("the disk quota is used up", "free some space and run again"),
        errno.EFBIG: ("no file may be that large here", "raise the limit, or use another disk"),
        errno.EROFS: ("the disk is read-only", "copy the project to a disk that can be written"),
        errno.EACCES: ("may not be written", "check the owner and permissions of the folder"),
        errno.EPERM: ("may not be written", "check the owner and permissions of the folder"),
        errno.ENAMETOOLONG: ("the name is too long for this disk", "choose a shorter name"),
    }
    message, hint = hints.get(error.errno or 0, (error.strerror or str(error), None))
    return StoreError(message, where=str(path), hint=hint)
