"""The kind `tagger`: named entities, and any other label a word or character can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from reelwright.core.errors import DataError, InputError, nearest
from reelwright.core.extras import library
from reelwright.core.progress import Progress
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.data.leaks import MOST, report_leaks
from reelwright.learn.encoders import LICENCE, load_encoder, open_tokenizer, save_tokenizer
from reelwright.learn.folder import Card, Config, save_model
from reelwright.learn.kind import Kind, Report, Run
from reelwright.learn.tagger.corpus import Unit, read_corpus
from reelwright.learn.tagger.decoding import scheme_of
from reelwright.learn.tagger.parting import (
    NEIGHBOURS,
    Documents,
    group_alike,
    number_tags,
    part_documents,
    tags_for,
    texts_of,
    words_of,
)
from reelwright.learn.tagger.predicting import Tagged
from reelwright.learn.tagger.reporting import report_tags
from reelwright.learn.tagger.rows import Rows, make_rows, open_cutter
from reelwright.learn.tagger.schemes import spans_of
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.learn.tagger.spool import open_spool
from reelwright.learn.tagger.vocabulary import Vocabulary, count_letters, count_words

_TABLE, _WIDE_TABLE = 2**15, 2**17
_OPTIONS = ("least",)
_STAGE = "tag"


class Tagger(Kind):
    """A model that finds names in text."""

    name = "tagger"
    version = 1
    uses = "people, places and names in scripts and titles become tags, search terms and emphasis"
    goal = "entity_f1"
    Settings = TaggerSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (5e-4, 5e-3),
        "hidden": [100, 200, 300],
        "dropout": [0.3, 0.4, 0.5],
        "forgetting": (0.25, 4.0),
    }

    def __init__(self, folder: Path, config: Config) -> None:
        super().__init__(folder, config)
        self.wanted = TaggerSettings.model_validate(config.settings)

    @classmethod
    def train(cls, data: Sequence[Path], settings: Any, run: Run) -> dict[str, float]:
        """See `Kind.train`. Judged by `dev`, or by documents held out by their hash."""
        library("torch", extra="learn")
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.tagger.building import build
        from reelwright.learn.tagger.task import TaggerTask
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        wanted: TaggerSettings = settings
        corpus = read_corpus(data)
        learnt, judged, split = part_documents(corpus, wanted)
        encoder = load_encoder(wanted.encoder, wanted.frozen) if wanted.encoder else None
        unit = corpus.unit() if wanted.unit == "auto" else wanted.unit
        words = count_words(words_of(learnt))
        tags = tags_for(learnt, corpus.scheme)
        vocabulary = Vocabulary(
            unit=unit,
            words=list(words),
            counts=list(words.values()),
            letters=count_letters(words_of(learnt)),
            tags=tags,
            table=_TABLE,
            wide_table=_WIDE_TABLE if wanted.wide else 0,
            pieces_before=encoder.before if encoder else -1,
            pieces_between=encoder.between if encoder else -1,
            piece_unknown=encoder.unknown if encoder else -1,
        )
        cut = open_cutter(open_tokenizer(encoder.tokenizer)) if encoder else None
        most = encoder.most if encoder else 0

        def rows_of(documents: Documents, numbered: bool) -> Rows:
            written = [[sentence.words for sentence in document] for document in documents]
            numbers = (
                number_tags(documents, corpus.scheme, vocabulary.tag_numbers) if numbered else None
            )
            with open_spool(run.folder) as spool:
                return make_rows(written, vocabulary, wanted.window, numbers, cut, most, spool)

        seed_everything(wanted.seed)
        model = build(wanted, vocabulary, encoder.network if encoder else None)
        gold = [spans_of(s.tags, judged.scheme) for s in judged.sentences]
        task = TaggerTask(
            model,
            vocabulary,
            (rows_of(learnt, True), rows_of(group_alike(judged, corpus.documents), False)),
            gold,
            batch=wanted.batch,
            seed=wanted.seed,
            forgetting=wanted.forgetting,
            recall=wanted.recall,
            encoder_rate=wanted.encoder_rate,
        )
        paths = [*data, *([Path(wanted.dev)] if wanted.dev else [])]
        done = fit(task, wanted, run, fingerprint(cls.name, wanted, paths))
        facts = {
            **vocabulary.as_facts(),
            "documents": corpus.documents,
            "most_pieces": most,
            "encoder": encoder.config if encoder else None,
        }
        alike = group_alike(judged, corpus.documents)
        # So many as are looked at: all texts once more would be as much as is held already.
        leaks = report_leaks(texts_of(learnt[: MOST + 1]), texts_of(alike[: MOST + 1]))
        for note in leaks:
            run.progress.say(note)
        count = sum(map(len, learnt))
        card = Card(
            data=describe_data(data, count, "sentences"),
            split=split,
            metric=f"entity F1 as conlleval counts it, {len(gold):,} sentences",
            licence=run.licence,
            command=run.command,
            notes=[*corpus.notes, *leaks, *([LICENCE] if encoder else [])],
        )
        if encoder:
            save_tokenizer(encoder, run.folder)
        weights = weights_of(model)
        save_model(run.folder, cls.name, cls.version, wanted, facts, weights, done.scores, card)
        return done.scores

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """Token and entity figures; see `reporting.report_tags`."""
        corpus = read_corpus(data)
        plain = scheme_of(self.tagged.vocabulary.tags) == "plain"
        if plain != (corpus.scheme == "plain"):
            raise DataError(
                f"the tags {'have' if plain else 'have no'} prefixes (B-, I-), unlike the model's",
                where=str(data[0]),
                hint=f"the model's tags are {', '.join(self.tagged.vocabulary.tags[:5])} …",
            )
        alike = group_alike(corpus, bool(self.config.facts.get("documents")))
        documents = [[sentence.words for sentence in document] for document in alike]
        progress.start(_STAGE, len(documents))
        found: list[Any] = []
        for at in range(0, len(documents), NEIGHBOURS):
            block = documents[at : at + NEIGHBOURS]
            found += self.tagged.tag(block)
            progress.advance(_STAGE, len(block))
        progress.finish(_STAGE)
        return report_tags(corpus, found, self.tagged.vocabulary.tags)

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """The entities of each text: start and end (in characters, end exclusive), text, label,
        confidence (0 to 1). Option `least`: the least confidence that is told.
        """
        least = _least(options)
        for text, entities in zip(inputs, self.tagged.read(inputs), strict=True):
            sure = [entity for entity in entities if entity["confidence"] >= least]
            yield {"text": text, "entities": sure}

    def export_onnx(self, path: Path) -> float:
        """The network up to the tags' scores; the transitions are read from the weights."""
        library("torch", extra="learn")
        from reelwright.learn.tagger.building import export_network

        return export_network(self.tagged, path)

    @property
    def unit(self) -> Unit:
        """Whether it reads words or (Chinese) characters."""
        return self.tagged.vocabulary.unit

    @cached_property
    def tagged(self) -> Tagged:
        """The model's parts."""
        return Tagged(self.folder, self.config, self.wanted)


def _least(options: Mapping[str, str]) -> float:
    for name in options:
        if name not in _OPTIONS:
            raise InputError(f'"{name}" is no option of a tagger', hint=nearest(name, _OPTIONS))
    try:
        least = float(options.get("least", 0))
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise InputError(f"least={options['least']} is no number from 0 to 1")
    return least
