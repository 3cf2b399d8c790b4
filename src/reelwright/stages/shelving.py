"""Footage from the library: what of it answers a line's words. The library is only ever read.

Where there is no library nothing is loaded, and while neither it nor the script changes it is not
asked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Line, Role, Script
from reelwright.library.shelf import folder
from reelwright.stages.run import Run

if TYPE_CHECKING:
    from reelwright.store.database import Database

_VERSION = 1
"""Raised whenever the same library and script would give other footage."""
_A_LINE = 5
"""Assets that are found for a line."""
_GOOD = 0.5
"""How well one must answer (see `library.search.Hit`)."""
_QUALITY = 0.25
"""Material that is worse is not shown unasked."""


@dataclass(frozen=True)
class Found:
    """Footage that the library has for a script."""

    paths: dict[str, str] = field(default_factory=dict[str, str])
    """Files, by the ids of their assets."""
    fits: dict[tuple[int, str], tuple[float, str]] = field(
        default_factory=dict[tuple[int, str], tuple[float, str]]
    )
    """For a line (its index) and an asset (its id): how well it answers, and why."""


def ask_library(run: Run, script: Script, besides: Collection[str]) -> Found:
    """What the library has for the lines of a script; nothing where it is not to be used, or empty.

    Args:
        run: whose settings say whether.
        script: the lines; those that name their scene or footage ask for nothing.
        besides: ids of assets that are at hand already.

    Raises:
        StoreError: the library's database does not answer.
    """
    settings = run.settings.library
    if not settings.use:
        return Found()
    remote = settings.url.get_secret_value()
    if not remote and not _file().exists():
        return Found()
    questions = {i: asked for i, line in enumerate(script.lines) if (asked := _question(line))}
    told = json.dumps([_VERSION, questions, sorted(besides)], ensure_ascii=False)
    key = hashlib.blake2b(told.encode(), digest_size=20).hexdigest()
    noted = run.project.read_state().get("library", {})
    if not remote and noted.get("key") == key and noted.get("state") == _state():
        return _restored(noted)
    from reelwright.library.catalogue import open_library

    database = open_library(settings)
    try:
        found = _ask(database, questions, besides)
    finally:
        database.close()
    fits = [[line, asset, *why] for (line, asset), why in found.fits.items()]
    run.project.write_state(
        library={"key": key, "state": _state(), "paths": found.paths, "fits": fits}
    )
    return found


def _file() -> Path:
    return folder() / "library.sqlite"


def _state() -> list[list[int]]:
    """What changes whenever the library's file does."""
    found: list[list[int]] = []
    for path in (_file(), _file().with_name("library.sqlite-wal")):
        try:
            stat = path.stat()
        except OSError:
            continue
        if stat.st_size:
            found.append([stat.st_size, stat.st_mtime_ns])
    return found


def _restored(noted: dict[str, Any]) -> Found:
    """What was found before; files that are gone since are left out."""
    paths = {asset: path for asset, path in noted["paths"].items() if Path(path).is_file()}
    fits = {
        (int(line), asset): (float(score), str(why))
        for line, asset, score, why in noted["fits"]
        if asset in paths
    }
    return Found(paths, fits)


def _question(line: Line) -> str:
    """What a line asks the library for: the words its writer thought worth searching."""
    if line.scene or line.footage or line.role is Role.CALL:
        return ""
    return " ".join(line.search)


def _ask(database: Database, questions: dict[int, str], besides: Collection[str]) -> Found:
    from reelwright.library import catalogue
    from reelwright.library.filters import Filter
    from reelwright.library.search import search

    wanted = Filter(kind=("video", "picture"), lacking=("fault=damaged", "fault=black"))
    found = Found()
    asked: dict[str, Sequence[Any]] = {}
    for index, question in questions.items():
        if question not in asked:
            asked[question] = search(database, question, wanted, limit=_A_LINE).hits
        for hit in asked[question]:
            poor = hit.row.quality is not None and hit.row.quality < _QUALITY
            if hit.score >= _GOOD and hit.row.id not in besides and not poor:
                why = f"the library has it ({', '.join(hit.why) or hit.row.name})"
                found.fits[index, hit.row.id] = (hit.score, why)
    with database.reading() as session:
        files = catalogue.files_of(session, sorted({asset for _, asset in found.fits}))
    found.paths.update({asset: str(path) for asset, path in files.items()})
    for key in [key for key in found.fits if key[1] not in files]:
        del found.fits[key]
    return found
