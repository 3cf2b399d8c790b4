"""The network of a tagger: built for training, rebuilt from a model's folder, written as ONNX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor, nn

from reelwright.core.errors import ModelError
from reelwright.learn.encoders import rebuild_encoder
from reelwright.learn.folder import WEIGHTS
from reelwright.learn.onnx import export
from reelwright.learn.tagger.batching import FIELDS, PIECES, collate
from reelwright.learn.tagger.networks import Sizes, TaggerNetwork
from reelwright.learn.tagger.rows import make_rows
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.learn.tagger.task import Tagging, as_tensors, with_pieces
from reelwright.learn.tagger.vocabulary import UNKNOWN, Vocabulary
from reelwright.learn.weights import load_into

if TYPE_CHECKING:
    from reelwright.learn.tagger.predicting import Tagged

_EXAMPLES = (
    [[["Ada", "Lovelace", "saw", "London", "."], ["Ada", "left", "U.S.", "soil"]], [["上", "海"]]],
    [[["12", "May"]]],
    [[["a"] * 30, ["London"]], [["b", "London"] * 4], [["London", "Bridge"] * 9]],
)
"""Documents of several sizes to write the network with, and to check it."""


def build(
    settings: TaggerSettings, vocabulary: Vocabulary, encoder: nn.Module | None = None
) -> Tagging:
    """A tagger's network and CRF with first weights."""
    spelt = settings.letters if vocabulary.unit == "word" else 0
    sizes = Sizes(
        words=len(vocabulary.words) + UNKNOWN + 1,
        letters=len(vocabulary.letters) + 2,
        tags=len(vocabulary.tags) + 1,
        table=vocabulary.table,
        narrow=vocabulary.narrow,
        wide_table=vocabulary.wide_table,
        hidden=settings.hidden,
        word_size=settings.words,
        letter_size=spelt,
        narrow_size=settings.features,
        dropout=settings.dropout,
    )
    return Tagging(TaggerNetwork(sizes, encoder), vocabulary.tags)


def rebuild(model: Tagged) -> Tagging:
    """The network in a model's folder, with its weights.

    Raises:
        ModelError: the weights are not those of the network that the config tells of.
    """
    config = model.facts.get("encoder")
    encoder = rebuild_encoder(config) if config else None
    made = build(model.settings, model.vocabulary, encoder)
    try:
        load_into(made, model.weights)
    except (RuntimeError, KeyError) as error:
        raise ModelError(
            "the model is damaged: its weights are not those of its config",
            where=str(model.folder / WEIGHTS),
            hint="train it again, or copy it again",
        ) from error
    return made


def export_network(model: Tagged, path: Path) -> float:
    """Write the network, up to the tags' scores, as ONNX; the largest difference from torch."""
    vocabulary = model.vocabulary
    names = [*FIELDS, *(PIECES if vocabulary.has_encoder else ())]
    most = int(model.facts.get("most_pieces", 0))
    examples: list[tuple[Tensor, ...]] = []
    for documents in _EXAMPLES:
        rows = make_rows(
            documents, vocabulary, model.settings.window, cut=model.cut, most_pieces=most
        )
        examples.append(tuple(as_tensors(collate(rows.rows, rows, vocabulary))))
    axes = {name: {0: "rows", 1: "tokens"} for name in (*names, "scores")}
    axes |= {"letters": {0: "spellings"}, "lengths": {0: "rows"}}
    if vocabulary.has_encoder:
        axes |= {"pieces": {0: "rows", 1: "pieces"}, "extents": {0: "rows"}}
    network = _Emissions(rebuild(model).network)
    return export(network, examples[0], (names, ["scores"]), axes, path, checks=examples)


class _Emissions(nn.Module):
    """The network as it takes exactly the inputs there are."""

    def __init__(self, network: TaggerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> Tensor:
        """See `TaggerNetwork.forward`."""
        return self.network(*with_pieces(inputs))
