"""Artefacts: the outputs of steps, kept under the hash of everything that went into them.

A project keeps its artefacts in ``.reel/artefacts``; a second, user-wide folder in the home holds
hard links to the same files, so that two projects share work without sharing a folder. A file that
only the user-wide folder still links to is used by no project and goes at the next clean.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from reelwright.store import atomic

_CHUNK = 1 << 20


class Store:
    """A folder of artefacts and the hashes of the files that went into them.

    Args:
        folder: the project's own ``.reel``.
        shared: the user-wide folder, or None to share nothing.
    """

    def __init__(self, folder: Path, shared: Path | None = None) -> None:
        self.folder = folder
        self.artefacts = folder / "artefacts"
        self.shared = shared
        self._index = folder / "hashes.json"
        self._hashes: dict[str, tuple[int, int, str]] = _read_index(self._index)
        self._dirty = False

    def find(self, key: str, suffix: str) -> Path | None:
        """The artefact of this key, from the project or from the user-wide folder."""
        path = self.path(key, suffix)
        if _is_whole(path):
            return path
        if self.shared:
            elsewhere = self.shared / key[:2] / path.name
            if _is_whole(elsewhere) and _link(elsewhere, path):
                return path
        return None

    def path(self, key: str, suffix: str) -> Path:
        """Where the artefact of this key is, or will be."""
        return self.artefacts / key[:2] / f"{key}{suffix}"

    def name_of(self, path: Path) -> str:
        """The name of the artefact that a path is, or lies in; empty if it is none."""
        if not path.is_relative_to(self.artefacts):
            return ""
        parts = path.relative_to(self.artefacts).parts
        return parts[1] if len(parts) > 1 else ""

    def share(self, path: Path) -> None:
        """Offer a finished artefact to other projects. Does nothing where links cannot be made."""
        if self.shared:
            target = self.shared / path.parent.name / path.name
            if not target.exists():
                _link(path, target)

    def hash_file(self, path: Path) -> str:
        """Hash of a file's content; remembered while its size and time stay the same.

        An artefact of this store, or a file of one, is told by its path, which holds its hash.
        Raises FileNotFoundError and other OSErrors.
        """
        if path.is_relative_to(self.artefacts):
            return path.relative_to(self.artefacts).as_posix()
        stat = path.stat()
        known = self._hashes.get(str(path))
        if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
            return known[2]
        digest = hash_content(path)
        self._hashes[str(path)] = (stat.st_size, stat.st_mtime_ns, digest)
        self._dirty = True
        return digest

    def save_hashes(self) -> None:
        """Keep the hashes for the next run."""
        if self._dirty:
            atomic.write_text(self._index, json.dumps(self._hashes))
            self._dirty = False

    def clean(self, keep: Iterable[str]) -> tuple[int, int]:
        """Remove artefacts whose names are not in `keep`, and what no project uses any more.

        Returns how many were removed and how many bytes that freed.
        """
        kept = set(keep)
        removed = freed = 0
        for path in _entries(self.artefacts):
            if path.name not in kept:
                freed += _size(path, only_link=self.shared is None)
                removed += 1
                atomic.remove(path)
        for path in _entries(self.shared) if self.shared else ():
            if _links(path) == 1:
                freed += _size(path)
                atomic.remove(path)
        return removed, freed


def hash_content(path: Path) -> str:
    """BLAKE2b hash (160 bits, hex) of a file's bytes."""
    digest = hashlib.blake2b(digest_size=20)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def hash_value(value: Any) -> str:
    """BLAKE2b hash (160 bits, hex) of a plain value, whatever the order of its keys."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode("utf-8"), digest_size=20).hexdigest()


def plain(value: Any) -> Any:
    """Nouns, mappings and sequences as what JSON can hold."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast(Mapping[Any, Any], value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast(Iterable[Any], value)]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a {type(value).__name__} cannot go into a hash")


def _read_index(path: Path) -> dict[str, tuple[int, int, str]]:
    try:
        entries = cast(dict[str, list[Any]], json.loads(path.read_text("utf-8")))
        return {name: (int(e[0]), int(e[1]), str(e[2])) for name, e in entries.items()}
    except (OSError, ValueError, IndexError, AttributeError):
        return {}


def _is_whole(path: Path) -> bool:
    """There, and not the empty file a crashed machine leaves behind."""
    try:
        return path.is_dir() or path.stat().st_size > 0
    except OSError:
        return False


def _link(source: Path, target: Path) -> bool:
    """Hard-link a file, or every file of a folder; False where that cannot be done."""
    try:
        with atomic.replacing(target) as temporary:
            if source.is_dir():
                temporary.mkdir()
                for file in source.iterdir():
                    os.link(file, temporary / file.name)
            else:
                os.link(source, temporary)
    except (OSError, atomic.StoreError):
        return False
    return True


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*")) if folder.is_dir() else []


def _files(path: Path) -> list[Path]:
    return list(path.iterdir()) if path.is_dir() else [path]


def _links(path: Path) -> int:
    try:
        return max((file.stat().st_nlink for file in _files(path)), default=1)
    except OSError:
        return 1


def _size(path: Path, *, only_link: bool = True) -> int:
    """Bytes that go when this entry goes; a file that others still link to frees nothing."""
    stats = [file.stat() for file in _files(path)]
    return sum(stat.st_size for stat in stats if only_link or stat.st_nlink == 1)
