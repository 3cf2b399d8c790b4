"""Deleting the files of copies: only those whose content stays, in as good a file or a better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete

from reelwright.library import catalogue, shelf
from reelwright.library.duplicates import WHOLE, Found
from reelwright.library.tables import PlaceRow, place_key
from reelwright.store.database import Database


@dataclass(frozen=True)
class Doomed:
    """A file that goes."""

    path: Path
    asset: str
    because: str
    """What stays instead, for a person."""


def plan(database: Database, found: Found, *, near: bool = False) -> tuple[list[Doomed], list[str]]:
    """Which files can go, and what stays although it is a copy, and why.

    A file goes when another has the same bytes. With `near`, one goes too when a better copy has
    all of it and is there now: that is judged from looks, and two shots of one scene by a camera
    that stands still can be so alike. Members of archives stay: an archive is not changed.
    """
    doomed: dict[Path, Doomed] = {}
    kept: list[str] = []
    with database.reading() as session:
        best_ids = [group.best.id for group in found.groups]
        there = catalogue.files_of(session, best_ids)
        for group in found.groups:
            for copy in group.copies:
                if not near:
                    seems = "sounds" if copy.asset.kind == "audio" else "looks"
                    kept.append(
                        f"{copy.asset.name}: {seems} the same, but is not; --near deletes it"
                    )
                    continue
                if group.best.id not in there:
                    kept.append(f"{copy.asset.name}: the better copy is not there now")
                    continue
                if not copy.is_whole:
                    if copy.how.second.share >= WHOLE:
                        kept.append(
                            f"{copy.asset.name}: is cut from the better one, or put into it"
                        )
                        continue
                    lacking = copy.asset.seconds * (1 - copy.how.second.share)
                    kept.append(f"{copy.asset.name}: has {lacking:.1f} s that the better one lacks")
                    continue
                because = f"{there[group.best.id]} is better: {copy.why}"
                for place in catalogue.places_of(session, copy.asset.id):
                    path = catalogue.file_at(place)
                    if place.member:
                        kept.append(f"{place.path} ({place.member}): is in an archive")
                    elif path:
                        doomed[path] = Doomed(path, copy.asset.id, because)
        for exact in found.exact:
            for path in exact.copies:
                # Links to one file are no copies: with one of them, all would go.
                if path not in doomed and not _is_same(path, exact.keep):
                    doomed[path] = Doomed(path, exact.asset.id, f"{exact.keep} is the same")
    return list(doomed.values()), kept


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return True


def discard(database: Database, doomed: Sequence[Doomed]) -> tuple[list[Path], list[str]]:
    """Delete files, and take what then has none out of the library.

    Returns:
        What was deleted, and what could not be and why.
    """
    gone: list[Path] = []
    failed: list[str] = []
    assets: dict[str, None] = {}
    for one in doomed:
        try:
            one.path.unlink()
        except OSError as error:
            failed.append(f"{one.path}: {error.strerror}")
            continue
        gone.append(one.path)
        assets[one.asset] = None
    with database.writing() as session:
        for path in gone:
            session.execute(delete(PlaceRow).where(PlaceRow.key == place_key(path)))
        left = [asset for asset in assets if not catalogue.places_of(session, asset)]
        catalogue.remove_assets(session, left)
    for asset in left:
        shelf.discard(asset)
    return gone, failed
