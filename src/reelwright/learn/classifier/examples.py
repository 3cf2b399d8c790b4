"""The labelled texts a classifier learns from, and which of them it is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sys import intern

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import DataError
from reelwright.learn.data.labels import Labels
from reelwright.learn.data.rows import read_examples
from reelwright.learn.data.shelf import open_shelf
from reelwright.learn.data.splits import share_of, split_of

INNER = 0.15
"""The part of the learnt texts that strengths and factors are chosen on."""


@dataclass(frozen=True)
class Examples:
    """Texts, which lie in a file, and their labels' names."""

    texts: Sequence[str]
    labels: Sequence[str]

    def contradictions(self) -> int:
        """Texts that occur with several labels."""
        names = {name: number for number, name in enumerate(sorted(set(self.labels)))}
        # A number for each text, not the text itself: the texts may be larger than memory.
        seen = np.zeros(len(self.labels), [("text", np.float64), ("label", np.int32)])
        seen["text"] = [share_of(text, 0) for text in self.texts]
        seen["label"] = [names[label] for label in self.labels]
        _, counts = np.unique(np.unique(seen)["text"], return_counts=True)
        return int((counts > 1).sum())


@dataclass(frozen=True)
class Parts:
    """Which texts are for what; each is True for some of them.

    Attributes:
        learnt: the model that is scored learns these.
        held_out: it is scored on these.
        tried: of the learnt ones, those to choose settings with.
        judging: those to judge the choice on.
    """

    learnt: NDArray[np.bool_]
    held_out: NDArray[np.bool_]
    tried: NDArray[np.bool_]
    judging: NDArray[np.bool_]


@contextmanager
def open_labelled(paths: Sequence[Path], beside: Path | None = None) -> Iterator[Examples]:
    """All rows of some files, for as long as the block lasts: columns ``text`` and ``label``.

    Args:
        paths: files and folders.
        beside: see `open_shelf`.

    Raises:
        DataError: a file cannot be read, or a row has no text, no label or several.
    """
    with open_shelf(beside) as texts:
        labels: list[str] = []
        for row in read_examples(paths):
            texts.add(row["text"])
            labels.append(intern(row["label"].strip()))
        yield Examples(texts, labels)


def part_examples(examples: Examples, labels: Labels, seed: int, held_out: float) -> Parts:
    """Tell the texts apart by their hashes.

    Raises:
        DataError: there are too few to learn from some and be judged by others.
    """
    held = _held(examples.texts, seed, held_out)
    inner = _held(examples.texts, seed + 1, INNER) & ~held
    numbers = np.array([labels.numbers[label] for label in examples.labels])
    if not held.any() or len(set(numbers[~held].tolist())) < 2:
        raise DataError(
            f"there are too few texts ({len(held)}) to learn from some and be judged by others",
            hint="give more rows of each label, or a larger part to judge by: --set held_out=0.3",
        )
    if not inner.any() or len(set(numbers[~held & ~inner].tolist())) < 2:
        # So few texts that those that score the model must choose its settings, too.
        return Parts(~held, held, ~held, held)
    return Parts(~held, held, ~held & ~inner, inner)


def _held(texts: Sequence[str], seed: int, part: float) -> NDArray[np.bool_]:
    return np.array([split_of(text, seed, part) == "held_out" for text in texts], np.bool_)
