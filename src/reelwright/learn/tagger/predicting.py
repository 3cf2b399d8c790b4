"""A trained tagger at work: words, rows, the network (from an ONNX file if there is one), entities.

Torch is imported only where there is no ONNX file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from reelwright.core.errors import ModelError
from reelwright.core.extras import library
from reelwright.learn.encoders import read_tokenizer
from reelwright.learn.folder import EXPORTED, WEIGHTS, Config, read_weights
from reelwright.learn.session import Session
from reelwright.learn.tagger.batching import Array
from reelwright.learn.tagger.decoding import Chain, Emitter, tag_rows
from reelwright.learn.tagger.rows import Cutter, make_rows, open_cutter
from reelwright.learn.tagger.schemes import Span
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.learn.tagger.tokens import Token, split_characters, split_sentences, split_words
from reelwright.learn.tagger.viterbi import Floats
from reelwright.learn.tagger.vocabulary import Vocabulary

TRANSITIONS = "crf.scores"
"""What the weights call them."""
_BLOCK = 64
"""Texts that are tagged together."""


class Tagged:
    """A tagger read from its folder; the parts are read when they are first needed."""

    def __init__(self, folder: Path, config: Config, settings: TaggerSettings) -> None:
        self.folder, self.facts, self.settings = folder, config.facts, settings

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the model knows."""
        try:
            return Vocabulary.from_facts(self.facts)
        except (KeyError, TypeError) as error:
            raise ModelError(
                f"the model is damaged: config.json has no facts for {error}",
                where=str(self.folder),
                hint="train it again, or copy it again",
            ) from error

    @cached_property
    def cut(self) -> Cutter | None:
        """How the encoder cuts words; None without one."""
        if not self.vocabulary.has_encoder:
            return None
        return open_cutter(read_tokenizer(self.folder))

    @cached_property
    def weights(self) -> Mapping[str, Any]:
        """All weights as arrays."""
        return read_weights(self.folder)

    @cached_property
    def chain(self) -> Chain:
        """The CRF's transitions."""
        scores = self.weights.get(TRANSITIONS)
        size = len(self.vocabulary.tags) + 1
        if scores is None or scores.shape != (size, size):
            raise ModelError(
                f"the model is damaged: no transitions between {size} tags",
                where=str(self.folder / WEIGHTS),
                hint="train it again, or copy it again",
            )
        return Chain.of(self.vocabulary.tags, scores)

    @cached_property
    def emit(self) -> Emitter:
        """The network."""
        path = self.folder / EXPORTED
        if path.is_file():
            session = Session(path)

            def emit(arrays: Mapping[str, Array]) -> Floats:
                given = {name: arrays[name] for name in session.inputs}
                return next(iter(session.run(**given).values()))

            return emit
        library("torch", extra="learn")
        from reelwright.learn.tagger.building import rebuild
        from reelwright.learn.tagger.task import emitter_of

        return emitter_of(rebuild(self))

    def tag(
        self,
        documents: Sequence[Sequence[Sequence[str]]],
        sureness: list[dict[Span, float]] | None = None,
    ) -> list[list[Span]]:
        """The entities of each sentence of documents of words; see `decoding.tag_rows`."""
        most = int(self.facts.get("most_pieces", 0))
        rows = make_rows(
            documents, self.vocabulary, self.settings.window, cut=self.cut, most_pieces=most
        )
        count = sum(map(len, documents))
        return tag_rows(self.emit, rows, self.vocabulary, self.chain, count, sureness)

    def read(self, texts: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        """The entities of each text: start, end (in characters, exclusive), text, label, and how
        sure it is, 0 to 1."""
        for at in range(0, len(texts), _BLOCK):
            block = texts[at : at + _BLOCK]
            tokens = [self._sentences(text) for text in block]
            words = [[[token.text for token in one] for one in text] for text in tokens]
            places = [(number, one) for number, text in enumerate(tokens) for one in text]
            sure: list[dict[Span, float]] = [{} for _ in places]
            spans = self.tag(words, sure) if places else []
            found: list[list[dict[str, Any]]] = [[] for _ in block]
            for (number, sentence), own, known in zip(places, spans, sure, strict=True):
                for first, behind, label in own:
                    start, end = sentence[first].start, sentence[behind - 1].end
                    found[number].append(
                        {
                            "start": start,
                            "end": end,
                            "text": block[number][start:end],
                            "label": label,
                            "confidence": round(known[first, behind, label], 4),
                        }
                    )
            yield from found

    def _sentences(self, text: str) -> list[list[Token]]:
        """The tokens of each sentence of a text, with their places in it."""
        split = split_characters if self.vocabulary.unit == "character" else split_words
        sentences: list[list[Token]] = []
        for start, end in split_sentences(text):
            tokens = split(text[start:end])
            sentences.append([Token(t.text, start + t.start, start + t.end) for t in tokens])
        return [tokens for tokens in sentences if tokens]
