"""How the network beside the linear model reads texts, with torch or without."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.learn.classifier.alphabets import Alphabet, Letters, Pieces
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints
from reelwright.learn.data.batching import pad
from reelwright.learn.encoders import read_tokenizer, rebuild_encoder
from reelwright.learn.folder import EXPORTED

_BLOCK = 64
_MOST = 1 << 14
"""Texts whose numbers are held at once."""


@dataclass
class Reader:
    """A network and what it reads texts as.

    Attributes:
        run: scores, texts × labels, from numbers, texts × characters or pieces.
        network: the torch one, where that is what runs.
    """

    alphabet: Alphabet
    run: Callable[[Ints], Floats]
    network: Any = None

    def score(self, texts: Sequence[str]) -> Floats:
        """Labels × texts."""
        found = [self._score(texts[at : at + _MOST]) for at in range(0, len(texts), _MOST)]
        return np.concatenate(found).T if found else np.zeros((0, 0), np.float32)

    def _score(self, texts: Sequence[str]) -> Floats:
        rows = [self.alphabet.number(text) for text in texts]
        # Texts of like length together: little is padded.
        order = np.argsort([len(row) for row in rows], kind="stable")
        parts = [order[at : at + _BLOCK] for at in range(0, len(order), _BLOCK)]
        found = [self.run(pad([rows[number] for number in part])[0]) for part in parts]
        scores = np.empty((len(rows), found[0].shape[1]), np.float32)
        scores[order] = np.concatenate(found)
        return scores


def open_reader(
    folder: Path,
    settings: ClassifierSettings,
    facts: Mapping[str, Any],
    classes: int,
    weights: Mapping[str, np.ndarray],
    onnx: bool,
) -> Reader:
    """The network in a model's folder: its ONNX file where there is one and `onnx`, else torch.

    Raises:
        ModelError: the ONNX file or the tokeniser is damaged.
        MissingExtra: there is no ONNX file, and torch is not installed.
    """
    alphabet = read_alphabet(folder, facts, settings.longest)
    if onnx and (folder / EXPORTED).is_file():
        from reelwright.learn.session import Session

        session = Session(folder / EXPORTED)
        return Reader(alphabet, lambda rows: session.run(**{alphabet.name: rows})["scores"])
    from reelwright.core.extras import need

    need("torch", extra="learn")
    from reelwright.learn.classifier.networks import build, run_network
    from reelwright.learn.weights import load_into

    encoder = rebuild_encoder(facts["encoder"]) if "encoder" in facts else None
    network = build(settings, len(alphabet), classes, encoder)
    try:
        load_into(network, weights)
    except RuntimeError as error:
        raise ValueError("the network's weights are others") from error

    def run(rows: Ints) -> Floats:
        return run_network(network, rows, "cpu")

    return Reader(alphabet, run, network)


def read_alphabet(folder: Path, facts: Mapping[str, Any], longest: int) -> Alphabet:
    """What the network in a model's folder reads texts as.

    Raises:
        ModelError: the tokeniser is missing or damaged.
        MissingExtra: the extra ``encoder`` is not installed.
    """
    if "encoder" in facts:
        return Pieces(read_tokenizer(folder), longest=longest, **facts["pieces"])
    return Letters(facts["letters"], longest)
