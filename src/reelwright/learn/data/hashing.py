"""Hashes of data: what a training went on from, and what a card says a model was made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from reelwright.core.errors import DataError
from reelwright.store.artefacts import hash_content, hash_value


def hash_files(paths: Sequence[Path]) -> str:
    """The hash of the contents of some files and folders, in the order they are given in.

    Of a folder every file counts with its place in it; where the folder itself lies does not.

    Raises:
        DataError: one is not there, or cannot be read.
    """
    return hash_value([_hash_of(path) for path in paths])


def fingerprint(kind: str, settings: BaseModel, paths: Sequence[Path]) -> str:
    """The hash of all that must be equal for a training to go on from its checkpoint."""
    return hash_value({"kind": kind, "settings": settings, "data": hash_files(paths)})


def describe_data(paths: Sequence[Path], count: int, what: str = "rows") -> list[str]:
    """Lines for a card: what was used of which files, and their hash."""
    names = ", ".join(path.name for path in paths)
    return [f"{count:,} {what} of {names} (hash {hash_files(paths)[:12]})"]


def _hash_of(path: Path) -> str:
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file())
            return hash_value([[p.relative_to(path).as_posix(), hash_content(p)] for p in files])
        return hash_content(path)
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}", where=str(path), hint="check the path"
        ) from None
