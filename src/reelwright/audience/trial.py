"""Recommenders tried on files: what they would have foretold, and what it cost.

Interactions are a table (TSV, CSV or JSON lines) with `user` and `item`, and `time` and `value`
where they are known; without a header these are its columns, in this order. What videos are like is
a table of texts, or a folder of `NAME_feat.npy`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from reelwright.audience.evaluation import (
    Judged,
    Split,
    judge,
    split_last,
    split_random,
    split_time,
)
from reelwright.audience.instants import read_time
from reelwright.audience.interactions import Interactions, gather
from reelwright.audience.recommend.auto import Auto, AutoSettings
from reelwright.audience.recommend.recommender import (
    Features,
    Recommender,
    allowed,
    load_recommender,
)
from reelwright.core.errors import DataError
from reelwright.core.progress import Progress
from reelwright.learn.data.rows import Row, check_there, read_rows

USER, ITEM, TIME, VALUE = "user", "item", "time", "value"
"""The columns of a table of interactions."""
_COLUMNS = {USER: USER, ITEM: ITEM, TIME: TIME, VALUE: VALUE}
_COLUMNS |= dict.fromkeys(("user_id", "userid", "uid", "viewer"), USER)
_COLUMNS |= dict.fromkeys(("item_id", "itemid", "iid", "video", "video_id"), ITEM)
_COLUMNS |= dict.fromkeys(("timestamp", "ts"), TIME)
_COLUMNS |= dict.fromkeys(("rating", "label"), VALUE)
"""What the columns of others' tables are called."""
_TEXTS = ("title", "tags", "description", "author", "topic", "text")
_OF_ITEMS = {ITEM: ITEM, **{name: name for name in _TEXTS}}
_OF_ITEMS |= dict.fromkeys(("item_id", "itemid", "iid", "video", "video_id", "id"), ITEM)
_SORTED = 0.95
"""The part of neighbouring rows of a viewer, from which on they stand in the order of items'
names: then their order tells nothing of time."""
_SECONDS = 1e8
"""What is above is no value but seconds since 1970."""
_FEATURES = "_feat.npy"
_WIDTH = 256
_STAGE = "evaluate"


def read_interactions(
    path: Path, users: Sequence[str] = (), items: Sequence[str] = ()
) -> Interactions:
    """The interactions of a table.

    Args:
        path: with the columns `user`, `item`, and where known `time` (since 1970, or any number
            that grows) and `value` (above 0 for what was liked). Without times a viewer's rows are
            taken to stand in their order, unless they are sorted by item.
        users, items: names that keep their indexes.

    Raises:
        DataError: a column is missing or holds no number, or times stand where values should;
            names the file and line.
    """
    return _read(path, users, items)[0]


def _read(
    path: Path, users: Sequence[str] = (), items: Sequence[str] = ()
) -> tuple[Interactions, bool]:
    """As `read_interactions`, and whether the table tells times."""
    rows = list(_rows(path))
    if not rows:
        raise DataError("holds no interactions", where=str(path), hint="one a line is expected")
    names = ([str(row[USER]) for row in rows], [str(row[ITEM]) for row in rows])
    values = [_number(row, VALUE) for row in rows] if VALUE in rows[0] else None
    told = TIME in rows[0]
    times = [read_time(row[TIME], row.where) for row in rows] if told else _places(*names)
    if told and values and max(times or ()) < _SECONDS <= min(values):
        raise DataError(
            "its values are times, and its times values",
            where=str(path),
            hint="without a header the columns are user, item, time, value: write one",
        )
    return gather(*names, times, values, users, items), told


def _places(users: Sequence[str], items: Sequence[str]) -> list[float] | None:
    """The place of each row among its viewer's, which stands for its time; None where rows are
    sorted by what they name."""
    counts: Counter[str] = Counter()
    places: list[float] = []
    before: dict[str, tuple[bool, float, str]] = {}
    pairs = rising = 0
    for user, item in zip(users, items, strict=True):
        places.append(float(counts[user]))
        counts[user] += 1
        digits = item.isascii() and item.isdigit()
        name = (not digits, float(item) if digits else 0.0, item)
        if user in before:
            pairs += 1
            rising += before[user] <= name
        before[user] = name
    return places if pairs and rising < _SORTED * pairs else None


def read_split(train: Path, test: Path | None, like: str = "time") -> Split:
    """What is learnt from and what is foretold: two files, or one that is split.

    Args:
        like: how one file is split: "time", "last" or "random", as in `evaluation`; what the file
            does not allow becomes the next of these.
    """
    first, told = _read(train)
    if test is None:
        if not first.timed or like == "random":
            return split_random(first)
        return split_time(first) if told and like == "time" else split_last(first)
    then = read_interactions(test, first.user_names, first.item_names)
    whole = Interactions(
        first.users,
        first.items,
        first.times,
        first.values,
        then.user_names,
        then.item_names,
        first.timed,
    )
    return Split(whole, then)


