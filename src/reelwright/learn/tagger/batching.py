"""Batches of rows: whole documents together, padded, as arrays the network takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.data.batching import buckets
from reelwright.learn.tagger.rows import Row, Rows
from reelwright.learn.tagger.vocabulary import PAD, UNKNOWN, Vocabulary

Array = NDArray[np.int64]
MOST = 48
"""Rows of one document that are read together."""
FIELDS = ("words", "types", "letters", "narrow", "wide", "groups", "lengths")
PIECES = ("pieces", "first", "behind", "extents")
"""Names of the network's inputs, in order; the second only where there is an encoder."""


def bundle(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that must be read together: those of a document, or of `MOST` rows of a long one."""
    bundles: list[list[Row]] = []
    for _, group in groupby(rows, key=lambda row: row.document):
        together = list(group)
        bundles += [together[at : at + MOST] for at in range(0, len(together), MOST)]
    return bundles


def draw_batches(
    bundles: Sequence[list[Row]], size: int, seed: int, epoch: int
) -> Iterator[list[Row]]:
    """An epoch's batches of about `size` rows, of like length; every row once.

    The number of batches is the same in every epoch (`count_batches`).
    """
    lengths = [_cost(together) for together in bundles]
    many = sum(map(len, bundles)) / len(bundles)
    each = max(1, round(size / many))
    for chosen in buckets(lengths, each, seed, epoch, pool=16):
        yield [row for number in chosen for row in bundles[number]]


def in_order(bundles: Sequence[list[Row]], size: int) -> Iterator[list[Row]]:
    """Batches for judging: by length, so that little is padded."""
    batch: list[Row] = []
    for together in sorted(bundles, key=_cost):
        if batch and len(batch) + len(together) > size:
            yield batch
            batch = []
        batch = [*batch, *together]
    if batch:
        yield batch


def collate(rows: Sequence[Row], known: Rows, vocabulary: Vocabulary) -> dict[str, Array]:
    """The network's inputs for a batch, by name; see `networks.Inputs`."""
    types = _pad([row.types for row in rows])
    used, places = np.unique(types, return_inverse=True)
    arrays = {
        "words": _pad([row.words for row in rows], PAD),
        "types": places.reshape(types.shape).astype(np.int64),
        "letters": vocabulary.spell([known.spellings[int(number)] for number in used]),
        "narrow": _pad([row.narrow for row in rows]),
        "wide": _pad([row.wide for row in rows]),
        "groups": _number_groups(rows, types.shape[1]),
        "lengths": np.array([len(row) for row in rows], np.int64),
    }
    if vocabulary.has_encoder:
        arrays["pieces"] = _pad([row.pieces for row in rows])
        arrays["first"] = _pad([row.first for row in rows])
        arrays["behind"] = _pad([row.behind for row in rows])
        arrays["extents"] = np.array([len(row.pieces) for row in rows], np.int64)
    return arrays


def tags_of_rows(rows: Sequence[Row]) -> Array:
    """(rows, tokens): the true tags, 0 behind a row's end."""
    return _pad([row.tags for row in rows])


def forget(
    arrays: dict[str, Array], counts: Array, part: float, chance: np.random.Generator
) -> dict[str, Array]:
    """Some words as if they had never been seen, the rarer the likelier, so that the network learns
    what to do with those it has not (Kiperwasser & Goldberg 2016).

    Args:
        arrays: a batch.
        counts: by number of word, how often it occurs in training.
        part: a word that occurs n times is forgotten with the chance part / (part + n).
        chance: where chance comes from.
    """
    words = arrays["words"]
    known = counts[words]
    lost = (chance.random(words.shape) < part / (part + known)) & (words > UNKNOWN)
    return {**arrays, "words": np.where(lost, UNKNOWN, words)}


def _cost(rows: Sequence[Row]) -> int:
    """What rows are padded to: an encoder's pieces where there are any, since they cost most."""
    return max(len(row.pieces) or len(row) for row in rows)


def _number_groups(rows: Sequence[Row], width: int) -> Array:
    """Groups numbered through the batch: the same word of two documents is two groups."""
    groups = _pad([row.groups for row in rows])
    documents = np.array([row.document for row in rows], np.int64)[:, None]
    keys = np.where(groups > 0, groups + documents * (groups.max() + 1), -1)
    _, numbers = np.unique(keys, return_inverse=True)
    numbers = numbers.reshape(len(rows), width)
    # -1 sorts first where it occurs; where it does not, numbers begin at 1 all the same.
    return (numbers if (keys < 0).any() else numbers + 1).astype(np.int64)


def _pad(rows: Sequence[Array], filler: int = 0) -> Array:
    length = max(map(len, rows))
    padded = np.full((len(rows), length, *rows[0].shape[1:]), filler, np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return padded
