"""The labelled texts a classifier learns from, and which of them it is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import DataError
from reelwright.learn.data.labels import Labels
from reelwright.learn.data.rows import read_examples
from reelwright.learn.data.splits import plain_form, split_of

INNER = 0.15
"""The part of the learnt texts that strengths and factors are chosen on."""


@dataclass(frozen=True)
class Examples:
    """Texts and their labels' names."""

    texts: list[str]
    labels: list[str]

    def contradictions(self) -> int:
        """Texts that occur with several labels."""
        seen: dict[str, set[str]] = {}
        for text, label in zip(self.texts, self.labels, strict=True):
            seen.setdefault(plain_form(text), set()).add(label)
        return sum(len(labels) > 1 for labels in seen.values())


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


def read_labelled(paths: Sequence[Path]) -> Examples:
    """All rows of some files: columns ``text`` and ``label``.

    Raises:
        DataError: a file cannot be read, or a row has no text, no label or several.
    """
    texts: list[str] = []
    labels: list[str] = []
    for row in read_examples(paths):
        texts.append(row["text"])
        labels.append(row["label"].strip())
    return Examples(texts, labels)


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
    return np.array([split_of(text, seed, part) == "held_out" for text in texts])
