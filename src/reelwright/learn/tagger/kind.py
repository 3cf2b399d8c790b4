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
from reelwright.learn.data.leaks import report_leaks
from reelwright.learn.data.splits import describe_split, split_of
from reelwright.learn.folder import Card, Config, save_model
from reelwright.learn.kind import Kind, Report, Run
from reelwright.learn.tagger.corpus import Corpus, Sentence, Unit, group_documents, read_corpus
from reelwright.learn.tagger.decoding import scheme_of
from reelwright.learn.tagger.encoders import TOKENIZER, load_encoder, open_cutter
from reelwright.learn.tagger.predicting import Tagged
from reelwright.learn.tagger.reporting import report_tags
from reelwright.learn.tagger.rows import Rows, make_rows
from reelwright.learn.tagger.schemes import Scheme, spans_of, tags_of
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.learn.tagger.vocabulary import Vocabulary, count_letters, count_words
from reelwright.store.atomic import write_text

Documents = list[list[Sentence]]
_TABLE, _WIDE_TABLE = 2**15, 2**17
_NEIGHBOURS = 20
"""Sentences that stand for a document where a file of a corpus with documents marks none."""
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
        from reelwright.learn.trainer import fit, weights_of

        wanted: TaggerSettings = settings
        corpus = read_corpus(data)
        learnt, judged, split = _part(corpus, wanted)
        encoder = load_encoder(wanted.encoder, wanted.frozen) if wanted.encoder else None
        unit = corpus.unit() if wanted.unit == "auto" else wanted.unit
        words = count_words(_words(learnt))
        tags = _tags_of(learnt, corpus.scheme)
        vocabulary = Vocabulary(
            unit=unit,
            words=list(words),
            counts=list(words.values()),
            letters=count_letters(_words(learnt)),
            tags=tags,
            table=_TABLE,
            wide_table=_WIDE_TABLE if wanted.wide else 0,
            pieces_before=encoder.before if encoder else -1,
            pieces_between=encoder.between if encoder else -1,
            piece_unknown=encoder.unknown if encoder else -1,
        )
        cut = open_cutter(encoder.tokenizer) if encoder else None
        most = encoder.most if encoder else 0

        def rows_of(documents: Documents, numbered: bool) -> Rows:
            written = [[sentence.words for sentence in document] for document in documents]
            numbers = _numbers(documents, corpus.scheme, vocabulary) if numbered else None
            return make_rows(written, vocabulary, wanted.window, numbers, cut, most)

        seed_everything(wanted.seed)
        model = build(wanted, vocabulary, encoder.network if encoder else None)
        gold = [spans_of(s.tags, judged.scheme) for s in judged.sentences]
        task = TaggerTask(
            model,
            vocabulary,
            (rows_of(learnt, True), rows_of(list(_grouped(judged, corpus)), False)),
            gold,
            batch=wanted.batch,
            seed=wanted.seed,
            forgetting=wanted.forgetting,
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
        leaks = report_leaks(_texts(learnt), _texts(list(_grouped(judged, corpus))))
        count = sum(map(len, learnt))
        card = Card(
            data=describe_data(data, count, "sentences"),
            split=split,
            metric=f"entity F1 as conlleval counts it, {len(gold):,} sentences",
            licence=run.licence,
            command=run.command,
            notes=[*corpus.notes, *leaks, *([_NOTE] if encoder else [])],
        )
        if encoder:
            run.folder.mkdir(parents=True, exist_ok=True)
            write_text(run.folder / TOKENIZER, encoder.tokenizer)
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
        size = _NEIGHBOURS if self.config.facts.get("documents") else 1
        documents = [[s.words for s in d] for d in group_documents(corpus, size)]
        progress.start(_STAGE, len(documents))
        found: list[Any] = []
        for at in range(0, len(documents), _NEIGHBOURS):
            block = documents[at : at + _NEIGHBOURS]
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


_NOTE = "The encoder's own licence holds for its part of the weights, too."


def _part(corpus: Corpus, wanted: TaggerSettings) -> tuple[Documents, Corpus, str]:
    """What is learnt, what judges, and how they were told apart."""
    if wanted.dev:
        judged = read_corpus([Path(wanted.dev)])
        name = Path(wanted.dev).name
        if (judged.scheme == "plain") != (corpus.scheme == "plain"):
            raise DataError("its tags are of another form than the training data's", where=name)
        return list(group_documents(corpus)), judged, f"judged by {name}"
    learnt: Documents = []
    held: Documents = []
    for document in group_documents(corpus):
        side = split_of(_texts([document])[0], wanted.seed, wanted.held_out)
        (held if side == "held_out" else learnt).append(document)
    if not learnt or not held:
        raise DataError(
            f"there are too few documents to hold some out ({len(learnt) + len(held)})",
            where=corpus.sentences[0].where,
            hint="give more data, or a file to judge by: --set dev=PATH",
        )
    sentences = [sentence for document in held for sentence in document]
    judged = Corpus(sentences, corpus.scheme, corpus.documents)
    return learnt, judged, describe_split(wanted.seed, wanted.held_out)


def _grouped(judged: Corpus, corpus: Corpus) -> Iterator[list[Sentence]]:
    return group_documents(judged, _NEIGHBOURS if corpus.documents else 1)


def _words(documents: Documents) -> Iterator[Sequence[str]]:
    return (sentence.words for document in documents for sentence in document)


def _texts(documents: Documents) -> list[str]:
    """Each document's text, as far as its tokens tell it."""
    texts: list[str] = []
    for document in documents:
        words = [word for sentence in document for word in sentence.words]
        texts.append(("" if max(map(len, words)) == 1 else " ").join(words))
    return texts


def _tags_of(documents: Documents, scheme: Scheme) -> list[str]:
    """The tags that the model has: IOBES of all types, or the plain ones.

    Raises:
        DataError: there is nothing to tell apart.
    """
    sentences = [sentence for document in documents for sentence in document]
    if scheme == "plain":
        tags = sorted({tag for sentence in sentences for tag in sentence.tags})
    else:
        types = sorted({kind for s in sentences for *_, kind in spans_of(s.tags, scheme)})
        tags = ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BIES")]
    if len(tags) < 2:
        raise DataError(
            f"all tokens have the tag {tags[0]}",
            where=sentences[0].where,
            hint="give data with two tags or more: there is nothing to tell apart",
        )
    return tags


def _numbers(documents: Documents, scheme: Scheme, vocabulary: Vocabulary) -> list[list[int]]:
    own: Scheme = "plain" if scheme == "plain" else "IOBES"
    known = vocabulary.tag_numbers
    return [
        [known[tag] for tag in tags_of(spans_of(s.tags, scheme), len(s.words), own)]
        if own != "plain"
        else [known[tag] for tag in s.tags]
        for document in documents
        for s in document
    ]


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
