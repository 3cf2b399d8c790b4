"""Pieces as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import InputError, nearest
from reelwright.learn.sequence.tokens import Vocabulary


@dataclass(frozen=True)
class Encoded:
    """A piece as numbers: its tokens with an edge at either end (running text: before it only).
    They may be mapped from a file (`tape`)."""

    tokens: NDArray[np.int32]
    condition: int
    where: str
    running: bool = False


class Coder:
    """Tokens and conditions, and their numbers."""

    def __init__(self, vocabulary: Vocabulary, conditions: tuple[str, ...]) -> None:
        self.vocabulary, self.conditions = vocabulary, conditions
        self.numbers = {"": 0, **{name: n for n, name in enumerate(conditions, 1)}}

    def number_of(self, condition: str) -> int:
        """The number of a condition.

        Raises:
            InputError: it was not in training.
        """
        if condition not in self.numbers:
            raise InputError(
                f'the model knows no condition "{condition}"',
                where="condition",
                hint=nearest(condition, self.conditions) or "it was trained without any",
            )
        return self.numbers[condition]
