"""The standard sets of recommenders, read as their publishers wrote them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reelwright.audience.evaluation import Split, split_last, split_time
from reelwright.audience.interactions import Interactions, gather
from reelwright.audience.trial import read_features, read_split


@dataclass(frozen=True)
class Standard:
    """A set, split: how it is split is `like`, as `auto` calls it."""

    split: Split
    like: str
    features: dict[str, np.ndarray] = field(default_factory=dict)
    metric: str = "ndcg@10"
    """What is looked at on this set."""


def tiktok(folder: Path) -> Standard:
    """Likes without times, and what 6,710 videos look and sound like; its own validation set."""
    place = folder / "tiktok-diffmm"
    split = read_split(place / "train.tsv", place / "validation.tsv")
    features = read_features(place, split.train.item_names)
    return Standard(split, "last", features, "recall@20")


def kuairand_time(folder: Path) -> Standard:
    """Likes and dislikes of short videos; the last fifth in time is foretold."""
    return Standard(split_time(_kuairand(folder)), "time")


def kuairand_last(folder: Path) -> Standard:
    """The same; each viewer's last like is foretold."""
    return Standard(split_last(_kuairand(folder)), "last")


def movielens(folder: Path) -> Standard:
    """MovieLens-100K; every rating counts as a like, each viewer's last is foretold."""
    rows = np.loadtxt(folder / "ml-100k" / "u.data", dtype=np.int64)
    users, items = rows[:, 0].astype(str), rows[:, 1].astype(str)
    return Standard(split_last(gather(users, items, rows[:, 3])), "last")


def beauty(folder: Path) -> Standard:
    """Amazon Beauty; the order is known, each buyer's last is foretold."""
    users, items, places = [], [], []
    for line in (folder / "amazon-yelp-iclrec" / "Beauty.txt").read_text().splitlines():
        user, *bought = line.split()
        users += [user] * len(bought)
        items += bought
        places += range(len(bought))
    return Standard(split_last(gather(users, items, places)), "last")


SETS: dict[str, Callable[[Path], Standard]] = {
    "tiktok": tiktok,
    "kuairand-time": kuairand_time,
    "kuairand-loo": kuairand_last,
    "ml-100k": movielens,
    "beauty": beauty,
}


def _kuairand(folder: Path) -> Interactions:
    path = folder / "kuairand-27k-explicit-core15" / "processed_standard_kcore_15.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return gather(
        [row["user_id"] for row in rows],
        [row["video_id"] for row in rows],
        [float(row["time_ms"]) / 1000 for row in rows],
        [float(row["label"]) for row in rows],
    )
