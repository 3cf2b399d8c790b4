"""Vectors of assets: what they mean or look like, kept in pages and compared one by one.

A hundred thousand are few enough for that: a page of vectors is one row of the database, and all
pages are multiplied with what is sought.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.library.indexes import PageRow
from reelwright.library.tables import table
from reelwright.store.database import upsert

_VALUES = 65_536
"""Values of a page."""
_STANDS_OUT = 4.0
"""Standard deviations above the usual from which on something is as near as can be."""

Vector = npt.NDArray[np.float32]


def space_of(key: Mapping[str, Any]) -> str:
    """The space of vectors that whoever has this key (see `core.ports.Embedder.key`) makes."""
    text = json.dumps(key, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def put_vector(session: Session, space: str, number: int, vector: Sequence[float] | Vector) -> None:
    """Put down the vector of an asset (its number), in place of an older one.

    One that is nothing but zeros, or not finite, says nothing and is left out.
    """
    unit = _unit(vector)
    if unit is None:
        return
    rows = _rows(unit.size)
    page, slot = divmod(number, rows)
    there = session.get(PageRow, (space, page), with_for_update=True)
    if there is not None and there.size == unit.size:
        data = np.frombuffer(there.data, np.float16).reshape(rows, unit.size).copy()
    else:
        data = np.full((rows, unit.size), np.nan, np.float16)
    data[slot] = unit
    row = {"space": space, "page": page, "size": unit.size, "data": data.tobytes()}
    upsert(session, table(PageRow), [row], keys=("space", "page"))
    if there is not None:
        session.expire(there)


def find_near(
    session: Session, space: str, vector: Sequence[float] | Vector, most: int = 400
) -> dict[int, float]:
    """The assets (their numbers) whose vectors are nearest, and their cosines, nearest first.

    Args:
        session: one to read from.
        space: of the vectors.
        vector: what they should be near to.
        most: at most so many.
    """
    unit = _unit(vector)
    if unit is None:
        return {}
    rows = _rows(unit.size)
    numbers: list[npt.NDArray[np.int64]] = []
    cosines: list[Vector] = []
    query = select(PageRow.page, PageRow.data).where(
        PageRow.space == space, PageRow.size == unit.size
    )
    for page, data in session.execute(query):
        values = np.frombuffer(data, np.float16).reshape(rows, unit.size)
        near = values.astype(np.float32) @ unit
        held = np.flatnonzero(np.isfinite(near))
        numbers.append(page * rows + held)
        cosines.append(near[held])
    if not numbers:
        return {}
    all_numbers, all_cosines = np.concatenate(numbers), np.concatenate(cosines)
    most = min(most, all_cosines.size)
    best = np.argpartition(-all_cosines, most - 1)[:most]
    best = best[np.lexsort((all_numbers[best], -all_cosines[best]))]
    return {int(all_numbers[at]): float(all_cosines[at]) for at in best}


def stand_out(cosines: Mapping[int, float]) -> dict[int, float]:
    """How far each stands out of all of them, 0 to 1; see `stages.looking.stand_out`."""
    values = np.array(list(cosines.values()))
    if values.size < 2 or values.std() < 1e-4:
        return {number: max(0.0, cosine) for number, cosine in cosines.items()}
    low, spread = float(np.median(values)), float(values.std())
    shares = np.clip((values - low) / spread / _STANDS_OUT, 0, 1)
    return {number: float(share) for number, share in zip(cosines, shares, strict=True) if share}


def _rows(size: int) -> int:
    return max(16, _VALUES // size)


def _unit(vector: Sequence[float] | Vector) -> Vector | None:
    values = np.asarray(vector, np.float32).ravel()
    length = float(np.linalg.norm(values)) if values.size else 0.0
    if not np.isfinite(length) or length < 1e-9:
        return None
    return np.asarray(values / length, np.float32)
