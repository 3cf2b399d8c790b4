"""Pieces as numbers, and which of them are learnt and which judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import InputError, nearest
from reelwright.learn.data.leaks import report_leaks
from reelwright.learn.data.splits import split_of
from reelwright.learn.sequence.texts import Piece
from reelwright.learn.sequence.tokens import EDGE, Unit, Vocabulary, join


@dataclass(frozen=True)
class Encoded:
    """A piece as numbers: its tokens with an edge at either end (running text: before it only)."""

    tokens: NDArray[np.int32]
    condition: int
    where: str
    running: bool = False


class Coder:
    """Pieces as numbers."""

    def __init__(self, vocabulary: Vocabulary, conditions: tuple[str, ...]) -> None:
        self.vocabulary, self.conditions = vocabulary, conditions
        self.numbers = {"": 0, **{name: n for n, name in enumerate(conditions, 1)}}

    def encode(self, piece: Piece) -> Encoded:
        """A piece as numbers."""
        ends = [] if piece.running else [EDGE]
        tokens = np.array([EDGE, *self.vocabulary.encode(piece.tokens), *ends], np.int32)
        return Encoded(tokens, self.numbers.get(piece.condition, 0), piece.where, piece.running)

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


def split_pieces(
    pieces: Sequence[Piece], unit: Unit, held_out: float, seed: int
) -> tuple[list[Piece], list[Piece]]:
    """Pieces to learn and pieces to judge by: by their hash; of running text the end judges."""
    train: list[Piece] = []
    judging: list[Piece] = []
    for piece in pieces:
        if piece.running:
            at = round(len(piece.tokens) * (1 - held_out))
            train.append(replace(piece, tokens=piece.tokens[:at]))
            judging.append(replace(piece, tokens=piece.tokens[at:]))
        else:
            side = split_of(join(piece.tokens, unit), seed, held_out)
            (judging if side == "held_out" else train).append(piece)
    if train and not judging and held_out < 0.5:
        # A few pieces may all fall on one side.
        return split_pieces(pieces, unit, 1.5 * held_out, seed)
    return train, judging


def tell_leaks(train: Sequence[Piece], judging: Sequence[Piece], unit: Unit) -> list[str]:
    """Whether rows that judge are nearly the same as learnt ones, in a sentence.

    Nothing is told of running text, whose halves are of one piece, nor of music: tunes share most
    of their few tokens, so that any two would look alike.
    """
    if unit == "music" or train[0].running:
        return []
    return report_leaks(*([join(one.tokens, unit) for one in part] for part in (train, judging)))
