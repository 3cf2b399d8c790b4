"""The tokens of all data as numbers in one file, so that data may be larger than memory.

The data are read once, a line at a time, and each token gets the number in which it came; what is
held is a number or two for each piece, and each different token. Once it is decided which pieces
are learnt, the numbers are written again as those of the vocabulary, what is learnt in one stretch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from reelwright.learn.data.leaks import MOST, report_leaks
from reelwright.learn.data.splits import share_of
from reelwright.learn.sequence.coding import Coder, Encoded
from reelwright.learn.sequence.texts import read_pieces
from reelwright.learn.sequence.tokens import EDGE, UNKNOWN, Unit, Vocabulary, join, most_frequent

Numbers = NDArray[np.int32]
_BLOCK = 1 << 16
"""Tokens that are held at once."""


@dataclass(frozen=True)
class Span:
    """Where a piece, or a part of one, lies on the tape; see `texts.Piece`.

    Attributes:
        start, stop: its first token, and the one after its last.
        side: of a row, the number by which `splits` tells what is held out.
    """

    start: int
    stop: int
    condition: str
    where: str
    running: bool
    side: float = 0.0


@dataclass(frozen=True)
class Tape:
    """Pieces as numbers of tokens in the order in which they first came.

    Attributes:
        numbers: of all tokens, one piece after the other, mapped from a file.
        tokens: by number.
        spans: of each piece.
        unit: what tokens are.
        folder: where more such files may lie for as long as the tape.
    """

    numbers: Numbers
    tokens: Sequence[str]
    spans: Sequence[Span]
    unit: Unit
    folder: Path

    def split(self, held_out: float) -> tuple[list[Span], list[Span]]:
        """Spans to learn, and to judge by: rows by their hash; of running text the end judges."""
        train: list[Span] = []
        judging: list[Span] = []
        for span in self.spans:
            if span.running:
                at = span.start + round((span.stop - span.start) * (1 - held_out))
                train.append(replace(span, stop=at))
                judging.append(replace(span, start=at))
            else:
                (judging if span.side < held_out else train).append(span)
        if train and not judging and held_out < 0.5:
            # A few pieces may all fall on one side.
            return self.split(1.5 * held_out)
        return train, judging

    def count(self, spans: Sequence[Span], least: int, most: int) -> Vocabulary:
        """The vocabulary of some spans; see `tokens.most_frequent`."""
        counts = np.zeros(len(self.tokens), np.int64)
        for part in self._read(spans):
            counts += np.bincount(part, minlength=len(counts))
        there: list[int] = np.flatnonzero(counts).tolist()
        found = {self.tokens[number]: int(counts[number]) for number in there}
        return most_frequent(found, least, most)

    def encode(self, parts: Sequence[Sequence[Span]], coder: Coder) -> list[list[Encoded]]:
        """Spans as the coder's numbers, in a file of their own, each part in one stretch of it."""
        known = coder.vocabulary.numbers
        numbers = np.array([known.get(token, UNKNOWN) for token in self.tokens], np.int32)
        edge = np.array([EDGE], np.int32).tobytes()
        path = self.folder / "encoded.tape"
        with path.open("wb") as file:
            for span in (span for part in parts for span in part):
                file.write(edge)
                for piece in self._read([span]):
                    file.write(numbers[piece].tobytes())
                file.write(b"" if span.running else edge)
        whole, at = _mapped(path), 0
        encoded: list[list[Encoded]] = []
        for part in parts:
            encoded.append([])
            for span in part:
                size = span.stop - span.start + (1 if span.running else 2)
                condition = coder.numbers.get(span.condition, 0)
                tokens = whole[at : at + size]
                encoded[-1].append(Encoded(tokens, condition, span.where, span.running))
                at += size
        return encoded

    def characters(self, spans: Sequence[Span]) -> int | None:
        """Characters of some spans; the end of a row counts as one, as a new line would. Music has
        none."""
        if self.unit == "music":
            return None
        lengths = np.array([len(token) for token in self.tokens], np.int64)
        ends = sum(not span.running for span in spans)
        return ends + sum(int(lengths[part].sum()) for part in self._read(spans))

    def tell_leaks(self, train: Sequence[Span], judging: Sequence[Span]) -> list[str]:
        """Whether rows that judge are nearly the same as learnt ones, in a sentence.

        Nothing is told of running text, whose halves are of one piece, nor of music: tunes share
        most of their few tokens, so that any two would look alike.
        """
        if self.unit == "music" or train[0].running:
            return []
        looked = (part[: MOST + 1] for part in (train, judging))
        return report_leaks(*([self._text(span) for span in part] for part in looked))

    def _text(self, span: Span) -> str:
        row: list[int] = self.numbers[span.start : span.stop].tolist()
        return join([self.tokens[number] for number in row], self.unit)

    def _read(self, spans: Iterable[Span]) -> Iterator[Numbers]:
        for span in spans:
            for start in range(span.start, span.stop, _BLOCK):
                yield self.numbers[start : min(start + _BLOCK, span.stop)]


@contextmanager
def open_tape(
    paths: Sequence[Path], unit: Unit, seed: int, beside: Path | None = None
) -> Iterator[Tape]:
    """All pieces of some files and folders, for as long as the block lasts.

    Args:
        paths: see `texts.read_pieces`.
        unit: what tokens are.
        seed: decides which rows are held out.
        beside: a folder in which the file lies for so long; None: the machine's own for such.

    Raises:
        DataError: see `texts.read_pieces`.
    """
    if beside:
        beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".tmp-tape-", dir=beside) as place:
        path, known, spans, at = Path(place) / "read.tape", dict[str, int](), list[Span](), 0
        with path.open("wb") as file:
            for piece in read_pieces(paths, unit):
                start, tokens = at, iter(piece.tokens)
                while block := list(islice(tokens, _BLOCK)):
                    for token in block:
                        known.setdefault(token, len(known))
                    numbers = np.fromiter(map(known.__getitem__, block), np.int32, len(block))
                    file.write(numbers.tobytes())
                    at += len(block)
                side = 0.0
                if not piece.running:
                    side = share_of(join(list(piece.tokens), unit), seed)
                spans.append(Span(start, at, piece.condition, piece.where, piece.running, side))
        yield Tape(_mapped(path), list(known), spans, unit, Path(place))


def _mapped(path: Path) -> Numbers:
    if not path.stat().st_size:
        return np.zeros(0, np.int32)
    # A plain array on the mapped file: slices of it are small.
    return np.asarray(np.memmap(path, np.int32, "r"))
