"""What of a corpus is learnt and what judges, and what the two are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reelwright.core.errors import DataError
from reelwright.learn.data.splits import describe_split, split_of
from reelwright.learn.tagger.corpus import Corpus, Sentence, group_documents, read_corpus
from reelwright.learn.tagger.schemes import Scheme, spans_of, tags_of
from reelwright.learn.tagger.settings import TaggerSettings

Documents = list[list[Sentence]]
NEIGHBOURS = 20
"""Sentences that stand for a document where a file marks none, though those learnt from did."""


def part_documents(corpus: Corpus, wanted: TaggerSettings) -> tuple[Documents, Corpus, str]:
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
        side = split_of(texts_of([document])[0], wanted.seed, wanted.held_out)
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


def group_alike(judged: Corpus, documents: bool) -> Documents:
    """The documents of what judges, for a model that learnt from such (`documents`) or did not."""
    return list(group_documents(judged, NEIGHBOURS if documents else 1))


def words_of(documents: Documents) -> Iterator[Sequence[str]]:
    """The words of each sentence."""
    return (sentence.words for document in documents for sentence in document)


def texts_of(documents: Documents) -> list[str]:
    """Each document's text, as far as its tokens tell it."""
    texts: list[str] = []
    for document in documents:
        words = [word for sentence in document for word in sentence.words]
        texts.append(("" if max(map(len, words)) == 1 else " ").join(words))
    return texts


def tags_for(documents: Documents, scheme: Scheme) -> list[str]:
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


def number_tags(documents: Documents, scheme: Scheme, known: Mapping[str, int]) -> list[list[int]]:
    """The numbers of each sentence's tags, as the model writes them."""
    own: Scheme = "plain" if scheme == "plain" else "IOBES"
    return [
        [known[tag] for tag in tags_of(spans_of(s.tags, scheme), len(s.words), own)]
        if own != "plain"
        else [known[tag] for tag in s.tags]
        for document in documents
        for s in document
    ]
