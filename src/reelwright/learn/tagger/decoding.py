"""From tags' scores to entities: Viterbi with the transitions, and how sure of each it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.tagger.batching import Array, bundle, collate, in_order
from reelwright.learn.tagger.rows import Rows
from reelwright.learn.tagger.schemes import Scheme, Span, is_prefixed, may_follow, spans_of
from reelwright.learn.tagger.viterbi import NEVER, Floats, best_tags, marginals
from reelwright.learn.tagger.vocabulary import Vocabulary

Emitter = Callable[[Mapping[str, Array]], Floats]
"""A batch's arrays → (rows, tokens, tags): the network, by torch or from an ONNX file."""
_TOGETHER = 32
"""Rows that the network reads at once when judging."""


@dataclass(frozen=True)
class Chain:
    """Which tag follows which, and how likely; number 0 is the border of a sentence.

    Attributes:
        allowed: (tags, tags), last: (tags,) true where a row may end.
        transitions, ending: scores of the two; `NEVER` where it may not be.
    """

    allowed: NDArray[np.bool_]
    last: NDArray[np.bool_]
    transitions: Floats
    ending: Floats

    @classmethod
    def of(cls, tags: Sequence[str], scores: Floats | None = None) -> Chain:
        """The chain of IOBES tags (or of plain ones, which may follow each other freely).

        Args:
            tags: in the order of their numbers, which begin at 1.
            scores: (tags, tags) learnt; 0 without them.
        """
        names = ["", *tags]
        free = not all(is_prefixed(tag) for tag in tags)
        allowed = np.array([[free or may_follow(a, b) for b in names] for a in names])
        last = np.array([free or may_follow(name, "") for name in names])
        # A border after a border would be a sentence of no words.
        allowed[0, 0] = False
        learnt = np.zeros(allowed.shape, np.float32) if scores is None else scores
        transitions = np.where(allowed, learnt, np.float32(NEVER))
        return cls(allowed, last, transitions, np.where(last, 0, NEVER).astype(np.float32))


def tag_rows(
    emit: Emitter,
    rows: Rows,
    vocabulary: Vocabulary,
    chain: Chain,
    sentences: int,
    sureness: list[dict[Span, float]] | None = None,
) -> list[list[Span]]:
    """The entities of each sentence.

    Args:
        emit: the network.
        rows: with all words of the sentences, which are numbered from 0.
        vocabulary: what the network knows.
        chain: the CRF's transitions.
        sentences: how many there are.
        sureness: where given, an empty dict a sentence, told for each entity the least of its
            tags' probabilities.
    """
    scheme = scheme_of(vocabulary.tags)
    # A border's number inside of a sentence is no tag.
    names = ["O", *vocabulary.tags]
    found: list[list[Span]] = [[] for _ in range(sentences)]
    for batch in in_order(bundle(rows.rows), _TOGETHER):
        emissions = emit(collate(batch, rows, vocabulary))
        lengths = np.array([len(row) for row in batch], np.int64)
        best = best_tags(emissions, lengths, chain.transitions, chain.ending)
        for row, numbers, scores in zip(batch, best, emissions, strict=True):
            sure = None
            if sureness is not None:
                likely = marginals(scores[: len(row)], chain.transitions, chain.ending)
                sure = likely[np.arange(len(row)), numbers[: len(row)]]
            for sentence, start, place, length in row.parts:
                tags = [names[number] for number in numbers[place : place + length]]
                for first, behind, kind in spans_of(tags, scheme):
                    span = (start + first, start + behind, kind)
                    found[sentence].append(span)
                    if sureness is not None and sure is not None:
                        sureness[sentence][span] = float(sure[place + first : place + behind].min())
    return found


def scheme_of(tags: Sequence[str]) -> Scheme:
    """How the model's own tags are written: IOBES, or as they are."""
    return "IOBES" if all(is_prefixed(tag) for tag in tags) else "plain"
