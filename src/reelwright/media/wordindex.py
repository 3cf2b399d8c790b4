"""Which of very many frames have landmarks in common with a few: an inverted index over words.

A word is 22 bits of a landmark's code. Landmarks of copies share it more often than not (0.43 of
them, measured over edits of every kind), those of other frames once in thousands of times; so a
frame of 100 landmarks needs no more than its words looked up, and no code of a million frames is
read. What is found is a guess, to be proved by `media.matching`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.media.landmarks import Codes, mirror_codes
from reelwright.media.prints import Print

Words = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

WORD_BITS = 22
FRAME_WORDS = 48
"""Words of one frame of a film that are indexed: its strongest landmarks."""
PICTURE_WORDS = 160
"""Words of a picture."""

_COMMON = 1500
_LEAST_VOTES = 4
_MANY = 100
_PAIRS = 40
_TWICE = 2


@dataclass(frozen=True)
class Written:
    """The words of a print: what is indexed of it."""

    words: Words
    """Of all frames, one after another."""
    counts: Numbers
    """How many each frame has."""


@dataclass(frozen=True)
class Guess:
    """A print that may show the same."""

    owner: int
    """Its number in the index."""
    votes: int
    """Words in common."""
    mirrored: bool
    pairs: tuple[tuple[int, int], ...]
    """Frames that have words in common, of the asked print and of this, the likeliest first."""


def read_words(codes: Codes) -> Words:
    """The words of codes (n × 16 bytes)."""
    # Bits from all over the code: any two of one cell or direction tell much the same.
    chosen = (np.arange(WORD_BITS) * 37 + 11) % 128
    bits = np.unpackbits(codes, axis=1)[:, chosen].astype(np.uint32)
    return (bits << np.arange(WORD_BITS, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)


def write(one: Print, most: int = FRAME_WORDS) -> Written:
    """The words of the strongest landmarks of each frame of a print, no word twice in a frame."""
    return _write(one.codes, one.starts, most)


def _write(codes: Codes, starts: Numbers, most: int) -> Written:
    frames = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    strong = np.arange(len(codes)) - starts[:-1][frames] < most
    keys = np.unique((frames[strong] << WORD_BITS) + read_words(codes[strong]))
    counts = np.bincount(keys >> WORD_BITS, minlength=len(starts) - 1)
    return Written((keys & ((1 << WORD_BITS) - 1)).astype(np.uint32), counts)


class WordIndex:
    """The words of many prints, to be asked which of them have words in common with another one.

    Args:
        written: the words of each print; their order gives the prints their numbers.
    """

    def __init__(self, written: Sequence[Written]) -> None:
        frames = np.array([len(one.counts) for one in written], np.int64)
        self._firsts = np.concatenate([np.zeros(1, np.int64), np.cumsum(frames)])
        """The number of each print's first frame, among all frames."""
        counts = np.concatenate([np.zeros(0, np.int64), *(one.counts for one in written)])
        words = np.concatenate([np.zeros(0, np.uint32), *(one.words for one in written)])
        owners = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
        order = np.argsort(words, kind="stable")
        self._frames = owners[order]
        """Numbers of frames, sorted by word."""
        uses = np.bincount(words, minlength=1 << WORD_BITS)
        self._places = np.concatenate([np.zeros(1, np.int64), np.cumsum(uses)])
        """Where each word's frames begin in `_frames`."""
        self._owners = np.repeat(np.arange(len(written), dtype=np.uint32), frames)
        """The print of each frame."""
        self._shares = np.bincount(np.repeat(self._owners, counts), minlength=len(written)) / max(
            1, len(words)
        )
        """What each print has of all words."""

    def ask(self, one: Print, *, most: int = FRAME_WORDS, guesses: int = 60) -> list[Guess]:
        """The prints that may show the same as one does, or the same mirrored, likeliest first.

        Args:
            one: what is asked about; it may be in the index itself.
            most: words of each of its frames that are looked up.
            guesses: how many prints to name at most, each way round.
        """
        found: list[Guess] = []
        for mirrored in (False, True):
            codes = mirror_codes(one.codes) if mirrored else one.codes
            found += self.look_up(_write(codes, one.starts, most), guesses, mirrored=mirrored)
        return sorted(found, key=lambda guess: (-guess.votes, guess.owner, guess.mirrored))

    def look_up(self, asked: Written, guesses: int = 60, *, mirrored: bool = False) -> list[Guess]:
        """The prints that have more of these words than chance gives, likeliest first.

        Args:
            asked: words, frame by frame.
            guesses: how many prints to name at most.
            mirrored: what the guesses say of that.
        """
        hits, askers = self._find(asked)
        if not len(hits):
            return []
        owners = self._owners[hits]
        votes = np.bincount(owners, minlength=len(self._shares))
        # Most prints show something else: what they have in common is what chance gives. Among a
        # few that cannot be told.
        rate = votes / np.maximum(self._shares, 1e-12)
        usual = float(np.median(rate)) if len(votes) >= _MANY else 0.0
        by_chance = usual * self._shares
        excess = votes - by_chance
        promise = np.where(votes >= _LEAST_VOTES, excess / np.sqrt(by_chance + 1), 0)
        best = np.argsort(-promise, kind="stable")[:guesses]
        best = best[promise[best] >= _TWICE]
        guessed: list[Guess] = []
        for owner in best.tolist():
            mine = owners == owner
            pairs = self._pair(askers[mine], hits[mine].astype(np.int64) - self._firsts[owner])
            if pairs:
                guessed.append(Guess(int(owner), int(votes[owner]), mirrored, pairs))
        return guessed

    def _find(self, asked: Written) -> tuple[Words, Numbers]:
        """The frames that have each word asked for, and which frame asked; words that are in very
        many frames tell nothing and are passed over."""
        words = asked.words.astype(np.int64)
        first, last = self._places[words], self._places[words + 1]
        count = np.where(last - first > _COMMON, 0, last - first)
        askers = np.repeat(np.arange(len(asked.counts)), asked.counts)
        ends = np.cumsum(count)
        inside = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
        return self._frames[np.repeat(first, count) + inside], np.repeat(askers, count)

    def _pair(self, askers: Numbers, frames: Numbers) -> tuple[tuple[int, int], ...]:
        """The pairs of frames with most words in common, no frame more than twice."""
        width = int(frames.max()) + 1
        keys, counts = np.unique(askers * width + frames, return_counts=True)
        used: dict[tuple[int, int], int] = {}
        pairs: list[tuple[int, int]] = []
        for place in np.argsort(-counts, kind="stable")[: 20 * _PAIRS].tolist():
            asker, frame = divmod(int(keys[place]), width)
            if used.get((0, asker), 0) < _TWICE and used.get((1, frame), 0) < _TWICE:
                used[0, asker] = used.get((0, asker), 0) + 1
                used[1, frame] = used.get((1, frame), 0) + 1
                pairs.append((asker, frame))
                if len(pairs) == _PAIRS:
                    break
        return tuple(pairs)
