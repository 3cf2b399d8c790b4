"""Planning: which annotators have yet to go over which assets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from reelwright.core.errors import LibraryError
from reelwright.core.settings import Settings
from reelwright.library import annotators
from reelwright.library.annotators import TABLE, Annotator
from reelwright.library.tables import AssetRow, DoneRow
from reelwright.store.database import Database

_ASKED = 400
"""Assets asked for at a time."""


def load_annotators(settings: Settings, only: Sequence[str] = ()) -> dict[str, Annotator]:
    """The annotators at hand, by name, in the order of their say.

    Args:
        settings: which providers they use, and their thresholds.
        only: names of annotators, or of what they give; empty: all.

    Raises:
        SettingError: nobody gives that, or a setting cannot be.
        ProviderError: a provider that is set cannot work.
    """
    wanted = annotators.choose(only) if only else tuple(TABLE)
    made = ((name, annotators.find(name).make(settings)) for name in wanted)
    found = {name: one for name, one in made if one is not None}
    if only and not found:
        raise LibraryError(
            f"nobody is set to annotate {', '.join(only)}", hint="name a provider in the settings"
        )
    return found


@dataclass(frozen=True)
class Job:
    """An asset, and who is to go over it."""

    row: AssetRow
    names: tuple[str, ...]


def plan(
    database: Database,
    asset_ids: Sequence[str],
    chosen: Mapping[str, Annotator],
    everyone: Mapping[str, Annotator],
    keys: Mapping[str, str],
    *,
    again: bool,
) -> Iterator[Job]:
    """Which annotators have yet to go over which assets."""
    for row, done in _standing(database, asset_ids, everyone, keys, again=again):
        fresh = {
            name
            for name in everyone
            if name in done
            and (done[name].version, done[name].key) == (everyone[name].version, keys[name])
            and done[name].problem is None
        }
        names = {n for n, one in chosen.items() if row.kind in one.kinds}
        names = in_company(names if again else names - fresh, everyone, row.kind, fresh)
        if names:
            yield Job(row, names)


def _standing(
    database: Database,
    asset_ids: Sequence[str],
    everyone: Mapping[str, Annotator],
    keys: Mapping[str, str],
    *,
    again: bool,
) -> Iterator[tuple[AssetRow, dict[str, DoneRow]]]:
    """The assets that not everybody has been over, and who has; read some hundred at a time."""
    ids = list(dict.fromkeys(asset_ids))
    signatures: dict[str, str] = {}
    for first in range(0, len(ids), _ASKED):
        part = ids[first : first + _ASKED]
        with database.reading() as session:
            query = select(AssetRow).where(AssetRow.id.in_(part))
            rows = {row.id: row for row in session.scalars(query)}
            for kind in {row.kind for row in rows.values()} - set(signatures):
                signatures[kind] = signature_of(kind, everyone, keys)
            left = [
                rows[asset_id]
                for asset_id in part
                if asset_id in rows
                and (again or rows[asset_id].annotated != signatures[rows[asset_id].kind])
            ]
            done: dict[str, dict[str, DoneRow]] = {row.id: {} for row in left}
            for one in session.scalars(select(DoneRow).where(DoneRow.asset.in_(done))):
                done[one.asset][one.annotator] = one
        yield from ((row, done[row.id]) for row in left)


def in_company(
    names: Collection[str],
    everyone: Mapping[str, Annotator],
    kind: str,
    done: Collection[str] = (),
) -> tuple[str, ...]:
    """Annotators with those that they cannot go over an asset without, in the order of their say.

    Args:
        names: who is to go.
        everyone: who there is.
        kind: of the asset.
        done: those who have been over it.
    """
    found = lacking = set(names)
    while lacking:
        before = {n for name in lacking for n in everyone[name].after if n not in done}
        before |= {n for name in lacking for n in everyone[name].beside}
        lacking = {n for n in before - found if n in everyone and kind in everyone[n].kinds}
        found = found | lacking
    return tuple(name for name in TABLE if name in found)


def key_of(annotator: Annotator) -> str:
    """What decides an annotator's words besides the asset and its version, in short."""
    text = json.dumps(annotator.key(), sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def signature_of(kind: str, everyone: Mapping[str, Annotator], keys: Mapping[str, str]) -> str:
    """What all annotators of a kind of asset amount to."""
    parts = [f"{n}:{one.version}:{keys[n]}" for n, one in everyone.items() if kind in one.kinds]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()
