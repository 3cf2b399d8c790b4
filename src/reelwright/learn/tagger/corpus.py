"""Sentences with tags, from files of either form, and how they are parted for judging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reelwright.core.errors import DataError
from reelwright.learn.data.encodings import decode_lines, scan
from reelwright.learn.data.rows import files_of
from reelwright.learn.tagger.schemes import Scheme, Span, detect_scheme, spans_of

Unit = Literal["word", "character"]
SUFFIXES = (".jsonl", ".ndjson", ".json", ".conll", ".bio", ".iob", ".bmes", ".txt", ".tsv")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was tagged by hand.

    Attributes:
        words: words, or characters where the unit is the character.
        tags: as the file has them, one a word.
        document: sentences of one document have the same number.
        where: "file:line" of its first word.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    document: int
    where: str


@dataclass(frozen=True)
class Corpus:
    """Sentences in the order of their files.

    Attributes:
        scheme: how their tags are written.
        documents: whether the files mark where documents begin.
        notes: what a person should know of the reading.
    """

    sentences: Sequence[Sentence]
    scheme: Scheme
    documents: bool
    notes: Sequence[str] = ()

    def spans(self) -> list[list[Span]]:
        """The entities of each sentence."""
        return [spans_of(sentence.tags, self.scheme) for sentence in self.sentences]

    def unit(self) -> Unit:
        """Characters where most tokens are single Chinese ones."""
        single = total = 0
        for sentence in self.sentences:
            single += sum(len(word) == 1 and is_han(word) for word in sentence.words)
            total += len(sentence.words)
        return "character" if 2 * single > total else "word"


def read_corpus(paths: Sequence[Path]) -> Corpus:
    """The tagged sentences of files and folders; CoNLL columns and JSON are told apart by content.

    Raises:
        DataError: a file cannot be read, is empty, or has rows of another form; names the line.
    """
    # Here, since both readers need the nouns above.
    from reelwright.learn.tagger.annotated import read_annotated
    from reelwright.learn.tagger.columns import read_columns

    sentences: list[Sentence] = []
    documents, notes, document = False, [], 0
    for path in files_of(paths, SUFFIXES):
        encoding = scan(path).encoding
        read = read_annotated if _is_json(path, encoding) else read_columns
        part = read(path, encoding)
        # One numbering over all files.
        for sentence in part.sentences:
            sentences.append(
                Sentence(
                    sentence.words, sentence.tags, document + sentence.document, sentence.where
                )
            )
        document = sentences[-1].document + 1
        documents, notes = documents or part.documents, [*notes, *part.notes]
    return Corpus(sentences, detect_scheme(s.tags for s in sentences), documents, notes)


def group_documents(corpus: Corpus, size: int = 1) -> Iterator[list[Sentence]]:
    """Document after document.

    Args:
        size: where the files mark no documents, this many neighbours stand for one.
    """
    group: list[Sentence] = []
    for sentence in corpus.sentences:
        new = bool(group) and sentence.document != group[0].document
        if group and (new if corpus.documents else len(group) >= size):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def refuse(message: str, where: str, hint: str) -> DataError:
    """The error of a row that cannot be used."""
    return DataError(message, where=where, hint=hint)


def _is_json(path: Path, encoding: str) -> bool:
    for _, line in decode_lines(path, encoding):
        if line.strip():
            return line.lstrip()[0] in "{[" and len(line.split("\t")) == 1
    return False