def read_features(path: Path, items: Sequence[str]) -> dict[str, np.ndarray]:
    """What videos are like, one row an item in the order of `items`.

    Args:
        path: a folder of `NAME_feat.npy`, whose rows are the items named "0", "1" …; or a table
            with the column `item` and texts (`title`, `tags`, `description`, `author`, `topic`).

    Raises:
        DataError: nothing of the kind is there, or an array is no table of numbers.
    """
    check_there(path)
    if path.is_dir():
        return {
            file.name.removesuffix(_FEATURES): _array(file, items) for file in _feature_files(path)
        }
    texts = {
        str(row[ITEM]): " ".join(str(row[name]) for name in _TEXTS if row.get(name))
        for row in _rows(path, (ITEM,), _OF_ITEMS)
    }
    return {"text": embed_texts([texts.get(name, "") for name in items])}


def embed_texts(texts: Sequence[str]) -> np.ndarray:
    """Texts as rows of 256 numbers: n-grams weighed by how rare they are, projected at random.

    A signed random projection keeps cosines (Achlioptas 2003): texts with rare words in common are
    near each other.
    """
    from reelwright.learn.classifier.features import Families, count_features

    counts = count_features(texts, Families(grams=3, words=1, gaps=0))
    known, place = np.unique(counts.hashes, return_inverse=True)
    seen_in = np.bincount(place, minlength=len(known))
    rarity = np.log(max(1, len(texts)) / np.maximum(seen_in, 1)) + 1
    weights = ((1 + np.log(counts.times)) * rarity[place]).astype(np.float32)
    signs = np.random.default_rng(7).choice(np.array([-1, 1], np.int8), (len(known), _WIDTH))
    rows = np.zeros((len(texts), _WIDTH), np.float32)
    starts = np.searchsorted(counts.texts, np.arange(len(texts) + 1))
    for text, (first, last) in enumerate(pairwise(starts)):
        rows[text] = weights[first:last] @ signs[place[first:last]]
    return rows


def candidates(model: str, split: Split, features: Features | None) -> list[Recommender]:
    """The recommenders a person means: `auto`, the name of one, or `all` that the data allow."""
    if model == "all":
        names = allowed(split.train, features)
        return [*(load_recommender(name)() for name in names), _auto(split)]
    return [_auto(split) if model == "auto" else load_recommender(model)()]


def try_all(
    recommenders: Sequence[Recommender],
    split: Split,
    features: Features | None,
    ks: Sequence[int],
    progress: Progress,
) -> list[Judged]:
    """Fit and judge recommenders one after another."""
    progress.start(_STAGE, len(recommenders))
    judged = []
    for recommender in recommenders:
        judged.append(judge(recommender, split, dict(features) if features else None, ks))
        progress.advance(_STAGE, 1, recommender.name)
    progress.finish(_STAGE)
    return judged


def _auto(split: Split) -> Auto:
    """`auto` weighs its members on a part held back in the way the test was."""
    if not (split.train.timed and split.test.timed):
        return Auto(AutoSettings(like="last"))
    later = split.test.times.min() >= split.train.times.max()
    return Auto(AutoSettings(like="time" if later else "last"))


def _rows(
    path: Path,
    columns: tuple[str, ...] = (USER, ITEM),
    called: Mapping[str, str] = _COLUMNS,
) -> Iterator[Row]:
    check_there(path)
    for row in read_rows(path, columns=called):
        missing = [name for name in columns if row.get(name) in (None, "")]
        if missing:
            raise DataError(
                f"the row has no {' and no '.join(missing)}",
                where=row.where,
                hint=f"the columns are {_HINTS[columns]}",
            )
        yield row


_HINTS = {
    (USER, ITEM): "user, item and, where known, time and value",
    (ITEM,): f"item and any of {', '.join(_TEXTS)}",
}


def _number(row: Row, column: str) -> float:
    try:
        number = float(row[column])
    except (KeyError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f'the {column} "{row.get(column)}" is no number', where=row.where)
    return number


def _feature_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob(f"*{_FEATURES}"))
    if not files:
        raise DataError("holds no NAME_feat.npy", where=str(folder))
    return files


def _array(file: Path, items: Sequence[str]) -> np.ndarray:
    try:
        table = np.load(file, allow_pickle=False)
        table = table.astype(np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise DataError("is no array of numbers", where=str(file)) from error
    if table.ndim != 2:
        raise DataError(f"has {table.ndim} dimensions; rows of numbers have 2", where=str(file))
    if not all(name.isascii() and name.isdigit() for name in items):
        raise DataError(
            "its rows cannot be told apart: the items of the interactions are not named 0, 1, 2 …",
            where=str(file),
            hint="give --items a table with the column item instead",
        )
    places = np.array([int(name) for name in items])
    known = places < len(table)
    rows = np.zeros((len(items), table.shape[1]), np.float32)
    rows[known] = table[places[known]]
    return rows
