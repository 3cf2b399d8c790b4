"""Metrics told apart: by how much is known of viewers, and by how old videos are; and diversity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.audience.interactions import Interactions, Ints

_YOUNG = 0.1
"""A video is young that was first seen in this last part of the training set's time."""


def diversity(train: Interactions, listed: Ints, ks: Sequence[int]) -> dict[str, float]:
    """`diversity@k`: the mean distance of two videos of a list, 1 − cosine of who liked them.

    Args:
        listed: viewers by places, −1 where a list ends.
    """
    from scipy.sparse import csr_array

    columns = csr_array(train.matrix().T)
    fame = np.diff(columns.indptr).clip(1)
    columns = csr_array(columns * (fame**-0.5)[:, None])
    told: dict[str, float] = {}
    for k in ks:
        part = listed[:, :k]
        rows, places = np.nonzero(part >= 0)
        shape = (len(part), train.n_items)
        lists = csr_array((np.ones(len(rows), np.float32), (rows, part[rows, places])), shape=shape)
        sums = lists @ columns
        # |Σx|² is every pair twice, and each with itself.
        whole = np.asarray((sums * sums).sum(1)).ravel()
        known = (np.diff(columns.indptr) > 0).astype(np.float32)
        own = lists @ known
        n = np.asarray(lists.sum(1)).ravel()
        pairs = n * (n - 1)
        some = pairs > 0
        near = (whole - own)[some] / pairs[some]
        told[f"diversity@{k}"] = float(1 - near.mean()) if some.any() else 0.0
    return told


def by_history(
    train: Interactions,
    users: NDArray[np.integer],
    reached: NDArray[np.floating],
    k: int,
) -> dict[str, float]:
    """`ndcg@k_short_histories`, `ndcg@k_long_histories`: viewers told apart at the median length.

    Args:
        users: index of each viewer.
        reached: NDCG@k of each.
    """
    lengths = np.bincount(train.users, minlength=train.n_users)[users]
    short = lengths <= np.median(lengths)
    groups = {"short": short, "long": ~short}
    return {
        f"ndcg@{k}_{name}_histories": float(reached[group].mean())
        for name, group in groups.items()
        if group.any()
    }


def by_age(
    train: Interactions, truth: Interactions, found: NDArray[np.bool_], k: int
) -> dict[str, float]:
    """`recall@k_new_items` (never seen in training), `_young_items`, `_old_items`: of all likes.

    Args:
        truth: what was to be foretold.
        found: of each row of it, whether it was in the list of its viewer.
    """
    first = np.full(train.n_items, np.inf)
    np.minimum.at(first, train.items, train.times)
    new = np.isinf(first)
    groups = {"new": new}
    if train.timed and len(train):
        border = train.end - _YOUNG * (train.end - float(train.times.min()))
        groups |= {"young": ~new & (first >= border), "old": ~new & (first < border)}
    return {
        f"recall@{k}_{name}_items": float(found[group[truth.items]].mean())
        for name, group in groups.items()
        if group[truth.items].any()
    }
