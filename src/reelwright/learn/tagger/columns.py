"""CoNLL columns: a token a line, the word first and the tag last, a blank line between sentences.

`-DOCSTART-` lines mark where documents begin. Columns are parted by tabs, or else by spaces.
"""

from __future__ import annotations

from pathlib import Path
from sys import intern

from reelwright.learn.data.encodings import decode_lines
from reelwright.learn.tagger.corpus import Corpus, Sentence, refuse
from reelwright.learn.tagger.schemes import detect_scheme, is_prefixed

_BORDER = "-DOCSTART-"
_HINT = "a line has a word, other columns if you like, and a tag: `London NNP B-LOC`"


def read_columns(path: Path, encoding: str) -> Corpus:
    """The sentences of one file.

    Raises:
        DataError: a line has no tag, or more or fewer columns than those before it; a tag is
            neither `O` nor a prefix and a type, while others in the file are; no sentence at all.
    """
    sentences: list[Sentence] = []
    words: list[str] = []
    tags: list[str] = []
    first_line: dict[str, int] = {}
    document, borders, width, tabs, start = 0, 0, 0, False, 0

    def close() -> None:
        nonlocal words, tags
        if words:
            here = document if borders else len(sentences)
            sentences.append(Sentence(tuple(words), tuple(tags), here, f"{path}:{start}"))
            words, tags = [], []

    for number, line in decode_lines(path, encoding):
        if not line.strip():
            close()
            continue
        tabs = tabs if width else "\t" in line
        fields = line.split("\t") if tabs else line.split()
        if fields[0] == _BORDER:
            close()
            document, borders = document + 1, borders + 1
            continue
        where = f"{path}:{number}"
        if len(fields) < 2:
            raise refuse("has one column: a word and its tag are expected", where, _HINT)
        if width and len(fields) != width:
            message = f"has {len(fields)} columns; the lines before have {width}"
            raise refuse(message, where, _HINT)
        if not fields[0] or not fields[-1].strip():
            raise refuse("a column is empty", where, _HINT)
        if not words:
            start = number
        width = len(fields)
        # Each word and tag is held once, however often it comes.
        words.append(intern(fields[0]))
        tags.append(intern(fields[-1].strip()))
        first_line.setdefault(tags[-1], number)
    close()
    if not sentences:
        raise refuse("holds no sentence", str(path), _HINT)
    _check_tags(first_line, path)
    return Corpus(sentences, detect_scheme(s.tags for s in sentences), borders > 0)


def _check_tags(first_line: dict[str, int], path: Path) -> None:
    """All tags have prefixes, or none (but `O`, which is at home in both)."""
    bare = [tag for tag in first_line if not is_prefixed(tag)]
    if bare and len(bare) + ("O" in first_line) < len(first_line):
        like = next(tag for tag in first_line if is_prefixed(tag) and tag != "O")
        raise refuse(
            f'"{bare[0]}" is no tag such as "{like}"',
            f"{path}:{first_line[bare[0]]}",
            "a tag is O, or B-, I-, E- or S- and a type",
        )
