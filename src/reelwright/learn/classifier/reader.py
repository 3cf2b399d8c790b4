"""How the network beside the linear model reads texts, with torch or without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.learn.classifier.features import plain
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints
from reelwright.learn.data.batching import pad
from reelwright.learn.folder import EXPORTED

_KNOWN = 2
"""A character that occurs less often is not learnt."""
_PAD, _OTHER, _FIRST = 0, 1, 2
_BLOCK = 64


@dataclass(frozen=True)
class Letters:
    """The characters a network knows.

    Attributes:
        known: in the order of their numbers.
        longest: characters that are read of a text.
    """

    known: str
    longest: int

    def __len__(self) -> int:
        """How many numbers there are, those of padding and of unknown characters among them."""
        return len(self.known) + _FIRST

    def number(self, text: str) -> list[int]:
        """A text's characters as numbers; one at least."""
        text = plain(text)
        if len(text) > self.longest:
            tail = self.longest // 4
            text = text[: self.longest - tail] + text[len(text) - tail :]
        return [self._numbers.get(letter, _OTHER) for letter in text] or [_OTHER]

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {letter: number for number, letter in enumerate(self.known, _FIRST)}


def find_letters(texts: Sequence[str], longest: int) -> Letters:
    """The characters of some texts, the most frequent first."""
    counts = Counter(letter for text in texts for letter in plain(text))
    known = sorted((-count, letter) for letter, count in counts.items() if count >= _KNOWN)
    return Letters("".join(letter for _, letter in known), longest)


@dataclass
class Reader:
    """A network and its letters.

    Attributes:
        run: scores, texts × labels, from numbers of letters, texts × characters.
        network: the torch one, where that is what runs.
    """

    letters: Letters
    run: Callable[[Ints], Floats]
    network: Any = None

    def score(self, texts: Sequence[str]) -> Floats:
        """Labels × texts."""
        rows = [self.letters.number(text) for text in texts]
        # Texts of like length together: little is padded.
        order = np.argsort([len(row) for row in rows], kind="stable")
        parts = [order[at : at + _BLOCK] for at in range(0, len(order), _BLOCK)]
        found = [self.run(pad([rows[number] for number in part])[0]) for part in parts]
        if not found:
            return np.zeros((0, 0), np.float32)
        scores = np.empty((len(rows), found[0].shape[1]), np.float32)
        scores[order] = np.concatenate(found)
        return scores.T


def open_reader(
    folder: Path,
    settings: ClassifierSettings,
    known: str,
    classes: int,
    weights: Mapping[str, np.ndarray],
    onnx: bool,
) -> Reader:
    """The network in a model's folder: its ONNX file where there is one and `onnx`, else torch.

    Raises:
        ModelError: the ONNX file is damaged.
        MissingExtra: there is no ONNX file, and torch is not installed.
    """
    letters = Letters(known, settings.longest)
    if onnx and (folder / EXPORTED).is_file():
        from reelwright.learn.session import Session

        session = Session(folder / EXPORTED)
        return Reader(letters, lambda rows: session.run(letters=rows)["scores"])
    from reelwright.core.extras import need

    need("torch", extra="learn")
    from reelwright.learn.classifier.networks import Towers, run_network
    from reelwright.learn.trainer import load_into

    network = Towers(len(letters), classes, settings.width, settings.towers, settings.dropout)
    try:
        load_into(network, weights)
    except RuntimeError as error:
        raise ValueError("the network's weights are others") from error

    def run(rows: Ints) -> Floats:
        return run_network(network, rows, "cpu")

    return Reader(letters, run, network)
